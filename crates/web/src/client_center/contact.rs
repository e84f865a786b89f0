//! One contact: what we may do and why, what we hold and from where, what happened.

use std::sync::Arc;

use avow_model::{ContactId, Facts, Timestamp};
use avow_policy::{PolicySet, PurposeRule, decide, explain};
use avow_store::{AccountRow, Contact, LedgerEntry as Entry, LedgerLine};
use axum::extract::{Path, State};
use axum::response::Html;

use super::contacts::{flags, name};
use super::guard::Member;
use super::shell::Noun;
use super::view::{ContactPage, DatumLine, Held, MayLine, Sentence};
use super::words::{Tone, When};
use super::{gate, ledger};
use crate::{App, PageFault};

/// Lines of the ledger on the page.
const LEDGER_LINES: u32 = 200;

fn sentence(s: avow_policy::Sentence) -> Sentence {
    let quiet = s.remedy.starts_with("Nothing to do");
    Sentence {
        text: s.text,
        remedy: if quiet { String::new() } else { s.remedy },
    }
}

/// What the gate says to one person about one purpose.
struct Bench<'a> {
    account: &'a AccountRow,
    policies: &'a PolicySet,
    facts: &'a Facts,
    now: Timestamp,
}

impl Bench<'_> {
    fn may(&self, rule: &PurposeRule) -> Option<MayLine> {
        let verb = rule.verbs.first()?.clone();
        let request = gate::question_about(self.account, rule, verb, self.facts);
        let decision = decide(&request, self.facts, self.now, self.policies);
        let told = explain(&decision, self.facts, self.policies);
        Some(MayLine {
            tone: if decision.is_allowed() {
                Tone::Good
            } else {
                Tone::Bad
            },
            title: rule.title.clone(),
            sentences: told.into_iter().map(sentence).collect(),
        })
    }

    fn all(&self) -> Vec<MayLine> {
        let version = self.policies.in_force(self.now);
        let rules = version.map_or(&[][..], |v| v.purposes());
        rules.iter().filter_map(|rule| self.may(rule)).collect()
    }
}

async fn may(
    app: &App,
    member: &Member,
    contact: ContactId,
) -> Result<(Vec<MayLine>, String), PageFault> {
    let facts = member.account.facts_or_down(contact).await;
    let account = member.account.row().await?;
    Ok(match gate::policies(app, &member.account).await? {
        Err(_) => (vec![], "The published policy cannot be enforced as it stands: nothing may be done. The policy page says what to mend.".to_owned()),
        Ok(policies) => {
            let bench = Bench { account: &account, policies: &policies, facts: &facts, now: app.now() };
            (bench.all(), "No policy is in force yet: nothing may be done.".to_owned())
        }
    })
}

/// `first_name` -> "First name".
fn label(field: &str) -> String {
    let words = field.replace('_', " ");
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

fn holds(contact: &Contact) -> Vec<Held> {
    let held = |label: &str, value: String| Held {
        label: label.to_owned(),
        value,
    };
    let address = contact.address.as_ref().map_or("erased", |a| a.expose());
    let mut out = vec![held("Address", address.to_owned())];
    out.extend(
        contact
            .fields
            .iter()
            .map(|(k, v)| held(&label(k), v.clone())),
    );
    let country = contact.jurisdiction.as_str();
    if country != "zz" {
        out.push(held("Country", country.to_uppercase()));
    }
    if contact.flags != avow_store::ContactFlags::default() {
        out.push(held("Noticed", flags(contact.flags)));
    }
    out
}

/// Each collection is one line: what, from whom, under which version.
fn data(lines: &[LedgerLine], now: Timestamp) -> Vec<DatumLine> {
    let datum = |line: &LedgerLine| match &line.entry {
        Entry::Fact { .. } => None,
        Entry::Collection {
            categories,
            version,
            how,
        } => {
            let names: Vec<_> = categories
                .iter()
                .map(avow_model::Category::as_str)
                .collect();
            Some(DatumLine {
                category: names.join(", "),
                how: ledger::how(*how).to_owned(),
                version: version.map_or_else(|| "none".to_owned(), |n| format!("version {n}")),
                when: When::new(line.at, now),
            })
        }
    };
    lines.iter().filter_map(datum).collect()
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Html<String>, PageFault> {
    let id: ContactId = id.parse().map_err(|_| PageFault::NotFound)?;
    let contact = member.account.contact(id).await?;
    let contact = contact.ok_or(PageFault::NotFound)?;
    let lines = member.account.ledger(id, LEDGER_LINES).await?;
    let (may, may_note) = may(&app, &member, id).await?;
    let now = app.now();
    let address = contact
        .address
        .as_ref()
        .map_or("Erased person", |a| a.expose());
    let cut = lines.len() == LEDGER_LINES as usize;
    app.templates.show(&ContactPage {
        shell: member.shell(Noun::Contacts),
        address: address.to_owned(),
        name: name(&contact.fields),
        may,
        may_note,
        holds: holds(&contact),
        data: data(&lines, now),
        ledger: lines.iter().map(|l| ledger::entry(l, now)).collect(),
        ledger_more: cut.then(|| format!("The newest {LEDGER_LINES} lines are shown.")),
    })
}
