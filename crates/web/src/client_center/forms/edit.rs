//! Designing a form: what it asks is chosen of what the policy in force declares, faults stand beside their fields.

use std::sync::Arc;

use avow_collect::forms::{DesignFault, FormInput, design};
use avow_model::{ListId, Slug};
use avow_policy::{ChoiceRule, Version};
use avow_store::{FormFont, FormSettings, FormStanding, FormTheme, StoreError};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Loaded;
use super::view::{EditPage, Fault, ListChoice, Offer, Typed};
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

/// Fields that many of have the same name, in their order.
type Fields = Vec<(String, String)>;

const NAME_HELP: &str = "Give it a short name: small letters, digits, '-', '_' and '.'.";
/// The colours that a new theme begins with: those of the public pages.
const ACCENT: &str = "#0f5040";
const GROUND: &str = "#faf7f1";
const FAR: usize = 999;

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    let found = fields.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value.as_str())
}

fn all<'f>(fields: &'f Fields, name: &str) -> Vec<&'f str> {
    let found = fields.iter().filter(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str()).collect()
}

/// What was ticked, in the order of the numbers beside it.
fn ordered(fields: &Fields, name: &str) -> Vec<String> {
    let mut ticked: Vec<(usize, String)> = all(fields, name)
        .into_iter()
        .map(|id| {
            let place = field(fields, &format!("{name}-{id}"));
            (place.trim().parse().unwrap_or(FAR), id.to_owned())
        })
        .collect();
    ticked.sort_by_key(|(place, _)| *place);
    ticked.into_iter().map(|(_, id)| id).collect()
}

fn typed(fields: &Fields) -> (Typed, FormInput) {
    let text = |name: &str| field(fields, name).to_owned();
    let themed = field(fields, "look") == "own";
    let sites = field(fields, "sites");
    let theme = FormTheme {
        accent: text("accent").trim().to_lowercase(),
        ground: text("ground").trim().to_lowercase(),
        font: if field(fields, "font") == "sans" {
            FormFont::Sans
        } else {
            FormFont::Serif
        },
    };
    let shown = Typed {
        name: text("name").trim().to_owned(),
        title: text("title"),
        intro: text("intro"),
        button: text("button"),
        thanks: text("thanks"),
        list: text("list"),
        themed,
        accent: theme.accent.clone(),
        ground: theme.ground.clone(),
        font: text("font"),
        sites: sites.to_owned(),
    };
    let input = FormInput {
        title: text("title"),
        intro: text("intro"),
        categories: ordered(fields, "category"),
        purposes: ordered(fields, "purpose"),
        list: field(fields, "list").parse::<ListId>().ok(),
        button: text("button"),
        thanks: text("thanks"),
        theme: themed.then_some(theme),
        sites: sites
            .split_whitespace()
            .map(|s| s.trim_end_matches('/').to_lowercase())
            .collect(),
    };
    (shown, input)
}

fn of_settings(name: &Slug, settings: &FormSettings) -> Typed {
    let theme = settings.face.theme.as_ref();
    let font = theme.map_or(FormFont::Serif, |t| t.font);
    Typed {
        name: name.to_string(),
        title: settings.title.clone(),
        intro: settings.intro.clone(),
        button: settings.button.clone(),
        thanks: settings.thanks.clone(),
        list: settings.list.map_or_else(String::new, |l| l.to_string()),
        themed: theme.is_some(),
        accent: theme.map_or_else(|| ACCENT.to_owned(), |t| t.accent.clone()),
        ground: theme.map_or_else(|| GROUND.to_owned(), |t| t.ground.clone()),
        font: if font == FormFont::Sans {
            "sans"
        } else {
            "serif"
        }
        .to_owned(),
        sites: settings.face.sites.join("\n"),
    }
}

/// What the policy lets a form ask, with what is chosen.
fn offers(version: &Version, chosen: (&[String], &[String])) -> (Vec<Offer>, Vec<Offer>) {
    let place = |all: &[String], id: &str| all.iter().position(|one| one == id);
    let measured = |id: &str| matches!(id, "open" | "click" | "visit");
    let categories = version
        .categories()
        .iter()
        .filter(|rule| !measured(rule.id.as_str()));
    let categories = categories.map(|rule| {
        let at = place(chosen.0, rule.id.as_str());
        let fixed = rule.id.as_str() == "email";
        Offer {
            id: rule.id.to_string(),
            title: rule.title.clone(),
            note: if rule.topics.is_empty() {
                String::new()
            } else {
                let topics: Vec<&str> = rule.topics.iter().map(Slug::as_str).collect();
                topics.join(", ")
            },
            chosen: at.is_some() || fixed,
            place: at.map_or(chosen.0.len() + 1, |at| at + 1),
            fixed,
        }
    });
    let asked = |rule: &&avow_policy::PurposeRule| {
        rule.choice != ChoiceRule::None || place(chosen.1, rule.id.as_str()).is_some()
    };
    let purposes = version.purposes().iter().filter(asked).map(|rule| {
        let at = place(chosen.1, rule.id.as_str());
        Offer {
            id: rule.id.to_string(),
            title: rule.title.clone(),
            note: rule.ask.clone().unwrap_or_default(),
            chosen: at.is_some(),
            place: at.map_or(chosen.1.len() + 1, |at| at + 1),
            fixed: false,
        }
    });
    (categories.collect(), purposes.collect())
}

