//! A data folder with one account in it: `acme`, its policy in force, people who said yes.

use std::sync::Arc;

use avow_model::{
    Act, BodyKind, CampaignContent, CampaignId, CampaignState, ContactId, EmailAddress, FactKind,
    Grantor, How, Method, PurposeSelector, SharedClock, Timestamp,
};
use avow_store::{
    AccountScope, AccountSettings, ImportCounts, ImportStep, NewAccount, NewCampaign,
    NewCollection, NewContact, NewFact, NewPolicyVersion, Store, StoreError, StoreOptions, Target,
};
use tempfile::TempDir;

use crate::SeededEntropy;

/// The account's policy: a newsletter and its measuring, each by opt-in; service mail.
pub const POLICY: &str = include_str!("../policy.toml");
/// People taken in at once: few, so that a benchmark's memory is not that of its preparations.
const BATCH: usize = 2_000;
/// The SQLite file in the bureau's folder.
const FILE: &str = "avow.db";

/// An open store with one account. The folder goes away with it.
pub struct Bureau {
    pub folder: TempDir,
    pub store: Store,
    pub scope: AccountScope,
    pub clock: SharedClock,
}

/// What a person of the account has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Yes to the newsletter and to measuring.
    Everything,
    /// Yes to the newsletter only.
    Newsletter,
    /// Yes, and later no.
    Withdrew,
    Nothing,
}

/// A number of people, made alike.
pub struct People<'a> {
    pub count: usize,
    pub address: &'a dyn Fn(usize) -> String,
    pub said: &'a dyn Fn(usize) -> Said,
}

impl Bureau {
    /// In a new temporary folder.
    pub async fn open(clock: SharedClock) -> Result<Self, StoreError> {
        let folder = tempfile::tempdir().expect("a test machine has a temporary folder");
        let file = Target::Sqlite(folder.path().join(FILE));
        Self::open_in(folder, file, clock).await
    }

    /// In a database that has no account yet; the folder is for what else there is.
    pub async fn open_in(
        folder: TempDir,
        target: Target,
        clock: SharedClock,
    ) -> Result<Self, StoreError> {
        let store = open_store(target, clock.clone()).await?;
        let account = store.create_account(acme()).await?;
        let scope = store.account(account);
        let version = NewPolicyVersion {
            n: 1,
            source: POLICY.to_owned(),
            published_at: instant("2025-01-01T00:00:00Z"),
            effective_at: instant("2025-01-08T00:00:00Z"),
        };
        scope.publish_policy(version).await?;
        Ok(Self {
            folder,
            store,
            scope,
            clock,
        })
    }

    /// Opens the store of a folder again, as after a restart.
    pub async fn reopen(&self) -> Result<Store, StoreError> {
        let file = Target::Sqlite(self.folder.path().join(FILE));
        open_store(file, self.clock.clone()).await
    }

    /// Takes people in. Each has a first name, `Ada0` and on.
    pub async fn people(&self, people: People<'_>) -> Result<(), StoreError> {
        let run = self.scope.import_begin("people.csv", [1; 32]).await?;
        let all: Vec<usize> = (0..people.count).collect();
        for numbers in all.chunks(BATCH) {
            let person = |n: &usize| {
                let mut person = self.person(&(people.address)(*n), (people.said)(*n));
                person.fields = [("first_name".to_owned(), format!("Ada{n}"))].into();
                person
            };
            let batch: Vec<NewContact> = numbers.iter().map(person).collect();
            let step = ImportStep {
                run: run.id,
                position: numbers.last().map_or(0, |n| *n as u64 + 1),
                counts: ImportCounts::default(),
            };
            self.scope.import_batch(&batch, step).await?;
        }
        Ok(())
    }

    /// A person called Ada who gave address and name under the first version.
    pub fn person(&self, address: &str, said: Said) -> NewContact {
        let now = self.clock.now();
        NewContact {
            address: address
                .parse()
                .expect("a test writes addresses that are addresses"),
            fields: [("first_name".to_owned(), "Ada".to_owned())].into(),
            flags: avow_store::ContactFlags::default(),
            jurisdiction: None,
            age: None,
            soft_opt_in: false,
            collection: Some(NewCollection {
                categories: vec![name("email"), name("name")],
                version: Some(1),
                how: How::Direct,
                evidence: None,
                at: now,
            }),
            facts: facts(said, now),
            subscribe: None,
        }
    }

