//! Imports end to end: a file in, facts in a real store; every sort of broken file by name.

use std::fmt::Write as _;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use avow_model::{EmailAddress, Fact, FactKind, Facts, Grantor, How, PurposeSelector, Timestamp};
use avow_policy::{PolicySet, SourceFile};
use avow_store::{
    AccountScope, AccountSettings, ContactFilter, NewAccount, NewFact, Store, StoreOptions, Target,
};
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

#[tokio::test]
async fn a_mailchimp_row_with_time_and_address_is_the_persons_own_grant_under_the_version_in_force()
{
    let world = World::new().await;
    let row = "ada@example.org,Ada,Lovelace,2,2026-02-03 14:02:00,192.0.2.7,2026-02-03 14:05:00,192.0.2.7,de\n";
    let report = world.import([MAILCHIMP, row].concat()).await;
    assert_eq!(
        (
            report.counts.created,
            report.tally.own_act,
            report.tally.confirmed
        ),
        (1, 1, 1)
    );
    let facts = world.facts("ada@example.org").await;
    let [fact] = facts.events.as_slice() else {
        panic!("{:?}", facts.events)
    };
    assert_eq!(fact.at, instant("2026-02-03T14:02:00Z"));
    assert!(matches!(
        &fact.kind,
        FactKind::Grant { purpose: PurposeSelector::One(p), saw: Some(1), by: Grantor::Person, confirmed: true, .. }
            if p.as_str() == "newsletter"
    ));
    assert!(
        facts
            .data
            .iter()
            .all(|d| d.version == Some(1) && d.how == How::ImportAttested)
    );
    let categories: Vec<_> = facts.data.iter().map(|d| d.category.as_str()).collect();
    assert_eq!(categories, ["email", "name"]);
    assert_eq!(facts.jurisdiction.as_str(), "de");
    let address: EmailAddress = "ada@example.org".parse().unwrap();
    let contact = world
        .scope
        .contact_by_address(&address)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(contact.fields["first_name"], "Ada");
    let ledger = world.scope.ledger(contact.id, 10).await.unwrap();
    let sources: Vec<_> = ledger
        .iter()
        .filter_map(|l| l.evidence.as_ref())
        .map(|e| e.source.as_str())
        .collect();
    assert_eq!(sources, ["opt-in columns of people.csv"; 2]);
}

#[tokio::test]
async fn without_evidence_there_is_no_grant_and_the_data_are_bound_to_nothing() {
    let world = World::new().await;
    let rows = "ada@example.org,Ada,L,2,,,,,\nbob@example.org,Bob,B,2,2026-02-03 14:02:00,,,,\n";
    let report = world.import([MAILCHIMP, rows].concat()).await;
    assert_eq!((report.counts.created, report.tally.unattested), (2, 2));
    for address in ["ada@example.org", "bob@example.org"] {
        let facts = world.facts(address).await;
        assert!(facts.events.is_empty());
        assert!(
            facts
                .data
                .iter()
                .all(|d| d.version.is_none() && d.how == How::ImportUnattested)
        );
    }
}

#[tokio::test]
async fn an_attestation_speaks_for_the_rows_without_evidence_of_their_own() {
    let world = World::new().await;
    let plan = ImportPlan {
        attestation: Some(attestation()),
        ..world.plan()
    };
    let report = world.run(plan, b"email\nada@example.org\n").await.unwrap();
    assert_eq!(report.tally.attested, 1);
    let facts = world.facts("ada@example.org").await;
    assert!(is_grant(&facts.events[0]) && facts.events[0].at == attestation().at);
    assert!(
        facts
            .data
            .iter()
            .all(|d| d.version == Some(2) && d.how == How::ImportAttested)
    );
}

#[tokio::test]
async fn an_opt_in_from_before_the_first_policy_binds_to_nothing() {
    let world = World::new().await;
    let row = "ada@example.org,Ada,L,2,2024-02-03 14:02:00,192.0.2.7,,,\n";
    world.import([MAILCHIMP, row].concat()).await;
    let facts = world.facts("ada@example.org").await;
    assert!(
        facts
            .data
            .iter()
            .all(|d| d.version.is_none() && d.how == How::ImportUnattested)
    );
    assert!(matches!(
        facts.events[0].kind,
        FactKind::Grant { saw: None, .. }
    ));
}

