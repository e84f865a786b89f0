//! What a user writes as a campaign: HTML or MJML with merge fields.

use avow_compose::{ContentFault, Footer, WayOut, compile};
use avow_model::{BodyKind, CampaignContent, MessageClass};

/// The compiler never panics and refuses with a fault to show, whatever stands in subject and body.
pub(crate) fn run(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let (subject, body) = text.split_once('\n').unwrap_or(("Subject", text));
    let kinds = [BodyKind::Html, BodyKind::Mjml];
    let content = CampaignContent {
        subject: subject.to_owned(),
        preheader: String::new(),
        from_name: "Example".to_owned(),
        from_address: "news@example.com".to_owned(),
        reply_to: None,
        body_kind: kinds[usize::from(*kind) % kinds.len()],
        body: body.to_owned(),
        text: None,
        about: None,
        offers: Vec::new(),
    };
    if let Err(faults) = compile(&content, &footer(), MessageClass::Marketing) {
        assert!(!faults.is_empty());
        assert!(faults.iter().all(|fault| !fault.to_string().is_empty()));
    }
}

/// The hosts of a body of MJML and its text, compiled; or what is wrong with it.
pub(crate) fn compiled(mjml: &str, text: &str) -> Result<Vec<String>, Vec<ContentFault>> {
    let content = CampaignContent {
        subject: "Subject".to_owned(),
        preheader: String::new(),
        from_name: "Example".to_owned(),
        from_address: "news@example.com".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Mjml,
        body: mjml.to_owned(),
        text: Some(text.to_owned()),
        about: None,
        offers: Vec::new(),
    };
    let compiled = compile(&content, &footer(), MessageClass::Marketing)?;
    Ok(compiled.hosts().to_vec())
}

fn footer() -> Footer {
    Footer {
        sender_name: "Example".to_owned(),
        postal_address: "1 Example Road".to_owned(),
        why: "You asked for it.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: WayOut::OfClass,
    }
}
