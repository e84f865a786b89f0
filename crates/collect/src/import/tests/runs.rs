//! Runs: again, dry, broken off and gone on, with progress.

use std::fmt::Write as _;
use std::io::{Read, Seek, SeekFrom};

use avow_store::ContactFilter;

use super::*;

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
    let file = many(40_000);
    let reader = Breaking {
        inner: Cursor::new(file.clone().into_bytes()),
        passes: 0,
        left: 2_000_000,
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
    assert!(before > 0 && before < 40_000, "{before}");
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
            .contacts_page(&ContactFilter::default(), None, 50_000)
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
    let file = many(40_000);
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
        (file.len() as u64, 40_000)
    );
}

#[tokio::test]
async fn a_person_who_comes_again_in_the_next_batch_is_one_contact_with_the_last_word() {
    let world = World::new().await;
    let mut file = MAILCHIMP.to_owned();
    // The second batch brings everybody of the first again, the third one nobody.
    for n in 0..2 * parse::BATCH_CONTACTS + 100 {
        let (person, name) = match n / parse::BATCH_CONTACTS {
            0 => (n, "Ada"),
            1 => (n - parse::BATCH_CONTACTS, "Grace"),
            _ => (n, "Emma"),
        };
        writeln!(
            file,
            "p{person}@example.org,{name},L,2,2026-02-03 14:02:00,192.0.2.7,,,de"
        )
        .unwrap();
    }
    let report = world.import(&file).await;
    let batch = parse::BATCH_CONTACTS as u64;
    let counts = report.counts;
    assert_eq!(
        (counts.created, counts.updated, counts.unchanged),
        (batch + 100, batch, 0)
    );
    assert_eq!(world.count().await, batch + 100);
    let page = world
        .scope
        .contacts_page(&ContactFilter::default(), None, 50_000)
        .await
        .unwrap();
    let named = |name| {
        let has = |c: &&avow_store::ContactSummary| c.fields.values().any(|v| v == name);
        page.iter().filter(has).count() as u64
    };
    assert_eq!(
        (named("Ada"), named("Grace"), named("Emma")),
        (0, batch, 100)
    );
}
