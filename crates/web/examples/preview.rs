//! Serves the pages over a temporary store with sample data, for whoever works on them:
//! `cargo run -p avow-web --example preview -- 127.0.0.1:8090`. It prints the log-in and a session's cookie.
//!
//! Never: sends anything; the campaigns stand where the sample data puts them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use avow_compose::TokenKey;

use avow_deliver::sink::{Sink, SinkHandle, SinkOptions};
use avow_model::{
    Act, BodyKind, CampaignContent, CampaignId, CampaignState, Clock, Entropy, FactKind, Grantor,
    HitKind, How, Method, Outcome, PurposeSelector, RecipientState, Timestamp, Verdict,
};
use avow_policy::Shelf;
use avow_store::{
    AccountScope, AccountSettings, AudienceChunk, ContactFlags, ImportCounts, ImportStep,
    NewAccount, NewCampaign, NewCollection, NewContact, NewFact, NewHit, NewPolicyVersion,
    NewRecipient, NewSession, NewUser, OutcomeRow, PassedOver, Role, Store, StoreOptions, Target,
};
use avow_testkit::SeededEntropy;
use avow_web::{App, AppParts, Edition, WebSettings};

const PEOPLE: u32 = 4_000;
const COOKIE: &str = "preview";
const PASSWORD: &str = "a password for the preview";
const POLICY: &str = include_str!("../../../policies/imark/v1.toml");
const PACKS: [(&str, &str); 5] = [
    ("us", include_str!("../../../policies/packs/us.toml")),
    ("ca", include_str!("../../../policies/packs/ca.toml")),
    ("eu", include_str!("../../../policies/packs/eu.toml")),
    ("uk", include_str!("../../../policies/packs/uk.toml")),
    ("de", include_str!("../../../policies/packs/de.toml")),
];
const BODY: &str = "<mjml><mj-body><mj-section><mj-column><mj-text font-size=\"16px\">\
    <h1>Spring is here</h1><p>Dear {{ first_name | default(\"friend\") }},</p>\
    <p>seven beds, three tools and <a href=\"https://imark.example/spring\">one thing your grandmother did better</a>.</p>\
    </mj-text><mj-button href=\"https://imark.example/beds\">See the seven beds</mj-button></mj-column></mj-section></mj-body></mjml>";

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock of this example")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

fn content(subject: &str) -> CampaignContent {
    CampaignContent {
        subject: subject.to_owned(),
        preheader: "Seven beds, three tools and one thing that your grandmother did better."
            .to_owned(),
        from_name: "IMark".to_owned(),
        from_address: "news@imark.example".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Mjml,
        body: BODY.to_owned(),
        text: None,
        about: None,
        offers: Vec::new(),
    }
}

fn grant(purpose: &str, confirmed: bool, at: Timestamp) -> NewFact {
    let kind = FactKind::Grant {
        purpose: PurposeSelector::One(purpose.parse().expect("invariant: a name")),
        saw: Some(1),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: true,
        confirmed,
        expires: None,
    };
    NewFact::new(kind, at)
}

/// Every eighth never confirmed, every twentieth withdrew; most may be measured.
fn person(n: u32, now: Timestamp) -> NewContact {
    let names = [
        "Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Ken",
    ];
    let first = names[n as usize % names.len()];
    let at = now - jiff::SignedDuration::from_hours(24 * i64::from(20 + n % 90));
    let mut facts = vec![grant("newsletter", !n.is_multiple_of(8), at)];
    if !n.is_multiple_of(3) {
        facts.push(grant("measure", true, at));
    }
    if n % 20 == 5 {
        let purpose = PurposeSelector::One("newsletter".parse().expect("invariant: a name"));
        facts.push(NewFact::new(FactKind::Withdraw { purpose }, now));
    }
    NewContact {
        address: format!("{}.{n}@example{}.test", first.to_lowercase(), n % 7)
            .parse()
            .expect("invariant: an address"),
        fields: BTreeMap::from([
            ("first_name".to_owned(), first.to_owned()),
            ("last_name".to_owned(), format!("Sample {n}")),
        ]),
        flags: ContactFlags {
            role: n % 50 == 7,
            disposable: false,
        },
        jurisdiction: None,
        age: None,
        soft_opt_in: false,
        collection: Some(NewCollection {
            categories: ["email", "name"]
                .map(|c| c.parse().expect("invariant: a name"))
                .into(),
            version: Some(1),
            how: How::Direct,
            evidence: None,
            at,
        }),
        facts,
        subscribe: None,
    }
}

