//! The canonical forms of what was sent, asked for, marked, and of interests.

use avow_model::{Category, Interest, Marked, OwnRequest, Purpose, Sent, Slug};
use serde::{Deserialize, Serialize};

use super::ReplayFault;
use super::micros::Micros;

/// A purpose that was used at an instant: a mail that went, a marker of one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UseForm {
    at: Micros,
    purpose: Purpose,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnRequestForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answered: Option<Micros>,
    at: Micros,
    id: Slug,
    purpose: Purpose,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InterestForm {
    category: Category,
    topic: Slug,
}

pub(super) fn sent_form(sent: &Sent) -> Result<UseForm, ReplayFault> {
    let Sent { purpose, at } = sent;
    Ok(UseForm {
        at: Micros::of(*at)?,
        purpose: purpose.clone(),
    })
}

pub(super) fn sent(form: UseForm) -> Result<Sent, ReplayFault> {
    Ok(Sent {
        purpose: form.purpose,
        at: form.at.instant()?,
    })
}

pub(super) fn mark_form(mark: &Marked) -> Result<UseForm, ReplayFault> {
    let Marked { purpose, at } = mark;
    Ok(UseForm {
        at: Micros::of(*at)?,
        purpose: purpose.clone(),
    })
}

pub(super) fn mark(form: UseForm) -> Result<Marked, ReplayFault> {
    Ok(Marked {
        purpose: form.purpose,
        at: form.at.instant()?,
    })
}

pub(super) fn own_request_form(request: &OwnRequest) -> Result<OwnRequestForm, ReplayFault> {
    let OwnRequest {
        id,
        purpose,
        at,
        answered,
    } = request;
    Ok(OwnRequestForm {
        answered: answered.map(Micros::of).transpose()?,
        at: Micros::of(*at)?,
        id: id.clone(),
        purpose: purpose.clone(),
    })
}

pub(super) fn own_request(form: OwnRequestForm) -> Result<OwnRequest, ReplayFault> {
    Ok(OwnRequest {
        id: form.id,
        purpose: form.purpose,
        at: form.at.instant()?,
        answered: form.answered.map(Micros::instant).transpose()?,
    })
}

pub(super) fn interest_form(interest: &Interest) -> InterestForm {
    let Interest { category, topic } = interest.clone();
    InterestForm { category, topic }
}

pub(super) fn interest(form: InterestForm) -> Interest {
    Interest {
        category: form.category,
        topic: form.topic,
    }
}
