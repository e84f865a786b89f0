//! Whether a permission stands: the gate's own answer, asked of one purpose.

use avow_model::{Facts, Purpose, Timestamp};
use avow_policy::{Content, Decision, Promotion, Request, Version, decide};

use crate::forms::sign_up::Desk;

/// The data that any use reads: the address stands for the person.
const READS: &str = "email";

/// The gate's answer to the first use that `version` declares for `purpose`; `None` where it has no use.
pub fn ask_gate(
    desk: &Desk<'_>,
    version: &Version,
    purpose: &Purpose,
    facts: &Facts,
    now: Timestamp,
) -> Option<Decision> {
    let rule = version.purpose(purpose)?;
    let recipient = rule.recipients.first().cloned();
    let request = Request {
        account: desk.account.slug.clone(),
        brand: desk.account.settings.brand.clone(),
        list: None,
        purpose: purpose.clone(),
        verb: rule.verbs.first()?.clone(),
        reads: vec![READS.parse().expect("invariant: a constant that is a name")],
        recipient: recipient.unwrap_or_else(|| {
            "self"
                .parse()
                .expect("invariant: a constant that is a name")
        }),
        content: Content::Normal,
        promotion: Promotion::None,
        permit: None,
    };
    Some(decide(&request, facts, now, desk.policies))
}

/// True when the gate would allow it now.
pub(crate) fn stands(
    desk: &Desk<'_>,
    version: &Version,
    purpose: &Purpose,
    facts: &Facts,
    now: Timestamp,
) -> bool {
    ask_gate(desk, version, purpose, facts, now).is_some_and(|d| d.is_allowed())
}
