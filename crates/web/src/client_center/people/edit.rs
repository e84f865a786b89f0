//! Writing somebody down by hand.
//!
//! Promises: data go in with where they come from and the policy version in force; what the policy does not declare is
//! refused with a sentence; a permission is recorded only where somebody attests it.

use std::collections::BTreeMap;
use std::sync::Arc;

use avow_collect::import::{AddFault, Added, Attestation, ImportPlan, MapRule, add as take_in};
use avow_model::{ContactId, EmailAddress, ListId, Purpose, Timestamp};
use avow_policy::{PolicySet, Version};
use avow_store::{ActKind, Contact, NewAct, StoreError};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::fields::fields;
use super::view::{EvidenceForm, Fault, Option_, PersonPage, PurposeChoice};
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

/// Before the names of the fields of a person: the form has others.
const OF_PERSON: &str = "f.";

pub(super) type Fields = Vec<(String, String)>;

/// What a form about a person holds.
pub(super) struct Sheet(Fields);

impl Sheet {
    pub(super) fn get(&self, wanted: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, value)| value.trim())
    }

    fn all<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(name, _)| name == wanted);
        found.map(|(_, value)| value.trim())
    }

    /// The fields of the person.
    pub(super) fn person(&self) -> BTreeMap<String, String> {
        let own = self.0.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix(OF_PERSON)?;
            Some((name.to_owned(), value.trim().to_owned()))
        });
        own.collect()
    }

    /// The evidence as it was typed.
    pub(super) fn evidence(&self, version: Option<&Version>) -> EvidenceForm {
        let chosen: Vec<&str> = self.all("purpose").collect();
        EvidenceForm {
            attested: self.get("attested") == "yes",
            source: self.get("source").to_owned(),
            wording: self.get("wording").to_owned(),
            date: self.get("date").to_owned(),
            soft_opt_in: self.get("soft_opt_in") == "yes",
            purposes: purposes(version, &chosen),
        }
    }
}

impl From<Fields> for Sheet {
    fn from(fields: Fields) -> Self {
        Self(fields)
    }
}

/// The purposes that somebody can have agreed to.
pub(super) fn purposes(version: Option<&Version>, chosen: &[&str]) -> Vec<PurposeChoice> {
    let rules = version.map_or(&[][..], |v| v.purposes()).iter();
    let rules = rules.filter(|rule| rule.kind.is_marketing_at_large());
    let choice = |rule: &avow_policy::PurposeRule| PurposeChoice {
        id: rule.id.to_string(),
        title: rule.title.clone(),
        chosen: chosen.contains(&rule.id.as_str()),
    };
    rules.map(choice).collect()
}

/// A day, or the moment itself.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let whole = text.parse::<Timestamp>().ok();
    whole.or_else(|| format!("{text}T00:00:00Z").parse().ok())
}

/// What somebody attests, out of what was typed; `None` where they attest nothing.
pub(super) fn attestation(
    form: &EvidenceForm,
    (signer, now): (&str, Timestamp),
    faults: &mut Vec<Fault>,
) -> Option<Attestation> {
    if !form.attested {
        return None;
    }
    if form.source.is_empty() {
        faults.push(Fault::new(
            "source",
            "Say where they said yes: a form, a fair, a shop.",
        ));
    }
    if form.wording.is_empty() {
        faults.push(Fault::new(
            "wording",
            "Say what they read or heard when they said yes.",
        ));
    }
    if !form.purposes.iter().any(|p| p.chosen) {
        faults.push(Fault::new(
            "purpose",
            "Tick what they said yes to; without that nothing may be sent.",
        ));
    }
    let at = moment(&form.date).filter(|at| *at <= now);
    if at.is_none() {
        faults.push(Fault::new(
            "date",
            "Say the day on which they said yes, today or earlier.",
        ));
    }
    Some(Attestation {
        at: at?,
        source: form.source.clone(),
        wording: form.wording.clone(),
        version: None,
        signer: signer.to_owned(),
        soft_opt_in: form.soft_opt_in,
    })
}

