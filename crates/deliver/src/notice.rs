//! The notice of a policy version as a campaign: the policy's words, the account as their sender.

use avow_compose::literal;
use avow_model::{BodyKind, CampaignContent};
use avow_policy::{PolicySet, SiteAddress, notice_due};
use avow_store::{AccountRow, NewNotice};

/// The notice that is due for version `n` by what the version before it promised; `None` where none is.
/// `base_url` is where the installation answers.
pub fn notice_of(
    account: &AccountRow,
    set: &PolicySet,
    n: u32,
    base_url: &str,
) -> Option<NewNotice> {
    let site = SiteAddress {
        base_url,
        policy_path: &format!("/policy/{}", account.slug),
    };
    let words = notice_due(set, n, site)?;
    let sender = &account.settings;
    Some(NewNotice {
        name: format!("Notice of version {n} of the privacy policy"),
        purpose: words.purpose,
        content: CampaignContent {
            subject: literal(&words.subject),
            preheader: String::new(),
            from_name: sender.from_name.clone(),
            from_address: sender.from_address.clone(),
            reply_to: sender.reply_to.clone(),
            body_kind: BodyKind::Html,
            body: literal(&words.html),
            text: Some(literal(&words.text)),
            about: None,
            offers: Vec::new(),
        },
    })
}