#[tokio::test]
async fn source_wording_and_version_columns_become_evidence_of_the_row() {
    let world = World::new().await;
    let file = "email,OPTIN_TIME,OPTIN_IP,source,wording,policy version\n\
        ada@example.org,2026-06-01 00:00:00,192.0.2.1,the fair,Yes please,1\n\
        bob@example.org,2026-02-01 00:00:00,192.0.2.1,the fair,Yes please,2\n";
    let report = world.import(file).await;
    assert_eq!((report.counts.created, report.counts.rejected), (1, 1));
    assert!(world.rejected().contains("is no policy version"));
    let facts = world.facts("ada@example.org").await;
    assert_eq!(facts.data[0].version, Some(1));
}

#[tokio::test]
async fn statuses_become_nos_and_bounces_and_never_permissions() {
    let world = World::new().await;
    let file = "email,status,OPTIN_TIME,OPTIN_IP,first name\n\
        a@example.org,unsubscribed,2026-06-01 00:00:00,192.0.2.1,A\n\
        b@example.org,cleaned,2026-06-01 00:00:00,192.0.2.1,B\n\
        c@example.org,complained,2026-06-01 00:00:00,192.0.2.1,C\n\
        d@example.org,blocklisted,2026-06-01 00:00:00,192.0.2.1,D\n\
        e@example.org,disabled,2026-06-01 00:00:00,192.0.2.1,E\n\
        f@example.org,enabled,2026-06-01 00:00:00,192.0.2.1,F\n\
        g@example.org,whatever,2026-06-01 00:00:00,192.0.2.1,G\n";
    let report = world.import(file).await;
    assert_eq!((report.counts.created, report.counts.rejected), (6, 1));
    assert!(
        world
            .rejected()
            .contains("`whatever` in column status is no status")
    );
    let kind = async |address: &str| {
        world
            .events(address)
            .await
            .into_iter()
            .map(|f| f.kind)
            .collect::<Vec<_>>()
    };
    let purpose = PurposeSelector::AllMarketing;
    assert_eq!(
        kind("a@example.org").await,
        [FactKind::Withdraw { purpose }]
    );
    assert_eq!(kind("b@example.org").await, [FactKind::Bounce]);
    assert_eq!(kind("c@example.org").await, [FactKind::Complaint]);
    assert_eq!(
        kind("d@example.org").await,
        [FactKind::Object {
            purpose: PurposeSelector::Any
        }]
    );
    assert!(kind("e@example.org").await.is_empty());
    assert!(world.events("f@example.org").await.iter().all(is_grant));
    let address: EmailAddress = "a@example.org".parse().unwrap();
    let left = world
        .scope
        .contact_by_address(&address)
        .await
        .unwrap()
        .unwrap();
    assert!(
        left.fields.is_empty(),
        "of somebody who said no only the address is kept"
    );
}

#[tokio::test]
async fn mailchimps_unsubscribed_and_cleaned_files_are_nos_with_their_times() {
    let world = World::new().await;
    let header = MAILCHIMP.trim_end();
    let unsubscribed = format!(
        "{header},UNSUB_TIME,UNSUB_REASON\nada@example.org,A,L,2,2026-02-03 14:02:00,192.0.2.7,,,,2026-05-01 10:00:00,NORMAL\nbob@example.org,B,B,2,,,,,,2026-05-01 10:00:00,ABUSE: marked as spam\n"
    );
    world.import(unsubscribed).await;
    let events = world.events("ada@example.org").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].at, instant("2026-05-01T10:00:00Z"));
    assert!(
        world
            .events("bob@example.org")
            .await
            .iter()
            .any(|f| f.kind == FactKind::Complaint)
    );
    let cleaned = format!("{header},CLEAN_TIME\neve@example.org,E,E,2,,,,,,not a time\n");
    world.import(cleaned).await;
    assert_eq!(
        world.events("eve@example.org").await[0].kind,
        FactKind::Bounce
    );
    let plan = ImportPlan {
        file_name: "exports/unsubscribed_email_audience_export_1.csv".to_owned(),
        ..world.plan()
    };
    world.run(plan, b"email\nzoe@example.org\n").await.unwrap();
    assert!(matches!(
        world.events("zoe@example.org").await[0].kind,
        FactKind::Withdraw { .. }
    ));
}