pub(super) async fn policies(
    app: &App,
    member: &Member,
) -> Result<Option<Arc<PolicySet>>, PageFault> {
    Ok(gate::policies(app, &member.account).await?.ok())
}

/// What a page about a person shows again.
pub(super) struct Shown<'a> {
    pub(super) member: &'a Member,
    pub(super) sheet: &'a Sheet,
    pub(super) set: Option<&'a PolicySet>,
    pub(super) contact: Option<&'a Contact>,
    pub(super) faults: Vec<Fault>,
    pub(super) known: Option<String>,
}

impl Shown<'_> {
    pub(super) async fn page(self, app: &App) -> Result<Response, PageFault> {
        let member = self.member;
        let version = self.set.and_then(|set| set.in_force(app.now()));
        let mut held = self.contact.map(|c| c.fields.clone()).unwrap_or_default();
        held.extend(self.sheet.person());
        let lists = member.account.lists().await?;
        let chosen = self.sheet.get("list");
        let list = |l: avow_store::ListRow| Option_ {
            chosen: l.id.to_string() == chosen,
            value: l.id.to_string(),
            label: l.name,
        };
        let id = self.contact.map(|c| c.id.to_string());
        let base = format!("{}/contacts", member.base());
        let address = match self.contact {
            Some(contact) => contact.address.as_ref().map_or("", |a| a.expose()),
            None => self.sheet.get("email"),
        };
        let back = id
            .as_ref()
            .map_or(base.clone(), |id| format!("{base}/{id}"));
        let status = if self.faults.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let html = app.templates.show(&PersonPage {
            shell: member.shell(Noun::Contacts),
            heading: match self.contact {
                None => "Add a contact".to_owned(),
                Some(_) => format!("Change {address}"),
            },
            action: id
                .as_ref()
                .map_or(format!("{base}/new"), |id| format!("{base}/{id}/edit")),
            back,
            contact: id,
            address: address.to_owned(),
            fields: version.map(|v| fields(v, &held)).unwrap_or_default(),
            country: self.sheet.get("country").to_owned(),
            lists: lists.into_iter().map(list).collect(),
            evidence: self.sheet.evidence(version),
            version: version.map(Version::n),
            origin: self.sheet.get("origin").to_owned(),
            faults: self.faults,
            known: self.known,
        })?;
        Ok((status, html).into_response())
    }
}

/// The form for somebody new.
pub(super) async fn new(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let set = policies(&app, &member).await?;
    let shown = Shown {
        member: &member,
        sheet: &Sheet(vec![]),
        set: set.as_deref(),
        contact: None,
        faults: vec![],
        known: None,
    };
    shown.page(&app).await
}

/// The row that a file with this person in it would have, and how its columns are read.
fn row(sheet: &Sheet) -> (Vec<(String, String)>, Vec<MapRule>) {
    let mut row = vec![("email".to_owned(), sheet.get("email").to_owned())];
    let mut map = Vec::new();
    for (name, value) in sheet.person().into_iter().filter(|(_, v)| !v.is_empty()) {
        // A name that is no field is named again by the refusal.
        map.extend(format!("{name}=field:{name}").parse::<MapRule>());
        row.push((name, value));
    }
    row.push(("country".to_owned(), sheet.get("country").to_owned()));
    (row, map)
}

fn plan(
    member: &Member,
    sheet: &Sheet,
    (set, now): (&PolicySet, Timestamp),
    faults: &mut Vec<Fault>,
) -> ImportPlan {
    let evidence = sheet.evidence(set.in_force(now));
    let signer = member.visitor.address.as_str();
    let chosen = evidence
        .purposes
        .iter()
        .filter(|p| p.chosen && evidence.attested);
    ImportPlan {
        purposes: chosen
            .filter_map(|p| p.id.parse::<Purpose>().ok())
            .collect(),
        attestation: attestation(&evidence, (signer, now), faults),
        list: sheet.get("list").parse::<ListId>().ok(),
        ..ImportPlan::new(
            &format!("the form for contacts, filled in by {signer}"),
            now,
        )
    }
}

