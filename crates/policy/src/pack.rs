//! Rule packs: what the law of a person's country asks for beyond the published policy.
//!
//! A pack can only make things stricter. It is a file too; no country is known to the code.

use avow_model::{Jurisdiction, Slug, Timestamp};

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::reader::{At, Reader, Table};
use crate::source::SourceFile;
use crate::version::{ChoiceRule, Kind, PackRef, PackStatus};

/// Laws about age are about children and youths.
const AGE_MAX: u32 = 100;
/// Packs are versioned by people.
const PACK_VERSION_MAX: u32 = 10_000;
/// Longest window of implied consent, in calendar months.
const MONTHS_MAX: u32 = 120;

/// A ground that a pack accepts in place of an opt-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Instead {
    /// The attested soft opt-in of a customer.
    SoftOptIn,
    /// A recent purchase or inquiry, within calendar months.
    Implied {
        #[serde(default, skip_serializing_if = "is_default")]
        purchase_months: Option<u32>,
        #[serde(default, skip_serializing_if = "is_default")]
        inquiry_months: Option<u32>,
    },
}

/// What a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Demand {
    /// At least this choice, or one of the other grounds.
    Choice {
        least: ChoiceRule,
        #[serde(default, skip_serializing_if = "is_default")]
        instead: Vec<Instead>,
    },
    /// Never.
    Forbid,
    /// Asking for a choice by mail needs a permission that stands already.
    AskOnlyWithPermission,
    /// A signal of the browser counts as the person's no. Whoever serves a page records it as one.
    HonourSignal(Signal),
}

/// A signal by which a browser says no for its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Global Privacy Control: the header `Sec-GPC: 1`.
    Gpc,
}

/// One rule of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Kinds of purpose it is about; empty = any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kinds: Vec<Kind>,
    /// Only purposes whose published choice is this.
    #[serde(default, skip_serializing_if = "is_default")]
    pub when_choice: Option<ChoiceRule>,
    /// Only people known to be younger than this, in years.
    #[serde(default, skip_serializing_if = "is_default")]
    pub under_age: Option<u8>,
    pub demand: Demand,
    /// One sentence for people: what the rule asks and where it stands.
    pub why: String,
}

impl Rule {
    /// True when the rule is about this purpose.
    pub(crate) fn concerns(&self, kind: Kind, choice: ChoiceRule) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && self.when_choice.is_none_or(|when| when == choice)
    }

    /// True when the rule is about somebody of this age; unknown is an adult.
    pub(crate) fn reaches(&self, age: Option<u8>) -> bool {
        let younger = |limit| age.is_some_and(|years| years < limit);
        self.under_age.is_none_or(younger)
    }
}

/// A compiled pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    #[serde(rename = "pack")]
    pub name: Slug,
    /// Counts from 1, one more with each change of its rules.
    pub version: u32,
    /// Rules that are only proposed bind where a policy promises them by name.
    pub status: PackStatus,
    /// When it became or becomes law, for people to read: the rules bind from the day they are here.
    #[serde(default, skip_serializing_if = "is_default")]
    pub since: Option<Timestamp>,
    pub title: String,
    #[serde(with = "as_texts")]
    pub jurisdictions: Vec<Jurisdiction>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub rules: Vec<Rule>,
}

impl Pack {
    /// The name that the pack is kept under: packs without a version, and first versions, by name alone.
    pub fn key(&self) -> String {
        match self.version {
            1 => self.name.to_string(),
            n => format!("{}@{n}", self.name),
        }
    }