#[tokio::test]
async fn listmonks_and_brevos_exports_are_read() {
    let world = World::new().await;
    let listmonk = "uuid,email,name,attributes,status,created_at,updated_at\n\
        u,ada@example.org,Ada,\"{\"\"company\"\": \"\"Engines\"\", \"\"shoe\"\": 41}\",enabled,2026-01-01,2026-01-01\n\
        u,bob@example.org,Bob,{},blocklisted,2026-01-01,2026-01-01\n";
    world.import(listmonk).await;
    let address: EmailAddress = "ada@example.org".parse().unwrap();
    let ada = world
        .scope
        .contact_by_address(&address)
        .await
        .unwrap()
        .unwrap();
    let fields: Vec<_> = ada
        .fields
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(fields, [("company", "Engines"), ("name", "Ada")]);
    let kinds: Vec<_> = world
        .facts("ada@example.org")
        .await
        .data
        .into_iter()
        .map(|d| d.category.to_string())
        .collect();
    assert_eq!(kinds, ["email", "name", "company"]);
    assert!(matches!(
        world.events("bob@example.org").await[0].kind,
        FactKind::Object { .. }
    ));
    let brevo = "EMAIL;FIRSTNAME;OPT_IN;DOUBLE_OPT-IN;EMAIL_BLACKLISTED\n\
        eve@example.org;Eve;true;true;false\nmax@example.org;Max;true;true;true\nkim@example.org;Kim;false;false;false\n";
    let plan = ImportPlan {
        attestation: Some(attestation()),
        ..world.plan()
    };
    world.run(plan, brevo.as_bytes()).await.unwrap();
    let eve = world.events("eve@example.org").await;
    assert!(matches!(
        eve[0].kind,
        FactKind::Grant {
            confirmed: true,
            ..
        }
    ));
    assert!(matches!(
        world.events("max@example.org").await[0].kind,
        FactKind::Withdraw { .. }
    ));
    assert!(world.events("kim@example.org").await.is_empty());
}

#[tokio::test]
async fn an_import_never_lifts_a_no_whatever_its_date() {
    let world = World::new().await;
    world
        .import("email,status,UNSUB_TIME\nada@example.org,unsubscribed,2026-05-01 10:00:00\n")
        .await;
    let address: EmailAddress = "bob@example.org".parse().unwrap();
    world.import("email\nbob@example.org\n").await;
    let bob = world
        .scope
        .contact_by_address(&address)
        .await
        .unwrap()
        .unwrap();
    let purpose = PurposeSelector::One("newsletter".parse().unwrap());
    let refuse = NewFact::new(
        FactKind::Refuse { purpose },
        instant("2026-03-01T00:00:00Z"),
    );
    world.scope.record_fact(bob.id, refuse).await.unwrap();
    let later = "ada@example.org,Ada,L,2,2026-09-03 14:02:00,192.0.2.7,,,\nbob@example.org,B,B,2,2026-09-03 14:02:00,192.0.2.7,,,\n";
    world.import([MAILCHIMP, later].concat()).await;
    for address in ["ada@example.org", "bob@example.org"] {
        let events = world.events(address).await;
        assert!(!events.iter().any(is_grant), "{address}: {events:?}");
    }
}

