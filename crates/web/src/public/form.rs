//! The hosted sign-up form: `/f/{account}/{form}`.

mod parts;

use std::sync::Arc;

use avow_collect::forms::{
    Desk, Look, MailAllowance, Place, Problem, Schema, Served, SignUpFault, Submission, Visit,
    Wrong, check, notice_age, schema, sign_up, signal_says_no,
};
use avow_compose::Token;
use avow_model::{Purpose, Slug, Timestamp};
use avow_policy::{BrowserSignal, Spoken, Version};
use avow_store::{FormEvent, FormRow, FormStanding};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::governed::Leaf;
use super::letter::{Fault, Letter, Link, Message, Room};
use super::peer::Peer;
use super::signal::{Signal, said_no};
use super::tongue::{Language, Tongue};
use crate::App;

use self::parts::{AskView, FieldView, ProblemView, asks, error_at, fields, listed, refusal};

type Pairs = Vec<(String, String)>;

#[derive(Debug, Serialize)]
struct FormPage {
    intro: String,
    action: String,
    notice: String,
    version: u32,
    /// The language of what the policy says on the form.
    lang: String,
    languages: Vec<Language>,
    button: String,
    fields: Vec<FieldView>,
    asks: Vec<AskView>,
    who_asks: String,
    asks_error: Option<String>,
    problems: Vec<ProblemView>,
}

/// Shows the form under the policy version in force, every box unticked.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(names): Path<(String, String)>,
    Query(way): Query<Way>,
    (tongue, signal): (Tongue, Signal),
) -> Response {
    let shown = async {
        let (room, form) = find(&app, &names).await?;
        let now = app.now();
        let version = collecting(&room, &form, now)?;
        let stage = Stage {
            app: &app,
            room: &room,
            form: &form,
            version,
            language: tongue.place(version),
            signal: signal.0,
            now,
            embedded: way.embed,
        };
        stage.count(FormEvent::View).await;
        stage.page(&[], Vec::new())
    };
    app.answer(shown.await)
}

/// Takes the form in; the answer is the same for known and unknown addresses.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(names): Path<(String, String)>,
    Query(way): Query<Way>,
    (peer, tongue, signal): (Peer, Tongue, Signal),
    Form(posted): Form<Pairs>,
) -> Response {
    app.answer(take_in(&app, (&names, &way), (peer, &tongue, signal), &posted).await)
}

/// The colours of a form, where it has its own.
pub(super) async fn theme(
    State(app): State<Arc<App>>,
    Path(names): Path<(String, String)>,
) -> Response {
    const KEPT: &str = "public, max-age=60";
    let look = find(&app, &names).await.ok().and_then(|(_, form)| {
        let theme = form.settings.face.theme?;
        Look::of(&theme).ok()
    });
    let heads = [(CONTENT_TYPE, "text/css"), (CACHE_CONTROL, KEPT)];
    look.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |look| (heads, look.css()).into_response(),
    )
}

/// `?embed=1`: it stands in a frame of another site's page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Way {
    #[serde(default, deserialize_with = "one")]
    embed: bool,
}

fn one<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(String::deserialize(from)? == "1")
}

async fn find(app: &App, (account, form): &(String, String)) -> Result<(Room, FormRow), Fault> {
    let slug = |text: &str| text.parse::<Slug>().map_err(|_| Fault::Gone);
    let row = app
        .store
        .account_by_slug(&slug(account)?)
        .await?
        .ok_or(Fault::Gone)?;
    let room = app.room_of(row).await?;
    let form = room
        .scope
        .form_by_slug(&slug(form)?)
        .await?
        .ok_or(Fault::Gone)?;
    Ok((room, form))
}

/// The version in force, where it lets the form collect.
fn collecting<'r>(room: &'r Room, form: &FormRow, now: Timestamp) -> Result<&'r Version, Fault> {
    let version = room.version(now).ok_or(Fault::NoPolicy)?;
    let open = form.settings.face.standing == FormStanding::Open;
    if open && version.collects_at(&form.slug) {
        Ok(version)
    } else {
        Err(Fault::NotAPoint)
    }
}

