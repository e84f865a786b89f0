//! Taking an installation, founding an account, and the rule that it keeps an owner, also from two processes at once.

use avow_model::Role;
use avow_store::{
    AccountSettings, ActKind, CLAIMED, InstanceMode, LAST_OWNER, NewAccount, NewAct, NewUser,
    DomainStep, SetupProgress, StoreError,
};

/// Rounds in which two processes demote each other's owner: without a lock nearly every one leaves nobody.
const ROUNDS: usize = 20;

fn login(name: &str) -> NewUser {
    NewUser {
        address: format!("{name}@example.org").parse().unwrap(),
        name: name.to_owned(),
        password_hash: "$argon2id$".to_owned(),
    }
}

fn acme() -> NewAccount {
    NewAccount {
        slug: "acme".parse().unwrap(),
        name: "Acme".to_owned(),
        settings: AccountSettings {
            brand: "acme".parse().unwrap(),
            sending_domain: "acme.example".to_owned(),
            from_name: "Acme".to_owned(),
            from_address: "news@acme.example".to_owned(),
            reply_to: None,
        },
    }
}

fn act() -> NewAct {
    NewAct {
        who: "ada@example.org".to_owned(),
        kind: ActKind::RoleChanged,
        about: "x".to_owned(),
    }
}

#[tokio::test]
async fn of_two_who_take_an_installation_at_once_one_has_it() {
    let Some(world) = super::world().await else {
        return;
    };
    let (here, there) = (&world.store, world.open_again().await);
    assert!(here.is_unclaimed().await.unwrap());
    assert_eq!(here.instance_mode().await.unwrap(), None);
    let (ada, eve) = tokio::join!(here.claim(login("ada")), there.claim(login("eve")));
    assert_eq!(
        usize::from(ada.is_ok()) + usize::from(eve.is_ok()),
        1,
        "{ada:?} {eve:?}"
    );
    let second = [ada, eve].into_iter().find_map(Result::err).unwrap();
    assert!(
        matches!(second, StoreError::Conflict(CLAIMED)),
        "{second:?}"
    );
    assert!(!here.is_unclaimed().await.unwrap());
    assert_eq!(
        here.instance_mode().await.unwrap(),
        Some(InstanceMode::Rehearsal)
    );
    here.instance_go_live().await.unwrap();
    assert_eq!(
        there.instance_mode().await.unwrap(),
        Some(InstanceMode::World)
    );
    let again = there.claim(login("mallory")).await;
    assert!(matches!(again, Err(StoreError::Conflict(CLAIMED))));
}

#[tokio::test]
async fn an_installation_that_commands_set_up_cannot_be_taken() {
    let Some(world) = super::world().await else {
        return;
    };
    world.store.create_user(login("ada")).await.unwrap();
    assert!(!world.store.is_unclaimed().await.unwrap());
    let late = world.store.claim(login("eve")).await;
    assert!(matches!(late, Err(StoreError::Conflict(CLAIMED))));
    assert_eq!(world.store.instance_mode().await.unwrap(), None);
}

#[tokio::test]
async fn a_founded_account_has_its_owner_and_remembers_how_far_it_is() {
    let Some(world) = super::world().await else {
        return;
    };
    let store = &world.store;
    let ada = store.claim(login("ada")).await.unwrap();
    assert!(store.owns_all(ada).await.unwrap(), "of none");
    let mut progress = SetupProgress::default();
    progress.policy.post = "1 Quay, Bristol".to_owned();
    let id = store.found_account(acme(), ada, &progress).await.unwrap();
    let again = store.found_account(acme(), ada, &progress).await;
    assert!(
        matches!(again, Err(StoreError::Duplicate { .. })),
        "{again:?}"
    );
    let known = store.memberships(ada).await.unwrap();
    assert_eq!(
        (known.len(), known[0].role, known[0].setting_up),
        (1, Role::Owner, true)
    );
    let scope = store.account(id);
    progress.domain = DomainStep::PutOff;
    scope.setup_save(&progress).await.unwrap();
    let row = scope.setup().await.unwrap().unwrap();
    assert_eq!((row.progress, row.is_finished), (progress, false));
    scope.setup_finish().await.unwrap();
    scope.setup_finish().await.unwrap();
    assert!(scope.setup().await.unwrap().unwrap().is_finished);
    assert!(!store.memberships(ada).await.unwrap()[0].setting_up);
    let eve = store.create_user(login("eve")).await.unwrap();
    assert!(!store.owns_all(eve).await.unwrap());
}

#[tokio::test]
async fn an_account_keeps_an_owner_when_two_processes_change_roles_at_once() {
    let Some(world) = super::world().await else {
        return;
    };
    let (here, there) = (&world.store, world.open_again().await);
    let ada = here.create_user(login("ada")).await.unwrap();
    let bea = here.create_user(login("bea")).await.unwrap();
    let id = here.create_account(acme()).await.unwrap();
    let (ours, theirs) = (here.account(id), there.account(id));
    for round in 0..ROUNDS {
        here.add_membership(id, ada, Role::Owner).await.unwrap();
        here.add_membership(id, bea, Role::Owner).await.unwrap();
        // A role that is set, and a person who is put in with a smaller one, by two programs.
        let one = ours.member_role_set(ada, Role::Editor, act());
        let other = async {
            if round % 2 == 0 {
                theirs.member_role_set(bea, Role::Editor, act()).await
            } else {
                there.add_membership(id, bea, Role::Editor).await
            }
        };
        let (one, other) = tokio::join!(one, other);
        assert!(
            one.is_ok() != other.is_ok(),
            "round {round}: {one:?} {other:?}"
        );
        let late = [one, other].into_iter().find_map(Result::err).unwrap();
        assert!(matches!(late, StoreError::Conflict(LAST_OWNER)), "{late:?}");
        let owners = ours.members().await.unwrap();
        let owners = owners.iter().filter(|m| m.role == Role::Owner).count();
        assert_eq!(owners, 1, "round {round}");
    }
}
