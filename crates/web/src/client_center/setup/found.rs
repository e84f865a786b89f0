//! A new account: its name, its short name, the domain it sends from, where it is in the world.

use std::sync::Arc;

use avow_model::Slug;
use avow_policy::founding::Line;
use avow_store::{NewAccount, PolicyWords, SetupProgress, StoreError};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::rail;
use super::view::{FoundForm, FoundPage};
use crate::client_center::campaign::view::FieldFault;
use crate::client_center::guard::Visitor;
use crate::client_center::login::is_rehearsal;
use crate::{App, PageFault, founding};

/// Longest name of an account: it stands in navigation and headers.
const NAME_CHARS_MAX: usize = 80;

/// Whoever owns every account there is, the first one's founder among them.
pub(crate) async fn may_found(app: &App, visitor: &Visitor) -> Result<bool, PageFault> {
    Ok(app.store.owns_all(visitor.user).await?)
}

async fn must_found(app: &App, visitor: &Visitor) -> Result<bool, PageFault> {
    if !may_found(app, visitor).await? {
        return Err(PageFault::NotFound);
    }
    Ok(app.store.memberships(visitor.user).await?.is_empty())
}

fn shown(
    app: &App,
    (visitor, is_first): (Visitor, bool),
    form: FoundForm,
    faults: Vec<FieldFault>,
) -> Result<Response, PageFault> {
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = app.templates.show(&FoundPage {
        rehearsal: is_rehearsal(app),
        rail: rail::before(1),
        user: visitor.address,
        is_first,
        form,
        faults,
    })?;
    Ok((status, page).into_response())
}

/// The form.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Response, PageFault> {
    let is_first = must_found(&app, &visitor).await?;
    shown(&app, (visitor, is_first), FoundForm::default(), vec![])
}

/// Founds the account and goes on with its policy.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(form): Form<FoundForm>,
) -> Result<Response, PageFault> {
    let is_first = must_found(&app, &visitor).await?;
    let new = match read(&form) {
        Ok(new) => new,
        Err(faults) => return shown(&app, (visitor, is_first), form, faults),
    };
    let domain = new.settings.sending_domain.clone();
    let progress = begun(&form, &domain);
    let slug = new.slug.clone();
    founding::make_keys(&app, domain).await?;
    let founded = app.store.found_account(new, visitor.user, &progress);
    match founded.await {
        Ok(_) => Ok(Redirect::to(&format!("/a/{slug}/setup/policy")).into_response()),
        Err(StoreError::Duplicate { .. }) => {
            let text = format!("There is an account {slug} already: choose another short name.");
            let fault = FieldFault {
                field: "slug",
                text,
            };
            shown(&app, (visitor, is_first), form, vec![fault])
        }
        Err(fault) => Err(fault.into()),
    }
}

/// What the questions of the policy begin with: most accounts change nothing in it.
fn begun(form: &FoundForm, domain: &str) -> SetupProgress {
    SetupProgress {
        policy: PolicyWords {
            name: form.name.trim().to_owned(),
            post: form.post.trim().to_owned(),
            email: format!("privacy@{domain}"),
            kind: "newsletter".to_owned(),
            places: vec!["everywhere".to_owned()],
            measure: "ask".to_owned(),
            sharing: "nobody".to_owned(),
        },
        ..SetupProgress::default()
    }
}

fn read(form: &FoundForm) -> Result<NewAccount, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut fault = |field, text: &str| {
        let text = text.to_owned();
        faults.push(FieldFault { field, text });
    };
    let name = form.name.trim();
    let fits = name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control);
    if name.is_empty() || !fits {
        fault(
            "name",
            "Write the name that people know you by, at most 80 characters.",
        );
    }
    let slug: Option<Slug> = match form.slug.trim() {
        "" => founding::slug_of(name).ok(),
        typed => typed.parse().ok(),
    };
    if slug.is_none() && !name.is_empty() {
        fault(
            "slug",
            "Write a short name of small letters, digits and hyphens, such as tea-shop.",
        );
    }
    let domain = founding::domain_of(&form.domain);
    if domain.is_none() {
        fault(
            "domain",
            "Write a domain that is yours, such as mail.example.com, without @ and without https.",
        );
    }
    if form.post.parse::<Line>().is_err() {
        fault(
            "post",
            "Write your postal address on one line: the law asks for it in every mail.",
        );
    }
    match (slug, domain) {
        (Some(slug), Some(domain)) if faults.is_empty() => {
            Ok(founding::new_account(&slug, name, domain))
        }
        _ => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, slug: &str, domain: &str, post: &str) -> FoundForm {
        FoundForm {
            name: name.to_owned(),
            slug: slug.to_owned(),
            domain: domain.to_owned(),
            post: post.to_owned(),
        }
    }

    #[test]
    fn every_fault_is_told_at_once_beside_its_field() {
        let fields = |form: &FoundForm| -> Vec<&str> {
            let faults = read(form).err().unwrap_or_default();
            faults.iter().map(|f| f.field).collect()
        };
        assert!(fields(&form("Tea & Sons", "", "Tea.example", "1 Quay")).is_empty());
        assert_eq!(fields(&form("", "", "", "")), ["name", "domain", "post"]);
        assert_eq!(fields(&form("茶", "", "tea.example", "1 Quay")), ["slug"]);
        assert_eq!(
            fields(&form("Tea", "A B", "tea.example", "1\nQuay")),
            ["slug", "post"]
        );
    }
}