async fn take_in(
    app: &App,
    (names, way): (&(String, String), &Way),
    (peer, tongue, signal): (Peer, &Tongue, Signal),
    posted: &Pairs,
) -> Result<Response, Fault> {
    let now = app.now();
    if !app.limits.post(peer, now) {
        return Err(Fault::TooMany);
    }
    let (room, form) = find(app, names).await?;
    let in_force = collecting(&room, &form, now)?;
    let again = Stage {
        app,
        room: &room,
        form: &form,
        version: in_force,
        language: tongue.place(in_force),
        signal: signal.0,
        now,
        embedded: way.embed,
    };
    // A field in another site's page leads here: what was typed there is filled in, and nothing was sent yet.
    if posted.iter().any(|(name, _)| name == "begin") {
        again.count(FormEvent::View).await;
        return again
            .page(posted, Vec::new())
            .map(IntoResponse::into_response);
    }
    let (version, language) = match served(app, &room, &form, posted) {
        Ok(served) => served,
        Err(wrong) => return again.refuse(posted, vec![whole(wrong)]).await,
    };
    let stage = Stage {
        version,
        language,
        ..again
    };
    let words = stage.words().ok_or(Fault::NoPolicy)?;
    let asked = schema(&form.settings, &words);
    match check(&asked, posted) {
        Ok(submission) => stage.keep(&asked, &submission, peer).await,
        Err(problems) => stage.refuse(posted, problems).await,
    }
}

const fn whole(wrong: Wrong) -> Problem {
    Problem {
        place: Place::Form,
        wrong,
    }
}

/// The version whose notice was served with this very form, and in which of its languages, by the sealed notice.
fn served<'r>(
    app: &App,
    room: &'r Room,
    form: &FormRow,
    posted: &Pairs,
) -> Result<(&'r Version, u8), Wrong> {
    let notice = posted
        .iter()
        .find(|(name, _)| name == "notice")
        .map_or("", |(_, v)| v.as_str());
    let (account, id) = (room.row.id, form.id);
    let pick = |t| match t {
        Token::FormNotice {
            account: a,
            form: f,
            version,
            served_at,
            language,
        } if (a, f) == (account, id) => Some((version, served_at, language)),
        _ => None,
    };
    let (version, served_at, language) =
        app.tokens.open_as(notice, pick).map_err(|_| Wrong::Stale)?;
    notice_age(served_at, app.now()).map_err(Wrong::Notice)?;
    let version = room.policies.version(version);
    version
        .map(|version| (version, language))
        .ok_or(Wrong::Stale)
}

/// One form on its way to one person.
#[derive(Clone, Copy)]
struct Stage<'a> {
    app: &'a App,
    room: &'a Room,
    form: &'a FormRow,
    version: &'a Version,
    /// The place of its language among the version's texts.
    language: u8,
    /// What the person's browser says for them.
    signal: BrowserSignal,
    now: Timestamp,
    /// It stands in a frame of another site's page.
    embedded: bool,
}

