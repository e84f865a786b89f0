//! Making and changing a segment: rows in groups, or its text; each press of a button shows the page anew.

use std::sync::Arc;

use avow_policy::segment::rows::{Group, LEVELS_MAX};
use avow_store::{SegmentText, StoreError};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Loaded;
use super::draft::{DraftGroup, DraftPart, DraftRow, Press, What};
use super::known::{Known, choice};
use super::ops::{self, RowFault};
use super::told;
use super::view::{BuildPage, Choice, Fault, RowStep, Step, Told, ValueField};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::{App, PageFault};

/// The fields of the form in their order.
type Fields = Vec<(String, String)>;

/// What rows cannot show.
const AS_TEXT: &str =
    "These words have no form as rows, so they are shown as text. Nothing is lost.";
const NAME_HELP: &str = "Give it a short name: small letters, digits, '-', '_' and '.'.";

/// The words while they are written.
#[derive(Clone)]
enum Draft {
    Rows(DraftGroup),
    Text(String),
}

/// What is being made.
struct Bench<'a> {
    member: &'a Member,
    known: Known,
    /// `None` while it is new.
    loaded: Option<&'a Loaded>,
    name: String,
    purpose: String,
}

/// The words and what is wrong with them.
struct Judged {
    draft: Draft,
    note: Option<&'static str>,
    text: Option<SegmentText>,
    rows: Vec<RowFault>,
    faults: Vec<String>,
}

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    let found = fields.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// An empty one.
pub(super) async fn new(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    let bench = Bench::of(&app, &member, None, &Vec::new()).await?;
    let judged = Judged {
        draft: Draft::Rows(DraftGroup::empty()),
        note: None,
        text: None,
        rows: Vec::new(),
        faults: Vec::new(),
    };
    bench.page(&app, judged, None).await
}

/// Does what a button of a new one asks for.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    member: Member,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let bench = Bench::of(&app, &member, None, &fields).await?;
    bench.press(&app, &fields).await
}

/// The rows of one that is kept.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Response, PageFault> {
    let bench = Bench::of(&app, &loaded.member, Some(&loaded), &Vec::new()).await?;
    let draft = Draft::Text(loaded.segment.canonical.clone());
    let judged = bench.judge(&app, draft).await?;
    let judged = bench.as_rows(judged);
    bench.page(&app, judged, None).await
}

/// Does what a button of one that is kept asks for.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    loaded: Loaded,
    Form(fields): Form<Fields>,
) -> Result<Response, PageFault> {
    let bench = Bench::of(&app, &loaded.member, Some(&loaded), &fields).await?;
    bench.press(&app, &fields).await
}

impl<'a> Bench<'a> {
    async fn of(
        app: &App,
        member: &'a Member,
        loaded: Option<&'a Loaded>,
        fields: &Fields,
    ) -> Result<Self, PageFault> {
        let known = Known::of(app, member).await?;
        let purpose = known.purpose(field(fields, "for"));
        let purpose = purpose.map_or_else(String::new, |c| c.value.clone());
        let name = field(fields, "name").trim().to_owned();
        Ok(Self {
            member,
            known,
            loaded,
            name: loaded.map_or(name, |l| l.segment.slug.to_string()),
            purpose,
        })
    }

    async fn press(self, app: &App, fields: &Fields) -> Result<Response, PageFault> {
        let press = Press::parse(field(fields, "do"));
        let draft = if field(fields, "mode") == "text" {
            Draft::Text(field(fields, "words").to_owned())
        } else {
            let (mut group, chosen) = DraftGroup::of_fields(fields);
            group.press(&press, &chosen);
            Draft::Rows(group)
        };
        let mut judged = self.judge(app, draft).await?;
        match press {
            Press::Save => return self.save(app, judged).await,
            Press::ToRows => judged = self.as_rows(judged),
            Press::ToText => {
                if let Some(text) = &judged.text {
                    judged.draft = Draft::Text(text.canonical.clone());
                }
            }
            // What was only just begun is not found fault with.
            _ => judged.rows.clear(),
        }
        self.page(app, judged, None).await
    }

