//! Server time of each Client Center page over a large account: `pages_bench [--people N] [--rounds N]`.
//!
//! Through the router, without a network. Prints one JSON object: for each page the first answer (cold
//! caches), the median and the slowest of the rest, in milliseconds.

use std::sync::Arc;
use std::time::Instant;

use avow_compose::TokenKey;
use avow_model::{CampaignId, CampaignState, Clock, ContactId, Outcome, RecipientState, Timestamp};
use avow_policy::Shelf;
use avow_store::{AudienceChunk, NewRecipient, NewSession, NewUser, OutcomeRow, PassedOver, Role};
use avow_testkit::{Bureau, People, Said, SeededEntropy, short_content};
use avow_web::{App, AppParts, Edition, WebSettings};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

const PEOPLE: usize = 1_000_000;
const ROUNDS: usize = 20;
/// Rows prepared and recorded at once.
const BATCH: u32 = 5_000;
const COOKIE: &str = "bench";
/// A page is read to its end; none is larger.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock of this example")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The number after a flag.
fn flag(name: &str, default: usize) -> Fallible<usize> {
    let words: Vec<String> = std::env::args().collect();
    let at = words.iter().position(|w| w == name);
    let given = at.and_then(|at| words.get(at + 1));
    Ok(given.map(|n| n.parse()).transpose()?.unwrap_or(default))
}

/// An account with people of whom every tenth withdrew, and a campaign to all of them that has ended.
async fn fill(bureau: &Bureau, people: usize) -> Fallible<CampaignId> {
    let said = |n: usize| match n % 10 {
        0 => Said::Withdrew,
        _ => Said::Newsletter,
    };
    let people = People {
        count: people,
        address: &|n| format!("person{n}@example{}.test", n % 7),
        said: &said,
    };
    bureau.people(people).await?;
    bureau.campaign(short_content()).await?;
    let campaign = bureau.campaign(short_content()).await?;
    bureau.start(campaign).await?;
    rows(bureau, campaign).await?;
    for (from, to) in [
        (CampaignState::Preparing, CampaignState::Sending),
        (CampaignState::Sending, CampaignState::Finished),
    ] {
        bureau.scope.campaign_move(campaign, &[from], to).await?;
    }
    Ok(campaign)
}

async fn rows(bureau: &Bureau, campaign: CampaignId) -> Fallible<()> {
    let (mut through, mut audience) = (ContactId::from_i64(0), 0);
    loop {
        let page = bureau.scope.audience_page(None, through, BATCH).await?;
        let last = page.last().copied();
        through = last.unwrap_or(through);
        let chunk = AudienceChunk {
            first_seq: audience + 1,
            recipients: page.iter().map(|contact| recipient(*contact)).collect(),
            prepared_through: through,
            passed_over: PassedOver::default(),
            prepared: last.is_none(),
        };
        bureau.scope.recipients_append(campaign, chunk).await?;
        if last.is_none() {
            return Ok(());
        }
        let seqs = audience + 1..=audience + page.len() as u32;
        audience += page.len() as u32;
        let now = bureau.clock.now();
        let outcomes = seqs.map(|seq| outcome(seq, now)).collect();
        bureau.scope.record_outcomes(campaign, outcomes).await?;
    }
}

fn recipient(contact: ContactId) -> NewRecipient {
    NewRecipient {
        contact,
        state: RecipientState::Waiting,
        reasons: "A_OPT_IN".to_owned(),
    }
}

fn outcome(seq: u32, now: Timestamp) -> OutcomeRow {
    let (state, code, reasons) = match seq % 100 {
        3 => (Outcome::Bounced, Some(550), None),
        7 | 8 => (Outcome::Expired, Some(421), None),
        n if n % 10 == 1 => (Outcome::Refused, None, Some("D_WITHDRAWN")),
        _ => (Outcome::Delivered, Some(250), None),
    };
    OutcomeRow {
        seq,
        state: RecipientState::At(state),
        attempts: 1,
        next_at: None,
        reply_code: code,
        reply: code.map(|code| format!("{code} said the server")),
        reasons: reasons.map(str::to_owned),
        at: now,
    }
}

