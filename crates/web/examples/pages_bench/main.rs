//! Server time of each Client Center page over a large account.
//!
//! `pages_bench fill TARGET PEOPLE DRAFTS` fills an empty database; `pages_bench ask TARGET ROUNDS` prints one JSON
//! object: for each page the first answer (cold caches), the median, the ninety-ninth of a hundred and the slowest of
//! the rest, in milliseconds. TARGET is a file or the URL of a PostgreSQL server. Between the two,
//! `history_fill` of the store gives the drafts a past.

mod ask;
mod fill;

use avow_model::{Clock, Timestamp};
use avow_store::Target;

pub(crate) type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock of this example")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

fn target(word: &str) -> Target {
    if word.starts_with("postgres") {
        Target::Postgres(word.to_owned())
    } else {
        Target::Sqlite(word.into())
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the result of the bench")]
async fn main() -> Fallible<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["fill", place, people, drafts] => {
            fill::run(target(place), people.parse()?, drafts.parse()?).await
        }
        ["ask", place, rounds] => {
            let pages = ask::run(target(place), rounds.parse()?).await?;
            println!("{}", serde_json::to_string_pretty(&pages)?);
            Ok(())
        }
        _ => Err("pages_bench fill TARGET PEOPLE DRAFTS, or pages_bench ask TARGET ROUNDS".into()),
    }
}
