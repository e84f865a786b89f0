//! The mail that tells people of a version before it takes effect, where the version being left promises one.
//!
//! Promises: says what changes in the sentences of the diff, from when, and what the person can do; the same
//! versions give the same mail. Never: promotes, asks for a yes, or loads anything from anywhere.

use std::fmt::Write as _;

use avow_model::Purpose;

use super::html::escape;
use super::locale::locales;
use super::well_known::SiteAddress;
use crate::diff::Change;
use crate::explain::date;
use crate::set::PolicySet;
use crate::version::{ChangeClass, Kind, Version};

/// Sentences in one mail; more than anybody reads, and the page has all. Gmail cuts off at 102 KB.
const SENTENCES_MAX: usize = 60;

/// What the notice of one version says. HTML is a fragment; no template language stands in it on purpose,
/// but the policy's own words may look like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeWords {
    /// The version announced, and the one being left.
    pub n: u32,
    pub left: u32,
    /// What the gate is asked about: the service mail that a version declares, or just that word.
    pub purpose: Purpose,
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// The notice that is due for version `n` by what the version before it promised; `None` where none is.
pub fn notice_due(set: &PolicySet, n: u32, site: SiteAddress<'_>) -> Option<NoticeWords> {
    let new = set.version(n)?;
    let left = set.versions().filter(|v| v.n() < n).last()?;
    let change = set.change(left.n(), n)?;
    change.mails(left).then(|| {
        let story = Story {
            left,
            new,
            change: &change,
            url: format!("{}{}/{n}", site.base_url, site.policy_path),
        };
        story.words()
    })
}

/// What the diff page and the notice call the changes of one class.
pub const fn change_heading(class: ChangeClass) -> &'static str {
    match class {
        ChangeClass::Major => "Permits more, or promises less",
        ChangeClass::Minor => "Permits less, or promises more",
        ChangeClass::Patch => "Says it otherwise",
    }
}

struct Story<'s> {
    left: &'s Version,
    new: &'s Version,
    change: &'s Change,
    url: String,
}

/// A heading with its sentences.
type Group<'s> = (&'static str, Vec<&'s str>);

impl Story<'_> {
    fn words(&self) -> NoticeWords {
        NoticeWords {
            n: self.new.n(),
            left: self.left.n(),
            purpose: service_purpose(self.left, self.new),
            subject: format!(
                "The privacy policy of {} changes on {}",
                self.name(),
                self.from()
            ),
            html: self.html(),
            text: self.text(),
        }
    }

    fn name(&self) -> &str {
        &self.left.controller().name
    }

    fn from(&self) -> String {
        date(self.new.effective_at())
    }

    fn lead(&self) -> String {
        format!(
            "From {} on, version {} of the privacy policy of {} is in effect. Until then version {} holds.",
            self.from(),
            self.new.n(),
            self.name(),
            self.left.n()
        )
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let mut room = SENTENCES_MAX;
        let group = |class| {
            let items = self.change.of_class(class).map(|i| i.sentence.as_str());
            let sentences: Vec<&str> = items.take(room).collect();
            room -= sentences.len();
            (change_heading(class), sentences)
        };
        let classes = [ChangeClass::Major, ChangeClass::Minor, ChangeClass::Patch];
        let groups = classes.map(group).into_iter();
        groups.filter(|(_, said)| !said.is_empty()).collect()
    }

    /// What follows for the person, after the list.
    fn rest(&self) -> Vec<String> {
        let left_out = self.change.items.len().saturating_sub(SENTENCES_MAX);
        let mut out = Vec::new();
        if self.change.items.is_empty() {
            out.push("What it permits and promises stays the same.".to_owned());
        }
        if left_out > 0 {
            out.push(format!("{left_out} more changes are on the page below."));
        }
        out.push(self.earlier_data());
        out.push("You can see and change your choices at any time: the link \u{201c}Your choices\u{201d} at the end of this mail leads to them.".to_owned());
        out.push(format!(
            "Questions: {}",
            self.new.controller().email.as_str()
        ));
        out
    }

    fn earlier_data(&self) -> String {
        match self.change.class {
            ChangeClass::Major => format!(
                "Data that you gave before {} are not used more widely unless you say yes to that yourself. If you do nothing, they stay under what you were told then.",
                self.from()
            ),
            ChangeClass::Minor => {
                "It holds for the data that you gave earlier, too. Your choices stay as they are."
                    .to_owned()
            }
            ChangeClass::Patch => "Your choices stay as they are.".to_owned(),
        }
    }

    /// The pages about it: what changed, and the text in each of its languages.
    fn links(&self) -> Vec<(String, String)> {
        let url = &self.url;
        let mut out = vec![(
            "What changes, line by line".to_owned(),
            format!("{url}/changes"),
        )];
        match locales(self.new).count() {
            0 | 1 => out.push(("The whole new text".to_owned(), url.clone())),
            _ => out.extend(locales(self.new).map(|locale| {
                (
                    format!("The whole new text ({locale})"),
                    format!("{url}?lang={locale}"),
                )
            })),
        }
        out
    }

    fn html(&self) -> String {
        let mut out = String::from(HTML_START);
        let _ = write!(
            out,
            "<h1 style=\"{H1}\">The privacy policy changes</h1>\n{}",
            paragraph(&self.lead())
        );
        for (heading, sentences) in self.groups() {
            let _ = writeln!(out, "<h2 style=\"{H2}\">{}</h2>\n<ul>", escape(heading));
            for sentence in sentences {
                let _ = writeln!(out, "<li style=\"{LI}\">{}</li>", escape(sentence));
            }
            out.push_str("</ul>\n");
        }
        for said in self.rest() {
            out.push_str(&paragraph(&said));
        }
        for (words, url) in self.links() {
            let (words, url) = (escape(&words), escape(&url));
            let _ = writeln!(out, "<p style=\"{P}\"><a href=\"{url}\">{words}</a></p>");
        }
        out + HTML_END
    }

    fn text(&self) -> String {
        let mut out = format!("{}\n", self.lead());
        for (heading, sentences) in self.groups() {
            let _ = writeln!(out, "\n{heading}:");
            for sentence in sentences {
                let _ = writeln!(out, "- {sentence}");
            }
        }
        for said in self.rest() {
            let _ = write!(out, "\n{said}\n");
        }
        for (words, url) in self.links() {
            let _ = write!(out, "\n{words}:\n{url}\n");
        }
        out
    }
}

/// A notice belongs to what is owed to people: the gate judges it beside service mail.
fn service_purpose(left: &Version, new: &Version) -> Purpose {
    let declared = |v: &Version| {
        let rule = v.purposes().iter().find(|p| p.kind == Kind::Service);
        rule.map(|p| p.id.clone())
    };
    declared(left).or_else(|| declared(new)).unwrap_or_else(|| {
        "service"
            .parse()
            .expect("invariant: a plain lower-case word is a name")
    })
}

fn paragraph(text: &str) -> String {
    format!("<p style=\"{P}\">{}</p>\n", escape(text))
}

const HTML_START: &str = "<div style=\"max-width:568px;margin:0 auto;padding:24px 16px;\
font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;color:#1d241f\">\n";
const HTML_END: &str = "</div>\n";
const H1: &str = "margin:0 0 16px;font-size:24px;line-height:30px";
const H2: &str = "margin:24px 0 8px;font-size:18px;line-height:24px";
const LI: &str = "margin:0 0 8px";
const P: &str = "margin:0 0 16px";