    async fn judge(&self, app: &App, draft: Draft) -> Result<Judged, PageFault> {
        let mut judged = Judged {
            draft,
            note: None,
            text: None,
            rows: Vec::new(),
            faults: Vec::new(),
        };
        let words = match &judged.draft {
            Draft::Text(words) => Some(words.clone()),
            Draft::Rows(group) => match self.known.version(app).map(|v| ops::read(group, v)) {
                Some(Ok(group)) => Some(group.expr().to_string()),
                Some(Err(faults)) => {
                    judged.rows = faults;
                    None
                }
                // The words say that no version is in force.
                None => Some(String::new()),
            },
        };
        if let Some(words) = words {
            match told::read(app, self.member, (&self.known, &words)).await? {
                Ok(text) => judged.text = Some(text),
                Err(faults) => judged.faults = faults,
            }
        }
        Ok(judged)
    }

    /// As rows, where there is such a form.
    fn as_rows(&self, mut judged: Judged) -> Judged {
        let version = self.known.set.as_ref();
        let Some(text) = judged.text.as_ref().filter(|_| version.is_some()) else {
            return judged;
        };
        match self.rows_of(&text.canonical) {
            Some(group) => judged.draft = Draft::Rows(group),
            None => judged.note = Some(AS_TEXT),
        }
        judged
    }

    fn rows_of(&self, text: &str) -> Option<DraftGroup> {
        let set = self.known.set.as_ref()?;
        // Any version that reads the words gives the same rows; the last knows the most.
        let version = set.versions().last()?;
        let segment = avow_deliver::read_segment(text, version).ok()?;
        ops::shown(&Group::of(segment.expr())?)
    }

    async fn save(self, app: &App, judged: Judged) -> Result<Response, PageFault> {
        let Some(text) = judged.text.clone() else {
            return self.page(app, judged, None).await;
        };
        let scope = &self.member.account;
        let base = format!("{}/segments", self.member.base());
        if let Some(loaded) = self.loaded {
            scope.segment_change(loaded.segment.id, &text).await?;
            let to = format!(
                "{base}/{}?said=segment-saved&for={}",
                loaded.segment.id, self.purpose
            );
            return Ok(Redirect::to(&to).into_response());
        }
        let Ok(slug) = self.name.parse() else {
            return self.page(app, judged, Some(NAME_HELP.to_owned())).await;
        };
        match scope.segment_create(&slug, &text).await {
            Ok(id) => {
                let to = format!("{base}/{id}?said=segment-saved&for={}", self.purpose);
                Ok(Redirect::to(&to).into_response())
            }
            Err(StoreError::Duplicate { .. }) => {
                let why = format!(
                    "There is a segment {} already. Choose another name.",
                    self.name
                );
                self.page(app, judged, Some(why)).await
            }
            Err(fault) => Err(fault.into()),
        }
    }

    async fn page(
        self,
        app: &App,
        judged: Judged,
        name_fault: Option<String>,
    ) -> Result<Response, PageFault> {
        let mut told = Told::default();
        if let Some(text) = &judged.text {
            told = told::glance(app, self.member, (&self.known, text, &self.purpose)).await?;
        }
        let faults = faults(&judged, name_fault.as_deref());
        let (mode, words) = match &judged.draft {
            Draft::Text(words) => ("text", words.clone()),
            Draft::Rows(_) => ("rows", String::new()),
        };
        let steps = match &judged.draft {
            Draft::Rows(group) => Steps::of(&self.known, &judged.rows, group),
            Draft::Text(_) => Vec::new(),
        };
        if mode == "rows" {
            told.faults.extend(judged.faults.iter().cloned());
        }
        let status = if faults.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let all = format!("{}/segments", self.member.base());
        let (heading, action, back) = match self.loaded {
            None => ("New segment".to_owned(), format!("{all}/new"), all),
            Some(loaded) => {
                let own = format!("{all}/{}", loaded.segment.id);
                (format!("Change {}", self.name), format!("{own}/edit"), own)
            }
        };
        let html = app.templates.show(&BuildPage {
            shell: self.member.shell(Noun::Segments),
            heading,
            action,
            back,
            is_new: self.loaded.is_none(),
            name: self.name,
            name_fault,
            mode,
            note: judged.note,
            steps,
            adds: self.known.adds(),
            joints: joints(),
            words,
            purpose: self.purpose,
            purposes: self.known.mail,
            told,
            faults,
        })?;
        Ok((status, html).into_response())
    }
}

