//! Rule packs: what the law of a person's country asks for beyond the published policy.
//!
//! A pack can only make things stricter. It is a file too; no country is known to the code.

use avow_model::{Jurisdiction, Slug};

use crate::reader::{At, Reader, Table};
use crate::source::{Diagnostic, SourceFile};
use crate::version::{ChoiceRule, Kind};

/// Longest window of implied consent, in calendar months.
const MONTHS_MAX: u32 = 120;

/// A ground that a pack accepts in place of an opt-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// The attested soft opt-in of a customer.
    SoftOptIn,
    /// A recent purchase or inquiry, within calendar months.
    Implied {
        purchase_months: Option<u32>,
        inquiry_months: Option<u32>,
    },
}

/// What a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// At least this choice, or one of the other grounds.
    Choice {
        least: ChoiceRule,
        instead: Vec<Instead>,
    },
    /// Never.
    Forbid,
    /// Asking for a choice by mail needs a permission that stands already.
    AskOnlyWithPermission,
}

/// One rule of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Kinds of purpose it is about; empty = any.
    pub kinds: Vec<Kind>,
    /// Only purposes whose published choice is this.
    pub when_choice: Option<ChoiceRule>,
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
}

/// A compiled pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    pub name: Slug,
    pub title: String,
    pub jurisdictions: Vec<Jurisdiction>,
    pub rules: Vec<Rule>,
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
    let title = root.needed_text("title", "how pages call the pack");
    let jurisdictions = read_jurisdictions(root);
    let tables = root.array_of_tables("rule");
    let rules = tables.into_iter().filter_map(read_rule).collect();
    Some(Pack {
        name: name?.value,
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
                "two letters: a country, \"eu\", or \"zz\" for unknown",
            ),
        }
    }
    out
}

fn read_rule(mut table: Table<'_, '_>) -> Option<Rule> {
    let kinds = table.words("kinds", &Kind::WORDS);
    let when_choice = table.word("when_choice", &ChoiceRule::WORDS);
    let why = table.needed_text(
        "why",
        "one sentence: what the rule asks, and where it stands",
    );
    let demand = read_demand(&mut table);
    table.finish();
    Some(Rule {
        kinds,
        when_choice: when_choice.map(|w| w.value),
        demand: demand?,
        why: why?.value.to_owned(),
    })
}

fn read_demand(table: &mut Table<'_, '_>) -> Option<Demand> {
    const HINT: &str = "needs = \"opt_in\", forbid = true or ask = \"only_with_permission\"";
    let needs = table.word("needs", &ChoiceRule::WORDS);
    let instead = read_instead(table);
    let forbid = table.flag("forbid").is_some_and(|f| f.value);
    let ask = table.word("ask", &[("only_with_permission", ())]);
    match (needs, forbid, ask) {
        (Some(needs), false, None) => Some(Demand::Choice {
            least: needs.value,
            instead,
        }),
        (None, true, None) if instead.is_empty() => Some(Demand::Forbid),
        (None, false, Some(_)) if instead.is_empty() => Some(Demand::AskOnlyWithPermission),
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