    /// True when a policy that names this means this pack.
    pub fn answers(&self, wanted: &PackRef) -> bool {
        self.name == wanted.name && wanted.version.is_none_or(|n| n == self.version)
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Jurisdictions in canonical form.
mod as_texts {
    use avow_model::Jurisdiction;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(all: &[Jurisdiction], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().map(Jurisdiction::as_str))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Jurisdiction>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let known = |text: String| Jurisdiction::parse(&text);
        let all: Option<Vec<_>> = texts.into_iter().map(known).collect();
        all.ok_or_else(|| D::Error::custom("a jurisdiction is \"us\" or \"us-ca\""))
    }
}

/// True when a source is a pack and not a policy: its first key-value line says so.
pub(crate) fn is_pack(file: &SourceFile) -> bool {
    let key = |line: &str| line.split('=').next().map(str::trim).map(str::to_owned);
    let mut lines = file.text.lines().map(str::trim);
    let first = lines.find(|l| !l.is_empty() && !l.starts_with('#'));
    first.and_then(key).as_deref() == Some("pack")
}

/// Reads one pack. Never panics, whatever the text.
pub(crate) fn parse(file: &SourceFile) -> Result<Pack, Vec<Diagnostic>> {
    let reader = Reader::new(file);
    let pack = reader.parse().and_then(|table| {
        let mut root = Table::root(&reader, &table);
        let pack = read_pack(&mut root);
        root.finish();
        pack
    });
    let faults = reader.into_faults();
    match pack {
        Some(pack) if faults.is_empty() => Ok(pack),
        _ => Err(faults),
    }
}

fn read_pack(root: &mut Table<'_, '_>) -> Option<Pack> {
    let name: Option<At<Slug>> = root.name("pack");
    let version = root.number("version", 1..PACK_VERSION_MAX);
    let status = root.word("status", &PackStatus::WORDS);
    let since = root.instant_if_any("since", "write since = 2026-01-01");
    let title = root.needed_text("title", "how pages call the pack");
    let jurisdictions = read_jurisdictions(root);
    let tables = root.array_of_tables("rule");
    let rules = tables.into_iter().filter_map(read_rule).collect();
    Some(Pack {
        name: name?.value,
        version: version.map_or(1, |v| v.value),
        status: status.map_or(PackStatus::InForce, |s| s.value),
        since: since.map(|s| s.value),
        title: title?.value.to_owned(),
        jurisdictions,
        rules,
    })
}

fn read_jurisdictions(root: &mut Table<'_, '_>) -> Vec<Jurisdiction> {
    let texts = root.texts("jurisdictions");
    if texts.is_empty() {
        root.missing("jurisdictions", "for example jurisdictions = [\"ca\"]");
    }
    let mut out = Vec::new();
    for text in texts {
        match Jurisdiction::parse(text.value) {
            Some(jurisdiction) => out.push(jurisdiction),
            None => root.reader.fault_hint(
                &text.span,
                format!("\"{}\" is no jurisdiction", text.value),
                "a country such as \"us\", \"eu\", \"zz\" for unknown, or a subdivision such as \"us-ca\" (ISO 3166-2)",
            ),
        }
    }
    out
}

fn read_rule(mut table: Table<'_, '_>) -> Option<Rule> {
    let kinds = table.words("kinds", &Kind::WORDS);
    let when_choice = table.word("when_choice", &ChoiceRule::WORDS);
    let under_age = table.number("under_age", 1..AGE_MAX + 1);
    let why = table.needed_text(
        "why",
        "one sentence: what the rule asks, and where it stands",
    );
    let demand = read_demand(&mut table);
    table.finish();
    Some(Rule {
        kinds,
        when_choice: when_choice.map(|w| w.value),
        under_age: under_age.map(|age| age.value as u8),
        demand: demand?,
        why: why?.value.to_owned(),
    })
}

fn read_demand(table: &mut Table<'_, '_>) -> Option<Demand> {
    const HINT: &str =
        "needs = \"opt_in\", forbid = true, ask = \"only_with_permission\" or signal = \"gpc\"";
    let needs = table.word("needs", &ChoiceRule::WORDS);
    let instead = read_instead(table);
    let forbid = table.flag("forbid").is_some_and(|f| f.value);
    let ask = table.word("ask", &[("only_with_permission", ())]);
    let signal = table.word("signal", &[("gpc", Signal::Gpc)]);
    let alone = instead.is_empty();
    match (needs, forbid, ask, signal) {
        (Some(needs), false, None, None) => Some(Demand::Choice {
            least: needs.value,
            instead,
        }),
        (None, true, None, None) if alone => Some(Demand::Forbid),
        (None, false, Some(_), None) if alone => Some(Demand::AskOnlyWithPermission),
        (None, false, None, Some(signal)) if alone => Some(Demand::HonourSignal(signal.value)),
        _ => {
            let message = "a rule asks for exactly one thing";
            table.reader.fault_hint(&table.span, message, HINT);
            None
        }
    }
}

fn read_instead(table: &mut Table<'_, '_>) -> Vec<Instead> {
    let soft = table.flag("or_soft_opt_in").is_some_and(|f| f.value);
    let mut out = Vec::new();
    if soft {
        out.push(Instead::SoftOptIn);
    }
    if let Some(mut implied) = table.table("or_implied") {
        let purchase = implied.number("purchase_months", 1..MONTHS_MAX + 1);
        let inquiry = implied.number("inquiry_months", 1..MONTHS_MAX + 1);
        implied.finish();
        out.push(Instead::Implied {
            purchase_months: purchase.map(|m| m.value),
            inquiry_months: inquiry.map(|m| m.value),
        });
    }
    out
}
