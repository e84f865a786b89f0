//! Compiles a campaign's content: everything dear, once.
//!
//! Order: check what is there; cut templates into text and tags; MJML to HTML; styles inlined (which also closes
//! what was left open); a text part from that; links counted; footer and beacon put behind; a dry run of each
//! template with every field filled, then with each field missing.

use avow_model::{BodyKind, CampaignContent, EmailAddress, MessageClass};
use minijinja::Value;

use crate::compiled::{Compiled, Programs};
use crate::fault::{ContentFault, ContentWarning, Place};
use crate::footer::{self, Footer};
use crate::markup;
use crate::template::{
    Builder, Engine, MARKS_MAX, Mark, Marks, Part, Program, Segment, Slot, TagKind, Values, lex,
};

/// Longest body source: a megabyte of HTML is ten times what Gmail shows.
const SOURCE_BYTES_MAX: usize = 1_000_000;
/// Where Gmail cuts a message off, footer included.
const GMAIL_CLIP_BYTES: usize = 102_000;
/// Longer subjects are cut everywhere.
const SUBJECT_CHARS_WISE: usize = 90;
/// What a token's address adds to a link: base address and 64 characters.
const TOKEN_LINK_BYTES: usize = 100;
/// Stands for each merge field in a dry run.
const SAMPLE: &str = "Sample";

