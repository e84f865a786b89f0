//! A person's receipts from the preference page: theirs alone, and good without the account.

use avow_compose::Token;
use avow_ledger::{LogKey, Origin, Payload};
use avow_model::{ContactId, FactKind};
use avow_proof::{Trust, verify_receipt};
use axum::http::StatusCode;

use super::world::World;

/// Numbers what waits and signs it, as the running program does each minute. Gives whom to trust.
async fn signed(world: &World) -> Trust {
    let scope = world.stage.scope();
    scope.sequence(u64::MAX).await.unwrap();
    let head = scope.ledger_head().await.unwrap();
    let origin = Origin::new("mail.example.com", "imark").unwrap();
    let key = LogKey::from_seed(origin, &[7; 32]);
    scope
        .checkpoint_keep(head.size, &key.sign(&head))
        .await
        .unwrap();
    Trust::log_alone(key.verifier())
}

fn preferences(world: &World, contact: ContactId) -> String {
    world.path(&Token::Preferences {
        account: world.stage.account,
        contact,
    })
}

fn links(page: &str) -> Vec<String> {
    let page = page.replace("&#x2f;", "/");
    let parts = page.split("href=\"").skip(1);
    let all = parts.filter_map(|part| part.split('"').next());
    all.filter(|link| link.contains("/receipts/"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_person_takes_a_receipt_home_and_it_holds_without_the_account_and_after_an_erasure() {
    let world = World::start().await;
    let ada = world
        .stage
        .contact("ada@example.com", &["newsletter"])
        .await;
    let path = preferences(&world, ada);
    assert!(
        world
            .get(&path)
            .await
            .text()
            .replace("&#x2f;", "/")
            .contains(&format!("{path}/receipts"))
    );
    let none = world.get(&format!("{path}/receipts")).await;
    assert_eq!(none.status, StatusCode::OK);
    assert!(none.text().contains("There is none yet"), "{}", none.text());

    let trust = signed(&world).await;
    let page = world.get(&format!("{path}/receipts")).await.text();
    assert_eq!(links(&page).len(), 2, "{page}");
    // What is written later does not move what was signed.
    world
        .stage
        .contact("bob@example.com", &["newsletter"])
        .await;
    world.stage.scope().sequence(u64::MAX).await.unwrap();
    let mut told = Vec::new();
    for link in links(&page) {
        let file = world.get(&link).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.header("content-disposition").contains("receipt-"));
        told.push((
            file.text(),
            verify_receipt(&file.text(), &trust).unwrap().payload,
        ));
    }
    assert!(
        told.iter()
            .any(|(_, p)| matches!(p, Payload::Collection(_)))
    );
    assert!(
        told.iter().any(
            |(_, p)| matches!(p, Payload::Choice(f) if matches!(f.kind, FactKind::Grant { .. }))
        )
    );
    let erase = avow_store::NewFact::new(FactKind::Erase, world.stage.clock.now());
    world.stage.scope().record_fact(ada, erase).await.unwrap();
    assert_eq!(
        world.get(&links(&page)[0]).await.status,
        StatusCode::NOT_FOUND
    );
    for (text, payload) in told {
        assert_eq!(verify_receipt(&text, &trust).unwrap().payload, payload);
    }
}

#[tokio::test]
async fn a_receipt_of_nobody_else_and_of_nothing_else_is_handed_out() {
    let world = World::start().await;
    let ada = world
        .stage
        .contact("ada@example.com", &["newsletter"])
        .await;
    world
        .stage
        .contact("bob@example.com", &["newsletter"])
        .await;
    signed(&world).await;
    let path = preferences(&world, ada);
    for n in ["0", "3", "99", "18446744073709551615"] {
        let answer = world.get(&format!("{path}/receipts/{n}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{n}");
    }
    let odd = world.get(&format!("{path}/receipts/x")).await;
    assert!(odd.status.is_client_error());
    let forged = world.get("/p/AAAA/receipts/1").await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);
}
