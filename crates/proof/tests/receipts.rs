//! The person's receipt holds after an erasure, and for nothing else than it shows.

use avow_proof::{Receipt, ReceiptFault, Trust, verify_receipt};

use crate::world::{PERSON, Story, begun, story, withdrawal};

fn receipt(story: &Story, n: usize) -> Receipt {
    let link = story.world.links(PERSON).swap_remove(n);
    Receipt {
        leaf: link.leaf,
        opening: link.opening.unwrap(),
        index: link.index,
        path: link.path,
        checkpoint: story.world.checkpoint().1,
    }
}

#[test]
fn a_receipt_proves_the_withdrawal_with_nothing_but_itself_and_the_key() {
    let story = story();
    let text = receipt(&story, 2).encode().unwrap();
    let trust = Trust::parse(&story.world.trust().encode()).unwrap();
    // The account, its keys and its seeds are gone from here on.
    drop(story);
    let received = verify_receipt(&text, &trust).unwrap();
    assert_eq!(
        received.payload,
        withdrawal("offers", "2026-02-02T10:00:00Z")
    );
    assert_eq!(received.origin, "mail.example.com/ledger/acme");
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra "));
}

#[test]
fn a_changed_receipt_and_one_of_another_log_are_refused() {
    let story = story();
    let trust = story.world.trust();
    let good = receipt(&story, 1);
    let refused = |change: &dyn Fn(&mut Receipt)| {
        let mut changed = good.clone();
        change(&mut changed);
        verify_receipt(&changed.encode().unwrap(), &trust).unwrap_err()
    };
    let payload =
        |r: &mut Receipt| r.opening.payload = r.opening.payload.replace("grant", "refuse");
    assert!(matches!(refused(&payload), ReceiptFault::Opening(_)));
    assert_eq!(refused(&|r| r.index += 1), ReceiptFault::Inclusion);
    assert_eq!(refused(&|r| r.path.truncate(1)), ReceiptFault::Inclusion);
    let other = begun("other").0;
    assert!(matches!(
        refused(&|r| r.checkpoint = other.checkpoint().1),
        ReceiptFault::Signature(_)
    ));
    assert!(verify_receipt("", &trust).is_err());
}

#[test]
fn every_byte_of_a_receipt_counts() {
    let story = story();
    let (text, trust) = (receipt(&story, 1).encode().unwrap(), story.world.trust());
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(verify_receipt(&changed, &trust).is_err(), "byte {at}");
        }
    }
}
