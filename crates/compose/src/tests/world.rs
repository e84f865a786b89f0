//! A content, a recipient, and readers of what comes out.

use avow_model::{
    AccountId, BodyKind, CampaignContent, CampaignId, ContactId, EmailAddress, MessageClass,
    MessageId,
};

use crate::{
    Compiled, ContentFault, ContentWarning, Fields, Footer, RenderFault, RenderJob, Scratch,
    TokenKey, Urls, compile,
};

pub(super) fn content(body: &str) -> CampaignContent {
    CampaignContent {
        subject: "News for {{ first_name | fallback(\"you\") }}".to_owned(),
        preheader: "What happened in May".to_owned(),
        from_name: "Harbour Letters".to_owned(),
        from_address: "news@harbour.example".to_owned(),
        reply_to: None,
        body_kind: if body.trim_start().starts_with("<mjml") {
            BodyKind::Mjml
        } else {
            BodyKind::Html
        },
        body: body.to_owned(),
        text: None,
        about: None,
        offers: Vec::new(),
    }
}

pub(super) fn footer() -> Footer {
    Footer {
        sender_name: "Harbour Letters Ltd".to_owned(),
        postal_address: "1 Quay Street\nPort Example".to_owned(),
        why: "You get this because you asked for it on our site.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: crate::WayOut::OfClass,
    }
}

pub(super) fn made(content: &CampaignContent) -> Result<Compiled, Vec<ContentFault>> {
    compile(content, &footer(), MessageClass::Marketing)
}

pub(super) fn faults(content: &CampaignContent) -> Vec<ContentFault> {
    made(content).map_or_else(|faults| faults, |_| Vec::new())
}

pub(super) fn warnings(body: &str) -> Vec<ContentWarning> {
    made(&content(body)).unwrap().warnings().to_vec()
}

/// Everything a job borrows.
pub(super) struct World {
    pub to: EmailAddress,
    pub fields: Fields,
    pub urls: Urls,
    pub key: TokenKey,
    pub measured: bool,
    pub seq: u32,
}

impl Default for World {
    fn default() -> Self {
        Self {
            to: "ada@example.org".parse().unwrap(),
            fields: [("first_name".to_owned(), "Ada".to_owned())]
                .into_iter()
                .collect(),
            urls: Urls::new("https://mail.harbour.example"),
            key: TokenKey::new([9; 32]),
            measured: true,
            seq: 7,
        }
    }
}

impl World {
    pub(super) fn with(fields: &[(&str, &str)]) -> Self {
        let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Self {
            fields: fields.iter().map(own).collect(),
            ..Self::default()
        }
    }

    pub(super) fn job(&self) -> RenderJob<'_> {
        RenderJob {
            to: &self.to,
            fields: &self.fields,
            message: MessageId {
                campaign: CampaignId::from_i64(0x0123_4567_89ab_cdef),
                seq: self.seq,
            },
            account: AccountId::from_i64(0x0011_2233_4455_6677),
            contact: ContactId::from_i64(0x0022_3344_5566_7788),
            date: "2026-11-22T09:30:00Z".parse().unwrap(),
            sender_domain: "harbour.example",
            urls: &self.urls,
            tokens: &self.key,
            open_beacon: self.measured,
            track_clicks: self.measured,
            format: avow_model::MailFormat::Any,
        }
    }

    pub(super) fn render(&self, content: &CampaignContent) -> Result<Message, RenderFault> {
        let compiled = made(content).unwrap_or_else(|faults| panic!("{faults:?}"));
        let mut scratch = Scratch::default();
        compiled.render(&self.job(), &mut scratch)?;
        Ok(Message::read(&scratch))
    }
}

/// A rendered message, as raw bytes and as a reader's program reads it.
pub(super) struct Message {
    pub raw: String,
    pub html: String,
    pub text: String,
}

impl Message {
    pub(super) fn read(scratch: &Scratch) -> Self {
        let mut raw = scratch.headers.clone();
        raw.extend_from_slice(b"\r\n");
        raw.extend_from_slice(&scratch.body);
        let parsed = mail_parser::MessageParser::new().parse(&raw).unwrap();
        let body = |found: Option<std::borrow::Cow<'_, str>>| found.unwrap().replace("\r\n", "\n");
        Self {
            html: body(parsed.body_html(0)),
            text: body(parsed.body_text(0)),
            raw: String::from_utf8(raw.clone()).unwrap(),
        }
    }

    /// The field's value, unfolded and decoded.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\r\n\r\n").next().unwrap();
        let unfolded = head.replace("\r\n ", " ");
        let prefix = format!("{name}: ");
        let mut fields = unfolded.split("\r\n").filter(|l| l.starts_with(&prefix));
        let value = fields.next().map(|l| l[prefix.len()..].to_owned());
        assert!(fields.next().is_none(), "{name} occurs twice");
        value
    }
}

/// The page as people see it: no head, no styles, no hidden elements.
pub(super) fn seen(html: &str) -> String {
    html2text::config::plain()
        .raw_mode(true)
        .string_from_read(html.as_bytes(), 200)
        .unwrap()
}

/// A file of the shared test data, when it is there.
pub(super) fn shared(path: &str) -> Option<std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = root.join(path);
    if !path.exists() {
        println!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}
