//! Whether a permission stands: the gate's own answer, asked of one purpose.

use avow_model::{Facts, Purpose, Timestamp};
use avow_policy::{Decision, Request, Version, decide};

use crate::forms::sign_up::Desk;

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
    let plain = Request::new(
        desk.account.slug.clone(),
        desk.account.settings.brand.clone(),
        purpose.clone(),
        rule.verbs.first()?.clone(),
    );
    let request = Request {
        recipient: recipient.unwrap_or_else(|| plain.recipient.clone()),
        ..plain
    };
    let request = request.in_general(rule, facts);
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
