//! Whether a permission stands: the gate's own answer, asked of one purpose.

use avow_model::{Category, FactKind, Facts, Purpose, Timestamp};
use avow_policy::{Code, Decision, PurposeRule, Request, Version, decide};

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
    let request = general(desk, rule, facts)?;
    Some(decide(&request, facts, now, desk.policies))
}

/// The first use that a rule declares, before anything is written.
fn general(desk: &Desk<'_>, rule: &PurposeRule, facts: &Facts) -> Option<Request> {
    let recipient = rule.recipients.first().cloned();
    let plain = Request::new(
        desk.account.slug.clone(),
        desk.account.settings.brand.clone(),
        rule.id.clone(),
        rule.verbs.first()?.clone(),
    );
    let request = Request {
        signal: desk.signal,
        recipient: recipient.unwrap_or_else(|| plain.recipient.clone()),
        ..plain
    };
    Some(request.in_general(rule, facts))
}

/// True when the person's browser says no to this purpose for them, whatever they chose. It is never a yes.
pub fn signal_says_no(
    desk: &Desk<'_>,
    version: &Version,
    purpose: &Purpose,
    now: Timestamp,
) -> bool {
    // The signal is about what is done, not about who they are.
    let answer = ask_gate(desk, version, purpose, &Facts::default(), now);
    answer.is_some_and(|decision| decision.has(Code::DSignal))
}

/// True when a yes stands, yet does not reach all that the person gave: `version` uses some of it more widely
/// than it was collected for, the person was told of `version`, and was not asked since.
pub fn wants_new_yes(
    desk: &Desk<'_>,
    version: &Version,
    purpose: &Purpose,
    facts: &Facts,
    now: Timestamp,
) -> bool {
    let told = FactKind::Notice {
        version: version.n(),
    };
    let Some(rule) = version.purpose(purpose) else {
        return false;
    };
    if facts.events.iter().all(|f| f.kind != told) {
        return false;
    }
    let held = |c: &&Category| facts.data.iter().any(|d| d.category == **c);
    let reads = rule.reads.iter().filter(held).cloned().collect();
    let decision = general(desk, rule, facts)
        .map(|request| decide(&Request { reads, ..request }, facts, now, desk.policies));
    let older = [Code::DNotInBoundVersion, Code::DNarrowedSince];
    decision.is_some_and(|d| older.iter().any(|code| d.has(*code)))
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