/// Compiles once a campaign what all its messages share. Gives every fault it can find, not only the first.
pub fn compile(
    content: &CampaignContent,
    footer: &Footer,
    class: MessageClass,
) -> Result<Compiled, Vec<ContentFault>> {
    let mut faults = check_plain(content, footer, class);
    let parts = match Parts::of(content) {
        Ok(parts) => parts,
        Err(more) => {
            faults.extend(more);
            return Err(faults);
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let body = Body::of(content, parts.body, &parts.preheader)?;
    let hosts = body.hosts.clone();
    let (programs, mut warnings) = body.programs(parts.subject, parts.text, (footer, class))?;
    warnings.extend(wisdom(content, &programs));
    let made = (programs, warnings, hosts);
    Ok(Compiled::new(content, footer, class, made))
}

/// Faults that need no parsing.
fn check_plain(
    content: &CampaignContent,
    footer: &Footer,
    class: MessageClass,
) -> Vec<ContentFault> {
    let mut faults = footer.check(class);
    if content.subject.trim().is_empty() {
        faults.push(ContentFault::EmptySubject);
    }
    if content.body.trim().is_empty() {
        faults.push(ContentFault::EmptyBody);
    }
    if content.body.len() > SOURCE_BYTES_MAX {
        faults.push(ContentFault::TooLarge {
            place: Place::Body,
            limit_bytes: SOURCE_BYTES_MAX,
        });
    }
    if content.from_name.trim().is_empty() {
        faults.push(ContentFault::EmptySender);
    }
    faults.extend(address_fault("sender's", &content.from_address));
    let reply_to = content.reply_to.as_deref().filter(|r| !r.trim().is_empty());
    faults.extend(reply_to.and_then(|r| address_fault("reply", r)));
    faults
}

fn address_fault(role: &'static str, text: &str) -> Option<ContentFault> {
    let fault = text.parse::<EmailAddress>().err()?;
    let reason = fault.to_string();
    Some(ContentFault::BadAddress { role, reason })
}

/// The four templates of a content, cut.
struct Parts {
    subject: Vec<Part>,
    preheader: Vec<Part>,
    body: Vec<Part>,
    text: Option<Vec<Part>>,
}

impl Parts {
    fn of(content: &CampaignContent) -> Result<Self, Vec<ContentFault>> {
        let mut faults = Vec::new();
        let mut cut = |source: &str, place| {
            let parts = lex(source, place);
            parts.unwrap_or_else(|fault| {
                faults.push(fault);
                Vec::new()
            })
        };
        let own_text = content.text.as_deref().filter(|t| !t.trim().is_empty());
        let parts = Self {
            subject: cut(&content.subject, Place::Subject),
            preheader: cut(&content.preheader, Place::Preheader),
            body: cut(&content.body, Place::Body),
            text: own_text.map(|t| cut(t, Place::Text)),
        };
        if faults.is_empty() {
            Ok(parts)
        } else {
            Err(faults)
        }
    }
}

/// A body on its way to becoming programs.
struct Body<'a> {
    html: String,
    text: String,
    marks: Marks,
    links: Vec<String>,
    hosts: Vec<String>,
    warnings: Vec<ContentWarning>,
    preheader: &'a [Part],
}

impl<'a> Body<'a> {
    fn of(
        content: &CampaignContent,
        parts: Vec<Part>,
        preheader: &'a [Part],
    ) -> Result<Self, Vec<ContentFault>> {
        let mut marks = Marks::new(&[&content.body]);
        let mut html = marks.protect(&parts);
        check_depth(&html)?;
        if marks.len() > MARKS_MAX / 2 {
            let (place, limit_bytes) = (Place::Body, SOURCE_BYTES_MAX);
            return Err(vec![ContentFault::TooLarge { place, limit_bytes }]);
        }
        let mut warnings = Vec::new();
        if content.body_kind == BodyKind::Mjml {
            (html, warnings) = markup::to_html(&html).map_err(|f| vec![f])?;
        } else {
            html = markup::whole_document(html);
        }
        check_depth(&html)?;
        let html = markup::inline(&html).map_err(|f| vec![f])?;
        let lost = lost_tags(&html, &marks);
        if !lost.is_empty() {
            return Err(lost);
        }
        if let Some(line) = markup::unbalanced(&html, &marks) {
            return Err(vec![ContentFault::Unbalanced { line }]);
        }
        let text = markup::to_text(&html, &marks);
        let hosts = markup::hosts(&html, &marks)?;
        let rewritten = markup::rewrite(&html, &mut marks).map_err(|f| vec![f])?;
        let (links, more, faults) = rewritten.links.into_parts();
        if !faults.is_empty() {
            return Err(faults);
        }
        warnings.extend(more);
        Ok(Self {
            html: rewritten.html,
            text,
            marks,
            links,
            hosts,
            warnings,
            preheader,
        })
    }

    /// Compiles subject, HTML and text, and runs each dry.
    fn programs(
        mut self,
        subject: Vec<Part>,
        text: Option<Vec<Part>>,
        (footer, class): (&Footer, MessageClass),
    ) -> Result<(Programs, Vec<ContentWarning>), Vec<ContentFault>> {
        let own_text = text.is_some();
        let html = self.html_program(footer, class).map_err(|f| vec![f])?;
        let text = self.text_program(text, footer, class);
        let mut engine = Engine::default();
        let mut faults = Vec::new();
        let mut finish = |builder: Builder, name, place| {
            let program = builder.finish(name, place, &mut engine);
            program.map_err(|fault| faults.push(fault)).ok()
        };
        let preheader = finish(plain(self.preheader), "preheader", Place::Preheader);
        let subject = finish(plain(&subject), "subject", Place::Subject);
        let html = finish(html, "html", Place::Body);
        let text = finish(text, "text", Place::Text);
        let (Some(_), Some(subject), Some(html), Some(text)) = (preheader, subject, html, text)
        else {
            return Err(told_once(faults, own_text));
        };
        if self.text.trim().is_empty() {
            self.warnings.push(ContentWarning::NoText);
        }
        let programs = Programs::new(engine, [subject, html, text], self.links);
        let faults = told_once(dry_run(&programs), own_text);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok((programs, self.warnings))
    }

    fn html_program(&self, footer: &Footer, class: MessageClass) -> Result<Builder, ContentFault> {
        let mut out = Builder::default();
        let segments = self.marks.segments(&self.html);
        let end = segments
            .iter()
            .position(|s| *s == Segment::Mark(&Mark::End));
        let end = end.ok_or(ContentFault::NoPlaceForFooter)?;
        for segment in &segments[..end] {
            match segment {
                Segment::Text(text) => out.text(text),
                Segment::Mark(Mark::Tag(tag)) => out.tag(tag),
                Segment::Mark(Mark::Link(number)) => out.slot(self.link(*number)),
                Segment::Mark(Mark::Preheader) => self.preheader(&mut out),
                Segment::Mark(Mark::End) => {}
            }
        }
        for segment in &segments[end..] {
            if let Segment::Mark(Mark::Tag(tag)) = segment {
                let (place, line) = (Place::Body, tag.line);
                return Err(ContentFault::TagLost { place, line });
            }
        }
        footer::append_html(footer, class, &mut out);
        out.slot(Slot::Beacon);
        out.text("</body>\n</html>\n");
        Ok(out)
    }

    fn link(&self, number: u16) -> Slot {
        let direct = markup::escape(&self.links[usize::from(number)]);
        Slot::Link { number, direct }
    }

    /// The line that inboxes show behind the subject, and enough nothing behind it that no more is shown.
    fn preheader(&self, out: &mut Builder) {
        if self.preheader.is_empty() {
            return;
        }
        out.text(PREHEADER_START);
        for part in self.preheader {
            match part {
                Part::Text(text) => out.text(&markup::escape(text)),
                Part::Tag(tag) => out.tag(tag),
            }
        }
        out.text(&"&#847;&zwnj;&nbsp;".repeat(PREHEADER_FILL));
        out.text("</div>\n");
    }

    fn text_program(
        &self,
        own: Option<Vec<Part>>,
        footer: &Footer,
        class: MessageClass,
    ) -> Builder {
        let mut out = match own {
            Some(parts) => plain(&parts),
            None => self.made_text(),
        };
        footer::append_text(footer, class, &mut out);
        out
    }

    /// The text made from the HTML. A steering tag alone on its line takes its line with it, and the empty line
    /// behind it when there is one before it.
    fn made_text(&self) -> Builder {
        let mut out = Builder::default();
        let mut gone = "";
        let mut before = "\n\n";
        for segment in self.marks.segments(&self.text) {
            match segment {
                Segment::Text(text) => {
                    let breaks = text.bytes().take_while(|b| *b == b'\n').count();
                    let text = &text[breaks.min(gone.len())..];
                    out.text(text);
                    if !text.is_empty() {
                        before = line_breaks(text);
                    }
                    gone = "";
                }
                Segment::Mark(Mark::Tag(tag)) => {
                    out.tag(tag);
                    if tag.kind == TagKind::Block {
                        gone = before;
                    } else {
                        before = "";
                    }
                }
                Segment::Mark(_) => {}
            }
        }
        out
    }
}

/// Up to two line breaks at the end of a text.
fn line_breaks(text: &str) -> &'static str {
    match text.as_bytes() {
        [.., b'\n', b'\n'] => "\n\n",
        [.., b'\n'] => "\n",
        _ => "",
    }
}

