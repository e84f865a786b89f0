//! Rows as they are typed and rows as the language has them: the way there and back.

use avow_model::{CampaignId, Category};
use avow_policy::Version;
use avow_policy::segment::rows::{Group, Part, Row};
use avow_policy::segment::{Act, Comparison, Doing, Test, Value};

use super::draft::{DraftGroup, DraftPart, DraftRow, What};

/// Operators of a field, with their words for the form and for people. The last two need no value.
pub(super) const FIELD_OPS: [(&str, &str); 14] = [
    ("is", "is"),
    ("is_not", "is not"),
    ("in", "is one of"),
    ("not_in", "is none of"),
    ("contains", "contains"),
    ("not_contains", "does not contain"),
    ("starts", "starts with"),
    ("not_starts", "does not start with"),
    ("less", "is less than, or before"),
    ("at_least", "is at least, or from"),
    ("more", "is more than, or after"),
    ("at_most", "is at most, or until"),
    ("known", "is known"),
    ("not_known", "is not known"),
];
pub(super) const LIST_OPS: [(&str, &str); 2] =
    [("on", "is on the list"), ("not_on", "is not on the list")];
pub(super) const PERMIT_OPS: [(&str, &str); 2] = [
    ("may", "may be reached for"),
    ("may_not", "may not be reached for"),
];
pub(super) const DEED_OPS: [(&str, &str); 4] = [
    ("opened", "opened"),
    ("not_opened", "did not open"),
    ("clicked", "clicked in"),
    ("not_clicked", "did not click in"),
];

impl What {
    /// What a condition of this sort can say.
    pub(super) const fn ops(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Field(_) => &FIELD_OPS,
            Self::List => &LIST_OPS,
            Self::Permit => &PERMIT_OPS,
            Self::Deed => &DEED_OPS,
        }
    }
}

/// What is wrong with one row, by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowFault {
    pub n: usize,
    pub text: String,
}

/// The rows as the language has them, or what to mend in which.
pub(super) fn read(draft: &DraftGroup, version: &Version) -> Result<Group, Vec<RowFault>> {
    let mut reading = Reading {
        version,
        n: 0,
        faults: Vec::new(),
    };
    let group = reading.group(draft);
    if reading.faults.is_empty() {
        Ok(group)
    } else {
        Err(reading.faults)
    }
}

struct Reading<'v> {
    version: &'v Version,
    n: usize,
    faults: Vec<RowFault>,
}

impl Reading<'_> {
    fn group(&mut self, draft: &DraftGroup) -> Group {
        let own = self.n;
        self.n += 1;
        if draft.parts.is_empty() {
            let text = "This group is empty: add a condition, or remove the group.";
            self.fault(own, text);
        }
        let mut parts = Vec::with_capacity(draft.parts.len());
        for part in &draft.parts {
            match part {
                DraftPart::Group(group) => parts.push(Part::Group(self.group(group))),
                DraftPart::Row(row) => {
                    match self.row(row) {
                        Ok(row) => parts.push(Part::Row(row)),
                        Err(text) => self.fault(self.n, text),
                    }
                    self.n += 1;
                }
            }
        }
        Group {
            joint: draft.joint,
            negated: draft.negated,
            parts,
        }
    }

    fn fault(&mut self, n: usize, text: &str) {
        let text = text.to_owned();
        self.faults.push(RowFault { n, text });
    }

    fn row(&self, row: &DraftRow) -> Result<Row, &'static str> {
        let first = row.what.ops()[0].0;
        let op = if row.op.is_empty() { first } else { &row.op };
        let (op, negated) = match op.strip_prefix("not_").or_else(|| op.strip_suffix("_not")) {
            Some(op) => (op, true),
            None => (op, false),
        };
        let value = row.value.trim();
        let named = |missing: &'static str| {
            if value.is_empty() {
                Err(missing)
            } else {
                Ok(value)
            }
        };
        let test = match &row.what {
            What::List => Test::OnList {
                list: named("Choose a list.")?
                    .parse()
                    .map_err(|_| "Choose a list.")?,
            },
            What::Permit => Test::Permits {
                purpose: named("Choose a purpose.")?
                    .parse()
                    .map_err(|_| "Choose a purpose.")?,
            },
            What::Deed => Test::Did(doing(op, value, &row.days)?),
            What::Field(field) => {
                let (is, turned) = comparison(op, &row.value)?;
                let test = Test::Data {
                    category: self.category(field)?,
                    field: field.clone(),
                    is,
                };
                return Ok(Row {
                    test,
                    negated: negated || turned,
                });
            }
        };
        Ok(Row { test, negated })
    }

    fn category(&self, field: &str) -> Result<Category, &'static str> {
        let own = avow_deliver::category_of(field, self.version);
        let declared = own.filter(|own| self.version.categories().iter().any(|c| c.id == *own));
        declared.ok_or(
            "The policy in force declares no such data. Remove this condition, or publish a version that declares it.",
        )
    }
}