/// What is designed, and what is wrong with it.
struct Sheet {
    typed: Typed,
    categories: Vec<String>,
    purposes: Vec<String>,
    faults: Vec<Fault>,
}

async fn page(
    app: &App,
    member: &Member,
    base: Option<String>,
    sheet: Sheet,
) -> Result<Response, PageFault> {
    let set = gate::policies(app, &member.account).await?.ok();
    let version = set.as_ref().and_then(|set| set.in_force(app.now()));
    let chosen = (sheet.categories.as_slice(), sheet.purposes.as_slice());
    let (categories, purposes) = version.map_or_else(Default::default, |v| offers(v, chosen));
    let lists = member.account.lists().await?.into_iter();
    let status = if sheet.faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let all = format!("{}/forms", member.base());
    let html = app.templates.show(&EditPage {
        shell: member.shell(Noun::Forms),
        heading: base.as_ref().map_or_else(
            || "New form".to_owned(),
            |_| format!("Change {}", sheet.typed.name),
        ),
        action: base
            .as_ref()
            .map_or_else(|| format!("{all}/new"), |base| format!("{base}/edit")),
        is_new: base.is_none(),
        back: base.unwrap_or(all),
        typed: sheet.typed,
        categories,
        purposes,
        lists: lists
            .map(|l| ListChoice {
                id: l.id.to_string(),
                name: l.name,
            })
            .collect(),
        faults: sheet.faults,
        bare: version.is_none(),
    })?;
    Ok((status, html).into_response())
}

fn told(fault: &DesignFault) -> Fault {
    let text = fault.to_string();
    let mut chars = text.chars();
    let first: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    Fault {
        field: fault.place().as_str(),
        text: format!("{first}{}.", chars.as_str()),
    }
}

/// The settings that were typed, or what to mend.
async fn designed(
    app: &App,
    member: &Member,
    (input, standing): (&FormInput, FormStanding),
) -> Result<Result<FormSettings, Vec<Fault>>, PageFault> {
    let set = gate::policies(app, &member.account).await?.ok();
    let Some(version) = set.as_ref().and_then(|set| set.in_force(app.now())) else {
        let text = "No policy version is in force: there is nothing that a form may ask.";
        return Ok(Err(vec![Fault {
            field: "title",
            text: text.to_owned(),
        }]));
    };
    let made = design(input, version, standing);
    Ok(made.map_err(|faults| faults.iter().map(told).collect()))
}

/// An empty one, with what most forms ask.
pub(super) async fn new(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let typed = Typed {
        button: "Sign up".to_owned(),
        accent: ACCENT.to_owned(),
        ground: GROUND.to_owned(),
        font: "serif".to_owned(),
        ..Typed::default()
    };
    let sheet = Sheet {
        typed,
        categories: vec!["email".to_owned()],
        purposes: Vec::new(),
        faults: Vec::new(),
    };
    page(&app, &member, None, sheet).await
}

/// Keeps a new form, as a draft.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    member: Member,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let (typed, input) = typed(&fields);
    let made = designed(&app, &member, (&input, FormStanding::Draft)).await?;
    let slug = typed.name.parse::<Slug>();
    let mut faults = made.as_ref().err().cloned().unwrap_or_default();
    if slug.is_err() {
        faults.insert(
            0,
            Fault {
                field: "name",
                text: NAME_HELP.to_owned(),
            },
        );
    }
    if let (Ok(settings), Ok(slug)) = (&made, &slug) {
        match member.account.form_create(slug, settings).await {
            Ok(id) => {
                let to = format!("{}/forms/{id}?said=form-saved", member.base());
                return Ok(Redirect::to(&to).into_response());
            }
            Err(StoreError::Duplicate { .. }) => {
                let text = format!("There is a form {slug} already. Choose another name.");
                faults.push(Fault {
                    field: "name",
                    text,
                });
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    let sheet = Sheet {
        typed,
        categories: input.categories,
        purposes: input.purposes,
        faults,
    };
    page(&app, &member, None, sheet).await
}

/// One that is kept.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Response, PageFault> {
    let settings = &loaded.form.settings;
    let sheet = Sheet {
        typed: of_settings(&loaded.form.slug, settings),
        categories: settings
            .categories
            .iter()
            .map(ToString::to_string)
            .collect(),
        purposes: settings.purposes.iter().map(ToString::to_string).collect(),
        faults: Vec::new(),
    };
    page(&app, &loaded.member, Some(loaded.base()), sheet).await
}

/// Changes one that is kept; whether it is open stays.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let (mut typed, input) = typed(&fields);
    let standing = loaded.form.settings.face.standing;
    match designed(&app, &loaded.member, (&input, standing)).await? {
        Ok(settings) => {
            loaded
                .member
                .account
                .form_change(loaded.form.id, &settings)
                .await?;
            let to = format!("{}?said=form-saved", loaded.base());
            Ok(Redirect::to(&to).into_response())
        }
        Err(faults) => {
            typed.name = loaded.form.slug.to_string();
            let sheet = Sheet {
                typed,
                categories: input.categories,
                purposes: input.purposes,
                faults,
            };
            page(&app, &loaded.member, Some(loaded.base()), sheet).await
        }
    }
}
