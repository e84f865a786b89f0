//! Templates of our own: messages of blocks to begin with.
//!
//! Promises: each is in our words, loads nothing, has a text part, and stays readable in the dark; `gallery/tests.rs`
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
    "newsletter", "Newsletter", "News in the order of how much it matters: one story, some short ones, dates.",
        "What the spring brought us", "One story, two short ones, three dates";
    "announcement", "Announcement", "One thing is new: what it is, what changes, what stays.",
        "Something new from us", "What changes for you, and what stays as it is";
    "welcome", "Welcome", "The first mail after somebody signed up: what comes, how often, how to change it.",
        "Welcome: this is what you get", "How often we write, and where to start";
    "invitation", "Invitation", "An evening, a fair, a talk: when, where, how it goes, one button.",
        "An invitation for Thursday, 21 May", "One good question, forty seats";
    "product", "Products", "A few things to buy, with their prices and what they are good for.",
        "Three new things", "What each of them is good for, and what it costs";
    "digest", "Digest", "Five links, each with two sentences and how long it takes.",
        "Five things worth your time", "The week in five minutes";
    "receipt", "Service mail", "About an order or an account: what happened and what happens next.",
        "Your order is on its way", "What we sent, and what happens next";
    "permission", "Asking again", "Asks people of whom you have not heard whether you may go on writing.",
        "May we go on writing to you?", "If you do nothing, the letters end";
    "season", "Seasonal offer", "A few things at a price that holds until a day, and until when to order.",
        "A good present, wrapped already", "Prices that hold until 20 December";
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

#[cfg(test)]
mod tests;
