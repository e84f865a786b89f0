//! The record of processing activities as people read it.

use super::html::{items, section, table, terms};
use super::record::{Activity, Record, RecordRecipient};
use crate::explain::{date, list};

/// An HTML fragment with everything that the record holds.
pub fn record_html(record: &Record) -> String {
    let mut out = who(record);
    out.push_str(&activities(&record.activities));
    out.push_str(&recipients(&record.recipients));
    out.push_str(&security(record));
    out
}

fn who(record: &Record) -> String {
    let who = &record.controller.who;
    let mut pairs = vec![
        ("Responsible", format!("{}, {}", who.name, who.post)),
        ("E-mail", who.email.clone()),
    ];
    pairs.extend(who.phone.clone().map(|phone| ("Phone", phone)));
    if !who.joint.is_empty() {
        pairs.push(("Together with", list(&who.joint, "and")));
    }
    if let Some(contact) = &record.privacy_contact {
        let said = [&contact.name, &contact.email, &contact.phone];
        let said: Vec<String> = said.into_iter().flatten().cloned().collect();
        pairs.push(("Privacy", said.join(", ")));
    }
    let from = date(record.in_force_from);
    pairs.push((
        "Policy",
        format!(
            "{} version {}, in force from {from}",
            record.policy, record.version
        ),
    ));
    pairs.push((
        "Record",
        format!(
            "of GDPR Article {}, as of {}",
            record.article,
            date(record.made_at)
        ),
    ));
    section("record-who", "Who is responsible", &terms(&pairs))
}

fn activities(all: &[Activity]) -> String {
    let row = |a: &Activity| {
        let places = a.basis.iter();
        let basis: Vec<String> = places
            .map(|(place, basis)| format!("{place}: {}", basis.replace('_', " ")))
            .collect();
        vec![
            a.title.clone(),
            or_undeclared(basis.join("; ")),
            a.people.to_owned(),
            list(&a.data, "and"),
            list(&a.recipients, "and"),
            a.kept.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let head = ["Activity", "Basis", "People", "Data", "Recipients", "Kept"];
    section("record-activities", "Activities", &table(&head, &rows))
}

fn or_undeclared(text: String) -> String {
    if text.is_empty() {
        "not declared".to_owned()
    } else {
        text
    }
}

fn recipients(all: &[RecordRecipient]) -> String {
    if all.is_empty() {
        let nobody = "<p>No recipient is declared.</p>";
        return section("record-recipients", "Recipients", nobody);
    }
    let row = |r: &RecordRecipient| {
        vec![
            r.title.clone(),
            or_undeclared(r.role.map_or("", super::recipients::role).to_owned()),
            or_undeclared(r.contract.clone().unwrap_or_default()),
            r.until.map_or_else(|| "open".to_owned(), date),
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let head = ["Recipient", "Role", "Contract", "Until"];
    section("record-recipients", "Recipients", &table(&head, &rows))
}

fn security(record: &Record) -> String {
    if record.security.is_empty() {
        let none = "<p>No measure is declared whose review is up to date.</p>";
        return section("record-security", "Security", none);
    }
    let line = |m: &super::record::Measure| {
        format!("{} ({}, reviewed {})", m.claim, m.owner, date(m.reviewed))
    };
    let lines: Vec<String> = record.security.iter().map(line).collect();
    section("record-security", "Security", &items(&lines))
}
