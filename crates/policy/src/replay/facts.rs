//! The canonical form of facts.

use avow_model::{
    Category, Datum, Facts, How, Jurisdiction, MailFormat, Purpose, Slug, StoreHealth, Suppression,
    SuppressionClass, SuppressionScope,
};
use serde::{Deserialize, Serialize};

use super::event::{FactForm, ScopeForm, fact, fact_form};
use super::micros::Micros;
use super::uses::{
    InterestForm, OwnRequestForm, UseForm, interest, interest_form, mark, mark_form, own_request,
    own_request_form, sent, sent_form,
};
use super::{Form, ReplayFault};

/// Fields in the order of their names: that makes the bytes canonical.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the form of a record, turned into enums at once"
)]
pub(super) struct FactsForm {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    account_active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    confirmations: Vec<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    data: Vec<DatumForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<FactForm>,
    format: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inquiries: Vec<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    interests: Vec<InterestForm>,
    jurisdiction: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_activity: Option<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    marks: Vec<UseForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    purchases: Vec<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    requests: Vec<OwnRequestForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired: Option<Micros>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sends: Vec<UseForm>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    soft_opt_in: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    store_down: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<SuppressionForm>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    text_only: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatumForm {
    account: Slug,
    category: Category,
    how: How,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SuppressionForm {
    at: Micros,
    class: SuppressionClass,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    reach: SuppressionScope,
    #[serde(default, skip_serializing_if = "ScopeForm::is_any")]
    scope: ScopeForm,
}

impl Form for FactsForm {
    const FORMAT: &'static str = "avow-facts/1";
    type Value = Facts;

    fn from_value(value: &Facts) -> Result<Self, ReplayFault> {
        let Facts {
            data,
            events,
            jurisdiction,
            age,
            soft_opt_in,
            purchases,
            inquiries,
            account_active,
            suppressions,
            last_activity,
            sends,
            confirmations,
            requests,
            interests,
            marks,
            retired,
            format,
            store,
        } = value;
        Ok(Self {
            account_active: *account_active,
            age: *age,
            confirmations: Micros::of_each(confirmations)?,
            data: data.iter().map(datum_form).collect(),
            events: events.iter().map(fact_form).collect::<Result<_, _>>()?,
            format: Self::FORMAT.to_owned(),
            inquiries: Micros::of_each(inquiries)?,
            interests: interests.iter().map(interest_form).collect(),
            jurisdiction: jurisdiction.as_str().to_owned(),
            last_activity: last_activity.map(Micros::of).transpose()?,
            marks: marks.iter().map(mark_form).collect::<Result<_, _>>()?,
            purchases: Micros::of_each(purchases)?,
            requests: requests
                .iter()
                .map(own_request_form)
                .collect::<Result<_, _>>()?,
            retired: retired.map(Micros::of).transpose()?,
            sends: sends.iter().map(sent_form).collect::<Result<_, _>>()?,
            soft_opt_in: *soft_opt_in,
            store_down: *store == StoreHealth::Down,
            suppressions: suppressions
                .iter()
                .map(suppression_form)
                .collect::<Result<_, _>>()?,
            text_only: *format == MailFormat::TextOnly,
        })
    }

    fn into_value(self) -> Result<Facts, ReplayFault> {
        Ok(Facts {
            data: self.data.into_iter().map(datum).collect(),
            events: self
                .events
                .into_iter()
                .map(fact)
                .collect::<Result<_, _>>()?,
            jurisdiction: Jurisdiction::parse(&self.jurisdiction)
                .ok_or_else(|| malformed("no jurisdiction"))?,
            age: self.age,
            soft_opt_in: self.soft_opt_in,
            purchases: Micros::instants(self.purchases)?,
            inquiries: Micros::instants(self.inquiries)?,
            account_active: self.account_active,
            suppressions: self
                .suppressions
                .into_iter()
                .map(suppression)
                .collect::<Result<_, _>>()?,
            last_activity: self.last_activity.map(Micros::instant).transpose()?,
            sends: self.sends.into_iter().map(sent).collect::<Result<_, _>>()?,
            confirmations: Micros::instants(self.confirmations)?,
            requests: self
                .requests
                .into_iter()
                .map(own_request)
                .collect::<Result<_, _>>()?,
            interests: self.interests.into_iter().map(interest).collect(),
            marks: self.marks.into_iter().map(mark).collect::<Result<_, _>>()?,
            retired: self.retired.map(Micros::instant).transpose()?,
            format: if self.text_only {
                MailFormat::TextOnly
            } else {
                MailFormat::Any
            },
            store: if self.store_down {
                StoreHealth::Down
            } else {
                StoreHealth::Up
            },
        })
    }

    fn format(&self) -> &str {
        &self.format
    }
}

fn malformed(why: &str) -> ReplayFault {
    ReplayFault::Malformed {
        format: <FactsForm as Form>::FORMAT,
        why: why.to_owned(),
    }
}

fn datum_form(datum: &Datum) -> DatumForm {
    let Datum {
        category,
        version,
        how,
        account,
    } = datum.clone();
    DatumForm {
        account,
        category,
        how,
        version,
    }
}

fn datum(form: DatumForm) -> Datum {
    Datum {
        category: form.category,
        version: form.version,
        how: form.how,
        account: form.account,
    }
}

fn suppression_form(entry: &Suppression) -> Result<SuppressionForm, ReplayFault> {
    let Suppression {
        class,
        reach,
        at,
        scope,
        purpose,
    } = entry;
    Ok(SuppressionForm {
        at: Micros::of(*at)?,
        class: *class,
        purpose: purpose.clone(),
        reach: *reach,
        scope: ScopeForm::of(scope),
    })
}

fn suppression(form: SuppressionForm) -> Result<Suppression, ReplayFault> {
    Ok(Suppression {
        class: form.class,
        reach: form.reach,
        at: form.at.instant()?,
        scope: form.scope.into(),
        purpose: form.purpose,
    })
}
