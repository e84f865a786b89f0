//! Writes signed messages and the key records that verify them: `dkim_sample FOLDER`.
//!
//! `tests/tools/verify_dkim.py FOLDER` checks each with an implementation that is not ours. The folder gets
//! `keys.txt` (one `name value` a line) and one `.eml` for each form of body.

use std::path::Path;

use avow_compose::{Fields, Footer, RenderJob, Scratch, TokenKey, Urls, compile};
use avow_deliver::dkim::{Signer, dns_records, generate};
use avow_model::{
    AccountId, BodyKind, CampaignContent, CampaignId, ContactId, MessageClass, MessageId,
};
use avow_testkit::SeededEntropy;

type Fault = Box<dyn std::error::Error>;

const DOMAIN: &str = "harbour.example";

/// Bodies that canonicalisers get wrong.
const BODIES: [(&str, &str); 10] = [
    ("empty", ""),
    ("one-empty-line", "\r\n"),
    ("empty-lines", "\r\n\r\n\r\n"),
    ("white-space-only", " \t \r\n\t\r\n   \r\n"),
    ("plain", "Hello\r\nthere\r\n"),
    ("trailing-lines", "Hello\r\n\r\n \r\n\t\r\n"),
    ("trailing-spaces", "Hello \t \r\nthere  \r\n"),
    ("inner-spaces", "a  b\t\tc \t d\r\n  leading\r\n\ttab\r\n"),
    ("dots", ".\r\n..\r\n. .\r\n"),
    (
        "quoted-printable",
        "caf=C3=A9 =3D =20\r\nsoft=\r\nbreak=09\r\n",
    ),
];

const HEADERS: &str = "From: \"Harbour\"\r\n <news@harbour.example>\r\nTo: <ada@example.org>\r\n\
Subject: Folded\r\n\tand   spaced \r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\nMessage-ID: <m1@harbour.example>\r\n\
MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder] = arguments.as_slice() else {
        return Err("usage: dkim_sample FOLDER".into());
    };
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    let keys = generate(&SeededEntropy::new(1))?;
    let records = dns_records(DOMAIN, &keys)?;
    let lines = records.map(|r| format!("{} {}\n", r.name, r.value));
    std::fs::write(folder.join("keys.txt"), lines.concat())?;
    let signer = Signer::new(DOMAIN, &keys)?;
    let write = |name: &str, headers: &[u8], body: &[u8]| -> Result<(), Fault> {
        let mut message = Vec::new();
        signer.sign(headers, body, "2026-11-22T09:30:00Z".parse()?, &mut message)?;
        message.extend_from_slice(headers);
        message.extend_from_slice(b"\r\n");
        message.extend_from_slice(body);
        Ok(std::fs::write(folder.join(format!("{name}.eml")), message)?)
    };
    for (name, body) in BODIES {
        write(name, HEADERS.as_bytes(), body.as_bytes())?;
    }
    let long = format!("{}\r\n{} \r\n", "x".repeat(5_000), "y  ".repeat(3_000));
    write("long-lines", HEADERS.as_bytes(), long.as_bytes())?;
    for class in [
        MessageClass::Marketing,
        MessageClass::Service,
        MessageClass::Confirmation,
    ] {
        let scratch = campaign(class)?;
        let name = format!("{class:?}").to_lowercase();
        write(&name, &scratch.headers, &scratch.body)?;
    }
    Ok(())
}

fn campaign(class: MessageClass) -> Result<Scratch, Fault> {
    let content = CampaignContent {
        subject: "Grüße für {{ first_name | fallback(\"dich\") }}".to_owned(),
        preheader: "Was im Mai geschah".to_owned(),
        from_name: "Hafen & Söhne".to_owned(),
        from_address: "news@harbour.example".to_owned(),
        reply_to: Some("crew@harbour.example".to_owned()),
        body_kind: BodyKind::Html,
        body: "<h1>Hallo {{ first_name }}</h1>\n\n  <p>Zwei  Wörter.</p>\t\n<a href='https://harbour.example/'>mehr</a>".to_owned(),
        text: None,
        about: None,
        offers: Vec::new(),
    };
    let footer = Footer {
        sender_name: "Harbour Letters Ltd".to_owned(),
        postal_address: "1 Quay Street\nPort Example".to_owned(),
        why: "You asked for it.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: avow_compose::WayOut::OfClass,
    };
    let compiled = compile(&content, &footer, class).map_err(|f| format!("{f:?}"))?;
    let fields: Fields = [("first_name".to_owned(), "Ädä".to_owned())]
        .into_iter()
        .collect();
    let job = RenderJob {
        to: &"ada@example.org".parse()?,
        fields: &fields,
        message: MessageId {
            campaign: CampaignId::from_i64(1 << 60),
            seq: 1,
        },
        account: AccountId::from_i64(1 << 59),
        contact: ContactId::from_i64(1 << 58),
        date: "2026-11-22T09:30:00Z".parse()?,
        sender_domain: DOMAIN,
        urls: &Urls::new("https://mail.harbour.example"),
        tokens: &TokenKey::new([7; 32]),
        open_beacon: true,
        track_clicks: true,
        format: avow_model::MailFormat::Any,
    };
    let mut scratch = Scratch::default();
    compiled.render(&job, &mut scratch)?;
    Ok(scratch)
}
