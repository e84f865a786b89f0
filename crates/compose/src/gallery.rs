//! Templates of our own: messages of blocks to begin with.
//!
//! Promises: each is in our words, loads nothing, has a text part, and stays readable in the dark; `tests/gallery.rs`
//! looks.

use crate::blocks::Document;

/// One template.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    pub slug: &'static str,
    pub title: &'static str,
    /// When to take it.
    pub about: &'static str,
    pub subject: &'static str,
    pub preheader: &'static str,
    json: &'static str,
}

/// The one to take when nothing else is said.
pub const PLAINEST: &str = "letter";

macro_rules! templates {
    ($($slug:literal, $title:literal, $about:literal, $subject:literal, $preheader:literal;)*) => {
        /// All of them, the plainest first.
        pub const ALL: &[Template] = &[$(Template {
            slug: $slug,
            title: $title,
            about: $about,
            subject: $subject,
            preheader: $preheader,
            json: include_str!(concat!("../templates/gallery/", $slug, ".json")),
        }),*];
    };
}

templates! {
    "letter", "Letter", "A letter from one person to another, without pictures. It suits most things.",
        "A word from us", "Three things that happened, and one that is coming";
}

/// The template of this name.
pub fn template(slug: &str) -> Option<&'static Template> {
    ALL.iter().find(|template| template.slug == slug)
}

impl Template {
    /// Its blocks.
    pub fn document(&self) -> Document {
        Document::read(self.json).expect("invariant: every template is read by a test")
    }
}
