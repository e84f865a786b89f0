//! A fact about a person (`model::Fact`) as one flat record: what an act does not use is not there.

use avow_model::{Act, Fact, FactKind, Grantor, Method, Scope, Slug, Timestamp};
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
}

/// What of an act goes into fields beside its word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Parts {
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<Selector>,
    /// The version that a grant saw, or that a notice announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<Method>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Grantor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Act>,
    #[serde(skip_serializing_if = "Option::is_none")]
    double_opt_in: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
}

/// A fact as it is written. Unknown fields do not survive the comparison of the canonical texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChoiceText {
    act: Word,
    at: Timestamp,
    recorded_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    account: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    brand: Option<Slug>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    list: Option<Slug>,
    #[serde(flatten)]
    parts: Parts,
}

/// Reads a fact; refuses fields that its act does not have.
pub(super) fn parse(text: &str) -> Result<Fact, CanonicalFault> {
    let read: ChoiceText = from_canonical(text)?;
    let kind = kind(read.act, &read.parts)
        .ok_or_else(|| CanonicalFault::Shape("a field that the act needs is missing".into()))?;
    let fact = Fact {
        kind,
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
        Err(CanonicalFault::Shape(
            "a field that the act does not have".into(),
        ))
    }
}

impl From<&Fact> for ChoiceText {
    fn from(fact: &Fact) -> Self {
        let (act, parts) = parts(&fact.kind);
        Self {
            act,
            at: fact.at,
            recorded_at: fact.recorded_at,
            account: fact.scope.account.clone(),
            brand: fact.scope.brand.clone(),
            list: fact.scope.list.clone(),
            parts,
        }
    }
}

fn parts(kind: &FactKind) -> (Word, Parts) {
    let of = |purpose: &_| Parts {
        purpose: Some(Selector(Clone::clone(purpose))),
        ..Parts::default()
    };
    match kind {
        FactKind::Grant { .. } => (Word::Grant, grant_parts(kind)),
        FactKind::Confirm { purpose } => {
            (Word::Confirm, purpose.as_ref().map(of).unwrap_or_default())
        }
        FactKind::Refuse { purpose } => (Word::Refuse, of(purpose)),
        FactKind::Withdraw { purpose } => (Word::Withdraw, of(purpose)),
        FactKind::Object { purpose } => (Word::Object, of(purpose)),
        FactKind::Notice { version } => {
            let version = Some(*version);
            (
                Word::Notice,
                Parts {
                    version,
                    ..Parts::default()
                },
            )
        }
        FactKind::Used { purpose } => {
            let one = purpose.clone().map(avow_model::PurposeSelector::One);
            (Word::Used, one.as_ref().map(of).unwrap_or_default())
        }
        FactKind::Complaint => (Word::Complaint, Parts::default()),
        FactKind::Bounce => (Word::Bounce, Parts::default()),
        FactKind::ConfirmAddress => (Word::ConfirmAddress, Parts::default()),
        FactKind::Erase => (Word::Erase, Parts::default()),
        FactKind::Recollect => (Word::Recollect, Parts::default()),
        FactKind::Restrict => (Word::Restrict, Parts::default()),
        FactKind::Unrestrict => (Word::Unrestrict, Parts::default()),
    }
}

fn grant_parts(kind: &FactKind) -> Parts {
    let FactKind::Grant {
        purpose,
        saw,
        method,
        by,
        asked,
        double_opt_in,
        confirmed,
        expires,
    } = kind
    else {
        return Parts::default();
    };
    Parts {
        purpose: Some(Selector(purpose.clone())),
        version: *saw,
        method: Some(*method),
        by: Some(*by),
        asked: Some(*asked),
        double_opt_in: Some(*double_opt_in),
        confirmed: Some(*confirmed),
        expires: *expires,
    }
}

/// The act with its fields; `None` where one that it needs is not there.
fn kind(act: Word, parts: &Parts) -> Option<FactKind> {
    let optional = parts.purpose.clone().map(|selector| selector.0);
    let purpose = optional.clone();
    Some(match act {
        Word::Grant => FactKind::Grant {
            purpose: purpose?,
            saw: parts.version,
            method: parts.method?,
            by: parts.by?,
            asked: parts.asked?,
            double_opt_in: parts.double_opt_in?,
            confirmed: parts.confirmed?,
            expires: parts.expires,
        },
        Word::Confirm => FactKind::Confirm { purpose: optional },
        Word::Refuse => FactKind::Refuse { purpose: purpose? },
        Word::Withdraw => FactKind::Withdraw { purpose: purpose? },
        Word::Object => FactKind::Object { purpose: purpose? },
        Word::Notice => FactKind::Notice {
            version: parts.version?,
        },
        Word::Used => FactKind::Used {
            purpose: match optional {
                None => None,
                Some(avow_model::PurposeSelector::One(purpose)) => Some(purpose),
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
    })
}
