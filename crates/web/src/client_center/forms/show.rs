//! One form: where people find it, how it stands in other sites' pages, what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use avow_collect::forms::schema;
use avow_model::Action;
use avow_policy::Version;
use avow_store::{FormCount, FormEvent, FormSettings, FormStanding, FormTally};
use axum::Form;
use axum::extract::State;
use axum::response::{Html, Redirect};
use serde::Deserialize;

use super::view::{DayLine, Number, ShowPage};
use super::{Loaded, badge};
use crate::client_center::gate;
use crate::client_center::shell::Noun;
use crate::client_center::words::people;
use crate::language::day;
use crate::templates::thousands;
use crate::{App, PageFault};

const DAY_S: i64 = 24 * 3_600;
/// Days that the page shows.
const DAYS: i64 = 30;
/// Heights of the frame in other sites' pages, in pixels: no script tells it.
const FRAME_PX: usize = 420;
const FIELD_PX: usize = 100;
const ASK_PX: usize = 90;

/// What the button asks for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    to: String,
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The form inside another site's page.
fn frame(public: &str, settings: &FormSettings) -> String {
    let height = FRAME_PX + FIELD_PX * settings.categories.len() + ASK_PX * settings.purposes.len();
    let title = escaped(&settings.title);
    format!(
        "<iframe src=\"{public}?embed=1\" title=\"{title}\" width=\"100%\" height=\"{height}\" loading=\"lazy\"></iframe>"
    )
}

/// A field of the site's own that leads to the form.
fn html(public: &str, settings: &FormSettings) -> String {
    let button = escaped(&settings.button);
    format!(
        "<form method=\"post\" action=\"{public}\">\n  <input type=\"hidden\" name=\"begin\" value=\"1\">\n  <label>E-mail <input type=\"email\" name=\"email\" autocomplete=\"email\" required></label>\n  <button>{button}</button>\n</form>"
    )
}

fn sum(counts: &[FormCount], wanted: impl Fn(FormEvent) -> bool) -> i64 {
    let all = counts.iter().filter(|c| wanted(c.what));
    all.map(|c| c.n as i64).sum()
}

const fn is_refused(what: FormEvent) -> bool {
    matches!(
        what,
        FormEvent::Stale | FormEvent::TooFast | FormEvent::Decoy | FormEvent::Faults
    )
}

fn numbers(base: &str, counts: &[FormCount], tally: FormTally) -> Vec<Number> {
    let number = |label, note, n, who: Option<&str>| Number {
        label,
        note,
        n,
        href: who.map(|who| format!("{base}/people?who={who}")),
    };
    let of = |what: FormEvent| sum(counts, |one| one == what);
    vec![
        number(
            "views in 30 days",
            "The page was asked for, by people and programs.",
            of(FormEvent::View),
            None,
        ),
        number(
            "sign-ups",
            "Sent, and taken in.",
            tally.sign_ups as i64,
            Some("all"),
        ),
        number(
            "confirmed",
            "Pressed the button in the mail.",
            tally.confirmed as i64,
            Some("confirmed"),
        ),
        number(
            "given back",
            "With something to mend: a missing field, a wrong address.",
            of(FormEvent::Faults),
            None,
        ),
        number(
            "too fast",
            "Faster than people type.",
            of(FormEvent::TooFast),
            None,
        ),
        number(
            "decoys",
            "Filled in the field that people do not see: programs.",
            of(FormEvent::Decoy),
            None,
        ),
        number(
            "stale",
            "The form was opened elsewhere, or more than a day before.",
            of(FormEvent::Stale),
            None,
        ),
    ]
}

fn days(counts: &[FormCount]) -> Vec<DayLine> {
    let mut by_day: BTreeMap<i64, Vec<FormCount>> = BTreeMap::new();
    for count in counts {
        by_day.entry(count.day).or_default().push(*count);
    }
    let most = by_day
        .values()
        .map(|all| sum(all, |w| w == FormEvent::View))
        .max();
    let most = most.unwrap_or(0).max(1);
    let line = |(at, all): (i64, Vec<FormCount>)| {
        let views = sum(&all, |w| w == FormEvent::View);
        DayLine {
            day: avow_model::Timestamp::from_second(at * DAY_S).map_or_else(|_| String::new(), day),
            views,
            sign_ups: sum(&all, |w| w == FormEvent::SignUp),
            refused: sum(&all, is_refused),
            width: views * 100 / most,
        }
    };
    by_day.into_iter().rev().map(line).collect()
}

fn sentence(views: i64, tally: FormTally) -> String {
    let (all, done) = (tally.sign_ups as i64, tally.confirmed as i64);
    if all == 0 {
        return format!(
            "Nobody signed up yet; the page was opened {} times in 30 days.",
            thousands(views)
        );
    }
    format!(
        "{} signed up, {} of them confirmed.",
        people(all),
        thousands(done)
    )
}

/// What the settings ask and the version does not declare.
fn dropped(settings: &FormSettings, version: &Version) -> Vec<String> {
    let asked = schema(settings, version);
    let fields = settings
        .categories
        .iter()
        .filter(|c| asked.fields.iter().all(|f| f.category != **c));
    let asks = settings
        .purposes
        .iter()
        .filter(|p| version.purpose(p).is_none());
    fields
        .map(ToString::to_string)
        .chain(asks.map(ToString::to_string))
        .collect()
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Html<String>, PageFault> {
    let (member, form) = (&loaded.member, &loaded.form);
    let today = app.now().as_second().div_euclid(DAY_S);
    let counts = member.account.form_counts(form.id, today - DAYS).await?;
    let tally = member.account.form_tally(form.id).await?;
    let set = gate::policies(&app, &member.account).await?.ok();
    let version = set.as_ref().and_then(|set| set.in_force(app.now()));
    let (base, public) = (loaded.base(), loaded.public(&app));
    let views = sum(&counts, |what| what == FormEvent::View);
    app.templates.show(&ShowPage {
        shell: member.shell(Noun::Forms),
        name: form.slug.to_string(),
        title: form.settings.title.clone(),
        badge: badge(form.settings.face.standing),
        standing: form.settings.face.standing.as_str(),
        frame: frame(&public, &form.settings),
        html: html(&public, &form.settings),
        sites: form.settings.face.sites.clone(),
        point: version
            .filter(|v| !v.collects_at(&form.slug))
            .map(|_| format!("points = [\"{}\"]", form.slug)),
        dropped: version.map_or_else(Vec::new, |v| dropped(&form.settings, v)),
        sentence: sentence(views, tally),
        numbers: numbers(&base, &counts, tally),
        days: days(&counts),
        writes: member.may(Action::Write),
        public,
        base,
    })
}

/// Opens or closes it.
pub(super) async fn standing(
    loaded: Loaded,
    Form(wanted): Form<Wanted>,
) -> Result<Redirect, PageFault> {
    let (standing, said) = match wanted.to.as_str() {
        "open" => (FormStanding::Open, "form-open"),
        "closed" => (FormStanding::Closed, "form-closed"),
        _ => return Err(PageFault::Bad("A form is opened or closed.".to_owned())),
    };
    let mut settings = loaded.form.settings.clone();
    settings.face.standing = standing;
    loaded
        .member
        .account
        .form_change(loaded.form.id, &settings)
        .await?;
    Ok(Redirect::to(&format!("{}?said={said}", loaded.base())))
}
