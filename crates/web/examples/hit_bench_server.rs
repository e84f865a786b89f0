//! Serves the public pages of one temporary account, for benches and for looking at them.
//!
//! `hit_bench_server --listen 127.0.0.1:8090 --urls FILE [--kind open|click] [--contacts 1000] [--data DIR] [--threads 1]`
//! Writes the address of an open or a click for each contact into FILE, prints the pages' addresses, and
//! serves until it is stopped; the store lies in a temporary folder in DIR.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::fmt::Write as _;
use std::sync::Arc;

use avow_compose::{MessageRef, Token, TokenKey, Urls};
use avow_model::{CampaignId, Clock, ContactId, Timestamp};
use avow_policy::Shelf;
use avow_testkit::{SeededEntropy, Stage, letter};
use avow_web::public::{Entry, serve};
use avow_web::{App, AppParts, Edition, WebSettings, router};

/// The allocator of the `avow` binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "the program's own edge: this is where time comes in"
        )]
        Timestamp::now()
    }
}

fn argument(name: &str, otherwise: &str) -> String {
    let mut given = std::env::args().skip_while(|a| a != name).skip(1);
    given.next().unwrap_or_else(|| otherwise.to_owned())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut runtime = match argument("--threads", "1").parse()? {
        1 => tokio::runtime::Builder::new_current_thread(),
        threads => {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(threads);
            builder
        }
    };
    runtime.enable_all().build()?.block_on(run())
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let listen = argument("--listen", "127.0.0.1:8090");
    let contacts: usize = argument("--contacts", "1000").parse()?;
    let base = format!("http://{listen}");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = argument("--data", &std::env::temp_dir().to_string_lossy());
    let entropy = Arc::new(SeededEntropy::new(1));
    let stage = Stage::open_in(data.as_ref(), "imark", clock.clone(), entropy).await;
    let people = people(&stage, contacts).await;
    let links = ["https://www.example.com/one", "https://www.example.com/two"];
    let campaign = stage.delivered(letter(), &links, &people).await;
    stage.form("signup").await;
    let tokens = Arc::new(TokenKey::new([9; 32]));
    let urls = Urls::new(&base);
    let made = Made {
        stage: &stage,
        campaign,
        people: &people,
    };
    std::fs::write(
        argument("--urls", "/dev/null"),
        made.hits(&urls, &tokens, &argument("--kind", "open")),
    )?;
    println!("{}", made.pages(&urls, &tokens));
    let app = Arc::new(App::new(AppParts {
        engine: None,
        sink: None,
        store: stage.store.clone(),
        shelf: Arc::new(Shelf::default()),
        tokens,
        clock,
        entropy: stage.entropy.clone(),
        settings: WebSettings {
            base_url: base,
            edition: Edition::World,
        },
    }));
    let entry = Entry::new(app.clone(), router(app));
    let listener = tokio::net::TcpListener::bind(&listen).await?;
    serve(listener, entry, std::future::pending()).await;
    Ok(())
}

async fn people(stage: &Stage, contacts: usize) -> Vec<ContactId> {
    let mut people = Vec::with_capacity(contacts);
    for n in 0..contacts {
        let address = format!("reader-{n}@example.com");
        people.push(stage.contact(&address, &["newsletter", "measure"]).await);
    }
    people
}

struct Made<'a> {
    stage: &'a Stage,
    campaign: CampaignId,
    people: &'a [ContactId],
}

impl Made<'_> {
    fn message(&self, n: usize) -> MessageRef {
        MessageRef {
            account: self.stage.account,
            campaign: self.campaign,
            seq: n as u32 + 1,
            contact: self.people[n],
        }
    }

    fn hits(&self, urls: &Urls, tokens: &TokenKey, kind: &str) -> String {
        let mut out = String::new();
        for n in 0..self.people.len() {
            let message = self.message(n);
            let token = match kind {
                "click" => Token::Click { message, link: 0 },
                _ => Token::Open(message),
            };
            let _ = writeln!(out, "{}", urls.of(tokens, &token));
        }
        out
    }

    fn pages(&self, urls: &Urls, tokens: &TokenKey) -> String {
        let message = self.message(0);
        let choices = Token::Preferences {
            account: message.account,
            contact: message.contact,
        };
        let tokens_of = [
            Token::Unsubscribe(message),
            choices,
            Token::Why(message),
            Token::View(message),
        ];
        let mut pages: Vec<String> = tokens_of.iter().map(|t| urls.of(tokens, t)).collect();
        pages.extend(
            ["/f/imark/signup", "/policy/imark", "/u/forged"]
                .map(|p| format!("{}{p}", urls.base())),
        );
        pages.join("\n")
    }
}
