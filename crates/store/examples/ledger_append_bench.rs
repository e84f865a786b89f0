//! Measures the ledger in a fresh SQLite file: entries appended in pages with the fsync of each, then
//! numbered, then the head that a checkpoint states, read without a leaf. Prints one JSON object.
//! `ledger_append_bench [ENTRIES]`, 1,000,000 when not given.

use std::sync::Arc;
use std::time::Instant;

use avow_ledger::{LogKey, Origin, Payload};
use avow_model::{
    Act, Clock, ContactId, Entropy, Fact, FactKind, Grantor, Method, PurposeSelector, Scope,
    Timestamp,
};
use avow_store::{
    AccountScope, AccountSettings, ContactFlags, NewAccount, NewContact, NewEntry, Store,
    StoreOptions, Target,
};

const ENTRIES: usize = 1_000_000;
/// Entries in one transaction: what the audience of a campaign is judged in.
const PAGE: usize = 1_000;
/// People whom the entries are about.
const PEOPLE: usize = 10_000;

#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000).expect("an instant")
    }
}

/// Not secret: it only has to differ.
#[derive(Debug)]
struct Counting(std::sync::atomic::AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self
                .0
                .fetch_add(0x9e37_79b9_7f4a_7c15, std::sync::atomic::Ordering::Relaxed);
            chunk.copy_from_slice(&n.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Wall time and processor time of one piece of work.
struct Lap {
    seconds: f64,
    cpu_us: f64,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the result of the measurement")]
async fn main() {
    let entries = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let entries = entries.unwrap_or(ENTRIES);
    let folder = tempfile::tempdir().expect("a folder for the measurement");
    let scope = account(&folder).await;
    let people = people(&scope).await;
    scope.sequence(u64::MAX).await.expect("numbers");
    let pages: Vec<Vec<NewEntry>> = (0..PEOPLE / PAGE).map(|n| page(&people, n)).collect();

    let append = lap(async {
        for n in 0..entries / PAGE {
            let page = &pages[n % pages.len()];
            scope.append_entries(page).await.expect("an append");
        }
    });
    let append = append.await;
    let number =
        lap(async { assert!(scope.sequence(u64::MAX).await.expect("numbers").entries > 0) }).await;
    let origin = Origin::new("bench.example", "acme").expect("an origin");
    let key = LogKey::from_seed(origin, &[7; 32]);
    let checkpoint = lap(async {
        let head = scope.ledger_head().await.expect("a head");
        scope
            .checkpoint_keep(head.size, &key.sign(&head))
            .await
            .expect("a checkpoint");
    });
    let checkpoint = checkpoint.await;
    let size = scope.ledger_standing().await.expect("a ledger").size;
    let per = |lap: &Lap| (entries as f64 / lap.seconds, lap.cpu_us / entries as f64);
    let ((appended, append_us), (numbered, number_us)) = (per(&append), per(&number));
    let bytes = std::fs::metadata(folder.path().join("avow.db")).map_or(0, |m| m.len());
    println!(
        "{{\"entries\":{entries},\"size\":{size},\"append_per_second\":{appended:.0},\
         \"append_cpu_us\":{append_us:.2},\"number_per_second\":{numbered:.0},\
         \"number_cpu_us\":{number_us:.2},\"checkpoint_ms\":{:.2},\"peak_rss_bytes\":{},\
         \"file_bytes\":{bytes}}}",
        checkpoint.seconds * 1_000.0,
        peak_rss_bytes(),
    );
}

async fn lap(work: impl Future<Output = ()>) -> Lap {
    let (began, cpu) = (Instant::now(), cpu_seconds());
    work.await;
    Lap {
        seconds: began.elapsed().as_secs_f64(),
        cpu_us: (cpu_seconds() - cpu) * 1e6,
    }
}

async fn account(folder: &tempfile::TempDir) -> AccountScope {
    let store = Store::open(StoreOptions {
        target: Target::Sqlite(folder.path().join("avow.db")),
        clock: Arc::new(Standing),
        entropy: Arc::new(Counting(1.into())),
        marker_key: [9; 32],
    });
    let store = store.await.unwrap_or_else(|fault| panic!("{fault}"));
    let account = store.create_account(NewAccount {
        slug: "acme".parse().expect("a name"),
        name: "Acme".to_owned(),
        settings: AccountSettings {
            brand: "acme".parse().expect("a name"),
            sending_domain: "acme.example".to_owned(),
            from_name: "Acme".to_owned(),
            from_address: "news@acme.example".to_owned(),
            reply_to: None,
        },
    });
    store.account(account.await.unwrap_or_else(|fault| panic!("{fault}")))
}

async fn people(scope: &AccountScope) -> Vec<ContactId> {
    let person = |n: usize| NewContact {
        address: format!("p{n}@example.org").parse().expect("an address"),
        fields: std::collections::BTreeMap::new(),
        flags: ContactFlags::default(),
        jurisdiction: None,
        age: None,
        soft_opt_in: false,
        collection: None,
        facts: Vec::new(),
        subscribe: None,
    };
    let mut ids = Vec::with_capacity(PEOPLE);
    for n in 0..PEOPLE {
        ids.push(scope.contact_save(person(n)).await.expect("a person").0);
    }
    ids
}

fn page(people: &[ContactId], n: usize) -> Vec<NewEntry> {
    let kind = FactKind::Grant {
        purpose: PurposeSelector::One("newsletter".parse().expect("a name")),
        saw: Some(1),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: false,
        confirmed: true,
        expires: None,
    };
    let now = Standing.now();
    let fact = Fact {
        kind,
        at: now,
        recorded_at: now,
        scope: Scope::default(),
    };
    let people = &people[n * PAGE..(n + 1) * PAGE];
    let entry = |person: &ContactId| NewEntry::about(*person, Payload::Choice(fact.clone()));
    people.iter().map(entry).collect()
}

fn peak_rss_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// User and system time of the process, in seconds: fields 14 and 15 of proc(5), in hundredths.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let hundredths: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    hundredths as f64 / 100.0
}
