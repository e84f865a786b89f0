//! One kept mail: as shown, its text, its headers, its source.

use std::sync::Arc;

use avow_deliver::sink::SinkMail;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use mail_parser::{Address, Message, MessageParser};
use serde::Deserialize;

use super::{is_from, sink, size};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::view::{HeaderLine, MailPage, ViewTab};
use crate::client_center::words::When;
use crate::headers::MAIL_POLICY;
use crate::language::Told;
use crate::{App, PageFault};

/// Of a longer source only so much is shown.
const SHOWN_BYTES_MAX: usize = 256 * 1024;
/// Links listed of one mail.
const LINKS_MAX: usize = 200;

/// How to look at a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Html,
    Text,
    Links,
    Headers,
    Source,
}

impl View {
    const ALL: [(Self, &'static str, Told); 5] = [
        (Self::Html, "html", told!("mail-view-html")),
        (Self::Text, "text", told!("mail-view-text")),
        (Self::Links, "links", told!("setup-mail-links")),
        (Self::Headers, "headers", told!("mail-headers")),
        (Self::Source, "source", told!("mail-view-source")),
    ];

    fn parse(word: &str) -> Self {
        let found = Self::ALL.into_iter().find(|(_, w, _)| *w == word);
        found.map_or(Self::Html, |(view, _, _)| view)
    }

    fn word(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(view, _, _)| *view == self);
        found.map_or("html", |(_, word, _)| word)
    }
}

/// `?view=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    view: String,
}

/// A mail of the member's account with its bytes.
async fn load(app: &App, member: &Member, id: u64) -> Result<(SinkMail, Vec<u8>), PageFault> {
    let sink = sink(app)?;
    let domain = member.account.row().await?.settings.sending_domain;
    let mail = sink.show(id).filter(|m| is_from(&m.from, &domain));
    let mail = mail.ok_or(PageFault::NotFound)?;
    let read = tokio::task::spawn_blocking(move || sink.get(id)).await;
    match read {
        Ok(Ok(Some(bytes))) => Ok((mail, bytes)),
        Ok(Ok(None)) | Err(_) => Err(PageFault::NotFound),
        Ok(Err(cause)) => {
            tracing::error!(%cause, "a kept mail could not be read");
            Err(PageFault::Bad(say!("mail-unreadable")))
        }
    }
}

fn address(list: Option<&Address<'_>>) -> String {
    let first = list.and_then(|l| l.first());
    match first.map(|a| (a.name(), a.address().unwrap_or(""))) {
        None => String::new(),
        Some((Some(name), address)) => format!("{name} <{address}>"),
        Some((None, address)) => address.to_owned(),
    }
}

fn headers(message: &Message<'_>) -> Vec<HeaderLine> {
    let line = |(name, value): (&str, &str)| HeaderLine {
        name: name.to_owned(),
        value: value.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    message.headers_raw().map(line).collect()
}

/// The addresses in a text, in their order, each once: the frame that shows a mail lets none of them be followed.
fn links(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || "()<>[]\"'".contains(c);
    let mut found: Vec<String> = Vec::new();
    for word in text.split(ends) {
        let word = word.trim_end_matches(['.', ',', ';']);
        let is_address = word.starts_with("https://") || word.starts_with("http://");
        if is_address && found.len() < LINKS_MAX && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

fn body(view: View, message: Option<&Message<'_>>, bytes: &[u8]) -> String {
    match view {
        View::Text => message
            .and_then(|m| m.body_text(0))
            .map_or_else(String::new, std::borrow::Cow::into_owned),
        View::Source => {
            let shown = &bytes[..bytes.len().min(SHOWN_BYTES_MAX)];
            String::from_utf8_lossy(shown).into_owned()
        }
        View::Html | View::Links | View::Headers => String::new(),
    }
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, u64)>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, PageFault> {
    let (mail, bytes) = load(&app, &member, id).await?;
    let view = View::parse(&wanted.view);
    let message = MessageParser::default().parse(&bytes);
    let cut = view == View::Source && bytes.len() > SHOWN_BYTES_MAX;
    let subject = if mail.subject.is_empty() {
        say!("rehearsal-no-subject")
    } else {
        mail.subject
    };
    app.templates.show(&MailPage {
        shell: member.shell(Noun::Rehearsal),
        subject,
        from: address(message.as_ref().and_then(Message::from)),
        to: mail.to,
        when: When::new(mail.at, app.now()),
        size: size(mail.size_bytes),
        views: View::ALL
            .map(|(_, word, label)| ViewTab { word, label })
            .into(),
        view: view.word(),
        frame: format!("{}/rehearsal/{id}/html", member.base()),
        headers: message.as_ref().map_or_else(Vec::new, headers),
        links: links(&body(View::Text, message.as_ref(), &bytes)),
        body: body(view, message.as_ref(), &bytes),
        cut: cut.then(|| say!("mail-cut", n = SHOWN_BYTES_MAX / 1024)),
    })
}

/// The mail's HTML alone, for the sandboxed frame.
pub(crate) async fn html(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, u64)>,
) -> Result<Response, PageFault> {
    let (_, bytes) = load(&app, &member, id).await?;
    let message = MessageParser::default().parse(&bytes);
    let html = message.as_ref().and_then(|m| m.body_html(0));
    let html = html.map_or_else(String::new, std::borrow::Cow::into_owned);
    Ok(([(CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(html)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_once_and_nothing_else_is_one() {
        let text = "See (https://a.example/x), <https://a.example/x> and http://b.example/y. javascript:x ftp://c";
        assert_eq!(links(text), ["https://a.example/x", "http://b.example/y"]);
    }
}
