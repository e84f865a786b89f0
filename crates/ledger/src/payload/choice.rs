//! A fact about a person (`model::Fact`) as one flat record: what an act does not use is not there.

use avow_model::{Act, Fact, FactKind, Grantor, Method, PurposeSelector, Scope, Slug, Timestamp};
use serde::{Deserialize, Serialize};

use super::words::Selector;
use crate::canonical::{CanonicalFault, from_canonical};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Grant,
    Confirm,
    Refuse,
    Withdraw,
    Object,
    Complaint,
    Notice,
    Bounce,
    ConfirmAddress,
    Erase,
    Recollect,
    Restrict,
    Unrestrict,
    Used,
    AccountOpened,
    AccountClosed,
    Purchase,
    Inquiry,
}

/// A fact as it is written: the fields of every act; `act` says which of them it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceText {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    account: Option<Slug>,
    act: Word,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    asked: Option<Act>,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    brand: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    by: Option<Grantor>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    confirmed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    double_opt_in: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    list: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    method: Option<Method>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    purpose: Option<Selector>,
    recorded_at: Timestamp,
    /// The version that a grant saw, or that a notice announced.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    version: Option<u32>,
}

/// Reads a fact; refuses fields that its act does not have.
pub(super) fn parse(text: &str) -> Result<Fact, CanonicalFault> {
    let read: ChoiceText = from_canonical(text)?;
    let shape = |why: &str| CanonicalFault::Shape(why.to_owned());
    let fact = Fact {
        kind: kind(&read).ok_or_else(|| shape("a field that the act needs is missing"))?,
        at: read.at,
        recorded_at: read.recorded_at,
        scope: Scope {
            account: read.account.clone(),
            brand: read.brand.clone(),
            list: read.list.clone(),
        },
    };
    if ChoiceText::from(&fact) == read {
        Ok(fact)
    } else {
        Err(shape("a field that the act does not have"))
    }
}

impl ChoiceText {
    /// An act that has no field of its own.
    fn plain(act: Word, fact: &Fact) -> Self {
        Self {
            account: fact.scope.account.clone(),
            act,
            asked: None,
            at: fact.at,
            brand: fact.scope.brand.clone(),
            by: None,
            confirmed: None,
            double_opt_in: None,
            expires: None,
            list: fact.scope.list.clone(),
            method: None,
            purpose: None,
            recorded_at: fact.recorded_at,
            version: None,
        }
    }

    fn about(mut self, purpose: Option<&PurposeSelector>) -> Self {
        self.purpose = purpose.cloned().map(Selector);
        self
    }

    fn of_version(mut self, version: Option<u32>) -> Self {
        self.version = version;
        self
    }
}

impl From<&Fact> for ChoiceText {
    fn from(fact: &Fact) -> Self {
        let plain = |act| Self::plain(act, fact);
        match &fact.kind {
            FactKind::Grant { .. } => grant(fact),
            FactKind::Confirm { purpose } => plain(Word::Confirm).about(purpose.as_ref()),
            FactKind::Refuse { purpose } => plain(Word::Refuse).about(Some(purpose)),
            FactKind::Withdraw { purpose } => plain(Word::Withdraw).about(Some(purpose)),
            FactKind::Object { purpose } => plain(Word::Object).about(Some(purpose)),
            FactKind::Notice { version } => plain(Word::Notice).of_version(Some(*version)),
            FactKind::Used { purpose } => {
                let purpose = purpose.clone().map(PurposeSelector::One);
                plain(Word::Used).about(purpose.as_ref())
            }
            FactKind::Complaint => plain(Word::Complaint),
            FactKind::Bounce => plain(Word::Bounce),
            FactKind::ConfirmAddress => plain(Word::ConfirmAddress),
            FactKind::Erase => plain(Word::Erase),
            FactKind::Recollect => plain(Word::Recollect),
            FactKind::Restrict => plain(Word::Restrict),
            FactKind::Unrestrict => plain(Word::Unrestrict),
            FactKind::AccountOpened => plain(Word::AccountOpened),
            FactKind::AccountClosed => plain(Word::AccountClosed),
            FactKind::Purchase => plain(Word::Purchase),
            FactKind::Inquiry => plain(Word::Inquiry),
        }
    }
}

fn grant(fact: &Fact) -> ChoiceText {
    let plain = ChoiceText::plain(Word::Grant, fact);
    match &fact.kind {
        FactKind::Grant {
            purpose,
            saw,
            method,
            by,
            asked,
            double_opt_in,
            confirmed,
            expires,
        } => ChoiceText {
            method: Some(*method),
            by: Some(*by),
            asked: Some(*asked),
            double_opt_in: Some(*double_opt_in),
            confirmed: Some(*confirmed),
            expires: *expires,
            ..plain.about(Some(purpose)).of_version(*saw)
        },
        _ => plain,
    }
}

/// The act with its fields; `None` where one that it needs is not there.
fn kind(read: &ChoiceText) -> Option<FactKind> {
    let optional = read.purpose.clone().map(|selector| selector.0);
    let purpose = optional.clone();
    Some(match read.act {
        Word::Grant => FactKind::Grant {
            purpose: purpose?,
            saw: read.version,
            method: read.method?,
            by: read.by?,
            asked: read.asked?,
            double_opt_in: read.double_opt_in?,
            confirmed: read.confirmed?,
            expires: read.expires,
        },
        Word::Confirm => FactKind::Confirm { purpose: optional },
        Word::Refuse => FactKind::Refuse { purpose: purpose? },
        Word::Withdraw => FactKind::Withdraw { purpose: purpose? },
        Word::Object => FactKind::Object { purpose: purpose? },
        Word::Notice => FactKind::Notice {
            version: read.version?,
        },
        Word::Used => FactKind::Used {
            purpose: match optional {
                None => None,
                Some(PurposeSelector::One(purpose)) => Some(purpose),
                Some(_) => return None,
            },
        },
        Word::Complaint => FactKind::Complaint,
        Word::Bounce => FactKind::Bounce,
        Word::ConfirmAddress => FactKind::ConfirmAddress,
        Word::Erase => FactKind::Erase,
        Word::Recollect => FactKind::Recollect,
        Word::Restrict => FactKind::Restrict,
        Word::Unrestrict => FactKind::Unrestrict,
        Word::AccountOpened => FactKind::AccountOpened,
        Word::AccountClosed => FactKind::AccountClosed,
        Word::Purchase => FactKind::Purchase,
        Word::Inquiry => FactKind::Inquiry,
    })
}
