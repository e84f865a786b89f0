//! A campaign ready to render: fills in what differs, copies the rest.

use std::sync::Arc;

use avow_model::{CampaignContent, MailFormat, MessageClass};
use minijinja::Value;

use crate::envelope::{Heads, begin_part, end_parts};
use crate::fault::{ContentWarning, Place, RenderFault};
use crate::footer::{Carries, Footer, carries};
use crate::job::{RenderJob, Scratch};
use crate::mime::Quoted;
use crate::template::{Engine, Program, Sink, Values};

/// The compiled parts of a content.
#[derive(Debug)]
pub(crate) struct Programs {
    engine: Engine,
    subject: Program,
    html: Program,
    text: Program,
    links: Vec<String>,
    names: Arc<[String]>,
}

impl Programs {
    pub(crate) fn new(engine: Engine, programs: [Program; 3], links: Vec<String>) -> Self {
        let mut names: Vec<_> = programs.iter().flat_map(|p| p.names(&engine)).collect();
        names.sort();
        names.dedup();
        let [subject, html, text] = programs;
        Self {
            engine,
            subject,
            html,
            text,
            links,
            names: names.into(),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&Program, Place)> {
        [
            (&self.subject, Place::Subject),
            (&self.html, Place::Body),
            (&self.text, Place::Text),
        ]
        .into_iter()
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) const fn names(&self) -> &Arc<[String]> {
        &self.names
    }

    pub(crate) const fn html(&self) -> &Program {
        &self.html
    }

    pub(crate) fn links(&self) -> &[String] {
        &self.links
    }

    /// Merge values of one contact.
    fn values(&self, job: &RenderJob<'_>) -> Value {
        let value = |name: &String| match job.fields.get(name) {
            Some(text) => clean(text),
            None if name == "email" => Value::from(job.to.expose()),
            None => Value::UNDEFINED,
        };
        let names = self.names.clone();
        let values = names.iter().map(value).collect();
        Value::from_object(Values { names, values })
    }
}

/// A field's text without control characters: they are our markers, and never mean anything in a mail.
pub(crate) fn clean(text: &str) -> Value {
    let keep = |c: char| !c.is_control() || c == '\n' || c == '\t';
    if text.chars().all(keep) {
        Value::from(text)
    } else {
        Value::from(text.chars().filter(|c| keep(*c)).collect::<String>())
    }
}

/// A campaign's content, parsed, inlined and encoded: immutable, shared by all workers.
#[derive(Debug)]
pub struct Compiled {
    programs: Programs,
    fields: Vec<String>,
    hosts: Vec<String>,
    warnings: Vec<ContentWarning>,
    heads: Heads,
    carries: Carries,
}

/// A message as a page shows it: the HTML document, the subject, the plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub subject: String,
    pub html: String,
    pub text: String,
}

impl Compiled {
    pub(crate) fn new(
        content: &CampaignContent,
        footer: &Footer,
        class: MessageClass,
        (programs, warnings, hosts): (Programs, Vec<ContentWarning>, Vec<String>),
    ) -> Self {
        let fields = programs.names.iter().filter(|n| *n != "email");
        Self {
            fields: fields.cloned().collect(),
            heads: Heads::new(content, footer, class),
            carries: carries(footer, class),
            programs,
            hosts,
            warnings,
        }
    }

    /// The targets of tracked links; a click token's `link` is an index into this.
    pub fn links(&self) -> &[String] {
        &self.programs.links
    }

    /// Names of the merge fields that the content reads.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The hosts that the body loads pictures, styles and the like from when it is looked at: lower case, sorted,
    /// each once. What is put in when a message is made (beacon, our own pages) is not among them.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// What each message carries by its footer and headers.
    pub const fn carries(&self) -> Carries {
        self.carries
    }

    /// True for a field whose absence stops the message: the content gives no fallback for it.
    pub fn is_needed(&self, field: &str) -> bool {
        let none =
            |w: &ContentWarning| matches!(w, ContentWarning::NoFallback { field: f } if f == field);
        self.warnings.iter().any(none)
    }

    /// What somebody should look at before sending.
    pub fn warnings(&self) -> &[ContentWarning] {
        &self.warnings
    }

    /// Renders one message into `scratch`, whose former content is dropped. The same job gives the same bytes.
    pub fn render(&self, job: &RenderJob<'_>, scratch: &mut Scratch) -> Result<(), RenderFault> {
        self.render_marked(job, "", scratch)
    }

    /// The same with `[Test]` before the subject, and neither beacon nor counted links.
    pub fn render_test(
        &self,
        job: &RenderJob<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), RenderFault> {
        let job = RenderJob {
            open_beacon: false,
            track_clicks: false,
            ..*job
        };
        self.render_marked(&job, "[Test] ", scratch)
    }

    /// One message for a page: the preview, or "view in a browser". Nothing in it is measured.
    pub fn page(&self, job: &RenderJob<'_>) -> Result<Page, RenderFault> {
        let job = &RenderJob {
            open_beacon: false,
            track_clicks: false,
            ..*job
        };
        let values = self.programs.values(job);
        let mut scratch = Vec::new();
        let mut plain = |program: &Program| {
            let mut out = String::new();
            let to = (&mut Sink::Plain(&mut out), &mut scratch);
            program.render(&self.programs.engine, &values, job, to)?;
            Ok(out)
        };
        Ok(Page {
            subject: plain(&self.programs.subject)?,
            html: plain(&self.programs.html)?,
            text: plain(&self.programs.text)?,
        })
    }

    fn render_marked(
        &self,
        job: &RenderJob<'_>,
        mark: &str,
        scratch: &mut Scratch,
    ) -> Result<(), RenderFault> {
        let Scratch {
            headers,
            body,
            skeleton,
            subject,
        } = scratch;
        let values = self.programs.values(job);
        let engine = &self.programs.engine;
        subject.clear();
        subject.push_str(mark);
        let to = (&mut Sink::Plain(subject), &mut *skeleton);
        self.programs.subject.render(engine, &values, job, to)?;
        headers.clear();
        self.heads.append(job, subject, headers);
        body.clear();
        if job.format == MailFormat::Any {
            begin_part(job, "text/plain", body);
        }
        let mut sink = Sink::Quoted(Quoted::new(body));
        let to = (&mut sink, &mut *skeleton);
        self.programs.text.render(engine, &values, job, to)?;
        if job.format == MailFormat::TextOnly {
            body.extend_from_slice(b"\r\n");
            return Ok(());
        }
        begin_part(job, "text/html", body);
        let mut sink = Sink::Quoted(Quoted::new(body));
        let to = (&mut sink, &mut *skeleton);
        self.programs.html.render(engine, &values, job, to)?;
        end_parts(job, body);
        Ok(())
    }
}
