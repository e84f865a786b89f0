//! Imports end to end: a file in, facts in a real store.

mod broken_files;
mod consent;
mod runs;

use std::io::Cursor;
use std::sync::Arc;

use avow_model::{EmailAddress, Fact, FactKind, Facts, Timestamp};
use avow_policy::{PolicySet, SourceFile};
use avow_store::{AccountScope, AccountSettings, NewAccount, Store, StoreOptions, Target};
use avow_testkit::{SeededEntropy, VirtualClock};

use super::*;

const MAILCHIMP: &str = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,CC\n";

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    instant("2026-11-01T12:00:00Z")
}

fn policies() -> PolicySet {
    let files = [1, 2].map(|n| SourceFile {
        name: format!("v{n}.toml"),
        text: format!(
            r#"
policy = "acme/main"
version = {n}
published = 2026-0{m}-01T00:00:00Z
effective = 2026-0{m}-08T00:00:00Z
notice = {{ period = "7d" }}
min_age = 16
permit_life = "10m"
scope = {{ domains = ["acme.example"], brands = ["acme"] }}
[controller]
name = "Acme"
post = "1 Road, Town"
email = "privacy@acme.example"
[category.email]
title = "E-mail address"
[category.name]
title = "Name"
[category.company]
title = "Company"
[purpose.newsletter]
kind = "marketing"
choice = "opt_in"
verbs = ["send"]
reads = ["email", "name"]
title = "Newsletter"
ask = "Send me the newsletter."
why = "You asked for it."
[text.en]
markdown = "Our policy."
"#,
            m = n * 2 - 1
        ),
    });
    PolicySet::compile(&files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

struct World {
    scope: AccountScope,
    policies: PolicySet,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions {
            target: Target::Sqlite(folder.path().join("avow.db")),
            clock: Arc::new(VirtualClock::starting(now())),
            entropy: Arc::new(SeededEntropy::new(1)),
            marker_key: [3; 32],
        };
        let store = Store::open(options).await.unwrap();
        let account = NewAccount {
            slug: "acme".parse().unwrap(),
            name: "Acme".to_owned(),
            settings: AccountSettings {
                brand: "acme".parse().unwrap(),
                sending_domain: "acme.example".to_owned(),
                from_name: "Acme".to_owned(),
                from_address: "news@acme.example".to_owned(),
                reply_to: None,
            },
        };
        let id = store.create_account(account).await.unwrap();
        let scope = store.account(id);
        let policies = policies();
        Self {
            scope,
            policies,
            folder,
        }
    }

    fn plan(&self) -> ImportPlan {
        ImportPlan {
            purposes: vec!["newsletter".parse().unwrap()],
            rejects: Some(self.rejects()),
            ..ImportPlan::new("people.csv", now())
        }
    }

    fn rejects(&self) -> std::path::PathBuf {
        self.folder.path().join("rejected/people.csv")
    }

    fn rejected(&self) -> String {
        std::fs::read_to_string(self.rejects()).unwrap_or_default()
    }

    async fn run(&self, plan: ImportPlan, file: &[u8]) -> Result<ImportReport, ImportError> {
        let file = Cursor::new(file.to_vec());
        run(plan, &self.scope, &self.policies, file, |_| {}).await
    }

    async fn import(&self, file: impl AsRef<[u8]>) -> ImportReport {
        self.run(self.plan(), file.as_ref()).await.unwrap()
    }

    async fn facts(&self, address: &str) -> Facts {
        let address: EmailAddress = address.parse().unwrap();
        let contact = self
            .scope
            .contact_by_address(&address)
            .await
            .unwrap()
            .unwrap();
        self.scope.facts(contact.id).await.unwrap()
    }

    async fn events(&self, address: &str) -> Vec<Fact> {
        self.facts(address).await.events
    }

    async fn count(&self) -> u64 {
        self.scope.contact_count().await.unwrap()
    }
}

fn attestation() -> Attestation {
    Attestation {
        at: instant("2026-04-01T00:00:00Z"),
        source: "the sign-up page".to_owned(),
        wording: "Send me the newsletter.".to_owned(),
        version: None,
        signer: "Grace".to_owned(),
        soft_opt_in: false,
    }
}

fn is_grant(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::Grant { .. })
}
