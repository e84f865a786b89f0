//! Takes a checked form in: the person, the pending grants, the confirmation mail.
//!
//! Promises: everything is in the store before it returns; what is collected is bound to the version whose
//! notice was served; nothing in the answer tells whether the address was known.
//! A stranger can type any address. So an address that is in use already keeps its data and its standing
//! permissions until its owner confirms, and a mail goes out only where something waits to be confirmed.

use avow_compose::{Token, TokenKey, Urls};
use avow_model::{
    Act, ContactId, FactId, FactKind, Facts, Grantor, How, Method, Purpose, PurposeSelector, Slug,
    Timestamp,
};
use avow_policy::{BrowserSignal, ChoiceRule, Kind, PolicySet, Version};
use avow_store::{
    AccountRow, AccountScope, ContactFlags, Evidence, EvidenceKind, FormRow, NewCollection,
    NewContact, NewFact, NewOutgoing, OutgoingKind, StoreError, SubscriptionState,
};
use jiff::SignedDuration;

use crate::forms::check::Submission;
use crate::forms::mail::{self, Asked};
use crate::forms::schema::Schema;
use crate::forms::standing::{signal_says_no, stands};

/// How long a confirmation mail serves: people come back from a holiday, and stale requests end.
pub const CONFIRM_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where a form is taken in: one account with its policies, what seals links, and what the person's browser says.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    pub scope: &'a AccountScope,
    pub account: &'a AccountRow,
    pub policies: &'a PolicySet,
    pub tokens: &'a TokenKey,
    pub urls: &'a Urls,
    pub signal: BrowserSignal,
}

/// Whether a confirmation mail may go to this address now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailAllowance {
    Send,
    /// The address got its share of confirmation mails: the form must not be a way to flood a mailbox.
    Spent,
}

/// The circumstances of one submission.
#[derive(Debug, Clone)]
pub struct Visit {
    pub at: Timestamp,
    /// Kept as evidence with the grant.
    pub ip: Option<String>,
    pub mail: MailAllowance,
}

/// A form together with what it asked under the version that was served.
#[derive(Debug, Clone, Copy)]
pub struct Served<'a> {
    pub form: &'a FormRow,
    pub schema: &'a Schema,
    pub version: &'a Version,
}

/// Why a form could not be taken in. Nothing of it was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum SignUpFault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the policy does not name {0} among the places where data are collected; publish a version with it in scope.points"
    )]
    NotAPoint(Slug),
    #[error("the confirmation mail could not be written: {0}")]
    Mail(String),
}

/// Takes a submission in. A box that was ticked against the browser's own signal is no yes: it is recorded neither as a
/// grant nor as read, and nobody is asked to confirm it.
pub async fn sign_up(
    desk: &Desk<'_>,
    served: &Served<'_>,
    submission: &Submission,
    visit: &Visit,
) -> Result<(), SignUpFault> {
    if !served.version.collects_at(&served.form.slug) {
        return Err(SignUpFault::NotAPoint(served.form.slug.clone()));
    }
    let submission = &heard(desk, served, submission, visit.at);
    let known = desk.scope.contact_by_address(&submission.address).await?;
    let facts = match &known {
        Some(contact) => desk.scope.facts(contact.id).await?,
        None => Facts::default(),
    };
    let evidence = evidence(desk, served, submission, visit);
    let evidence = desk.scope.evidence_add(evidence).await?;
    let contact = match known {
        Some(contact) if is_settled(&facts) => contact.id,
        _ => {
            let new = newcomer(served, submission, visit, evidence);
            desk.scope.contact_save(new).await?.0
        }
    };
    let form = served.form.id;
    desk.scope.form_signed_up(form, contact, visit.at).await?;
    // A request is answered by a mail of its own, at once where the policy asks for no choice: it counts as one of the
    // few mails that a stranger may have sent to an address.
    for purpose in requested(served, submission).filter(|_| visit.mail == MailAllowance::Send) {
        desk.scope.request_add(contact, purpose, visit.at).await?;
    }
    let mut asked = Vec::new();
    for purpose in &submission.ticked {
        if !stands(desk, served.version, purpose, &facts, visit.at) {
            let mut grant = NewFact::new(pending_grant(purpose, served.schema.version), visit.at);
            grant.evidence = Some(evidence);
            grant.ip.clone_from(&visit.ip);
            asked.push(desk.scope.record_fact(contact, grant).await?);
        }
    }
    match (asked.first(), visit.mail) {
        (Some(first), MailAllowance::Send) => {
            ask_by_mail(desk, served, submission, (contact, *first), visit.at).await
        }
        _ => Ok(()),
    }
}

