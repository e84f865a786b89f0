//! Members, invitations, resets, codes and the audit log.

use std::time::Duration;

use avow_model::{Clock as _, Role, UserId};
use avow_store::{
    AccountScope, ActKind, CODE_USED, CodeTaken, DOOR_SHUT, Door, Invited, Joining, LAST_OWNER,
    NewAct, NewDoor, NewOutgoing, NewSession, NewUser, OutgoingKind, Store, StoreError,
};

use crate::people::account;

fn login(name: &str) -> NewUser {
    NewUser {
        address: format!("{name}@example.org").parse().unwrap(),
        name: name.to_owned(),
        password_hash: "$argon2id$".to_owned(),
    }
}

async fn member(scope: &AccountScope, store: &Store, name: &str, role: Role) -> UserId {
    let user = store.create_user(login(name)).await.unwrap();
    store.add_membership(scope.id(), user, role).await.unwrap();
    user
}

fn act(kind: ActKind) -> NewAct {
    NewAct {
        who: "ada@example.org".to_owned(),
        kind,
        about: "x".to_owned(),
    }
}

fn mail() -> NewOutgoing {
    NewOutgoing {
        kind: OutgoingKind::Staff,
        contact: None,
        mail_from: String::new(),
        rcpt_to: "grace@example.org".to_owned(),
        body: b"Subject: x\r\n\r\nx\r\n".to_vec(),
    }
}

fn is_conflict<T>(answer: Result<T, StoreError>, why: &str) -> bool {
    matches!(answer, Err(StoreError::Conflict(what)) if what == why)
}

#[tokio::test]
async fn an_account_keeps_an_owner_and_who_is_put_out_of_the_last_account_has_no_log_in() {
    let Some(world) = super::world().await else {
        return;
    };
    let (store, ours) = (&world.store, account(&world, "acme").await);
    let ada = member(&ours, store, "ada", Role::Owner).await;
    let alan = member(&ours, store, "alan", Role::Editor).await;
    let less = ours.member_role_set(ada, Role::Editor, act(ActKind::RoleChanged));
    assert!(is_conflict(less.await, LAST_OWNER));
    let gone = ours.member_remove(ada, act(ActKind::Removed));
    assert!(is_conflict(gone.await, LAST_OWNER));
    assert!(ours.acts(None, 9).await.unwrap().is_empty(), "nothing was done");
    ours.member_role_set(alan, Role::Owner, act(ActKind::RoleChanged)).await.unwrap();
    store.second_factor_begin(ada, [1; 32]).await.unwrap();
    store.second_factor_on(ada, 5, &[[2; 32]]).await.unwrap();
    let now = world.clock.now();
    let session = NewSession {
        token_hash: [3; 32],
        user: ada,
        agent: String::new(),
        now,
        expires_at: now + Duration::from_hours(1),
    };
    store.session_open(session).await.unwrap();
    assert_eq!(store.sessions_of(ada).await.unwrap().len(), 1);
    ours.member_remove(ada, act(ActKind::Removed)).await.unwrap();
    assert!(store.user(ada).await.unwrap().is_none());
    assert!(store.sessions_of(ada).await.unwrap().is_empty());
    let left: Vec<_> = ours.members().await.unwrap().into_iter().map(|m| m.user).collect();
    assert_eq!(left, [alan]);
}