/// Takes somebody in.
pub(super) async fn add(
    State(app): State<Arc<App>>,
    member: Member,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let (sheet, now) = (Sheet(fields), app.now());
    let set = policies(&app, &member).await?;
    let mut faults = Vec::new();
    let mut known = None;
    match sheet.get("email").parse::<EmailAddress>() {
        Err(fault) => faults.push(Fault::new("email", format!("This is no address: {fault}."))),
        Ok(address) => {
            let there = member.account.contact_by_address(&address).await?;
            known = there.map(|c| format!("{}/contacts/{}", member.base(), c.id));
        }
    }
    if known.is_some() {
        faults.push(Fault::new(
            "email",
            "This person is here already. Open their page and change it there.",
        ));
    }
    if let Some(set) = &set {
        let plan = plan(&member, &sheet, (set, now), &mut faults);
        let (row, map) = row(&sheet);
        if faults.is_empty() {
            let plan = ImportPlan { map, ..plan };
            match take_in(&plan, &member.account, set, row).await {
                Ok(Added::New(id) | Added::Known(id, _)) => return added(&app, &member, id).await,
                Ok(Added::Erased) => faults.push(Fault::new("email", "This person had everything about them erased. Only they can come back, by a form.")),
                Err(fault) => faults.push(told(fault)?),
            }
        }
    } else {
        faults.push(Fault::new(
            "email",
            "Publish a policy first: what you hold about people is bound to it.",
        ));
    }
    let shown = Shown {
        member: &member,
        sheet: &sheet,
        set: set.as_deref(),
        contact: None,
        faults,
        known,
    };
    shown.page(&app).await
}

fn told(fault: AddFault) -> Result<Fault, PageFault> {
    Ok(match fault {
        AddFault::Undeclared(names) => {
            let text = format!(
                "The policy declares no category for {}, so it may not be held. Add the category to the policy first, or leave the field empty.",
                names.join(", ")
            );
            Fault::new("fields", text)
        }
        AddFault::Row(reject) => Fault::new("email", format!("This cannot be taken in: {reject}.")),
        AddFault::Plan(avow_collect::import::ImportError::Store(fault)) => return Err(fault.into()),
        AddFault::Plan(fault) => Fault::new("fields", format!("This cannot be taken in: {fault}.")),
    })
}

pub(super) async fn note(member: &Member, kind: ActKind, id: ContactId) -> Result<(), StoreError> {
    let act = NewAct {
        who: member.visitor.address.clone(),
        kind,
        about: id.to_string(),
    };
    member.account.note_act(act).await
}

async fn added(app: &App, member: &Member, id: ContactId) -> Result<Response, PageFault> {
    note(member, ActKind::ContactAdded, id).await?;
    app.center.forget_totals();
    let to = format!("{}/contacts/{id}?said=contact-added", member.base());
    Ok(Redirect::to(&to).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attestation_without_its_parts_names_each_of_them() {
        let now = Timestamp::from_second(1_780_000_000).unwrap();
        let mut faults = Vec::new();
        let form = EvidenceForm {
            attested: true,
            date: "2999-01-01".to_owned(),
            ..EvidenceForm::default()
        };
        assert!(attestation(&form, ("grace@example.org", now), &mut faults).is_none());
        let fields: Vec<_> = faults.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["source", "wording", "purpose", "date"]);
        let none = EvidenceForm::default();
        faults.clear();
        assert!(attestation(&none, ("grace@example.org", now), &mut faults).is_none());
        assert!(faults.is_empty());
    }
}
