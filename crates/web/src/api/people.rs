//! Whether a program may see people at all.
//!
//! Where the policy claims that only those of the staff see a person's data whose work needs them, there is nobody whose
//! need could be judged behind a key: programs see no people then, and the pages ask the gate for each look.

use std::sync::Arc;

use avow_policy::{Claim, PolicySet};

use super::key::Caller;
use super::problem::{Kind, Problem};
use crate::App;
use crate::client_center::gate;

const NOBODY: &str = "The policy in force says that only those of the staff see people's data whose role needs them. \
    A key has no role, so programs see nobody. Use the pages, or webhooks, which tell ids only";

/// Refuses where the policy claims need to know. A policy that does not compile claims nothing, as on the pages.
pub(super) async fn must_show(app: &App, caller: &Caller) -> Result<(), Problem> {
    let policies = gate::policies(app, &caller.scope).await?;
    let claims = |set: &Arc<PolicySet>| {
        let version = set.in_force(app.now());
        version.is_some_and(|v| v.claims().contains(&Claim::NeedToKnow))
    };
    match policies.ok().filter(claims) {
        Some(_) => Err(Problem::new(Kind::Policy, NOBODY)),
        None => Ok(()),
    }
}

/// The policies of the account, or why nothing may be done.
pub(super) async fn policies(app: &App, caller: &Caller) -> Result<Arc<PolicySet>, Problem> {
    let policies = gate::policies(app, &caller.scope).await?;
    policies.map_err(|_| {
        let sentence =
            "The published policy cannot be enforced as it stands; the policy page says what to mend";
        Problem::new(Kind::Account, sentence)
    })
}

/// That no version is in force yet.
pub(super) fn no_policy() -> Problem {
    let sentence =
        "No policy version is in force yet. Publish one, and wait for the day of its effect";
    Problem::new(Kind::Account, sentence)
}
