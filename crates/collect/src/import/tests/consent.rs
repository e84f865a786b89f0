//! What becomes of consent, nos and policies.

use avow_model::{EmailAddress, FactKind, Grantor, How, PurposeSelector};
use avow_store::NewFact;

use super::*;

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
