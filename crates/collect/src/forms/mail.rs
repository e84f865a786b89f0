//! The confirmation mail: short, plain, and without a word that a stranger could have typed.

use avow_compose::{Fields, Footer, RenderJob, Scratch, compile};
use avow_model::{
    BodyKind, CampaignContent, CampaignId, ContactId, EmailAddress, FactId, MessageClass,
    MessageId, Purpose, Timestamp,
};
use avow_policy::{FooterText, footer};

use crate::forms::sign_up::{Desk, Served, SignUpFault};

/// What the person reads. The link is the only one, and leads to a button, not to an effect.
const BODY: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="margin:0;padding:24px 16px">
<div style="max-width:560px;margin:0 auto;font-family:Georgia,serif;font-size:17px;line-height:1.5">
<p>This address was entered in a sign-up form of {{ sender }}. Was it you?</p>
<p><a href="{{ link }}" style="display:inline-block;padding:12px 24px;background:#0f5040;color:#ffffff;border-radius:6px;font-family:sans-serif;font-weight:bold;text-decoration:none">Confirm your address</a></p>
<p>The page behind it shows what you agree to. The link serves for seven days.</p>
<p>If it was not you, do nothing: you will hear no more of it.</p>
</div></body></html>
"#;
/// The same for readers of plain text.
const TEXT: &str = "This address was entered in a sign-up form of {{ sender }}. Was it you?\n\n\
    Confirm your address here:\n{{ link }}\n\n\
    The page behind it shows what you agree to. The link serves for seven days.\n\n\
    If it was not you, do nothing: you will hear no more of it.\n";

/// What a confirmation is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub to: &'a EmailAddress,
    pub contact: ContactId,
    /// The first grant that waits: gives the message its id.
    pub fact: FactId,
    pub link: &'a str,
    pub at: Timestamp,
}

/// The bytes of the mail: headers, empty line, body.
pub(super) fn write(
    desk: &Desk<'_>,
    served: &Served<'_>,
    asked: &Asked<'_>,
) -> Result<Vec<u8>, SignUpFault> {
    let purpose = served.schema.asks.first().map(|a| &a.purpose);
    let footer = footer_of(served, purpose);
    let sender = footer.sender_name.clone();
    let compiled = compile(&content(desk), &footer, MessageClass::Confirmation);
    let compiled = compiled.map_err(|faults| SignUpFault::Mail(format!("{faults:?}")))?;
    let fields: Fields = [("sender", sender.as_str()), ("link", asked.link)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    let job = RenderJob {
        to: asked.to,
        fields: &fields,
        message: MessageId {
            campaign: CampaignId::from_i64(asked.fact.as_i64()),
            seq: 0,
        },
        account: desk.account.id,
        contact: asked.contact,
        date: asked.at,
        sender_domain: &desk.account.settings.sending_domain,
        urls: desk.urls,
        tokens: desk.tokens,
        open_beacon: false,
        track_clicks: false,
        format: avow_model::MailFormat::Any,
    };
    let mut scratch = Scratch::default();
    let rendered = compiled.render(&job, &mut scratch);
    rendered.map_err(|fault| SignUpFault::Mail(fault.to_string()))?;
    Ok([&scratch.headers[..], b"\r\n", &scratch.body[..]].concat())
}

fn content(desk: &Desk<'_>) -> CampaignContent {
    let settings = &desk.account.settings;
    CampaignContent {
        subject: "Please confirm your address for {{ sender }}".to_owned(),
        preheader: "One press of a button, and you are signed up.".to_owned(),
        from_name: settings.from_name.clone(),
        from_address: settings.from_address.clone(),
        reply_to: settings.reply_to.clone(),
        body_kind: BodyKind::Html,
        body: BODY.to_owned(),
        text: Some(TEXT.to_owned()),
        about: None,
        offers: Vec::new(),
    }
}

fn footer_of(served: &Served<'_>, purpose: Option<&Purpose>) -> Footer {
    let any = "sign-up"
        .parse()
        .expect("invariant: a constant that is a name");
    let FooterText {
        sender_name,
        postal_address,
        why,
        ..
    } = footer(
        served.version,
        purpose.unwrap_or(&any),
        MessageClass::Confirmation,
    );
    Footer {
        sender_name,
        postal_address,
        why,
        stream: "confirmation".to_owned(),
        ..Footer::default()
    }
}
