//! What others may ask of a version.

use avow_model::{Category, Purpose, RecipientClass, Slug, Timestamp, Verb};
use jiff::SignedDuration;

use super::{
    BaseRef, Business, CategoryRule, ChangeClass, Claim, Contact, ContactRole, Controller, Cookie,
    CookieMode, Host, Kind, Locale, LocaleText, Notice, PackRef, PolicyScope, PurposeRule,
    RecipientRule, Right, RightKind, Safeguard, Said, Version,
};
use crate::hash::PolicyHash;

impl Version {
    /// Its number in the account.
    pub const fn n(&self) -> u32 {
        self.n
    }

    /// `account/name` as the file says.
    pub fn family(&self) -> &str {
        self.family.as_str()
    }

    /// The account part of the family.
    pub const fn account(&self) -> &Slug {
        self.family.account()
    }

    /// The first brand in scope, or the account where the file names none.
    pub fn brand(&self) -> &Slug {
        self.scope.brands.first().unwrap_or(self.account())
    }

    pub const fn published_at(&self) -> Timestamp {
        self.published_at
    }

    /// From this instant on it governs.
    pub const fn effective_at(&self) -> Timestamp {
        self.effective_at
    }

    /// The hash of the version before, where the author named it.
    pub const fn supersedes(&self) -> Option<&PolicyHash> {
        self.supersedes.as_ref()
    }

    /// What the author raised the class of the change to.
    pub const fn raised_class(&self) -> Option<ChangeClass> {
        self.raised
    }

    /// The version of another policy that this one stays within.
    pub const fn base(&self) -> Option<&BaseRef> {
        self.base.as_ref()
    }

    /// How the version after it is announced, and what that binds.
    pub const fn notice(&self) -> &Notice {
        &self.notice
    }

    /// Least time between publication and effect of the version after it.
    pub const fn notice_period(&self) -> SignedDuration {
        self.notice.period
    }

    /// Nobody under this age, in years.
    pub const fn min_age(&self) -> u8 {
        self.min_age
    }

    /// Whether the site is meant for children (16 CFR 312).
    pub const fn child_directed(&self) -> Said {
        self.child_directed
    }

    /// How long a permit may wait for its handoff.
    pub const fn permit_life(&self) -> SignedDuration {
        self.permit_life
    }

    /// The most that the site may set; `None`: what the list of cookies declares.
    pub const fn cookie_mode(&self) -> Option<CookieMode> {
        self.cookies
    }

    pub const fn controller(&self) -> &Controller {
        &self.controller
    }

    /// What the controller deals in, for joint editions.
    pub const fn business(&self) -> Option<&Business> {
        self.business.as_ref()
    }

    /// In the order privacy, security, complaints; what the file names.
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    pub fn contact(&self, role: ContactRole) -> Option<&Contact> {
        self.contacts.iter().find(|c| c.role == role)
    }

    pub const fn scope(&self) -> &PolicyScope {
        &self.scope
    }

    /// The domains that the policy speaks for.
    pub fn domains(&self) -> &[String] {
        &self.scope.domains
    }

    /// In the order of the file.
    pub fn purposes(&self) -> &[PurposeRule] {
        &self.purposes
    }

    /// The purpose of exactly this name.
    pub fn purpose(&self, id: &Purpose) -> Option<&PurposeRule> {
        self.purposes.iter().find(|p| p.id == *id)
    }

    /// In the order of the file.
    pub fn categories(&self) -> &[CategoryRule] {
        &self.categories
    }

    pub fn category(&self, id: &Category) -> Option<&CategoryRule> {
        self.categories.iter().find(|c| c.id == *id)
    }

    /// In the order of the file, without `self`.
    pub fn recipients(&self) -> &[RecipientRule] {
        &self.recipients
    }

    /// `None` for `self`, too.
    pub fn recipient(&self, id: &RecipientClass) -> Option<&RecipientRule> {
        self.recipients.iter().find(|r| r.id == *id)
    }

    /// The rule packs that the policy promises to keep.
    pub fn packs(&self) -> &[PackRef] {
        &self.packs
    }

    /// The promises of the text that the compiler checks.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// True when the policy makes this promise.
    pub fn claims_that(&self, claim: Claim) -> bool {
        self.claims.contains(&claim)
    }

    /// The cookies that may be set.
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookie_list
    }

    /// Hosts outside the policy's domains that pages or mails load from.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub fn rights(&self) -> &[Right] {
        &self.rights
    }

    pub fn right(&self, right: RightKind) -> Option<&Right> {
        self.rights.iter().find(|r| r.right == right)
    }

    pub fn safeguards(&self) -> &[Safeguard] {
        &self.safeguards
    }

    /// The author's text in each language; the first is the one to fall back to. Never empty.
    pub fn texts(&self) -> &[LocaleText] {
        &self.texts
    }

    /// The author's text in the language to fall back to, Markdown.
    pub fn text_markdown(&self) -> &str {
        self.texts.first().map_or("", |t| &t.markdown)
    }

    /// The author's text in this language, or in the one to fall back to.
    pub fn text_in(&self, locale: &Locale) -> Option<&LocaleText> {
        let own = self.texts.iter().find(|t| t.locale == *locale);
        own.or(self.texts.first())
    }

    /// The purpose under which mail is measured: of kind tracking, with `track.open` or `track.click`.
    pub fn measuring_purpose(&self) -> Option<&Purpose> {
        let measures = |p: &&PurposeRule| {
            let hit = |v: &Verb| matches!(v.as_str(), "track.open" | "track.click");
            p.kind == Kind::Tracking && p.verbs.iter().any(hit)
        };
        self.purposes.iter().find(measures).map(|p| &p.id)
    }

    /// True for a place where data may be collected: one that the scope lists, or any where it lists none.
    pub fn collects_at(&self, point: &Slug) -> bool {
        let points = &self.scope.points;
        points.is_empty() || points.contains(point)
    }

    /// True for a host that mails and pages may load from: its own domains, those below them, and the hosts that
    /// the file lists. `host` is in lower case, without scheme and port.
    pub fn declares_host(&self, host: &str) -> bool {
        let below = |domain: &str| {
            let rest = host.strip_suffix(domain);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let listed = |origin: &str| {
            let named = origin.split_once("://").map_or(origin, |(_, host)| host);
            named.split(':').next() == Some(host)
        };
        self.domains().iter().any(|d| below(d))
            || self.hosts().iter().any(|h| listed(h.origin.as_str()))
    }
}
