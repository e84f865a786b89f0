//! One contact: what we may do and why, what we hold and from where, what happened.

use std::sync::Arc;

use avow_model::{Action, ContactId, Facts, Timestamp};
use avow_policy::{PolicySet, PurposeRule, decide, explain};
use avow_store::{
    AccountRow, Contact, LedgerEntry as Entry, LedgerLine, SubscriptionRow, SubscriptionState,
};
use axum::extract::{Path, State};
use axum::response::Html;

use super::contacts::{flags, name};
use super::guard::Member;
use super::people::fields::label;
use super::shell::Noun;
use super::staff::{self, Sight, Veil};
use super::view::{ContactPage, DatumLine, Held, MayLine, OnList, Sentence};
use super::words::{Tone, When};
use super::{gate, ledger, single};
use crate::{App, PageFault};

/// Stands where the gate shows a value to nobody in this role.
const NOT_SHOWN: &str = "not shown to your role";
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

fn holds(contact: &Contact, sees: &dyn Fn(&str) -> bool) -> Vec<Held> {
    let held = |label: &str, value: String| Held {
        label: label.to_owned(),
        value,
    };
    let address = contact.address.as_ref().map_or("erased", |a| a.expose());
    let shown = |field: &str, value: &str| {
        let value = if sees(field) { value } else { NOT_SHOWN };
        value.to_owned()
    };
    let mut out = vec![held("Address", shown("email", address))];
    let fields = contact.fields.iter();
    out.extend(fields.map(|(k, v)| held(&label(k), shown(k, v))));
    if !sees("email") {
        return out;
    }
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

async fn places(member: &Member, id: ContactId, now: Timestamp) -> Result<Vec<OnList>, PageFault> {
    let rows = member.account.subscriptions(id).await?;
    let place = |row: SubscriptionRow| {
        let (tone, standing) = match row.state {
            SubscriptionState::Confirmed => (Tone::Good, say!("contacts-place-on")),
            SubscriptionState::Pending => (Tone::Notice, say!("contacts-place-pending")),
            SubscriptionState::Ended => (Tone::Neutral, say!("contacts-place-left")),
        };
        OnList {
            id: row.list.to_string(),
            name: row.name,
            tone,
            standing,
            since: When::new(row.at, now),
        }
    };
    Ok(rows.into_iter().map(place).collect())
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
    let sight = match contact.address {
        Some(_) => staff::look(&app, &member, (id, "the contact's page")).await?,
        // Nothing is left to see.
        None => Sight::Whole,
    };
    let lines = member.account.ledger(id, LEDGER_LINES).await?;
    let policies = gate::policies(&app, &member.account).await?.ok();
    let version = policies.as_ref().and_then(|set| set.in_force(app.now()));
    let sees = |field: &str| sight.shows_field(field, version);
    let (may, may_note) = may(&app, &member, id).await?;
    let now = app.now();
    let address = contact.address.as_ref().map_or_else(
        || "Erased person".to_owned(),
        |a| Veil::of(sees("email")).address(a),
    );
    let cut = lines.len() == LEDGER_LINES as usize;
    app.templates.show(&ContactPage {
        shell: member.shell(Noun::Contacts),
        id: id.to_string(),
        keeps: member.may(Action::KeepContacts)
            && contact.address.is_some()
            && sight == Sight::Whole,
        lists: places(&member, id, now).await?,
        address,
        name: if sees("first_name") {
            name(&contact.fields)
        } else {
            String::new()
        },
        may,
        may_note,
        holds: holds(&contact, &sees),
        data: data(&lines, now),
        messages: single::messages_of(&app, &member, id).await?,
        ledger: lines.iter().map(|l| ledger::entry(l, now)).collect(),
        ledger_more: cut.then(|| format!("The newest {LEDGER_LINES} lines are shown.")),
    })
}