/// The pages for an owner of the account.
async fn pages(bureau: &Bureau) -> Fallible<Router> {
    let entropy = Arc::new(SeededEntropy::new(1));
    let user = NewUser {
        address: "grace@example.org".parse()?,
        name: "Grace".to_owned(),
        password_hash: avow_web::password::hash("a password for the bench", &*entropy)?,
    };
    let user = bureau.store.create_user(user).await?;
    let account = bureau.scope.id();
    bureau
        .store
        .add_membership(account, user, Role::Owner)
        .await?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, COOKIE.as_bytes());
    let now = bureau.clock.now();
    let session = NewSession {
        token_hash: digest.as_ref().try_into()?,
        user,
        agent: "bench".to_owned(),
        now,
        expires_at: now + jiff::SignedDuration::from_hours(24),
    };
    bureau.store.session_open(session).await?;
    let app = App::new(AppParts {
        store: bureau.store.clone(),
        shelf: Arc::new(Shelf::default()),
        tokens: Arc::new(TokenKey::new([2; 32])),
        engine: None,
        sink: None,
        clock: bureau.clock.clone(),
        entropy,
        settings: WebSettings {
            base_url: "http://127.0.0.1".to_owned(),
            edition: Edition::World,
        },
    });
    Ok(avow_web::router(Arc::new(app)))
}

/// One answer, in milliseconds.
async fn ask(router: &Router, path: &str) -> Fallible<f64> {
    let request = Request::get(path).header(header::COOKIE, format!("avow={COOKIE}"));
    let began = Instant::now();
    let answer = router.clone().oneshot(request.body(Body::empty())?).await?;
    let status = answer.status();
    to_bytes(answer.into_body(), PAGE_BYTES_MAX).await?;
    let took = began.elapsed().as_secs_f64() * 1_000.0;
    if status.is_success() {
        Ok(took)
    } else {
        Err(format!("{path} answers {status}").into())
    }
}

async fn measure(router: &Router, path: &str, rounds: usize) -> Fallible<Value> {
    let first = ask(router, path).await?;
    let mut rest = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        rest.push(ask(router, path).await?);
    }
    rest.sort_unstable_by(f64::total_cmp);
    let shown = |ms: f64| (ms * 100.0).round() / 100.0;
    let slowest = rest.last().copied().unwrap_or(first);
    let median = rest.get(rest.len() / 2).copied().unwrap_or(first);
    Ok(json!({
        "first_ms": shown(first), "median_ms": shown(median), "slowest_ms": shown(slowest)
    }))
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the result of the bench")]
async fn main() -> Fallible<()> {
    let (people, rounds) = (flag("--people", PEOPLE)?, flag("--rounds", ROUNDS)?);
    let bureau = Bureau::open(Arc::new(SystemClock)).await?;
    let began = Instant::now();
    let campaign = fill(&bureau, people).await?;
    let filled = began.elapsed().as_secs_f64();
    let router = pages(&bureau).await?;
    let middle = format!("person{}@example{}.test", people / 2, (people / 2) % 7);
    let contact = bureau.contact(&middle).await?;
    let drafts = bureau.scope.campaigns().await?;
    let draft = drafts.iter().find(|c| c.state == CampaignState::Draft);
    let draft = draft.ok_or("the draft is gone")?.id;
    let base = "/a/acme";
    let paths = [
        ("campaigns", format!("{base}/campaigns")),
        ("campaign", format!("{base}/campaigns/{campaign}")),
        ("report", format!("{base}/campaigns/{campaign}/report")),
        ("people", format!("{base}/campaigns/{campaign}/people")),
        (
            "people, bounced",
            format!("{base}/campaigns/{campaign}/people?state=bounced"),
        ),
        (
            "people, none",
            format!("{base}/campaigns/{campaign}/people?state=unknown"),
        ),
        (
            "message",
            format!("{base}/campaigns/{campaign}/messages/{}", people / 2),
        ),
        ("check", format!("{base}/campaigns/{draft}/check")),
        ("preview", format!("{base}/campaigns/{draft}/preview")),
        ("contacts", format!("{base}/contacts")),
        (
            "contacts, whole address",
            format!("{base}/contacts?q={middle}"),
        ),
        (
            "contacts, part, many",
            format!("{base}/contacts?q=example3"),
        ),
        (
            "contacts, part, one",
            format!("{base}/contacts?q=person{}%40", people - 2),
        ),
        (
            "contacts, part, none",
            format!("{base}/contacts?q=nobody-of-this-name"),
        ),
        ("contact", format!("{base}/contacts/{contact}")),
        ("imports", format!("{base}/imports")),
        ("policy", format!("{base}/policy")),
    ];
    let mut results = Map::new();
    for (name, path) in paths {
        results.insert(name.to_owned(), measure(&router, &path, rounds).await?);
    }
    let report = json!({ "people": people, "filled_s": filled.round(), "pages": results });
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