#[tokio::test]
async fn an_invitation_opens_one_account_once_and_a_newer_one_takes_its_place() {
    let Some(world) = super::world().await else {
        return;
    };
    let (store, ours) = (&world.store, account(&world, "acme").await);
    let invited = Invited {
        address: "grace@example.org".parse().unwrap(),
        role: Role::Analyst,
    };
    let door = |hash: u8| NewDoor {
        token_hash: [hash; 32],
        expires_at: world.clock.now() + Duration::from_hours(1),
    };
    for hash in [1, 2] {
        let sent = ours.invite(door(hash), invited.clone(), mail(), act(ActKind::Invited));
        sent.await.unwrap();
    }
    assert_eq!(store.door([1; 32]).await.unwrap(), None);
    let found = store.door([2; 32]).await.unwrap();
    let account = ours.id();
    assert_eq!(found, Some(Door::Invite { account, invited }));
    assert_eq!(ours.invitations().await.unwrap().len(), 1);
    let join = || ours.join([2; 32], Joining::New(login("grace")), Role::Analyst);
    let grace = join().await.unwrap();
    assert!(join().await.is_err());
    let members = ours.members().await.unwrap();
    assert_eq!((members[0].user, members[0].role), (grace, Role::Analyst));
    assert!(ours.invitations().await.unwrap().is_empty());
    let due = store.outgoing_heads(OutgoingKind::Staff, world.clock.now(), 9);
    assert_eq!(due.await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_reset_and_a_code_are_taken_once_and_not_after_their_time() {
    let Some(world) = super::world().await else {
        return;
    };
    let (store, ours) = (&world.store, account(&world, "acme").await);
    let ada = member(&ours, store, "ada", Role::Owner).await;
    let door = |hash: u8| NewDoor {
        token_hash: [hash; 32],
        expires_at: world.clock.now() + Duration::from_mins(5),
    };
    store.reset_ask(door(1), Some(ada), Some((ours.id(), mail()))).await.unwrap();
    store.reset_ask(door(2), None, None).await.unwrap();
    assert_eq!(store.door([2; 32]).await.unwrap(), Some(Door::Reset(None)));
    store.reset_done([1; 32], ada, "new").await.unwrap();
    let again = store.reset_done([1; 32], ada, "newer").await;
    assert!(is_conflict(again, DOOR_SHUT));
    assert_eq!(store.user(ada).await.unwrap().unwrap().password_hash, "new");

    store.second_factor_begin(ada, [7; 32]).await.unwrap();
    store.second_factor_on(ada, 10, &[[8; 32], [9; 32]]).await.unwrap();
    store.second_factor_begin(ada, [6; 32]).await.unwrap();
    let factor = store.second_factor(ada).await.unwrap().unwrap();
    assert_eq!((factor.salt, factor.recovery_left), ([7; 32], 2));
    store.code_ask(door(3), ada).await.unwrap();
    let take = |step| store.code_done([3; 32], ada, CodeTaken::Step(step));
    assert!(is_conflict(take(10).await, CODE_USED), "the step of the set-up");
    take(11).await.unwrap();
    assert!(is_conflict(take(12).await, DOOR_SHUT));
    store.code_ask(door(4), ada).await.unwrap();
    let recover = || store.code_done([4; 32], ada, CodeTaken::Recovery([8; 32]));
    recover().await.unwrap();
    assert!(is_conflict(recover().await, CODE_USED));
    store.code_ask(door(5), ada).await.unwrap();
    world.clock.advance_us(5 * 60 * 1_000_000);
    assert_eq!(store.door([5; 32]).await.unwrap(), None);
    let late = store.code_done([5; 32], ada, CodeTaken::Step(99)).await;
    assert!(is_conflict(late, DOOR_SHUT));
}

#[tokio::test]
async fn the_audit_log_goes_on_where_a_page_ended_and_keeps_two_years() {
    let Some(world) = super::world().await else {
        return;
    };
    let ours = account(&world, "acme").await;
    for _ in 0..5 {
        ours.note_act(act(ActKind::KeyMade)).await.unwrap();
    }
    let first = ours.acts(None, 3).await.unwrap();
    let rest = ours.acts(Some(first[2].place), 3).await.unwrap();
    assert_eq!((first.len(), rest.len()), (3, 2));
    assert!(first[2].place > rest[0].place);
    world.clock.advance_us(2 * 365 * 24 * 3_600 * 1_000_000);
    ours.note_act(act(ActKind::KeyRevoked)).await.unwrap();
    let left = ours.acts(None, 9).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].kind, ActKind::KeyRevoked);
}
