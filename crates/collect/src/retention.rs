//! Letting go: what the policy says is past its time is blanked, deleted or erased.
//!
//! Promises: of all versions since the data were collected the shortest time counts; running it again, or
//! twice at once, changes nothing more; the ledger counts what went. Never: keeps a list of what it did to
//! whom, or lets go of what stands in no plan.

use avow_model::{Category, ContactId, FactKind, Timestamp};
use avow_policy::{After, Kept, PolicySet, RetentionRule, Version, retention_plan_since};
use avow_store::{AccountScope, KeptAfter, NewFact, Past, StoreError};
use jiff::SignedDuration;

/// Contacts looked at in one transaction: a moment's work, so that nobody waits long for the writer.
const PAGE: u32 = 1_000;
/// Hits deleted in one transaction.
const HITS_PAGE: u32 = 5_000;
/// How long a message that a program handed in is kept once it has ended: its links lead to it for so long.
const BODIES_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a call of a program is kept: whoever tries again after a longer time means it anew.
const CALLS_KEPT: SignedDuration = SignedDuration::from_hours(8 * 24);
/// The category without which nobody can be written to: once it is past, the person is erased.
const EMAIL: &str = "email";
/// The categories of what is seen of a mail.
const MEASURED: [&str; 2] = ["open", "click"];

/// How much went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LetGo {
    /// Contacts of whom values were blanked, once for each category.
    pub blanked: u64,
    /// People who were erased.
    pub erased: u64,
    pub hits: u64,
}

/// Lets go of everything that is past at `now`.
pub async fn let_go(
    scope: &AccountScope,
    policies: &PolicySet,
    now: Timestamp,
) -> Result<LetGo, StoreError> {
    let mut gone = LetGo::default();
    let before = |kept| now.checked_sub(kept).unwrap_or(Timestamp::MIN);
    let (bodies, calls) = (before(BODIES_KEPT), before(CALLS_KEPT));
    scope.retire_injected(bodies, calls).await?;
    let Some(current) = policies.in_force(now).map(Version::n) else {
        return Ok(gone);
    };
    for bound in policies
        .versions()
        .map(Version::n)
        .filter(|n| *n <= current)
    {
        for rule in retention_plan_since(policies, bound, now) {
            let Some(past) = past(&rule, bound, now) else {
                continue;
            };
            match past.category.as_str() {
                EMAIL => gone.erased += erase(scope, &past, now).await?,
                measured if MEASURED.contains(&measured) => {
                    gone.hits += drop_hits(scope, past.cutoff).await?;
                }
                _ => gone.blanked += blank(scope, &past).await?,
            }
        }
    }
    Ok(gone)
}

/// What a rule of the plan asks of the store; `None` where the gate itself keeps to it.
fn past(rule: &RetentionRule, bound: u32, now: Timestamp) -> Option<Past> {
    let Kept::Category(category) = &rule.kept else {
        return None;
    };
    let after = match rule.after {
        After::LastActivity => KeptAfter::LastActivity,
        After::Collection => KeptAfter::Collection,
        After::Use => return None,
    };
    Some(Past {
        category: category.clone(),
        version: Some(bound),
        after,
        cutoff: rule.cutoff(now),
    })
}

async fn blank(scope: &AccountScope, past: &Past) -> Result<u64, StoreError> {
    let (mut after, mut blanked) = (None, 0);
    loop {
        let is_of = |field: &str| is_of(field, &past.category);
        let page = scope.retire_fields(past, is_of, after, PAGE).await?;
        blanked += page.blanked;
        if page.through.is_none() {
            return Ok(blanked);
        }
        after = page.through;
    }
}

/// A field is data of the category of its name; the parts of a name are data of `name`.
pub(crate) fn is_of(field: &str, category: &Category) -> bool {
    let name_part = matches!(field, "first_name" | "last_name" | "full_name");
    field == category.as_str() || (name_part && category.as_str() == "name")
}

async fn erase(scope: &AccountScope, past: &Past, now: Timestamp) -> Result<u64, StoreError> {
    let (mut after, mut erased) = (None, 0);
    loop {
        let page: Vec<ContactId> = scope.past_page(past, after, PAGE).await?;
        let Some(last) = page.last().copied() else {
            return Ok(erased);
        };
        for contact in &page {
            scope
                .record_fact(*contact, NewFact::new(FactKind::Erase, now))
                .await?;
        }
        erased += page.len() as u64;
        after = Some(last);
    }
}

async fn drop_hits(scope: &AccountScope, cutoff: Timestamp) -> Result<u64, StoreError> {
    let mut gone = 0;
    for campaign in scope.campaigns().await? {
        loop {
            let page = scope.retire_hits(campaign.id, cutoff, HITS_PAGE).await?;
            gone += page;
            if page < u64::from(HITS_PAGE) {
                break;
            }
        }
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use avow_model::Clock as _;
    use avow_policy::SourceFile;
    use avow_testkit::{Bureau, POLICY, People, Said, VirtualClock};

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    /// The test policy, with names kept for 30 days and addresses for 90.
    fn policies() -> PolicySet {
        let text = POLICY
            .replace(
                "[category.email]\n",
                "[category.email]\nretention = \"90d after collection\"\n",
            )
            .replace(
                "[category.name]\n",
                "[category.name]\nretention = \"30d after last_activity\"\n",
            );
        let name = "v1.toml".to_owned();
        PolicySet::compile(&[SourceFile { name, text }])
            .unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    #[tokio::test]
    async fn names_go_after_thirty_days_and_people_after_ninety_as_time_passes() {
        let clock = Arc::new(VirtualClock::new());
        let bureau = Bureau::open(clock.clone()).await.unwrap();
        let (scope, policies) = (&bureau.scope, policies());
        let people = People {
            count: 3,
            address: &|n| format!("p{n}@example.org"),
            said: &|_| Said::Newsletter,
        };
        bureau.people(people).await.unwrap();
        let active = bureau.contact("p1@example.org").await.unwrap();

        clock.advance(DAY * 20);
        assert_eq!(
            let_go(scope, &policies, clock.now()).await.unwrap(),
            LetGo::default()
        );
        scope.contact_active(active, clock.now()).await.unwrap();

        clock.advance(DAY * 10);
        let gone = let_go(scope, &policies, clock.now()).await.unwrap();
        assert_eq!(
            (gone.blanked, gone.erased),
            (2, 0),
            "who acted since keeps the name"
        );
        let name = scope.contact(active).await.unwrap().unwrap().fields;
        assert!(name.contains_key("first_name"));
        assert_eq!(
            let_go(scope, &policies, clock.now()).await.unwrap(),
            LetGo::default()
        );

        clock.advance(DAY * 60);
        let gone = let_go(scope, &policies, clock.now()).await.unwrap();
        assert_eq!(gone.erased, 3);
        let left = scope.contact(active).await.unwrap().unwrap();
        assert!(left.address.is_none() && left.fields.is_empty());
        scope.sequence(u64::MAX).await.unwrap();
        assert_eq!(
            let_go(scope, &policies, clock.now()).await.unwrap(),
            LetGo::default()
        );
        scope.ledger_verify(|_| {}).await.unwrap();
    }
}
