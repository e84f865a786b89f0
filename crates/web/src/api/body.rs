//! What a program asks: JSON to a post, every field looked at.

use std::collections::{BTreeMap, BTreeSet};

use avow_compose::plain_page;
use avow_deliver::inject::{Addressee, Post};
use avow_model::{BodyKind, CampaignContent, EmailAddress};
use avow_store::AccountSettings;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::spec::{self, Shape, address, form, list, may, must, name};

/// Recipients of one message: each is judged, written and kept before the answer.
const RECIPIENTS_MAX: usize = 100;
/// Messages in a batch: each content is compiled before the answer.
const MESSAGES_MAX: usize = 100;
/// Recipients in a batch: a transaction of a moment.
const BATCH_RECIPIENTS_MAX: usize = 1_000;
/// Longest name of a person or sender: longer ones are a mistake.
const NAME_CHARS_MAX: usize = 200;
/// Longest subject: one line of RFC 5322.
const SUBJECT_BYTES_MAX: usize = 998;
/// Fields that come with one recipient.
const FIELDS_MAX: usize = 100;
/// Longest value of one: a list of what was ordered fits.
const VALUE_BYTES_MAX: usize = 20_000;

/// One message for some people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    to: Vec<To>,
    from: Option<From>,
    purpose: String,
    subject: String,
    html: Option<String>,
    mjml: Option<String>,
    text: Option<String>,
    about: Option<String>,
}

/// Some messages at once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    email: String,
    name: Option<String>,
}

/// The form of a recipient.
fn recipient() -> Shape {
    let fields = spec::values(json!({ "shop": "Main Street" })).names(FIELDS_MAX);
    let name = spec::text("Ada").at_most(NAME_CHARS_MAX);
    form([
        must("email", address()),
        may("name", name.about("Stands in `To`")),
        may(
            "fields",
            fields.about("For the tags of the content: texts, numbers, true or false"),
        ),
    ])
}

/// The form of a sender.
fn from() -> Shape {
    let email = address().such_as(json!("news@imark.example"));
    let name = spec::text("IMark").or_null();
    form([
        must("email", email.about("At the sending domain of the account")),
        may("name", name.about("The account's own when left out")),
    ])
    .or_null()
}

/// The form of a message.
pub(super) fn message() -> Shape {
    let body = |example: &str| spec::text(example).or_null();
    let html = "<p>Hello {{ first_name | fallback('friend') }}, we are open.</p>";
    let subject = spec::short("News from {{ shop }}", SUBJECT_BYTES_MAX);
    let about = "The topic, or the sort of service message, where the policy asks for one";
    let purpose = "Of the policy: it decides who may get the message, its footer and its headers";
    let text = body("We are open.").about("The text part; alone, a plain page is made of it");
    let fields = [
        must(
            "to",
            list(recipient())
                .items(1, RECIPIENTS_MAX)
                .about("People, each address once"),
        ),
        may("from", from().about("The account's own when left out")),
        must("purpose", name("newsletter").about(purpose)),
        must("subject", subject.about("A template, as in campaigns")),
        may("html", body(html).about("The content; or give `mjml`")),
        may("mjml", body("<mjml><mj-body></mj-body></mjml>")),
        may("text", text),
        may("about", name("orders").or_null().about(about)),
    ];
    form(fields).named("Message").such_as(json!({
        "to": [{ "email": "ada@example.com", "name": "Ada", "fields": { "shop": "Main Street" } }],
        "purpose": "newsletter",
        "subject": "News from {{ shop }}",
        "html": html,
    }))
}

/// The form of a batch.
pub(super) fn batch() -> Shape {
    let messages = list(message()).items(1, MESSAGES_MAX);
    let about = format!("With at most {BATCH_RECIPIENTS_MAX} recipients in all");
    form([must("messages", messages.about(&about))])
}

impl Batch {
    /// Each message as a post, or the first thing that is wrong.
    pub(super) fn posts(self, settings: &AccountSettings) -> Result<Vec<Post>, Problem> {
        if self.messages.is_empty() || self.messages.len() > MESSAGES_MAX {
            let sentence = format!("A batch has 1 to {MESSAGES_MAX} messages");
            return Err(Problem::field("messages", sentence));
        }
        let people: usize = self.messages.iter().map(|m| m.to.len()).sum();
        if people > BATCH_RECIPIENTS_MAX {
            let sentence = format!("A batch has at most {BATCH_RECIPIENTS_MAX} recipients in all");
            return Err(Problem::field("messages", sentence));
        }
        let numbered = self.messages.into_iter().enumerate();
        numbered
            .map(|(n, message)| message.post(settings).map_err(|p| p.within(n)))
            .collect()
    }
}

