//! Writes what a body file becomes: `preview BODY.mjml FOLDER` makes `NAME.html` and `NAME.txt` there.

use std::path::Path;

use avow_compose::{Fields, Footer, RenderJob, TokenKey, Urls, compile};
use avow_model::{
    AccountId, BodyKind, CampaignContent, CampaignId, ContactId, MessageClass, MessageId,
};

fn main() -> Result<(), std::io::Error> {
    let other = std::io::Error::other::<String>;
    let arguments: Vec<String> = std::env::args().collect();
    let [_, body, folder] = arguments.as_slice() else {
        return Err(other("usage: preview BODY FOLDER".to_owned()));
    };
    let path = Path::new(body);
    let content = CampaignContent {
        subject: "Preview".to_owned(),
        preheader: "The line behind the subject".to_owned(),
        from_name: "Harbour Letters".to_owned(),
        from_address: "news@harbour.example".to_owned(),
        reply_to: None,
        body_kind: match path.extension().and_then(|e| e.to_str()) {
            Some("mjml") => BodyKind::Mjml,
            _ => BodyKind::Html,
        },
        body: std::fs::read_to_string(path)?,
        text: None,
        about: None,
        offers: Vec::new(),
    };
    let footer = Footer {
        sender_name: "Harbour Letters Ltd".to_owned(),
        postal_address: "1 Quay Street\n12345 Port Example".to_owned(),
        why: "You get this because you asked for it on our site in May.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: avow_compose::WayOut::OfClass,
    };
    let compiled = compile(&content, &footer, MessageClass::Marketing)
        .map_err(|faults| other(format!("{faults:?}")))?;
    let fields: Fields = [("first_name".to_owned(), "Ada".to_owned())]
        .into_iter()
        .collect();
    let job = RenderJob {
        to: &"ada@example.org".parse().map_err(std::io::Error::other)?,
        fields: &fields,
        message: MessageId {
            campaign: CampaignId::from_i64(1 << 60),
            seq: 1,
        },
        account: AccountId::from_i64(1 << 59),
        contact: ContactId::from_i64(1 << 58),
        date: "2026-11-22T09:30:00Z"
            .parse()
            .map_err(std::io::Error::other)?,
        sender_domain: "harbour.example",
        urls: &Urls::new("https://mail.harbour.example"),
        tokens: &TokenKey::new([7; 32]),
        open_beacon: false,
        track_clicks: false,
        format: avow_model::MailFormat::Any,
    };
    let page = compiled.page(&job).map_err(std::io::Error::other)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    std::fs::write(Path::new(folder).join(format!("{stem}.html")), page.html)?;
    std::fs::write(Path::new(folder).join(format!("{stem}.txt")), page.text)
}
