//! What rendering and signing a message cost: `{"render_us":..,"signed_us":..,"rsa_us":..,"beyond_rsa_us":..}`.

use std::io::Write as _;

use avow_compose::{Fields, Footer, RenderJob, Scratch, TokenKey, Urls, compile};
use avow_deliver::dkim::{Signer, generate};
use avow_model::{
    AccountId, BodyKind, CampaignContent, CampaignId, ContactId, MessageClass, MessageId,
};
use avow_testkit::SeededEntropy;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;

type Fault = Box<dyn std::error::Error>;

const MESSAGES: u32 = 1_000;
const RUNS: usize = 7;

/// Seconds of processor time that this thread has had: on a busy machine the clock measures the neighbours.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ns = stat.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    ns.unwrap_or(0.0) / 1e9
}

/// Best microseconds of processor time a round, of several runs.
fn best_us(mut round: impl FnMut(u32) -> Result<(), Fault>) -> Result<f64, Fault> {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = cpu_s();
        for n in 0..MESSAGES {
            round(n)?;
        }
        best = best.min((cpu_s() - start) * 1e6 / f64::from(MESSAGES));
    }
    Ok(best)
}

fn content() -> CampaignContent {
    let paragraph = "<p style=\"font-size:16px;line-height:24px\">The harbour opens at seven, and the first \
        boats leave at eight. Bring a coat, for the wind is fresh.</p>\n";
    let link = "<p><a href=\"https://harbour.example/N\">Read part N</a></p>\n";
    let links: String = (0..5).map(|n| link.replace('N', &n.to_string())).collect();
    CampaignContent {
        subject: "News for {{ first_name | fallback(\"you\") }}".to_owned(),
        preheader: "What happened in May".to_owned(),
        from_name: "Harbour Letters".to_owned(),
        from_address: "news@harbour.example".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Html,
        body: format!(
            "<h1>Hello {{{{ first_name }}}}</h1>{}{links}",
            paragraph.repeat(28)
        ),
        text: None,
        about: None,
        offers: Vec::new(),
    }
}

fn main() -> Result<(), Fault> {
    let footer = Footer {
        sender_name: "Harbour Letters Ltd".to_owned(),
        postal_address: "1 Quay Street\nPort Example".to_owned(),
        why: "You asked for it.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: avow_compose::WayOut::OfClass,
    };
    let compiled =
        compile(&content(), &footer, MessageClass::Marketing).map_err(|f| format!("{f:?}"))?;
    let keys = generate(&SeededEntropy::new(1))?;
    let signer = Signer::new("harbour.example", &keys)?;
    let rsa = KeyPair::from_pkcs8(&keys.rsa_pkcs8)?;
    let fields: Fields = [("first_name".to_owned(), "Ada".to_owned())]
        .into_iter()
        .collect();
    let to = "ada.lovelace@example.org".parse()?;
    let date = "2026-11-22T09:30:00Z".parse()?;
    let (urls, tokens) = (
        Urls::new("https://mail.harbour.example"),
        TokenKey::new([7; 32]),
    );
    let mut scratch = Scratch::default();
    let job = |seq| RenderJob {
        to: &to,
        fields: &fields,
        message: MessageId {
            campaign: CampaignId::from_i64(1 << 60),
            seq,
        },
        account: AccountId::from_i64(1 << 59),
        contact: ContactId::from_i64(1 << 58),
        date,
        sender_domain: "harbour.example",
        urls: &urls,
        tokens: &tokens,
        open_beacon: true,
        track_clicks: true,
        format: avow_model::MailFormat::Any,
    };
    let render = best_us(|n| Ok(compiled.render(&job(n), &mut scratch)?))?;
    let mut signatures = Vec::new();
    let signed = best_us(|n| {
        compiled.render(&job(n), &mut scratch)?;
        signatures.clear();
        Ok(signer.sign(&scratch.headers, &scratch.body, date, &mut signatures)?)
    })?;
    let mut signature = [0u8; 256];
    let alone = best_us(|n| {
        let hash = digest(&SHA256, &n.to_be_bytes());
        Ok(rsa.sign_digest(&RSA_PKCS1_SHA256, &hash, &mut signature)?)
    })?;
    let bytes = signatures.len() + scratch.headers.len() + scratch.body.len();
    writeln!(
        std::io::stdout(),
        "{{\"render_us\":{render:.1},\"signed_us\":{signed:.1},\"rsa_us\":{alone:.1},\"beyond_rsa_us\":{:.1},\"bytes\":{bytes}}}",
        signed - alone
    )?;
    Ok(())
}