/// A made text part has the body's tags: their faults are told for the body, or as a reason to write one's own.
fn told_once(faults: Vec<ContentFault>, own_text: bool) -> Vec<ContentFault> {
    let of_text = |f: &ContentFault| f.place() == Some(Place::Text);
    if own_text || !faults.iter().any(of_text) {
        return faults;
    }
    let (text, others): (Vec<_>, Vec<_>) = faults.into_iter().partition(of_text);
    if others.iter().any(|f| f.place() == Some(Place::Body)) {
        return others;
    }
    let reason = text.iter().map(ToString::to_string).collect();
    let mut all = others;
    all.push(ContentFault::NoTextPart { reason });
    all
}

const PREHEADER_START: &str = "<div style=\"display:none;mso-hide:all;max-height:0;max-width:0;overflow:hidden;\
opacity:0;font-size:1px;line-height:1px\">";
/// Inboxes show up to about 110 characters behind a subject.
const PREHEADER_FILL: usize = 25;

/// A template that is not HTML.
fn plain(parts: &[Part]) -> Builder {
    let mut out = Builder::default();
    for part in parts {
        match part {
            Part::Text(text) => out.text(text),
            Part::Tag(tag) => out.tag(tag),
        }
    }
    out
}

fn check_depth(html: &str) -> Result<(), Vec<ContentFault>> {
    let limit = markup::DEPTH_MAX;
    markup::too_deep(html).map_or(Ok(()), |line| {
        Err(vec![ContentFault::TooDeep { line, limit }])
    })
}

fn lost_tags(html: &str, marks: &Marks) -> Vec<ContentFault> {
    let fault = |line| ContentFault::TagLost {
        place: Place::Body,
        line,
    };
    marks.lost(html).iter().map(|t| fault(t.line)).collect()
}

/// Runs every template with all fields filled.
fn dry_run(programs: &Programs) -> Vec<ContentFault> {
    let values = samples(programs, None);
    programs
        .all()
        .filter_map(|(program, place)| program.check(programs.engine(), &values, place).err())
        .collect()
}

/// Fields whose absence stops a message.
fn needed(programs: &Programs) -> Vec<String> {
    let names = programs.names().iter();
    let fails = |name: &&String| {
        let values = samples(programs, Some(name));
        let run =
            |(p, place): (&Program, Place)| p.check(programs.engine(), &values, place).is_err();
        name.as_str() != "email" && programs.all().any(run)
    };
    names.filter(fails).cloned().collect()
}

fn samples(programs: &Programs, without: Option<&str>) -> Value {
    let value = |name: &String| match without {
        Some(missing) if missing == name => Value::UNDEFINED,
        _ => Value::from(SAMPLE),
    };
    let names = programs.names().clone();
    let values = names.iter().map(value).collect();
    Value::from_object(Values { names, values })
}

/// What is worth a look.
fn wisdom(content: &CampaignContent, programs: &Programs) -> Vec<ContentWarning> {
    let mut warnings: Vec<_> = needed(programs)
        .into_iter()
        .map(|field| ContentWarning::NoFallback { field })
        .collect();
    let size_bytes = programs.html().constant_bytes() + programs.links().len() * TOKEN_LINK_BYTES;
    if size_bytes > GMAIL_CLIP_BYTES {
        let limit_bytes = GMAIL_CLIP_BYTES;
        warnings.push(ContentWarning::TooHeavy {
            size_bytes,
            limit_bytes,
        });
    }
    let chars = content.subject.chars().count();
    if chars > SUBJECT_CHARS_WISE {
        warnings.push(ContentWarning::LongSubject { chars });
    }
    if content.preheader.trim().is_empty() {
        warnings.push(ContentWarning::NoPreheader);
    }
    warnings
}
