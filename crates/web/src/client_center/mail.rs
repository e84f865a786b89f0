//! Mail to the staff about their own log-in: short, with one link, which leads to a button and not to an effect.

use avow_compose::{Fields, Footer, RenderJob, Scratch, compile};
use avow_model::{
    AccountId, BodyKind, CampaignContent, CampaignId, ContactId, EmailAddress, MailFormat,
    MessageClass, MessageId,
};
use avow_policy::{Version, footer};
use avow_store::{AccountRow, NewOutgoing, OutgoingKind, StoreError};

use super::gate;
use crate::language::current;
use crate::{App, PageFault};

const BODY: &str = r#"<!doctype html>
<html lang="LANGUAGE" dir="DIRECTION"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="margin:0;padding:24px 16px">
<div style="max-width:560px;margin:0 auto;font-family:Georgia,serif;font-size:17px;line-height:1.5">
<p>{{ lead }}</p>
<p><a href="{{ link }}" style="display:inline-block;padding:12px 24px;background:#0f5040;color:#ffffff;border-radius:6px;font-family:sans-serif;font-weight:bold;text-decoration:none">{{ button }}</a></p>
<p>{{ end }}</p>
</div></body></html>
"#;
/// The same for readers of plain text.
const TEXT: &str = "{{ lead }}\n\n{{ button }}:\n{{ link }}\n\n{{ end }}\n";

/// Who can see it on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A rehearsal shows it in the mailbox of the account.
    InRehearsal,
    /// Nobody: it opens somebody's log-in. It leaves without a return path, which keeps it out of every mailbox of
    /// a rehearsal.
    ByReaderOnly,
}

/// One mail.
pub(super) struct Letter<'a> {
    pub to: &'a str,
    pub subject: &'a str,
    pub lead: &'a str,
    pub button: &'a str,
    pub link: String,
    pub end: &'a str,
    pub seen: Seen,
}

impl Letter<'_> {
    /// The mail, from the account's sender; `None` for what is no address.
    pub(super) async fn write(
        &self,
        app: &App,
        account: AccountId,
    ) -> Result<Option<NewOutgoing>, PageFault> {
        let Ok(to) = self.to.parse::<EmailAddress>() else {
            return Ok(None);
        };
        let scope = app.store.account(account);
        let row = scope.row().await?;
        let policies = gate::policies(app, &scope).await?.ok();
        let version = policies.as_ref().and_then(|set| set.in_force(app.now()));
        let body = self.body(app, &row, (&to, &foot(&row, version)))?;
        let mail_from = match self.seen {
            Seen::InRehearsal => format!("bounces@{}", row.settings.sending_domain),
            Seen::ByReaderOnly => String::new(),
        };
        Ok(Some(NewOutgoing {
            kind: OutgoingKind::Staff,
            contact: None,
            mail_from,
            rcpt_to: to.expose_envelope(),
            body,
        }))
    }

    fn content(&self, row: &AccountRow) -> CampaignContent {
        CampaignContent {
            subject: self.subject.to_owned(),
            preheader: String::new(),
            from_name: row.settings.from_name.clone(),
            from_address: row.settings.from_address.clone(),
            reply_to: row.settings.reply_to.clone(),
            body_kind: BodyKind::Html,
            body: BODY.replace("LANGUAGE", current().tag()).replace(
                "DIRECTION",
                if current().is_right_to_left() {
                    "rtl"
                } else {
                    "ltr"
                },
            ),
            text: Some(TEXT.to_owned()),
            about: None,
            offers: Vec::new(),
        }
    }

    fn body(
        &self,
        app: &App,
        row: &AccountRow,
        (to, footer): (&EmailAddress, &Footer),
    ) -> Result<Vec<u8>, PageFault> {
        let class = MessageClass::Confirmation;
        let compiled = compile(&self.content(row), footer, class);
        let broken = |why: String| {
            tracing::error!(%why, "a mail to staff cannot be written");
            PageFault::Store(StoreError::Conflict("a mail to staff cannot be written"))
        };
        let compiled = compiled.map_err(|faults| broken(format!("{faults:?}")))?;
        let fields = [
            ("lead", self.lead),
            ("link", self.link.as_str()),
            ("button", self.button),
            ("end", self.end),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let fields: Fields = fields.into_iter().collect();
        let job = RenderJob {
            to,
            fields: &fields,
            message: MessageId {
                campaign: CampaignId::from_i64(scope_number(app)),
                seq: 0,
            },
            account: row.id,
            contact: ContactId::from_i64(0),
            date: app.now(),
            sender_domain: &row.settings.sending_domain,
            urls: &app.urls,
            tokens: &app.tokens,
            open_beacon: false,
            track_clicks: false,
            format: MailFormat::Any,
        };
        let mut scratch = Scratch::default();
        let rendered = compiled.render(&job, &mut scratch);
        rendered.map_err(|fault| broken(fault.to_string()))?;
        Ok([&scratch.headers[..], b"\r\n", &scratch.body[..]].concat())
    }
}

/// Makes the message's id one of its own.
fn scope_number(app: &App) -> i64 {
    let mut bytes = [0; 8];
    app.entropy.fill(&mut bytes);
    i64::from_le_bytes(bytes) & i64::MAX
}

fn foot(row: &AccountRow, version: Option<&Version>) -> Footer {
    let service = "service"
        .parse()
        .expect("invariant: a constant that is a name");
    let text = version.map(|v| footer(v, &service, MessageClass::Confirmation));
    let (sender_name, postal_address) = match text {
        Some(text) => (text.sender_name, text.postal_address),
        // Without a policy in force nothing leaves; the line keeps the mail whole until then.
        None => (row.name.clone(), row.name.clone()),
    };
    Footer {
        sender_name,
        postal_address,
        why: say!("mail-why"),
        stream: "log-in".to_owned(),
        ..Footer::default()
    }
}
