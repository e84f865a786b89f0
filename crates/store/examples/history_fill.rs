//! Gives an account a past, for benchmarks: `history_fill TARGET ROWS HITS`.
//!
//! TARGET is the file of an SQLite database or the URL of a PostgreSQL server. Each draft of the only account becomes
//! a campaign that ended, sent to up to ROWS of its contacts, with up to HITS opens and clicks. Writes rows as the
//! store would have left them, with statements of its own: through the store, 100 million rows would take hours.
//! Never for an account of anybody's. Prints how many rows there are now.

use std::error::Error;

use rusqlite::Connection;
use tokio_postgres::{Client, NoTls};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Campaigns are an hour apart; the first ended when the year began.
const FIRST_AT_US: i64 = 1_767_225_600_000_000;
const HOUR_US: i64 = 3_600_000_000;

/// Where the statements go.
enum Database {
    File(Box<Connection>),
    Server(Client),
}

impl Database {
    async fn open(target: &str) -> Fallible<Self> {
        if !target.starts_with("postgres") {
            let file = Connection::open(target)?;
            // Nothing of it has to survive a power cut: a run that fails is begun again.
            file.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000",
            )?;
            return Ok(Self::File(Box::new(file)));
        }
        let (client, connection) = tokio_postgres::connect(target, NoTls).await?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the connection of an example, for as long as it runs"
        )]
        tokio::spawn(connection);
        client.batch_execute("SET synchronous_commit = off").await?;
        Ok(Self::Server(client))
    }

    async fn run(&self, sql: &str) -> Fallible<()> {
        match self {
            Self::File(file) => file.execute_batch(sql)?,
            Self::Server(client) => client.batch_execute(sql).await?,
        }
        Ok(())
    }

    async fn numbers(&self, sql: &str) -> Fallible<Vec<i64>> {
        Ok(match self {
            Self::File(file) => {
                let mut statement = file.prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            }
            Self::Server(client) => {
                let rows = client.query(sql, &[]).await?;
                rows.iter().map(|row| row.get(0)).collect()
            }
        })
    }
}

/// One campaign's past: its people, what became of them, and what they opened.
fn past(campaign: i64, place: i64, (rows, hits): (i64, i64)) -> String {
    let at = FIRST_AT_US + place * HOUR_US;
    let hit_id = place * rows.max(hits);
    format!(
        "BEGIN;
        INSERT INTO recipient (account, campaign, seq, contact, state, attempts, next_at, reply_code, reply, reasons, updated_at)
            SELECT account, {campaign}, n, id,
                CASE WHEN n % 10 = 1 THEN 5 WHEN n % 100 = 3 THEN 3 WHEN n % 100 IN (7, 8) THEN 4 ELSE 1 END,
                CASE WHEN n % 10 = 1 THEN 0 ELSE 1 END, NULL,
                CASE WHEN n % 10 = 1 THEN NULL WHEN n % 100 = 3 THEN 550 WHEN n % 100 IN (7, 8) THEN 421 ELSE 250 END,
                CASE WHEN n % 10 = 1 THEN NULL WHEN n % 100 = 3 THEN '550 5.1.1 no such user' WHEN n % 100 IN (7, 8) THEN '421 4.7.0 later' ELSE '250 2.0.0 ok' END,
                CASE WHEN n % 10 = 1 THEN 'D_WITHDRAWN' ELSE 'A_OPT_IN' END, {at} + n
            FROM (SELECT account, id, row_number() OVER (ORDER BY id) AS n FROM
                (SELECT account, id FROM contact ORDER BY account, id LIMIT {rows}) AS some) AS numbered;
        INSERT INTO hit (account, campaign, id, seq, contact, kind, link, verdict, at)
            SELECT account, {campaign}, {hit_id} + seq, seq, contact,
                CASE WHEN seq % 5 = 0 THEN 'click' ELSE 'open' END,
                CASE WHEN seq % 5 = 0 THEN 0 ELSE NULL END,
                CASE WHEN seq % 3 = 0 THEN 'prefetch' ELSE 'human' END, {at} + 60000000 * (seq % 2880)
            FROM recipient WHERE campaign = {campaign} AND seq <= {hits};
        UPDATE campaign SET state = 'finished', prepared = TRUE, audience = {rows}, started_at = {at}, finished_at = {at} + {HOUR_US}
            WHERE id = {campaign};
        COMMIT;"
    )
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "the result of the example")]
async fn main() -> Fallible<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [target, rows, hits] = words.as_slice() else {
        return Err("history_fill TARGET ROWS HITS".into());
    };
    let (rows, hits): (i64, i64) = (rows.parse()?, hits.parse()?);
    let database = Database::open(target).await?;
    let drafts = database
        .numbers("SELECT id FROM campaign WHERE state = 'draft' ORDER BY id")
        .await?;
    // The newest stays a draft: its pages are measured too.
    let (_, drafts) = drafts.split_last().ok_or("there is no draft")?;
    for (place, campaign) in (1..).zip(drafts) {
        database.run(&past(*campaign, place, (rows, hits))).await?;
    }
    database.run("ANALYZE").await?;
    let counted = database
        .numbers("SELECT (SELECT COUNT(*) FROM recipient) + (SELECT COUNT(*) FROM hit)")
        .await?;
    println!("{}", counted.first().ok_or("nothing was counted")?);
    Ok(())
}
