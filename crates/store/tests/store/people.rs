//! Builders for cases: accounts and people with the least that is needed.

use std::collections::BTreeMap;

use avow_model::{Act, FactKind, Grantor, How, Method, Purpose, PurposeSelector, Timestamp};
use avow_store::{
    AccountScope, AccountSettings, ContactFlags, NewAccount, NewCollection, NewContact, NewFact,
};

use crate::world::World;

pub(crate) fn settings(slug: &str) -> AccountSettings {
    AccountSettings {
        brand: slug.parse().unwrap(),
        sending_domain: format!("{slug}.example"),
        from_name: slug.to_owned(),
        from_address: format!("news@{slug}.example"),
        reply_to: None,
    }
}

pub(crate) fn new_account(slug: &str) -> NewAccount {
    NewAccount {
        slug: slug.parse().unwrap(),
        name: slug.to_owned(),
        settings: settings(slug),
    }
}

pub(crate) async fn account(world: &World, slug: &str) -> AccountScope {
    let id = world.store.create_account(new_account(slug)).await.unwrap();
    world.store.account(id)
}

/// Seconds after a fixed moment that lies before every case.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

pub(crate) fn newsletter() -> PurposeSelector {
    PurposeSelector::One("newsletter".parse::<Purpose>().unwrap())
}

pub(crate) fn grant() -> FactKind {
    FactKind::Grant {
        purpose: newsletter(),
        saw: Some(1),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: true,
        confirmed: false,
        expires: Some(at(99)),
    }
}

/// A person whose address and name were collected under version 1, with a grant.
pub(crate) fn person(address: &str) -> NewContact {
    NewContact {
        address: address.parse().unwrap(),
        fields: BTreeMap::from([("name".to_owned(), "Ada".to_owned())]),
        flags: ContactFlags::default(),
        jurisdiction: None,
        age: None,
        soft_opt_in: false,
        collection: Some(NewCollection {
            categories: vec!["email".parse().unwrap(), "name".parse().unwrap()],
            version: Some(1),
            how: How::Direct,
            evidence: None,
            at: at(1),
        }),
        facts: vec![NewFact::new(grant(), at(1))],
        subscribe: None,
    }
}
