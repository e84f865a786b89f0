//! Founding an account: what pages and commands share. Typed input in, facts in the store out.
//!
//! Promises: a first version is published with the hashes that the ledger names it by; the sign-up form that the policy
//! speaks of is there afterwards.

use avow_deliver::dkim::{DnsRecord, KeyFolder};
use avow_ledger::{Digest, KeyChange, KeyPurpose, Payload};
use avow_model::{EmailAddress, Slug, Timestamp};
use avow_policy::founding::FirstPolicy;
use avow_policy::{ChoiceRule, PolicyHash, PolicySet, Version};
use avow_store::{
    AccountScope, AccountSettings, FormSettings, NewAccount, NewEntry, NewPolicyVersion, Stated,
    Store, StoreError,
};

use crate::{App, PageFault};

/// The form that every template of a policy names as the place where data are collected.
pub(crate) const SIGN_UP: &str = "signup";

/// What the ledger says of a version of a set: by the hashes of canonical bytes, with the notice that the
/// version before it promised.
pub fn stated(set: &PolicySet, version: &Version) -> Stated {
    let digest = |hash: PolicyHash| Digest::from_bytes(*hash.bytes());
    let before = set.versions().filter(|v| v.n() < version.n()).last();
    let notice = before.map_or(0, |left| left.notice_period().as_secs());
    Stated {
        policy: digest(version.hash()),
        packs: set.packs().iter().map(|pack| digest(pack.hash())).collect(),
        notice_seconds: u32::try_from(notice).unwrap_or(u32::MAX),
    }
}

/// The short name that a name makes; it may still be none that can be used.
pub fn slug_of(name: &str) -> Result<Slug, <Slug as std::str::FromStr>::Err> {
    let word = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let text: String = name.chars().map(word).collect();
    let parts: Vec<&str> = text.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-").parse()
}

/// The domain that somebody typed, in lower case; `None` where no address could be at it.
pub(crate) fn domain_of(typed: &str) -> Option<String> {
    let typed = typed.trim().trim_end_matches('.').to_lowercase();
    let address: EmailAddress = format!("news@{typed}").parse().ok()?;
    let domain = address.domain();
    (domain.contains('.') && !domain.starts_with('[')).then(|| domain.to_owned())
}

/// A new account that writes from `news@domain`, under its own name.
pub(crate) fn new_account(slug: &Slug, name: &str, domain: String) -> NewAccount {
    NewAccount {
        slug: slug.clone(),
        name: name.to_owned(),
        settings: AccountSettings {
            brand: slug.clone(),
            from_name: name.to_owned(),
            from_address: format!("news@{domain}"),
            reply_to: None,
            sending_domain: domain,
        },
    }
}

/// Publishes a first policy with its packs. A `Conflict` where there is a version already.
pub(crate) async fn publish_first(
    scope: &AccountScope,
    policy: &FirstPolicy,
) -> Result<(), StoreError> {
    let Some(version) = policy.set.versions().next() else {
        return Err(StoreError::Missing("the first policy has no version"));
    };
    let new = NewPolicyVersion {
        n: version.n(),
        source: policy.file.text.clone(),
        published_at: version.published_at(),
        effective_at: version.effective_at(),
    };
    scope.replace_packs(&policy.packs, &[]).await?;
    scope
        .publish_stated(new, stated(&policy.set, version))
        .await
}

/// Makes the sign-up form that the version speaks of: it asks for each choice that is the person's own. Nothing where
/// it is there already.
pub(crate) async fn sign_up_form(
    scope: &AccountScope,
    name: &str,
    version: &Version,
) -> Result<(), StoreError> {
    let slug: Slug = SIGN_UP
        .parse()
        .expect("invariant: a constant that is a slug");
    if scope.form_by_slug(&slug).await?.is_some() {
        return Ok(());
    }
    let own = |rule: &ChoiceRule| matches!(rule, ChoiceRule::OptIn | ChoiceRule::ConfirmedOptIn);
    let asked = version.purposes().iter().filter(|p| own(&p.choice));
    let wanted = ["email", "name"];
    let categories = version.categories().iter().map(|c| c.id.clone());
    let form = FormSettings {
        title: format!("Letters from {name}"),
        intro: String::new(),
        purposes: asked.map(|p| p.id.clone()).collect(),
        categories: categories
            .filter(|c| wanted.contains(&c.as_str()))
            .collect(),
        list: None,
        button: "Sign up".to_owned(),
        thanks: String::new(),
        face: avow_store::FormFace::default(),
    };
    scope.form_create(&slug, &form).await.map(drop)
}

/// Makes the signing keys of a domain that has none. It takes a moment's work, beside the async threads.
pub(crate) async fn make_keys(app: &App, domain: String) -> Result<(), PageFault> {
    let Some(desk) = &app.records else {
        return Ok(());
    };
    let (folder, entropy) = (desk.keys.clone(), app.entropy.clone());
    let made = tokio::task::spawn_blocking(move || {
        KeyFolder(&folder)
            .ensure(&domain, entropy.as_ref())
            .map(drop)
    });
    match made.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(fault)) => Err(PageFault::Bad(fault.to_string())),
        Err(_) => Err(PageFault::Conflict("the signing keys could not be made")),
    }
}

/// Tells the log of every account that sends from the domain that other keys sign its mail, before it is so: a change
/// is never untold.
pub async fn log_key_change(
    store: &Store,
    domain: &str,
    [old, new]: [&[DnsRecord; 2]; 2],
    at: Timestamp,
) -> Result<(), StoreError> {
    let change = |(old, new): (&DnsRecord, &DnsRecord)| {
        NewEntry::own(Payload::KeyRotation(KeyChange {
            at,
            old: Digest::of(old.value.as_bytes()),
            new: Digest::of(new.value.as_bytes()),
            purpose: KeyPurpose::Mail,
        }))
    };
    let entries: Vec<NewEntry> = old.iter().zip(new).map(change).collect();
    let mut accounts = store.accounts().await?;
    accounts.retain(|row| row.settings.sending_domain == domain);
    for row in accounts {
        store.account(row.id).append_entries(&entries).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_makes_a_short_name_and_a_domain_is_one_that_mail_can_come_from() {
        assert_eq!(
            slug_of("Tea & Sons, Bristol").unwrap().as_str(),
            "tea-sons-bristol"
        );
        assert!(slug_of("茶").is_err());
        assert_eq!(
            domain_of(" Mail.Tea.Example. ").as_deref(),
            Some("mail.tea.example")
        );
        for bad in [
            "",
            "tea",
            "tea example",
            "[127.0.0.1]",
            "a@b.example",
            "../x.example",
        ] {
            assert_eq!(domain_of(bad), None, "{bad}");
        }
    }
}