    /// The contact with this address.
    pub async fn contact(&self, address: &str) -> Result<ContactId, StoreError> {
        let address: EmailAddress = address.parse().expect("a test knows its addresses");
        let contact = self.scope.contact_by_address(&address).await?;
        contact
            .map(|c| c.id)
            .ok_or(StoreError::Missing("the test's contact is not there"))
    }

    /// Records that a person withdrew from the newsletter.
    pub async fn withdraw(&self, contact: ContactId) -> Result<(), StoreError> {
        let kind = FactKind::Withdraw {
            purpose: newsletter(),
        };
        let fact = NewFact::new(kind, self.clock.now());
        self.scope.record_fact(contact, fact).await.map(drop)
    }

    /// A newsletter to everybody, still a draft.
    pub async fn campaign(&self, content: CampaignContent) -> Result<CampaignId, StoreError> {
        let new = NewCampaign {
            name: "News".to_owned(),
            purpose: name("newsletter"),
            list: None,
            segment: None,
            content,
        };
        self.scope.campaign_create(new).await
    }

    /// Gives a draft free to be sent.
    pub async fn start(&self, campaign: CampaignId) -> Result<(), StoreError> {
        let from = [CampaignState::Draft];
        self.scope
            .campaign_move(campaign, &from, CampaignState::Preparing)
            .await
    }
}

async fn open_store(target: Target, clock: SharedClock) -> Result<Store, StoreError> {
    Store::open(StoreOptions {
        target,
        clock,
        entropy: Arc::new(SeededEntropy::new(1)),
        marker_key: [7; 32],
    })
    .await
}

fn acme() -> NewAccount {
    NewAccount {
        slug: name("acme"),
        name: "Acme".to_owned(),
        settings: AccountSettings {
            brand: name("acme"),
            sending_domain: "acme.example".to_owned(),
            from_name: "Acme".to_owned(),
            from_address: "news@acme.example".to_owned(),
            reply_to: None,
        },
    }
}

fn facts(said: Said, at: Timestamp) -> Vec<NewFact> {
    let grant = |purpose: &str| {
        let kind = FactKind::Grant {
            purpose: PurposeSelector::One(name(purpose)),
            saw: Some(1),
            method: Method::Click,
            by: Grantor::Person,
            asked: Act::Fair,
            double_opt_in: false,
            confirmed: true,
            expires: None,
        };
        NewFact::new(kind, at)
    };
    let withdraw = || {
        let kind = FactKind::Withdraw {
            purpose: newsletter(),
        };
        NewFact::new(kind, at)
    };
    match said {
        Said::Everything => vec![grant("newsletter"), grant("measure")],
        Said::Newsletter => vec![grant("newsletter")],
        Said::Withdrew => vec![grant("newsletter"), withdraw()],
        Said::Nothing => Vec::new(),
    }
}

fn newsletter() -> PurposeSelector {
    PurposeSelector::One(name("newsletter"))
}

fn name<T: std::str::FromStr>(text: &str) -> T {
    let Ok(name) = text.parse() else {
        unreachable!("a plain lower-case word is a name")
    };
    name
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("the instant is written correctly")
}

/// A short newsletter that greets by name.
pub fn short_content() -> CampaignContent {
    content(
        "<p>Hello {{ first_name }}, here are the <a href=\"https://acme.example/news\">news</a>.</p>",
    )
}

/// A newsletter whose finished message is about 10 KB.
pub fn long_content() -> CampaignContent {
    let paragraph = "<p style=\"margin:0 0 12px\">Every message says why it came and how to end it, \
        and whoever said no gets none. That is the whole of it, {{ first_name }}, and it takes a page \
        to print because promises want room.</p>";
    let link =
        |n: usize| format!("<p><a href=\"https://acme.example/story/{n}\">Story {n}</a></p>");
    let stories: String = (0..6).map(link).collect();
    content(&format!("<h1>News</h1>{}{stories}", paragraph.repeat(15)))
}

fn content(body: &str) -> CampaignContent {
    CampaignContent {
        subject: "News for {{ first_name }}".to_owned(),
        preheader: String::new(),
        from_name: "Acme".to_owned(),
        from_address: "news@acme.example".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Html,
        body: body.to_owned(),
        text: None,
        about: None,
        offers: Vec::new(),
    }
}
