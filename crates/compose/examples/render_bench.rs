//! Renders one campaign many times and prints what a message costs: `{"us_per_message":..,"bytes":..}`.

use std::io::Write as _;

use avow_compose::{Fields, Footer, RenderJob, Scratch, TokenKey, Urls, compile};
use avow_model::{
    AccountId, BodyKind, CampaignContent, CampaignId, ContactId, MessageClass, MessageId,
};

const MESSAGES: u32 = 50_000;
const RUNS: usize = 5;

/// Seconds of processor time that this thread has had: on a busy machine the clock measures the neighbours.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ns = stat.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    ns.unwrap_or(0.0) / 1e9
}

fn content() -> CampaignContent {
    let paragraph = "<p style=\"font-size:16px;line-height:24px;margin:0 0 16px\">The harbour opens at seven, \
        and the first boats leave at eight. Bring a coat, for the wind is fresh.</p>\n";
    let link = "<p><a href=\"https://harbour.example/NUMBER\">Read part NUMBER</a></p>\n";
    let links: String = (0..5)
        .map(|n| link.replace("NUMBER", &n.to_string()))
        .collect();
    CampaignContent {
        subject: "News for {{ first_name | fallback(\"you\") }}".to_owned(),
        preheader: "What happened in May".to_owned(),
        from_name: "Harbour Letters".to_owned(),
        from_address: "news@harbour.example".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Html,
        body: format!(
            "<h1>Hello {{{{ first_name | fallback(\"friend\") }}}}</h1>{}{links}<p>{{{{ city | fallback(\"\") }}}}</p>",
            paragraph.repeat(24)
        ),
        text: None,
        about: None,
        offers: Vec::new(),
    }
}

fn main() -> Result<(), std::io::Error> {
    let footer = Footer {
        sender_name: "Harbour Letters Ltd".to_owned(),
        postal_address: "1 Quay Street\nPort Example".to_owned(),
        why: "You get this because you asked for it.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: avow_compose::WayOut::OfClass,
    };
    let compiled = compile(&content(), &footer, MessageClass::Marketing)
        .map_err(|faults| std::io::Error::other(format!("{faults:?}")))?;
    let to = "ada.lovelace@example.org"
        .parse()
        .map_err(std::io::Error::other)?;
    let fields: Fields = [("first_name".to_owned(), "Ada".to_owned())]
        .into_iter()
        .collect();
    let (urls, tokens) = (
        Urls::new("https://mail.harbour.example"),
        TokenKey::new([7; 32]),
    );
    let date = "2026-11-22T09:30:00Z"
        .parse()
        .map_err(std::io::Error::other)?;
    let mut scratch = Scratch::default();
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = cpu_s();
        for seq in 0..MESSAGES {
            let job = RenderJob {
                to: &to,
                fields: &fields,
                message: MessageId {
                    campaign: CampaignId::from_i64(1 << 60),
                    seq,
                },
                account: AccountId::from_i64(1 << 59),
                contact: ContactId::from_i64((1 << 58) + i64::from(seq)),
                date,
                sender_domain: "harbour.example",
                urls: &urls,
                tokens: &tokens,
                open_beacon: true,
                track_clicks: true,
                format: avow_model::MailFormat::Any,
            };
            compiled
                .render(&job, &mut scratch)
                .map_err(std::io::Error::other)?;
        }
        best = best.min((cpu_s() - start) * 1e6 / f64::from(MESSAGES));
    }
    let bytes = scratch.headers.len() + 2 + scratch.body.len();
    writeln!(
        std::io::stdout(),
        "{{\"us_per_message\":{best:.2},\"bytes\":{bytes},\"messages\":{MESSAGES}}}"
    )
}
