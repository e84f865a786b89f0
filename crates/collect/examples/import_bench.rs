//! Measures an import: contacts with consent, de-duplication and facts, from a Mailchimp-shaped file into
//! a fresh SQLite file, or into an empty PostgreSQL schema. Prints one JSON object.
//! `import_bench [ROWS [POSTGRES_URL]]`, 1,000,000 rows when not given.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use avow_collect::import::{self, ImportPlan, ImportReport};
use avow_model::Timestamp;
use avow_policy::{PolicySet, SourceFile};
use avow_store::{AccountScope, AccountSettings, NewAccount, Store, StoreOptions, Target};
use avow_testkit::{SeededEntropy, VirtualClock};

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROWS: u64 = 1_000_000;
const POLICY: &str = include_str!("../../../policies/imark/v1.toml");
const HEADER: &str = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,CC,LAST_CHANGED,LEID,EUID,TAGS";
const FIRST: [&str; 8] = [
    "Ada", "Björn", "Chen", "Dilek", "Emma", "Farid", "Grace", "Zoë",
];
const LAST: [&str; 8] = [
    "Lovelace", "Eriksen", "Kim", "Kaya", "O'Brien", "Haddad", "Hopper", "Park",
];

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the result of the measurement")]
async fn main() {
    let rows = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(ROWS);
    let folder = tempfile::tempdir().expect("a folder for the measurement");
    let file = folder.path().join("people.csv");
    generate(&file, rows).expect("the file of people");
    let target = match std::env::args().nth(2) {
        Some(url) => Target::Postgres(url),
        None => Target::Sqlite(folder.path().join("avow.db")),
    };
    let scope = account(target).await;
    let policies = policies();
    let plan = ImportPlan {
        purposes: vec!["newsletter".parse().expect("a name")],
        ..ImportPlan::new("people.csv", now())
    };
    let before = bytes_written();
    let began = Instant::now();
    let reader = BufReader::new(File::open(&file).expect("the file of people"));
    let report = import::run(plan, &scope, &policies, reader, |_| {}).await;
    let seconds = began.elapsed().as_secs_f64();
    let report = report.unwrap_or_else(|fault| panic!("{fault}"));
    let bytes = bytes_written().saturating_sub(before);
    println!("{}", json(rows, seconds, &report, bytes));
}

fn now() -> Timestamp {
    "2026-11-01T12:00:00Z".parse().expect("a time")
}

fn policies() -> PolicySet {
    let file = SourceFile {
        name: "v1.toml".to_owned(),
        text: POLICY.to_owned(),
    };
    let mut files = vec![file];
    files.extend(packs());
    PolicySet::compile(&files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn packs() -> Vec<SourceFile> {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/packs");
    let listed = std::fs::read_dir(packs).expect("the rule packs");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.ok()?.path();
        Some(SourceFile {
            name: path.file_name()?.to_string_lossy().into_owned(),
            text: std::fs::read_to_string(path).ok()?,
        })
    };
    listed.filter_map(read).collect()
}

async fn account(target: Target) -> AccountScope {
    let store = Store::open(StoreOptions {
        target,
        clock: Arc::new(VirtualClock::starting(now())),
        entropy: Arc::new(SeededEntropy::new(7)),
        marker_key: [9; 32],
    });
    let store = store.await.unwrap_or_else(|fault| panic!("{fault}"));
    let account = store.create_account(NewAccount {
        slug: "imark".parse().expect("a name"),
        name: "IMark".to_owned(),
        settings: AccountSettings {
            brand: "imark".parse().expect("a name"),
            sending_domain: "imark.example".to_owned(),
            from_name: "IMark".to_owned(),
            from_address: "news@imark.example".to_owned(),
            reply_to: None,
        },
    });
    let account = account.await.unwrap_or_else(|fault| panic!("{fault}"));
    store.account(account)
}

/// Every twentieth row has no evidence, every hundredth says again what an earlier one said.
fn generate(path: &Path, rows: u64) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{HEADER}")?;
    for n in 0..rows {
        let who = if n % 100 == 99 { n - 50 } else { n };
        let (first, last) = (FIRST[(who % 8) as usize], LAST[(who / 8 % 8) as usize]);
        let month = 1 + who % 9;
        let (time, ip) = if who % 20 == 3 {
            (String::new(), String::new())
        } else {
            let clock = format!("{:02}:{:02}:{:02}", who % 24, who % 60, who / 60 % 60);
            (
                format!("2026-{month:02}-{:02} {clock}", 9 + who % 19),
                format!("192.0.2.{}", who % 255),
            )
        };
        let local = who.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        writeln!(
            file,
            "{last}.{local}@mail{}.example,{first},{last},2,{time},{ip},{time},{ip},,,DE,{time},{who},a{who:x},\"\"\"news\"\"\"",
            who % 50
        )?;
    }
    file.flush()
}

fn json(rows: u64, seconds: f64, report: &ImportReport, bytes: u64) -> String {
    format!(
        "{{\"rows\":{rows},\"seconds\":{seconds:.3},\"rows_per_second\":{:.0},\"created\":{},\"updated\":{},\"unchanged\":{},\"rejected\":{},\"peak_rss_bytes\":{},\"bytes_written\":{bytes},\"cpu_seconds\":{:.2}}}",
        rows as f64 / seconds,
        report.counts.created,
        report.counts.updated,
        report.counts.unchanged,
        report.counts.rejected,
        peak_rss_bytes(),
        cpu_seconds(),
    )
}

/// A number behind a word in a file of /proc/self.
fn figure(file: &str, word: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(word));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

fn peak_rss_bytes() -> u64 {
    figure("/proc/self/status", "VmHWM:") * 1024
}

fn bytes_written() -> u64 {
    figure("/proc/self/io", "write_bytes:")
}

/// User and system time of the process, in seconds: fields 14 and 15 of proc(5), in hundredths.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let hundredths: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    hundredths as f64 / 100.0
}
