//! The templates to begin with, each as it looks.

use avow_compose::gallery::{self, Template};
use avow_model::Action::Write;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::content;
use crate::client_center::guard::Member;
use crate::client_center::route::Route;
use crate::client_center::shell::{Noun, Shell};
use crate::headers::PREVIEW_POLICY;
use crate::{App, Page, PageFault};

/// Paths and their pages.
pub(super) fn pages() -> Vec<Route> {
    vec![
        Route::get("/a/{account}/campaigns/gallery", Write, list),
        Route::get("/a/{account}/campaigns/gallery/{template}", Write, frame),
    ]
}

/// One template of the gallery.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    pub slug: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    pub subject: &'static str,
}

/// The gallery.
#[derive(Debug, Serialize)]
pub(crate) struct GalleryPage {
    pub shell: Shell,
    /// `/a/<account>/campaigns`.
    pub campaigns: String,
    pub cards: Vec<Card>,
    /// `phone` or `wide`.
    pub width: &'static str,
}

impl Page for GalleryPage {
    const TEMPLATE: &'static str = "center/gallery.html";
}

/// `?width=`: how wide the previews are.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    width: String,
}

fn card(template: &Template) -> Card {
    Card {
        slug: template.slug,
        title: template.title,
        about: template.about,
        subject: template.subject,
    }
}

async fn list(
    State(app): State<Arc<App>>,
    member: Member,
    Query(ask): Query<Ask>,
) -> Result<Html<String>, PageFault> {
    app.templates.show(&GalleryPage {
        campaigns: format!("{}/campaigns", member.base()),
        cards: gallery::ALL.iter().map(card).collect(),
        width: if ask.width == "wide" { "wide" } else { "phone" },
        shell: member.shell(Noun::Campaigns),
    })
}

#[derive(Deserialize)]
struct Address {
    template: String,
}

/// The message of a template, for its frame.
async fn frame(
    State(app): State<Arc<App>>,
    member: Member,
    Path(address): Path<Address>,
) -> Result<Response, PageFault> {
    let template = gallery::template(&address.template).ok_or(PageFault::NotFound)?;
    let settings = member.account.row().await?.settings;
    let html = content::template_shown(&app, template, &settings)?;
    Ok(([(CONTENT_SECURITY_POLICY, PREVIEW_POLICY)], Html(html)).into_response())
}

#[cfg(test)]
impl GalleryPage {
    pub(crate) fn sample() -> Self {
        Self {
            shell: Shell::sample(Noun::Campaigns),
            campaigns: "/a/acme/campaigns".to_owned(),
            cards: gallery::ALL.iter().map(card).collect(),
            width: "phone",
        }
    }
}