/// All that stands in the way of keeping it, each with its field.
fn faults(judged: &Judged, name: Option<&str>) -> Vec<Fault> {
    let fault = |field: String, text: &str| Fault {
        field,
        title: text.lines().next().unwrap_or_default().to_owned(),
        text: text.to_owned(),
    };
    let mut all: Vec<Fault> = name
        .map(|text| fault("name".to_owned(), text))
        .into_iter()
        .collect();
    all.extend(
        judged
            .rows
            .iter()
            .map(|f| fault(format!("row-{}", f.n), &f.text)),
    );
    let place = match judged.draft {
        Draft::Text(_) => "words",
        Draft::Rows(_) => "told",
    };
    let whole = judged.faults.iter();
    all.extend(whole.map(|text| fault(place.to_owned(), text)));
    all
}

fn joints() -> Vec<Choice> {
    vec![
        choice("all", "all of these are so"),
        choice("any", "at least one of these is so"),
        choice("none", "none of these is so"),
        choice("not_all", "not all of these are so"),
    ]
}

/// A tree of rows as a page goes through it.
struct Steps<'k> {
    known: &'k Known,
    faults: &'k [RowFault],
    n: usize,
    out: Vec<Step>,
}

impl<'k> Steps<'k> {
    fn of(known: &'k Known, faults: &'k [RowFault], group: &DraftGroup) -> Vec<Step> {
        let mut steps = Self {
            known,
            faults,
            n: 0,
            out: Vec::new(),
        };
        steps.group(group, 1);
        steps.out
    }

    fn fault(&self, n: usize) -> Option<String> {
        self.faults
            .iter()
            .find(|f| f.n == n)
            .map(|f| f.text.clone())
    }

    fn group(&mut self, group: &DraftGroup, level: usize) {
        let n = self.n;
        self.n += 1;
        self.out.push(Step::Open {
            n,
            joint: group.word(),
            level,
            fault: self.fault(n),
        });
        for part in &group.parts {
            match part {
                DraftPart::Group(group) => self.group(group, level + 1),
                DraftPart::Row(row) => {
                    let step = self.row(row);
                    self.out.push(step);
                    self.n += 1;
                }
            }
        }
        self.out.push(Step::Close {
            n,
            level,
            nests: level < LEVELS_MAX,
        });
    }

    fn row(&self, row: &DraftRow) -> Step {
        let ops = row.what.ops().iter();
        let op = if row.op.is_empty() {
            row.what.ops()[0].0
        } else {
            &row.op
        };
        Step::Row(Box::new(RowStep {
            n: self.n,
            what: row.what.word(),
            label: self.known.label(&row.what),
            op: op.to_owned(),
            ops: ops.map(|(word, label)| choice(word, *label)).collect(),
            value: row.value.clone(),
            field: self.field(row, op),
            days: (row.what == What::Deed).then(|| row.days.clone()),
            fault: self.fault(self.n),
            fresh: row.fresh,
        }))
    }

    fn field(&self, row: &DraftRow, op: &str) -> ValueField {
        let mut field = ValueField {
            sort: "choice",
            choices: Vec::new(),
            hints: Vec::new(),
            help: "",
        };
        match &row.what {
            What::List => field.choices.clone_from(&self.known.lists),
            What::Permit => field.choices.clone_from(&self.known.purposes),
            What::Deed => {
                field.choices = vec![choice("", "any mail")];
                field.choices.extend(self.known.campaigns.iter().cloned());
            }
            What::Field(_) if op == "known" || op == "not_known" => field.sort = "none",
            What::Field(name) => {
                field.sort = "text";
                let topics = self.known.topics.iter().find(|(of, _)| of == name);
                field.hints = topics.map_or_else(Vec::new, |(_, all)| {
                    all.iter().map(ToString::to_string).collect()
                });
                field.help = match op {
                    "in" | "not_in" => "Several, with commas between.",
                    "less" | "at_least" | "more" | "at_most" => "A number, or a day as 2026-05-31.",
                    _ => "",
                };
            }
        }
        let known = field.choices.iter().any(|c| c.value == row.value);
        if field.sort == "choice" && !known && !row.value.is_empty() {
            // What is not there any more stays chosen, so that nothing changes unseen.
            field.choices.push(choice(&row.value, row.value.clone()));
        }
        field
    }
}
