//! Questions to the gate as pages ask them. The answers are `policy::decide`'s.

use std::sync::Arc;

use avow_model::{Category, Facts, Verb};
use avow_policy::{Diagnostic, PolicySet, Promotion, PurposeRule, Request};
use avow_store::{AccountRow, AccountScope, StoreError};

use crate::App;

/// The published policies of an account, compiled, or what is wrong with them.
pub(crate) async fn policies(
    app: &App,
    account: &AccountScope,
) -> Result<Result<Arc<PolicySet>, Vec<Diagnostic>>, StoreError> {
    let published = account.published().await?;
    Ok(app.shelf.open(account.id(), &published))
}

/// What the account would ask about a purpose, for one act.
pub(crate) fn question(account: &AccountRow, rule: &PurposeRule, verb: Verb) -> Request {
    let promotion = if rule.kind.is_marketing_at_large() {
        Promotion::Carried
    } else {
        Promotion::None
    };
    Request {
        promotion,
        ..Request::new(
            account.slug.clone(),
            account.settings.brand.clone(),
            rule.id.clone(),
            verb,
        )
    }
}

/// The same, for one person: to mail or to measure, the address is enough; any other act reads what is held
/// of what the purpose reads. Sharing is asked for the first class of recipients that the purpose names.
pub(crate) fn question_about(
    account: &AccountRow,
    rule: &PurposeRule,
    verb: Verb,
    facts: &Facts,
) -> Request {
    let mut request = question(account, rule, verb).in_general(rule, facts);
    let plain = matches!(request.verb.as_str(), "send" | "track.open" | "track.click");
    if plain {
        return request;
    }
    let held = |c: &&Category| facts.data.iter().any(|d| d.category == **c);
    let reads: Vec<_> = rule.reads.iter().filter(held).cloned().collect();
    // Where nothing is held, the gate is asked for what would be needed, and says so.
    request.reads = if reads.is_empty() {
        rule.reads.clone()
    } else {
        reads
    };
    if let Some(class) = rule.recipients.first() {
        request.recipient = class.clone();
    }
    request
}