async fn campaign(account: &AccountScope, name: &str, subject: &str) -> Fallible<CampaignId> {
    let new = NewCampaign {
        name: name.to_owned(),
        purpose: "newsletter".parse()?,
        list: None,
        segment: None,
        content: content(subject),
    };
    Ok(account.campaign_create(new).await?)
}

fn outcome(seq: u32, now: Timestamp) -> OutcomeRow {
    let (state, code, reply) = match seq % 100 {
        3 => (Outcome::Bounced, 550, "550 5.1.1 No such mailbox here"),
        7 | 8 => (Outcome::Deferred, 451, "451 4.7.1 Try again later"),
        11 => (Outcome::Expired, 421, "421 4.3.2 Not taking mail today"),
        _ => (Outcome::Delivered, 250, "250 2.0.0 Ok: queued as 4F1C2"),
    };
    let next_at = (state == Outcome::Deferred).then(|| now + jiff::SignedDuration::from_mins(5));
    OutcomeRow {
        seq,
        state: RecipientState::At(state),
        attempts: 1,
        next_at,
        reply_code: Some(code),
        reply: Some(reply.to_owned()),
        reasons: None,
        at: now,
    }
}

/// Judges and sends, on paper, to `sent` of the audience.
async fn run(account: &AccountScope, id: CampaignId, sent: u32, now: Timestamp) -> Fallible<()> {
    use CampaignState as S;
    account.campaign_move(id, &[S::Draft], S::Preparing).await?;
    let people = account
        .audience_page(None, avow_model::ContactId::from_i64(0), PEOPLE)
        .await?;
    let judged = |(n, contact): (usize, &avow_model::ContactId)| {
        let (state, reasons) = match n % 40 {
            0 | 8 | 16 => (
                RecipientState::At(Outcome::Refused),
                "D_PENDING_CONFIRMATION",
            ),
            5 => (RecipientState::At(Outcome::Refused), "D_WITHDRAWN"),
            _ => (RecipientState::Waiting, "A_CONFIRMED_OPT_IN"),
        };
        NewRecipient {
            contact: *contact,
            state,
            reasons: reasons.to_owned(),
            due_at: None,
        }
    };
    let chunk = AudienceChunk {
        first_seq: 1,
        recipients: people.iter().enumerate().map(judged).collect(),
        prepared_through: *people.last().ok_or("nobody")?,
        passed_over: PassedOver::default(),
        prepared: true,
        zones: Vec::new(),
    };
    account.recipients_append(id, chunk).await?;
    account
        .campaign_move(id, &[S::Preparing], S::Sending)
        .await?;
    let due = account.recipients_waiting(id, 0, sent).await?;
    let rows = due.iter().map(|d| outcome(d.seq, now)).collect();
    account.record_outcomes(id, rows).await?;
    let links = ["https://imark.example/spring", "https://imark.example/beds"].map(str::to_owned);
    account.campaign_links_set(id, &links).await?;
    let hit = |d: &avow_store::DueRecipient| NewHit {
        campaign: id,
        seq: d.seq,
        contact: d.contact,
        kind: if d.seq.is_multiple_of(9) {
            HitKind::Click {
                link: (d.seq % 2) as u16,
            }
        } else {
            HitKind::Open
        },
        verdict: if d.seq.is_multiple_of(4) {
            Verdict::Prefetch
        } else {
            Verdict::Human
        },
        at: now,
        bound: avow_store::HitBinding {
            purpose: "measure".parse().expect("a name"),
            version: 1,
        },
    };
    account
        .hits_add(due.iter().filter(|d| d.seq % 5 < 3).map(hit).collect())
        .await?;
    Ok(())
}

