//! A database of every earlier version is brought up to date with its rows, and works on.

use avow_model::{CampaignState, ContactId, FactKind, SuppressionClass, SuppressionScope};
use avow_store::{AccountScope, NewFact, NewPolicyVersion, NewSuppression, Store};

use crate::old::{at_level, steps};
use crate::people::{account, at, grant, person};
use crate::world::World;

const ALL: u64 = 1_000_000;
/// The first version that keeps purchases and accounts as facts.
const DEALINGS: usize = 10;

/// What every version of the program could keep: an account with its policy, two people and one who was erased, a list,
/// a suppression, a campaign.
async fn past(world: &World) -> (AccountScope, ContactId, ContactId) {
    let scope = account(world, "acme").await;
    let version = NewPolicyVersion {
        n: 1,
        source: "version = 1".to_owned(),
        published_at: at(0),
        effective_at: at(1),
    };
    scope.publish_policy(version).await.unwrap();
    let (ada, _) = scope.contact_save(person("ada@example.org")).await.unwrap();
    scope.contact_save(person("bob@example.org")).await.unwrap();
    let (gone, _) = scope.contact_save(person("gone@example.org")).await.unwrap();
    let erase = NewFact::new(FactKind::Erase, at(7));
    scope.record_fact(gone, erase).await.unwrap();
    let entry = NewSuppression {
        class: SuppressionClass::Choice,
        reach: SuppressionScope::Account,
        at: at(8),
        purpose: None,
        brand: None,
        list: None,
        cause: "said so".to_owned(),
    };
    let bob = "bob@example.org".parse().unwrap();
    scope.suppress(&bob, entry).await.unwrap();
    let campaign = super::campaigns::new_campaign("May");
    scope.campaign_create(campaign).await.unwrap();
    scope.sequence(ALL).await.unwrap();
    (scope, ada, gone)
}

/// What stood in columns that only earlier versions had.
fn then(ada: ContactId, account: i64) -> Vec<(&'static str, String)> {
    let (ada, bought) = (ada.as_i64(), at(5).as_microsecond());
    let active = format!("UPDATE contact SET account_active = TRUE WHERE id = {ada}");
    let date = |kind: &str| format!("INSERT INTO contact_date VALUES ({account}, {ada}, '{kind}', {bought})");
    vec![
        ("contact_date", active),
        ("contact_date", date("purchase")),
        ("contact_date", date("inquiry")),
    ]
}

async fn is_whole(store: &Store, before: &AccountScope, (ada, gone): (ContactId, ContactId), level: usize) {
    let scope = store.account(before.id());
    let row = store.account_by_slug(&"acme".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(row.id, before.id(), "level {level}");
    let address = "ada@example.org".parse().unwrap();
    let found = scope.contact_by_address(&address).await.unwrap().unwrap();
    assert_eq!((found.id, &found.fields["name"]), (ada, &"Ada".to_owned()));
    let facts = scope.facts(ada).await.unwrap();
    assert!(facts.events.iter().any(|f| f.kind == grant()), "level {level}");
    assert_eq!(facts.data.len(), 2);
    if level < DEALINGS {
        assert_eq!((&facts.purchases, &facts.inquiries), (&vec![at(5)], &vec![at(5)]), "level {level}");
        assert!(facts.account_active);
    }
    let erased = scope.contact(gone).await.unwrap().unwrap();
    assert_eq!(erased.address, None);
    let bob = scope.contact_by_address(&"bob@example.org".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(scope.facts(bob.id).await.unwrap().suppressions.len(), 1, "level {level}");
    assert_eq!(scope.published().await.unwrap().versions.len(), 1);
    let campaigns = scope.campaigns().await.unwrap();
    assert_eq!(campaigns[0].state, CampaignState::Draft);
}

#[tokio::test]
async fn a_database_of_every_earlier_version_is_brought_up_to_date_and_works_on() {
    let Some(world) = super::world().await else { return };
    let (scope, ada, gone) = past(&world).await;
    for level in 1..steps().len() {
        let target = at_level(&world, level, &then(ada, scope.id().as_i64())).await;
        let store = world.open_at(target.clone()).await;
        is_whole(&store, &scope, (ada, gone), level).await;

        let upgraded = store.account(scope.id());
        let (eve, _) = upgraded.contact_save(person("eve@example.org")).await.unwrap();
        for who in [ada, eve] {
            let fact = NewFact::new(FactKind::Purchase, at(9));
            upgraded.record_fact(who, fact).await.unwrap();
        }
        upgraded.sequence(ALL).await.unwrap();
        let seen = upgraded.ledger_verify(|_| {}).await.unwrap();
        assert!(seen.opened >= 4, "level {level}: {seen:?}");
        drop(store);
        // And a second start changes nothing.
        let again = world.open_at(target).await.account(scope.id());
        assert_eq!(again.ledger_verify(|_| {}).await.unwrap().opened, seen.opened);
        assert_eq!(again.facts(eve).await.unwrap().purchases, [at(9)]);
    }
}