impl Message {
    /// As a post, or the first thing that is wrong.
    pub(super) fn post(self, settings: &AccountSettings) -> Result<Post, Problem> {
        let purpose = self.purpose.parse();
        let purpose = purpose
            .map_err(|_| Problem::field("purpose", "It is no name of a purpose of the policy"))?;
        let to = addressees(self.to)?;
        let (from_name, from_address) = sender(self.from, settings)?;
        one_line("subject", &self.subject)?;
        if self.subject.len() > SUBJECT_BYTES_MAX {
            let sentence = format!("A subject has at most {SUBJECT_BYTES_MAX} bytes");
            return Err(Problem::field("subject", sentence));
        }
        let (body_kind, body) = body(self.html, self.mjml, self.text.as_deref())?;
        let about = self.about.map(|about| about.parse()).transpose();
        let about = about
            .map_err(|fault| Problem::field("about", format!("It is no short name: {fault}")))?;
        let content = CampaignContent {
            subject: self.subject,
            preheader: String::new(),
            from_name,
            from_address,
            reply_to: settings.reply_to.clone(),
            body_kind,
            body,
            text: self.text,
            about,
            offers: Vec::new(),
        };
        Ok(Post {
            purpose,
            content,
            to,
        })
    }
}

fn addressees(to: Vec<To>) -> Result<Vec<Addressee>, Problem> {
    if to.is_empty() || to.len() > RECIPIENTS_MAX {
        let sentence = format!("A message has 1 to {RECIPIENTS_MAX} recipients");
        return Err(Problem::field("to", sentence));
    }
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(to.len());
    for (n, to) in to.into_iter().enumerate() {
        let one = addressee(n, to)?;
        if !seen.insert(one.address.expose_canonical().to_owned()) {
            let sentence = "The same address stands in `to` before; name each once";
            return Err(Problem::field(format!("to[{n}].email"), sentence));
        }
        all.push(one);
    }
    Ok(all)
}

fn addressee(n: usize, to: To) -> Result<Addressee, Problem> {
    let address = to.email.parse::<EmailAddress>();
    let address = address.map_err(|fault| {
        Problem::field(
            format!("to[{n}].email"),
            format!("It is no address: {fault}"),
        )
    })?;
    let place = format!("to[{n}].name");
    one_line(&place, &to.name)?;
    short(&place, &to.name)?;
    if to.fields.len() > FIELDS_MAX {
        let sentence = format!("A recipient has at most {FIELDS_MAX} fields");
        return Err(Problem::field(format!("to[{n}].fields"), sentence));
    }
    let fields = to.fields.into_iter();
    let fields = fields.map(|(name, value)| {
        let place = format!("to[{n}].fields.{name}");
        Ok((name, text_of(&place, value)?))
    });
    Ok(Addressee {
        address,
        name: to.name,
        fields: fields.collect::<Result<_, Problem>>()?,
    })
}

fn text_of(place: &str, value: Value) -> Result<String, Problem> {
    let text = match value {
        Value::String(text) => text,
        Value::Number(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            let sentence = "A field is a text, a number, true or false";
            return Err(Problem::field(place, sentence));
        }
    };
    if text.len() > VALUE_BYTES_MAX {
        let sentence = format!("A field has at most {VALUE_BYTES_MAX} bytes");
        return Err(Problem::field(place, sentence));
    }
    Ok(text)
}

fn sender(from: Option<From>, settings: &AccountSettings) -> Result<(String, String), Problem> {
    let Some(from) = from else {
        return Ok((settings.from_name.clone(), settings.from_address.clone()));
    };
    let parsed = from.email.parse::<EmailAddress>();
    let parsed = parsed
        .map_err(|fault| Problem::field("from.email", format!("It is no address: {fault}")))?;
    if parsed.domain() != settings.sending_domain {
        let sentence = format!(
            "This account sends from {}; receivers would not believe another domain",
            settings.sending_domain
        );
        return Err(Problem::field("from.email", sentence));
    }
    let name = from.name.unwrap_or_else(|| settings.from_name.clone());
    one_line("from.name", &name)?;
    short("from.name", &name)?;
    Ok((name, from.email))
}

fn body(
    html: Option<String>,
    mjml: Option<String>,
    text: Option<&str>,
) -> Result<(BodyKind, String), Problem> {
    match (html, mjml, text) {
        (Some(_), Some(_), _) => {
            let sentence = "A body is either HTML or MJML; leave one out";
            Err(Problem::field("mjml", sentence))
        }
        (Some(html), None, _) => Ok((BodyKind::Html, html)),
        (None, Some(mjml), _) => Ok((BodyKind::Mjml, mjml)),
        (None, None, Some(text)) if !text.trim().is_empty() => {
            Ok((BodyKind::Html, plain_page(text)))
        }
        (None, None, _) => {
            let sentence = "There is nothing to send: give html, mjml or text";
            Err(Problem::field("html", sentence))
        }
    }
}

/// Nothing that could begin a line or a header of its own.
fn one_line(place: &str, text: &str) -> Result<(), Problem> {
    if text.chars().any(char::is_control) {
        let sentence = "It has a line break or another control character; write it on one line";
        return Err(Problem::field(place, sentence));
    }
    Ok(())
}

fn short(place: &str, name: &str) -> Result<(), Problem> {
    if name.chars().count() > NAME_CHARS_MAX {
        let sentence = format!("A name has at most {NAME_CHARS_MAX} characters");
        return Err(Problem::field(place, sentence));
    }
    Ok(())
}