async fn fill(store: &Store, now: Timestamp) -> Fallible<()> {
    let entropy = SeededEntropy::new(3);
    let user = NewUser {
        address: "grace@example.org".parse()?,
        name: "Grace".to_owned(),
        password_hash: avow_web::password::hash(PASSWORD, &entropy)?,
    };
    let user = store.create_user(user).await?;
    for (slug, name) in [
        ("imark", "IMark Integrated Marketing"),
        ("empty", "An account with nothing in it"),
    ] {
        let settings = AccountSettings {
            brand: slug.parse()?,
            sending_domain: "imark.example".to_owned(),
            from_name: "IMark".to_owned(),
            from_address: "news@imark.example".to_owned(),
            reply_to: None,
        };
        let id = store
            .create_account(NewAccount {
                slug: slug.parse()?,
                name: name.to_owned(),
                settings,
            })
            .await?;
        store.add_membership(id, user, Role::Owner).await?;
    }
    let imark = store
        .account_by_slug(&"imark".parse()?)
        .await?
        .ok_or("no account")?;
    let account = store.account(imark.id);
    let ago = |days: i64| now - jiff::SignedDuration::from_hours(24 * days);
    let version = NewPolicyVersion {
        n: 1,
        source: POLICY.to_owned(),
        published_at: ago(200),
        effective_at: ago(190),
    };
    for (name, source) in PACKS {
        account.put_pack(name, source).await?;
    }
    account.publish_policy(version).await?;
    let people: Vec<_> = (0..PEOPLE).map(|n| person(n, now)).collect();
    let file = account.import_begin("customers-2026.csv", [7; 32]).await?;
    let step = ImportStep {
        run: file.id,
        position: 1,
        counts: ImportCounts {
            rows: u64::from(PEOPLE),
            ..ImportCounts::default()
        },
    };
    let taken = account.import_batch(&people, step).await?;
    account.import_finish(file.id, &taken.counts).await?;
    campaigns(&account, now).await?;
    open(store, user, now).await
}

async fn campaigns(account: &AccountScope, now: Timestamp) -> Fallible<()> {
    campaign(
        account,
        "April: what to sow",
        "What to sow in April, and what to leave alone until May",
    )
    .await?;
    let sending = campaign(account, "Spring newsletter", "Ada's seven beds").await?;
    run(account, sending, 2_400, now).await?;
    let finished = campaign(
        account,
        "March letter for friends of the garden",
        "March: three tools you need and one you do not",
    )
    .await?;
    run(account, finished, PEOPLE, now).await?;
    account
        .campaign_move(finished, &[CampaignState::Sending], CampaignState::Finished)
        .await?;
    Ok(())
}

/// A session whose cookie is known: for screenshots.
async fn open(store: &Store, user: avow_model::UserId, now: Timestamp) -> Fallible<()> {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, COOKIE.as_bytes());
    let session = NewSession {
        token_hash: digest.as_ref().try_into()?,
        user,
        agent: "preview".to_owned(),
        now,
        expires_at: now + jiff::SignedDuration::from_hours(24),
    };
    Ok(store.session_open(session).await?)
}

/// A rehearsal mailbox with a few messages in it, brought over SMTP as everything in it is.
async fn sink(folder: &std::path::Path, clock: Arc<SystemClock>) -> Fallible<SinkHandle> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let handle = Sink::start(SinkOptions::new(
        "127.0.0.1:0".parse()?,
        folder.join("sink"),
        clock,
    ))?;
    let mut socket = tokio::net::TcpStream::connect(handle.addr()).await?;
    let mut talk = String::from("EHLO preview.test\r\n");
    for n in 0..60 {
        let _ = write!(
            talk,
            "MAIL FROM:<b+{n}@imark.example>\r\nRCPT TO:<ada.{n}@example.test>\r\nDATA\r\n"
        );
        let _ = write!(
            talk,
            "From: IMark <news@imark.example>\r\nTo: <ada.{n}@example.test>\r\nSubject: Ada's seven beds, letter {n}\r\nMessage-ID: <{n}@imark.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<h1>Spring is here</h1>\r\n<p style=\"color:#0f5040\">Dear Ada, it is time to sow.</p>\r\n.\r\n"
        );
    }
    talk.push_str("QUIT\r\n");
    socket.write_all(talk.as_bytes()).await?;
    let mut answers = Vec::new();
    socket.read_to_end(&mut answers).await?;
    Ok(handle)
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example tells where it listens")]
async fn main() -> Fallible<()> {
    let listen = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(1));
    let store = Store::open(StoreOptions {
        target: Target::Sqlite(folder.path().join("avow.db")),
        clock: clock.clone(),
        entropy: entropy.clone(),
        marker_key: [1; 32],
    })
    .await?;
    fill(&store, clock.now()).await?;
    let app = App::new(AppParts {
        store,
        shelf: Arc::new(Shelf::default()),
        tokens: Arc::new(TokenKey::new([2; 32])),
        engine: None,
        sink: Some(sink(folder.path(), clock.clone()).await?),
        clock,
        entropy,
        settings: WebSettings {
            base_url: format!("http://{listen}"),
            edition: Edition::Rehearsal,
        },
    })
    .with_files(folder.path().join("files"));
    println!("http://{listen}/login  grace@example.org  {PASSWORD}  (or the cookie avow={COOKIE})");
    let socket = tokio::net::TcpListener::bind(&listen).await?;
    axum::serve(socket, avow_web::router(Arc::new(app))).await?;
    Ok(())
}