#[tokio::test]
async fn a_no_without_a_time_is_not_said_again_by_the_next_export() {
    let world = World::new().await;
    world
        .import("email,status\nada@example.org,unsubscribed\n")
        .await;
    world
        .import("email,status,note\nada@example.org,unsubscribed,x\n")
        .await;
    assert_eq!(world.events("ada@example.org").await.len(), 1);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_says_so() {
    let world = World::new().await;
    let row = "ada@example.org,Ada,L,2,2026-02-03 14:02:00,192.0.2.7,,,\n";
    let file = [MAILCHIMP, row].concat();
    let first = world.import(&file).await;
    let again = world.import(&file).await;
    assert!(!first.was_done && again.was_done);
    assert_eq!((again.run, again.counts), (first.run, first.counts));
    let other = ImportPlan {
        list: None,
        attestation: Some(attestation()),
        ..world.plan()
    };
    let third = world.run(other, file.as_bytes()).await.unwrap();
    assert_eq!(
        (
            third.counts.created,
            third.counts.updated,
            third.counts.unchanged
        ),
        (0, 0, 1)
    );
    assert_eq!(world.events("ada@example.org").await.len(), 1);
}

#[tokio::test]
async fn a_dry_run_judges_every_row_and_writes_nothing_but_the_rejects() {
    let world = World::new().await;
    let plan = ImportPlan {
        mode: Mode::DryRun,
        ..world.plan()
    };
    let report = world
        .run(
            plan,
            b"email,company,shoe size\nada@example.org,E,41\nnobody,E,41\n",
        )
        .await
        .unwrap();
    assert_eq!(
        (report.run, report.counts.rows, report.counts.rejected),
        (None, 2, 1)
    );
    assert_eq!(report.tally.unattested, 1);
    assert_eq!(report.undeclared, ["shoe size"]);
    assert_eq!(
        report.columns[1],
        ("company".to_owned(), "field:company@company".to_owned())
    );
    assert!(
        world
            .rejected()
            .contains("3,the address has no @,nobody,E,41")
    );
    assert_eq!(world.count().await, 0);
    assert!(world.scope.imports().await.unwrap().is_empty());
}

/// A file whose reading breaks once, after so many bytes of the second pass.
struct Breaking {
    inner: Cursor<Vec<u8>>,
    passes: u32,
    left: usize,
}

impl Read for Breaking {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.passes == 1 && self.left == 0 {
            return Err(std::io::Error::other("the cable was pulled"));
        }
        let most = if self.passes == 1 {
            buffer.len().min(self.left)
        } else {
            buffer.len()
        };
        let read = self.inner.read(&mut buffer[..most])?;
        if self.passes == 1 {
            self.left -= read;
        }
        Ok(read)
    }
}

impl Seek for Breaking {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.passes += 1;
        self.inner.seek(to)
    }
}

fn many(rows: usize) -> String {
    let mut file = MAILCHIMP.to_owned();
    for n in 0..rows {
        let bad = if n % 1_000 == 7 { "@" } else { "" };
        writeln!(
            file,
            "p{n}{bad}@example.org,Ada,L,2,2026-02-03 14:02:00,192.0.2.7,,,de"
        )
        .unwrap();
    }
    file
}

#[tokio::test]
async fn an_import_that_broke_goes_on_where_it_was_and_ends_in_the_same_state() {
    let (broken, whole) = (World::new().await, World::new().await);
    let file = many(20_000);
    let reader = Breaking {
        inner: Cursor::new(file.clone().into_bytes()),
        passes: 0,
        left: 1_000_000,
    };
    let fault = run(
        broken.plan(),
        &broken.scope,
        &broken.policies,
        reader,
        |_| {},
    )
    .await
    .unwrap_err();
    assert!(fault.to_string().contains("the cable was pulled"));
    let before = broken.count().await;
    assert!(before > 0 && before < 20_000, "{before}");
    let resumed = broken.import(&file).await;
    let straight = whole.import(&file).await;
    assert!(resumed.resumed_at > 0);
    assert_eq!(
        (resumed.counts, resumed.tally, &resumed.reasons),
        (straight.counts, straight.tally, &straight.reasons)
    );
    assert_eq!(broken.count().await, whole.count().await);
    assert_eq!(broken.rejected(), whole.rejected());
    let page = async |world: &World| {
        let all = world
            .scope
            .contacts_page(&ContactFilter::default(), None, 30_000)
            .await
            .unwrap();
        all.into_iter()
            .map(|c| (c.address, c.fields))
            .collect::<Vec<_>>()
    };
    assert_eq!(page(&broken).await, page(&whole).await);
}

#[tokio::test]
async fn progress_is_told_after_every_batch_and_never_goes_back() {
    let world = World::new().await;
    let file = many(20_000);
    let mut told = Vec::new();
    let reader = Cursor::new(file.clone().into_bytes());
    run(world.plan(), &world.scope, &world.policies, reader, |p| {
        told.push(*p);
    })
    .await
    .unwrap();
    assert!(told.len() >= 3);
    assert!(
        told.windows(2)
            .all(|pair| pair[0].position <= pair[1].position)
    );
    let last = told.last().unwrap();
    assert_eq!(
        (last.position, last.counts.rows),
        (file.len() as u64, 20_000)
    );
}

