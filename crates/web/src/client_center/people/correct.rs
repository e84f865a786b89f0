//! Correcting what is held of a person, in their stead.
//!
//! Promises: a correction says where it comes from and is bound to the policy version in force; what that version does
//! not declare is refused with a sentence. Never: touches a permission.

use std::collections::BTreeMap;
use std::sync::Arc;

use avow_collect::import::{MapRule, Role};
use avow_model::{Category, ContactId, How, Timestamp};
use avow_policy::Version;
use avow_store::{ActKind, Contact, Evidence, EvidenceKind, NewCollection, NewContact};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::edit::{Fields, Sheet, Shown, note, policies};
use super::view::Fault;
use crate::client_center::guard::Member;
use crate::client_center::staff::{self, Sight};
use crate::{App, PageFault};

/// Longest value of one field: the import keeps as much.
const VALUE_BYTES_MAX: usize = 2_000;

async fn held(app: &App, member: &Member, id: &str) -> Result<Contact, PageFault> {
    let id: ContactId = id.parse().map_err(|_| PageFault::NotFound)?;
    let contact = member.account.contact(id).await?;
    let contact = contact.filter(|c| c.address.is_some());
    let contact = contact.ok_or(PageFault::NotFound)?;
    match staff::look(app, member, (contact.id, "the form to change a contact")).await? {
        Sight::Whole => Ok(contact),
        // Whoever may not see everything cannot tell what to correct.
        Sight::Part(_) => Err(PageFault::Bad("The policy shows your role only a part of this person's data. Somebody who sees all of it can change it; the person can, too, on their preference page.".to_owned())),
    }
}

/// The form with what is held.
pub(super) async fn form(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageFault> {
    let contact = held(&app, &member, &id).await?;
    let set = policies(&app, &member).await?;
    let shown = Shown {
        member: &member,
        sheet: &Sheet::from(vec![]),
        set: set.as_deref(),
        contact: Some(&contact),
        faults: vec![],
        known: None,
    };
    shown.page(&app).await
}

/// What a form changes of what is held. Pure.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change {
    /// New values, none of them empty.
    set: BTreeMap<String, String>,
    /// Fields that were emptied.
    gone: Vec<String>,
}

fn change(held: &BTreeMap<String, String>, typed: &BTreeMap<String, String>) -> Change {
    let mut change = Change::default();
    for (name, value) in typed {
        match (held.get(name), value.as_str()) {
            (None, "") => {}
            (Some(_), "") => change.gone.push(name.clone()),
            (before, value) if before.map(String::as_str) != Some(value) => {
                change.set.insert(name.clone(), value.to_owned());
            }
            _ => {}
        }
    }
    change
}

/// The categories of changed fields, or the fields for which the version has none.
fn categories(version: &Version, change: &Change) -> Result<Vec<Category>, Vec<String>> {
    let (mut found, mut without) = (Vec::new(), Vec::new());
    for name in change.set.keys() {
        let rule = format!("x=field:{name}").parse::<MapRule>().ok();
        let category = rule.and_then(|rule| match rule.role {
            Role::Field { category, .. } => Some(category),
            _ => None,
        });
        match category.filter(|c| version.category(c).is_some()) {
            Some(category) if found.contains(&category) => {}
            Some(category) => found.push(category),
            None => without.push(name.clone()),
        }
    }
    if without.is_empty() {
        Ok(found)
    } else {
        Err(without)
    }
}

/// Keeps what was changed.
pub(super) async fn save(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let contact = held(&app, &member, &id).await?;
    let (sheet, set) = (Sheet::from(fields), policies(&app, &member).await?);
    let change = change(&contact.fields, &sheet.person());
    let version = set.as_ref().and_then(|set| set.in_force(app.now()));
    let mut faults = Vec::new();
    if sheet.get("origin").is_empty() {
        faults.push(Fault::new("origin", "Say where this comes from: the person on the telephone, a letter, a mistake of typing."));
    }
    if change
        .set
        .values()
        .any(|value| value.len() > VALUE_BYTES_MAX)
    {
        faults.push(Fault::new(
            "fields",
            "A value is longer than 2,000 signs. Shorten it.",
        ));
    }
    let categories = version.map(|v| categories(v, &change));
    match categories {
        None => faults.push(Fault::new(
            "fields",
            "No policy is in force: nothing may be collected. Publish one first.",
        )),
        Some(Err(without)) => {
            let text = format!(
                "The policy in force declares no category for {}, so it may not be held.",
                without.join(", ")
            );
            faults.push(Fault::new("fields", text));
        }
        Some(Ok(categories)) if faults.is_empty() => {
            let now = app.now();
            let corrected = Corrected {
                categories,
                version: version.map(Version::n),
                origin: sheet.get("origin"),
                now,
            };
            corrected.keep(&member, contact, change).await?;
            let to = format!("{}/contacts/{id}?said=contact-changed", member.base());
            return Ok(Redirect::to(&to).into_response());
        }
        Some(Ok(_)) => {}
    }
    let shown = Shown {
        member: &member,
        sheet: &sheet,
        set: set.as_deref(),
        contact: Some(&contact),
        faults,
        known: None,
    };
    shown.page(&app).await
}

/// What stands behind a correction.
struct Corrected<'a> {
    categories: Vec<Category>,
    version: Option<u32>,
    origin: &'a str,
    now: Timestamp,
}

impl Corrected<'_> {
    async fn keep(
        self,
        member: &Member,
        contact: Contact,
        change: Change,
    ) -> Result<(), PageFault> {
        let account = &member.account;
        if !change.gone.is_empty() {
            let mut rest = contact.fields.clone();
            rest.retain(|name, _| !change.gone.contains(name));
            account.contact_fields_set(contact.id, &rest).await?;
        }
        if !change.set.is_empty() {
            let evidence = account.evidence_add(self.evidence(member)).await?;
            let collection = NewCollection {
                categories: self.categories,
                version: self.version,
                how: How::ImportAttested,
                evidence: Some(evidence),
                at: self.now,
            };
            let address = contact.address.ok_or(PageFault::NotFound)?;
            let new = NewContact {
                address,
                fields: change.set,
                flags: contact.flags,
                jurisdiction: None,
                age: None,
                soft_opt_in: false,
                collection: Some(collection),
                facts: vec![],
                subscribe: None,
            };
            account.contact_correct(new).await?;
        }
        Ok(note(member, ActKind::ContactChanged, contact.id).await?)
    }

    fn evidence(&self, member: &Member) -> Evidence {
        Evidence {
            kind: EvidenceKind::Staff,
            source: format!(
                "{}; written down by {}",
                self.origin, member.visitor.address
            ),
            wording: String::new(),
            at: self.now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_a_change() {
        let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect()
        };
        let held = map(&[
            ("first_name", "Ada"),
            ("city", "London"),
            ("job_title", "x"),
        ]);
        let typed = map(&[
            ("first_name", "Augusta"),
            ("city", ""),
            ("job_title", "x"),
            ("phone", ""),
        ]);
        let wanted = Change {
            set: map(&[("first_name", "Augusta")]),
            gone: vec!["city".to_owned()],
        };
        assert_eq!(change(&held, &typed), wanted);
    }
}