impl Stage<'_> {
    fn desk(&self) -> Desk<'_> {
        Desk {
            scope: &self.room.scope,
            account: &self.room.row,
            policies: &self.room.policies,
            tokens: &self.app.tokens,
            urls: &self.app.urls,
            signal: self.signal,
        }
    }

    /// True for a purpose that the browser's signal says no to.
    fn is_silenced(&self, purpose: &Purpose) -> bool {
        signal_says_no(&self.desk(), self.version, purpose, self.now)
    }

    /// The version in the language of the form; `None` only for one without texts.
    fn words(&self) -> Option<Spoken<'_>> {
        let texts = self.version.texts();
        let text = texts.get(usize::from(self.language)).or(texts.first())?;
        Some(self.version.spoken(&text.locale))
    }

    /// Counts what happened; a count that fails costs the person nothing.
    async fn count(&self, what: FormEvent) {
        if let Err(fault) = self.room.scope.form_count(self.form.id, what).await {
            tracing::warn!(%fault, "what happened at a form was not counted");
        }
    }

    async fn refuse(&self, posted: &Pairs, problems: Vec<Problem>) -> Result<Response, Fault> {
        self.count(refusal(&problems)).await;
        let page = self.page(posted, problems)?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }

    async fn keep(
        &self,
        asked: &Schema,
        submission: &Submission,
        peer: Peer,
    ) -> Result<Response, Fault> {
        let limits = &self.app.limits;
        let mail = if limits.mail(self.room.row.id, &submission.address, self.now) {
            MailAllowance::Send
        } else {
            MailAllowance::Spent
        };
        let visit = Visit {
            at: self.now,
            ip: Some(peer.0.to_string()),
            mail,
        };
        let served = Served {
            form: self.form,
            schema: asked,
            version: self.version,
        };
        sign_up(&self.desk(), &served, submission, &visit)
            .await
            .map_err(|fault| match fault {
                SignUpFault::Store(fault) => Fault::Store(fault),
                SignUpFault::NotAPoint(_) => Fault::NotAPoint,
                SignUpFault::Mail(cause) => {
                    tracing::error!(%cause, "a confirmation mail could not be written");
                    Fault::Page(crate::PageFault::Bad(cause))
                }
            })?;
        self.speak();
        self.thanks(submission).map(IntoResponse::into_response)
    }

    fn thanks(&self, submission: &Submission) -> Result<Leaf, Fault> {
        let address = submission.address.expose();
        let mut paragraphs = vec![say!("thanks-mail", address = address)];
        if submission.ticked.iter().any(|p| self.is_silenced(p)) {
            paragraphs.push(said_no());
            paragraphs.push(say!("signal-no-box"));
        }
        let thanks = self.form.settings.thanks.trim();
        if !thanks.is_empty() {
            paragraphs.push(thanks.to_owned());
        }
        paragraphs.push(say!("thanks-nothing"));
        let link = Link {
            url: self.address(),
            text: say!("thanks-back"),
        };
        let message = Message {
            paragraphs,
            link: Some(link),
        };
        let letter = self.letter();
        self.app
            .sheet("message", (&letter, &say!("thanks-title")), &message)
    }

    /// The words of the program are in the language of the form.
    fn speak(&self) {
        Tongue::of(&self.lang()).speak(self.version);
    }

    fn lang(&self) -> String {
        let text = self.version.texts().get(usize::from(self.language));
        text.map_or_else(String::new, |t| t.locale.to_string())
    }

    fn address(&self) -> String {
        let way = if self.embedded { "?embed=1" } else { "" };
        format!("/f/{}/{}{way}", self.room.row.slug, self.form.slug)
    }

    /// The letter in the form's own colours, and in those sites' pages alone that the form names.
    fn letter(&self) -> Letter {
        let mut letter = self.app.letter(self.room, told!("sheet-sign-up"));
        let face = &self.form.settings.face;
        let (account, form) = (&self.room.row.slug, &self.form.slug);
        let theme = face.theme.as_ref();
        letter.theme = theme.map(|_| format!("/f/{account}/{form}/theme.css"));
        letter.embedded = self.embedded;
        letter.framed_by = self.embedded.then(|| face.sites.clone());
        letter
    }

    /// The form with a fresh notice. What was typed is kept; ticks only where the wording is the same.
    fn page(&self, posted: &[(String, String)], problems: Vec<Problem>) -> Result<Leaf, Fault> {
        let words = self.words().ok_or(Fault::NoPolicy)?;
        let asked = schema(&self.form.settings, &words);
        self.speak();
        let lang = self.lang();
        let context = FormPage {
            intro: self.form.settings.intro.clone(),
            action: self.address(),
            notice: self.notice(posted),
            version: asked.version,
            languages: Tongue::of(&lang).languages(self.version),
            lang,
            button: self.form.settings.button.clone(),
            fields: fields(&asked, posted, &problems),
            asks: self.asks(&asked, posted),
            who_asks: who_asks(self.version),
            asks_error: error_at(&problems, &Place::Purposes),
            problems: problems.iter().map(|p| listed(p, &asked)).collect(),
        };
        let letter = self.letter();
        self.app
            .sheet("form", (&letter, &self.form.settings.title), &context)
    }

    /// Keeps the notice that was served when it still serves, so that correcting a typing error is no new visit.
    fn notice(&self, posted: &[(String, String)]) -> String {
        let sent = posted
            .iter()
            .find(|(name, _)| name == "notice")
            .map(|(_, v)| v.clone());
        let still = |t| match t {
            Token::FormNotice {
                account,
                form,
                version,
                served_at,
                language,
            } => {
                let same = (account, form) == (self.room.row.id, self.form.id)
                    && (version, language) == (self.version.n(), self.language);
                let age = self.now.duration_since(served_at).as_secs();
                (same && age < avow_collect::forms::NOTICE_LIFE_S).then_some(())
            }
            _ => None,
        };
        let fresh = Token::FormNotice {
            account: self.room.row.id,
            form: self.form.id,
            version: self.version.n(),
            served_at: self.now,
            language: self.language,
        };
        sent.filter(|text| self.app.tokens.open_as(text, still).is_ok())
            .unwrap_or_else(|| self.app.tokens.seal(&fresh))
    }
}

/// Who asks, before anything is answered (GDPR 13(1)(a)).
fn who_asks(version: &Version) -> String {
    let who = version.controller();
    say!(
        "form-who-asks",
        name = &who.name,
        post = &who.post,
        email = &who.email
    )
}

impl Stage<'_> {
    /// The boxes; one that the browser's signal says no to is there to be read.
    fn asks(&self, asked: &Schema, posted: &[(String, String)]) -> Vec<AskView> {
        let mut all = asks(asked, posted);
        for (view, ask) in all.iter_mut().zip(&asked.asks) {
            if self.is_silenced(&ask.purpose) {
                view.silenced = Some(said_no());
                view.ticked = false;
            }
        }
        all
    }
}