#[tokio::test]
async fn addresses_are_folded_flagged_and_refused_with_a_reason() {
    let world = World::new().await;
    let file = "email\n  Ada@BÜCHER.example \ninfo@example.org\nx@mailinator.com\nno at\na..b@example.org\n";
    let report = world.import(file).await;
    assert_eq!((report.counts.created, report.counts.rejected), (3, 2));
    assert_eq!(
        (
            report.tally.role_addresses,
            report.tally.disposable_addresses
        ),
        (1, 1)
    );
    assert!(
        world
            .facts("ada@xn--bcher-kva.example")
            .await
            .events
            .is_empty()
    );
    assert_eq!(report.reasons["address"], 2);
}

#[tokio::test]
async fn duplicate_rows_in_the_file_are_one_contact() {
    let world = World::new().await;
    let file = "email,first name\nada@example.org,Ada\nADA@example.org,Augusta\n";
    let report = world.import(file).await;
    assert_eq!(
        (
            report.counts.rows,
            report.counts.created,
            world.count().await
        ),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn an_empty_file_says_so_and_a_header_alone_is_an_import_of_nobody() {
    let world = World::new().await;
    for empty in [b"".as_slice(), b"\xef\xbb\xbf", b"\n\r\n\n"] {
        assert!(matches!(
            world.run(world.plan(), empty).await,
            Err(ImportError::Empty)
        ));
    }
    let report = world.import("email\n").await;
    assert_eq!(report.counts.rows, 0);
}

#[tokio::test]
async fn a_byte_order_mark_utf_16_and_windows_1252_are_understood() {
    let world = World::new().await;
    let utf16: Vec<u8> = "\u{feff}email\tfirst name\na@example.org\tZoë\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (file, encoding) in [
        (
            b"\xef\xbb\xbfemail,first name\na@example.org,Zo\xc3\xab\n".to_vec(),
            "UTF-8",
        ),
        (utf16, "UTF-16LE"),
        (
            b"email;first name\r\na@example.org;Zo\xeb\r\n".to_vec(),
            "windows-1252",
        ),
    ] {
        let report = world.import(file).await;
        assert_eq!((report.encoding, report.counts.rejected), (encoding, 0));
        let address: EmailAddress = "a@example.org".parse().unwrap();
        let contact = world
            .scope
            .contact_by_address(&address)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(contact.fields["first_name"], "Zoë", "{encoding}");
    }
}

#[tokio::test]
async fn commas_semicolons_and_tabs_are_found_out() {
    let world = World::new().await;
    for delimiter in [",", ";", "\t", "|"] {
        let file = format!("email{delimiter}company\nx@example.org{delimiter}A\n");
        let report = world.import(file).await;
        assert_eq!(
            (report.counts.rejected, report.columns.len()),
            (0, 2),
            "{delimiter:?}"
        );
    }
}

#[tokio::test]
async fn a_quote_that_is_never_closed_costs_one_row() {
    let world = World::new().await;
    let file = "email,company\na@example.org,\"Open\nb@example.org,B\nc@example.org,\"C, \"\"Inc\"\"\nand more\"\nd@example.org,\"never closed\ne@example.org,E\n";
    let report = world.import(file).await;
    assert_eq!(
        (report.counts.created, report.counts.rejected),
        (3, 2),
        "{}",
        world.rejected()
    );
    let rejected = world.rejected();
    assert!(
        rejected.contains("2,a quote is opened here and not closed"),
        "{rejected}"
    );
    assert!(
        rejected.contains("6,a quote is opened here and not closed"),
        "{rejected}"
    );
    let address: EmailAddress = "c@example.org".parse().unwrap();
    let contact = world
        .scope
        .contact_by_address(&address)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(contact.fields["company"], "C, \"Inc\"\nand more");
}

#[tokio::test]
async fn a_wrong_number_of_columns_rejects_the_row_with_both_numbers() {
    let world = World::new().await;
    let report = world
        .import("email,company\na@example.org\nb@example.org,B,C\nc@example.org,C\n")
        .await;
    assert_eq!((report.counts.created, report.counts.rejected), (1, 2));
    assert!(
        world
            .rejected()
            .contains("2,\"the row has 1 columns, the header has 2\",a@example.org")
    );
}

#[tokio::test]
async fn a_nul_rejects_its_row_only() {
    let world = World::new().await;
    let report = world
        .import(b"email,company\na@example.org,\0\nb@example.org,B\n")
        .await;
    assert_eq!((report.counts.created, report.counts.rejected), (1, 1));
    assert!(world.rejected().contains("NUL"));
}

/// A header, a line of 100 MB, a good row: made while it is read, so that only the import's own
/// memory could grow.
struct LongLine {
    at: u64,
}

const LONG: u64 = 100_000_000;

impl LongLine {
    /// What stands at `at`: a part of the head, of the long line, or of the tail.
    fn part(&self) -> (&'static [u8], u64) {
        const HEAD: &[u8] = b"email,company\n";
        const TAIL: &[u8] = b"\nb@example.org,B\n";
        const LINE: &[u8] = &[b'x'; 65_536];
        let after_head = self.at.saturating_sub(HEAD.len() as u64);
        if self.at < HEAD.len() as u64 {
            return (&HEAD[self.at as usize..], u64::MAX);
        }
        match after_head.checked_sub(LONG) {
            None => (LINE, LONG - after_head),
            Some(after) => (&TAIL[(after as usize).min(TAIL.len())..], u64::MAX),
        }
    }
}

impl Read for LongLine {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (part, most) = self.part();
        let count = buffer.len().min(part.len()).min(most as usize);
        buffer[..count].copy_from_slice(&part[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for LongLine {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        self.at = 0;
        Ok(0)
    }
}

#[tokio::test]
async fn a_line_of_100_megabytes_is_rejected_and_the_rows_after_it_are_taken() {
    let world = World::new().await;
    let reader = LongLine { at: 0 };
    let report = run(world.plan(), &world.scope, &world.policies, reader, |_| {})
        .await
        .unwrap();
    assert_eq!((report.counts.created, report.counts.rejected), (1, 1));
    assert!(world.rejected().contains("longer than 262144 bytes"));
}

#[tokio::test]
async fn bad_and_future_times_of_evidence_reject_the_row() {
    let world = World::new().await;
    let rows = "a@example.org,A,L,2,05/03/2026,192.0.2.7,,,\nb@example.org,B,L,2,2031-01-01 00:00:00,192.0.2.7,,,\n";
    let report = world.import([MAILCHIMP, rows].concat()).await;
    assert_eq!((report.counts.created, report.reasons["time"]), (0, 2));
    assert!(
        world
            .rejected()
            .contains("write it like 2026-05-03 14:02:00")
    );
}

#[tokio::test]
async fn a_plan_that_the_policy_cannot_carry_is_refused_before_anything_is_read() {
    let world = World::new().await;
    let file = b"email\na@example.org\n";
    let unknown = ImportPlan {
        purposes: vec!["spam".parse().unwrap()],
        ..world.plan()
    };
    let fault = world.run(unknown, file).await.unwrap_err();
    assert!(
        matches!(&fault, ImportError::UnknownPurpose { known, .. } if known == "newsletter"),
        "{fault}"
    );
    let early = Attestation {
        version: Some(2),
        at: instant("2026-02-01T00:00:00Z"),
        ..attestation()
    };
    let early = ImportPlan {
        attestation: Some(early),
        ..world.plan()
    };
    assert!(matches!(
        world.run(early, file).await,
        Err(ImportError::VersionNotInForce { version: 2 })
    ));
    let future = Attestation {
        at: instant("2027-02-01T00:00:00Z"),
        ..attestation()
    };
    let future = ImportPlan {
        attestation: Some(future),
        ..world.plan()
    };
    assert!(matches!(
        world.run(future, file).await,
        Err(ImportError::FutureAttestation)
    ));
    let none = PolicySet::compile(&[]);
    if let Ok(none) = none {
        let reader = Cursor::new(file.to_vec());
        let fault = run(world.plan(), &world.scope, &none, reader, |_| {})
            .await
            .unwrap_err();
        assert!(matches!(fault, ImportError::NoPolicy));
    }
}