fn doing(op: &str, campaign: &str, days: &str) -> Result<Doing, &'static str> {
    let act = if op == "clicked" {
        Act::Clicked
    } else {
        Act::Opened
    };
    let campaign = match campaign {
        "" => None,
        id => Some(
            id.parse::<CampaignId>()
                .map_err(|_| "Choose a campaign, or any.")?,
        ),
    };
    let within_days = match days.trim() {
        "" => None,
        days => Some(
            days.parse()
                .map_err(|_| "Write the days as a whole number, or leave them empty.")?,
        ),
    };
    Ok(Doing {
        act,
        campaign,
        at_least: 1,
        within_days,
    })
}

/// The comparison, and whether the operator is the contrary of it.
fn comparison(op: &str, typed: &str) -> Result<(Comparison, bool), &'static str> {
    if op == "known" {
        return Ok((Comparison::Present, false));
    }
    if typed.trim().is_empty() {
        return Err("Write what it is compared with.");
    }
    let (value, text) = (Value::typed(typed), Value::typed_text(typed));
    Ok(match op {
        "in" => (Comparison::OneOf(Value::typed_list(typed)), false),
        "contains" => (Comparison::Contains(text), false),
        "starts" => (Comparison::StartsWith(text), false),
        "less" => (Comparison::LessThan(value), false),
        "at_least" => (Comparison::LessThan(value), true),
        "more" => (Comparison::MoreThan(value), false),
        "at_most" => (Comparison::MoreThan(value), true),
        _ => (Comparison::Is(value), false),
    })
}

/// The rows as a form shows them; `None` where it has no field for something.
pub(super) fn shown(group: &Group) -> Option<DraftGroup> {
    let part = |part: &Part| {
        Some(match part {
            Part::Group(group) => DraftPart::Group(shown(group)?),
            Part::Row(row) => DraftPart::Row(shown_row(row)?),
        })
    };
    Some(DraftGroup {
        joint: group.joint,
        negated: group.negated,
        parts: group.parts.iter().map(part).collect::<Option<_>>()?,
    })
}

fn shown_row(row: &Row) -> Option<DraftRow> {
    let turn = |plain: &str, not: &str| if row.negated { not } else { plain }.to_owned();
    let (what, op, value, days) = match &row.test {
        Test::OnList { list } => (What::List, turn("on", "not_on"), list.to_string(), None),
        Test::Permits { purpose } => (
            What::Permit,
            turn("may", "may_not"),
            purpose.to_string(),
            None,
        ),
        Test::Did(Doing {
            at_least: 1,
            act,
            campaign,
            within_days,
        }) => {
            let op = match act {
                Act::Opened => turn("opened", "not_opened"),
                Act::Clicked => turn("clicked", "not_clicked"),
            };
            let campaign = campaign.map_or_else(String::new, |id| id.to_string());
            (What::Deed, op, campaign, *within_days)
        }
        // A form has no field for how often.
        Test::Did(_) => return None,
        Test::Data { field, is, .. } => {
            let (op, value) = match is {
                Comparison::Is(value) => (turn("is", "is_not"), value.shown()),
                Comparison::OneOf(values) => (turn("in", "not_in"), Value::shown_list(values)),
                Comparison::Contains(part) => {
                    (turn("contains", "not_contains"), Value::shown_text(part))
                }
                Comparison::StartsWith(part) => {
                    (turn("starts", "not_starts"), Value::shown_text(part))
                }
                Comparison::LessThan(value) => (turn("less", "at_least"), value.shown()),
                Comparison::MoreThan(value) => (turn("more", "at_most"), value.shown()),
                Comparison::Present => (turn("known", "not_known"), String::new()),
            };
            (What::Field(field.clone()), op, value, None)
        }
    };
    Some(DraftRow {
        what,
        op,
        value,
        days: days.map_or_else(String::new, |days| days.to_string()),
        fresh: false,
    })
}
