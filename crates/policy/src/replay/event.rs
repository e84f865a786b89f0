//! The canonical form of one event.

use avow_model::{Act, Fact, FactKind, Grantor, Method, Purpose, PurposeSelector, Scope, Slug};
use serde::{Deserialize, Serialize};

use super::micros::Micros;
use super::{Form, ReplayFault};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactForm {
    at: Micros,
    kind: KindForm,
    recorded_at: Micros,
    #[serde(default, skip_serializing_if = "ScopeForm::is_any")]
    scope: ScopeForm,
}

/// One fact with the name of its form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoneFact {
    fact: FactForm,
    format: String,
}

#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopeForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    brand: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    list: Option<Slug>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum KindForm {
    Grant {
        asked: Act,
        by: Grantor,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        confirmed: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        double_opt_in: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Micros>,
        method: Method,
        purpose: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        saw: Option<u32>,
    },
    Confirm {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<String>,
    },
    Refuse {
        purpose: String,
    },
    Withdraw {
        purpose: String,
    },
    Object {
        purpose: String,
    },
    Complaint,
    AccountOpened,
    AccountClosed,
    Purchase,
    Inquiry,
    Notice {
        version: u32,
    },
    Bounce,
    ConfirmAddress,
    Erase,
    Recollect,
    Restrict,
    Unrestrict,
    Used {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<Purpose>,
    },
}

impl Form for LoneFact {
    const FORMAT: &'static str = "avow-fact/1";
    type Value = Fact;

    fn from_value(value: &Fact) -> Result<Self, ReplayFault> {
        Ok(Self {
            fact: fact_form(value)?,
            format: Self::FORMAT.to_owned(),
        })
    }

    fn into_value(self) -> Result<Fact, ReplayFault> {
        fact(self.fact)
    }

    fn format(&self) -> &str {
        &self.format
    }
}

pub(super) fn fact_form(fact: &Fact) -> Result<FactForm, ReplayFault> {
    let Fact {
        kind,
        at,
        recorded_at,
        scope,
    } = fact;
    Ok(FactForm {
        at: Micros::of(*at)?,
        kind: kind_form(kind)?,
        recorded_at: Micros::of(*recorded_at)?,
        scope: ScopeForm::of(scope),
    })
}

pub(super) fn fact(form: FactForm) -> Result<Fact, ReplayFault> {
    Ok(Fact {
        kind: kind(form.kind)?,
        at: form.at.instant()?,
        recorded_at: form.recorded_at.instant()?,
        scope: form.scope.into(),
    })
}

impl ScopeForm {
    pub(super) fn is_any(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn of(scope: &Scope) -> Self {
        let Scope {
            account,
            brand,
            list,
        } = scope.clone();
        Self {
            account,
            brand,
            list,
        }
    }
}

impl From<ScopeForm> for Scope {
    fn from(form: ScopeForm) -> Self {
        Self {
            account: form.account,
            brand: form.brand,
            list: form.list,
        }
    }
}

fn kind_form(kind: &FactKind) -> Result<KindForm, ReplayFault> {
    Ok(match kind {
        FactKind::Grant {
            purpose,
            saw,
            method,
            by,
            asked,
            double_opt_in,
            confirmed,
            expires,
        } => KindForm::Grant {
            asked: *asked,
            by: *by,
            confirmed: *confirmed,
            double_opt_in: *double_opt_in,
            expires: expires.map(Micros::of).transpose()?,
            method: *method,
            purpose: selector_text(purpose),
            saw: *saw,
        },
        FactKind::Confirm { purpose } => KindForm::Confirm {
            purpose: purpose.as_ref().map(selector_text),
        },
        FactKind::Refuse { purpose } => KindForm::Refuse {
            purpose: selector_text(purpose),
        },
        FactKind::Withdraw { purpose } => KindForm::Withdraw {
            purpose: selector_text(purpose),
        },
        FactKind::Object { purpose } => KindForm::Object {
            purpose: selector_text(purpose),
        },
        FactKind::Complaint => KindForm::Complaint,
        FactKind::AccountOpened => KindForm::AccountOpened,
        FactKind::AccountClosed => KindForm::AccountClosed,
        FactKind::Purchase => KindForm::Purchase,
        FactKind::Inquiry => KindForm::Inquiry,
        FactKind::Notice { version } => KindForm::Notice { version: *version },
        FactKind::Bounce => KindForm::Bounce,
        FactKind::ConfirmAddress => KindForm::ConfirmAddress,
        FactKind::Erase => KindForm::Erase,
        FactKind::Recollect => KindForm::Recollect,
        FactKind::Restrict => KindForm::Restrict,
        FactKind::Unrestrict => KindForm::Unrestrict,
        FactKind::Used { purpose } => KindForm::Used {
            purpose: purpose.clone(),
        },
    })
}

fn kind(form: KindForm) -> Result<FactKind, ReplayFault> {
    Ok(match form {
        KindForm::Grant {
            asked,
            by,
            confirmed,
            double_opt_in,
            expires,
            method,
            purpose,
            saw,
        } => FactKind::Grant {
            purpose: selector(&purpose)?,
            saw,
            method,
            by,
            asked,
            double_opt_in,
            confirmed,
            expires: expires.map(Micros::instant).transpose()?,
        },
        KindForm::Confirm { purpose } => FactKind::Confirm {
            purpose: purpose.as_deref().map(selector).transpose()?,
        },
        KindForm::Refuse { purpose } => FactKind::Refuse {
            purpose: selector(&purpose)?,
        },
        KindForm::Withdraw { purpose } => FactKind::Withdraw {
            purpose: selector(&purpose)?,
        },
        KindForm::Object { purpose } => FactKind::Object {
            purpose: selector(&purpose)?,
        },
        KindForm::Complaint => FactKind::Complaint,
        KindForm::AccountOpened => FactKind::AccountOpened,
        KindForm::AccountClosed => FactKind::AccountClosed,
        KindForm::Purchase => FactKind::Purchase,
        KindForm::Inquiry => FactKind::Inquiry,
        KindForm::Notice { version } => FactKind::Notice { version },
        KindForm::Bounce => FactKind::Bounce,
        KindForm::ConfirmAddress => FactKind::ConfirmAddress,
        KindForm::Erase => FactKind::Erase,
        KindForm::Recollect => FactKind::Recollect,
        KindForm::Restrict => FactKind::Restrict,
        KindForm::Unrestrict => FactKind::Unrestrict,
        KindForm::Used { purpose } => FactKind::Used { purpose },
    })
}

fn selector_text(selector: &PurposeSelector) -> String {
    match selector {
        PurposeSelector::One(purpose) => purpose.as_str().to_owned(),
        PurposeSelector::AllMarketing => "*marketing".to_owned(),
        PurposeSelector::Any => "*any".to_owned(),
    }
}

fn selector(text: &str) -> Result<PurposeSelector, ReplayFault> {
    match text {
        "*marketing" => Ok(PurposeSelector::AllMarketing),
        "*any" => Ok(PurposeSelector::Any),
        one => one
            .parse()
            .map(PurposeSelector::One)
            .map_err(|_| ReplayFault::Malformed {
                format: LoneFact::FORMAT,
                why: "a choice names no purpose".to_owned(),
            }),
    }
}
