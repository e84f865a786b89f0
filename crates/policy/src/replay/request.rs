//! The canonical form of a question.

use avow_model::{Category, Purpose, RecipientClass, Slug, Verb};
use serde::{Deserialize, Serialize};

use super::actor::ActorForm;
use super::micros::Micros;
use super::{Form, ReplayFault};
use crate::circumstance::{BrowserSignal, Offer};
use crate::request::{Content, PresentedPermit, Promotion, Request};
use crate::version::Channel;

/// Fields in the order of their names: that makes the bytes canonical.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestForm {
    account: Slug,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<ActorForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answers: Option<Slug>,
    brand: Slug,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    #[serde(default, skip_serializing_if = "ContentForm::is_normal")]
    content: ContentForm,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fallbacks: Vec<Category>,
    format: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    gpc: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<Slug>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    offers: Vec<Offer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permit: Option<PermitForm>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    promotes: bool,
    purpose: Purpose,
    reads: Vec<Category>,
    recipient: RecipientClass,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    solicits: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topic: Option<Slug>,
    verb: Verb,
}

#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ContentForm {
    #[default]
    Normal,
    PolicyNotice {
        version: u32,
    },
    ChoiceRequest,
    RightsReply,
    Confirmation,
}

impl ContentForm {
    fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PermitForm {
    issued_at: Micros,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    used: bool,
}

impl Form for RequestForm {
    const FORMAT: &'static str = "avow-request/1";
    type Value = Request;

    fn from_value(value: &Request) -> Result<Self, ReplayFault> {
        let Request {
            account,
            brand,
            list,
            purpose,
            verb,
            reads,
            fallbacks,
            recipient,
            content,
            promotion,
            permit,
            channel,
            topic,
            message,
            answers,
            hosts,
            offers,
            actor,
            signal,
        } = value;
        Ok(Self {
            account: account.clone(),
            actor: actor.as_ref().map(ActorForm::of).transpose()?,
            answers: answers.clone(),
            brand: brand.clone(),
            channel: (*channel != Channel::Email).then_some(*channel),
            content: content_form(*content),
            fallbacks: fallbacks.clone(),
            format: Self::FORMAT.to_owned(),
            gpc: *signal == BrowserSignal::Gpc,
            hosts: hosts.clone(),
            list: list.clone(),
            message: message.clone(),
            offers: offers.clone(),
            permit: permit.map(permit_form).transpose()?,
            promotes: *promotion == Promotion::Carried,
            purpose: purpose.clone(),
            reads: reads.clone(),
            recipient: recipient.clone(),
            solicits: *promotion == Promotion::Solicits,
            topic: topic.clone(),
            verb: verb.clone(),
        })
    }

    fn into_value(self) -> Result<Request, ReplayFault> {
        Ok(Request {
            account: self.account,
            brand: self.brand,
            list: self.list,
            purpose: self.purpose,
            verb: self.verb,
            reads: self.reads,
            fallbacks: self.fallbacks,
            recipient: self.recipient,
            content: content(&self.content),
            promotion: match (self.promotes, self.solicits) {
                (true, _) => Promotion::Carried,
                (false, true) => Promotion::Solicits,
                (false, false) => Promotion::None,
            },
            permit: self.permit.map(|p| presented(&p)).transpose()?,
            channel: self.channel.unwrap_or(Channel::Email),
            topic: self.topic,
            message: self.message,
            answers: self.answers,
            hosts: self.hosts,
            offers: self.offers,
            actor: self.actor.map(ActorForm::into_actor).transpose()?,
            signal: if self.gpc {
                BrowserSignal::Gpc
            } else {
                BrowserSignal::None
            },
        })
    }

    fn format(&self) -> &str {
        &self.format
    }
}

const fn content_form(content: Content) -> ContentForm {
    match content {
        Content::Normal => ContentForm::Normal,
        Content::PolicyNotice { version } => ContentForm::PolicyNotice { version },
        Content::ChoiceRequest => ContentForm::ChoiceRequest,
        Content::RightsReply => ContentForm::RightsReply,
        Content::Confirmation => ContentForm::Confirmation,
    }
}

const fn content(form: &ContentForm) -> Content {
    match form {
        ContentForm::Normal => Content::Normal,
        ContentForm::PolicyNotice { version } => Content::PolicyNotice { version: *version },
        ContentForm::ChoiceRequest => Content::ChoiceRequest,
        ContentForm::RightsReply => Content::RightsReply,
        ContentForm::Confirmation => Content::Confirmation,
    }
}

fn permit_form(permit: PresentedPermit) -> Result<PermitForm, ReplayFault> {
    Ok(PermitForm {
        issued_at: Micros::of(permit.issued_at)?,
        used: permit.used,
    })
}

fn presented(form: &PermitForm) -> Result<PresentedPermit, ReplayFault> {
    Ok(PresentedPermit {
        issued_at: form.issued_at.instant()?,
        used: form.used,
    })
}