/// The submission without the boxes that the browser's signal says no to.
fn heard(
    desk: &Desk<'_>,
    served: &Served<'_>,
    submission: &Submission,
    now: Timestamp,
) -> Submission {
    let mut heard = submission.clone();
    heard
        .ticked
        .retain(|purpose| !signal_says_no(desk, served.version, purpose, now));
    heard
}

/// What sending the form asks for by itself: a demonstration needs no box of its own, or the one that was ticked.
fn requested<'s>(
    served: &Served<'s>,
    submission: &Submission,
) -> impl Iterator<Item = &'s Purpose> {
    let rules = |p: &&Purpose| served.version.purpose(p).filter(|r| r.kind == Kind::Demo);
    let wanted = move |p: &&'s Purpose| {
        rules(p).is_some_and(|r| r.choice == ChoiceRule::None || submission.ticked.contains(&r.id))
    };
    served.form.settings.purposes.iter().filter(wanted)
}

/// True once the owner of the address has shown that it is theirs, or it came by another way than a form.
fn is_settled(facts: &Facts) -> bool {
    let shown = |kind: &FactKind| {
        matches!(
            kind,
            FactKind::Confirm { .. }
                | FactKind::ConfirmAddress
                | FactKind::Grant {
                    confirmed: true,
                    ..
                }
        )
    };
    facts.events.iter().any(|f| shown(&f.kind)) || facts.data.iter().any(|d| d.how != How::Direct)
}

fn evidence(
    desk: &Desk<'_>,
    served: &Served<'_>,
    submission: &Submission,
    visit: &Visit,
) -> Evidence {
    let ticked = |p: &Purpose| submission.ticked.contains(p);
    let asks = served.schema.asks.iter().filter(|a| ticked(&a.purpose));
    let wording: Vec<&str> = asks.map(|a| a.wording.as_str()).collect();
    Evidence {
        kind: EvidenceKind::Form,
        source: format!(
            "{}/f/{}/{}",
            desk.urls.base(),
            desk.account.slug,
            served.form.slug
        ),
        wording: wording.join("\n"),
        at: visit.at,
    }
}

fn newcomer(
    served: &Served<'_>,
    submission: &Submission,
    visit: &Visit,
    evidence: avow_model::EvidenceId,
) -> NewContact {
    let given = |name: &str| submission.fields.contains_key(name);
    let fields = served.schema.fields.iter();
    let categories = fields.filter(|f| !f.optional || given(f.category.as_str()));
    NewContact {
        address: submission.address.clone(),
        fields: submission.fields.clone(),
        flags: ContactFlags {
            role: submission.address.is_role(),
            disposable: false,
        },
        jurisdiction: None,
        age: None,
        soft_opt_in: false,
        collection: Some(NewCollection {
            categories: categories.map(|f| f.category.clone()).collect(),
            version: Some(served.schema.version),
            how: How::Direct,
            evidence: Some(evidence),
            at: visit.at,
        }),
        facts: Vec::new(),
        subscribe: served
            .form
            .settings
            .list
            .map(|list| (list, SubscriptionState::Pending)),
    }
}

fn pending_grant(purpose: &Purpose, version: u32) -> FactKind {
    FactKind::Grant {
        purpose: PurposeSelector::One(purpose.clone()),
        saw: Some(version),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: true,
        confirmed: false,
        expires: None,
    }
}

async fn ask_by_mail(
    desk: &Desk<'_>,
    served: &Served<'_>,
    submission: &Submission,
    (contact, fact): (ContactId, FactId),
    now: Timestamp,
) -> Result<(), SignUpFault> {
    let account = desk.account.id;
    let expires = now + CONFIRM_LIFE;
    let token = Token::Confirm {
        account,
        contact,
        fact,
        expires,
    };
    let link = desk.urls.of(desk.tokens, &token);
    let asked = Asked {
        to: &submission.address,
        contact,
        fact,
        link: &link,
        at: now,
    };
    let body = mail::write(desk, served, &asked)?;
    let new = NewOutgoing {
        kind: OutgoingKind::Confirmation,
        contact: Some(contact),
        mail_from: format!("bounces@{}", desk.account.settings.sending_domain),
        rcpt_to: submission.address.expose_envelope(),
        body,
    };
    desk.scope.outgoing_add(new).await?;
    Ok(())
}
