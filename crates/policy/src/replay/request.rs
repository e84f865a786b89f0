//! The canonical form of a question.

use avow_model::{Category, Purpose, RecipientClass, Slug, Verb};
use serde::{Deserialize, Serialize};

use super::micros::Micros;
use super::{Form, ReplayFault};
use crate::request::{Content, PresentedPermit, Promotion, Request};

/// Fields in the order of their names: that makes the bytes canonical.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestForm {
    account: Slug,
    brand: Slug,
    #[serde(default, skip_serializing_if = "ContentForm::is_normal")]
    content: ContentForm,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fallbacks: Vec<Category>,
    format: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permit: Option<PermitForm>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    promotes: bool,
    purpose: Purpose,
    reads: Vec<Category>,
    recipient: RecipientClass,
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
        } = value;
        Ok(Self {
            account: account.clone(),
            brand: brand.clone(),
            content: content_form(*content),
            fallbacks: fallbacks.clone(),
            format: Self::FORMAT.to_owned(),
            list: list.clone(),
            permit: permit.map(permit_form).transpose()?,
            promotes: *promotion == Promotion::Carried,
            purpose: purpose.clone(),
            reads: reads.clone(),
            recipient: recipient.clone(),
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
            promotion: if self.promotes {
                Promotion::Carried
            } else {
                Promotion::None
            },
            permit: self.permit.map(|p| presented(&p)).transpose()?,
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
