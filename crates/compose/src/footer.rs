//! The footer that the policy asks for, in HTML and in plain text.
//!
//! It stands behind everything the user wrote, as a child of the body, with styles of its own that a style sheet
//! cannot override (an inline `!important` wins), in a program's part that no template tag of the user reaches.

use avow_model::MessageClass;

use crate::fault::ContentFault;
use crate::markup::escape;
use crate::template::{Builder, Slot};

/// What a footer says: the words come from the policy, the shape from here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footer {
    /// Who sends: the controller's or brand's name.
    pub sender_name: String,
    /// Where the sender lives; may have several lines.
    pub postal_address: String,
    /// "You get this because ...": one or two sentences.
    pub why: String,
    /// The purpose (`newsletter`): names the stream in List-Id and Feedback-ID.
    pub stream: String,
    pub way_out: WayOut,
}

/// Whether a message can be unsubscribed from in one click.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WayOut {
    /// As its class has it: marketing can, other mail cannot.
    #[default]
    OfClass,
    /// It can, whatever its class: the policy says so of its purpose.
    OneClick,
}

impl WayOut {
    pub(crate) fn is_open(self, class: MessageClass) -> bool {
        class == MessageClass::Marketing || self == Self::OneClick
    }
}

/// Something that messages owe their readers, and that footer and headers carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    PostalAddress,
    /// The reason why people get it.
    Why,
    WayOutLink,
    /// List-Unsubscribe with one click (RFC 8058).
    WayOutHeaders,
    PreferencesLink,
}

/// What every message of a content carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carries(u8);

impl Carries {
    /// True when it is in every message.
    pub const fn has(self, what: Carried) -> bool {
        self.0 & (1 << what as u8) != 0
    }

    /// The same, with this if it is there.
    #[must_use]
    pub const fn with(self, what: Carried, is_there: bool) -> Self {
        Self(self.0 | (is_there as u8) << what as u8)
    }
}

impl Footer {
    /// What a class of mail must say and this footer does not.
    pub(crate) fn check(&self, class: MessageClass) -> Vec<ContentFault> {
        let bulk = matches!(class, MessageClass::Marketing | MessageClass::Notice);
        let parts = [
            (&self.sender_name, "sender's name", true),
            (&self.postal_address, "postal address", true),
            (&self.why, "reason why people get it", bulk),
        ];
        let missing = parts
            .iter()
            .filter(|(text, _, must)| *must && text.trim().is_empty());
        missing
            .map(|(_, part, _)| ContentFault::IncompleteFooter { part })
            .collect()
    }
}

/// What a message with this footer carries.
pub(crate) fn carries(footer: &Footer, class: MessageClass) -> Carries {
    let links = links(footer.way_out, class);
    let has = |slot: &Slot| links.iter().any(|(_, s)| s == slot);
    Carries::default()
        .with(
            Carried::PostalAddress,
            !footer.postal_address.trim().is_empty(),
        )
        .with(Carried::Why, !footer.why.trim().is_empty())
        .with(Carried::WayOutLink, has(&Slot::Unsubscribe))
        .with(Carried::WayOutHeaders, footer.way_out.is_open(class))
        .with(Carried::PreferencesLink, has(&Slot::Preferences))
}

/// A line of links: what each says, and where it leads.
fn links(way_out: WayOut, class: MessageClass) -> &'static [(&'static str, Slot)] {
    const UNSUBSCRIBE: (&str, Slot) = ("Unsubscribe", Slot::Unsubscribe);
    const CHOICES: (&str, Slot) = ("Your choices", Slot::Preferences);
    const VIEW: (&str, Slot) = ("View in a browser", Slot::View);
    match class {
        _ if way_out.is_open(class) => &[UNSUBSCRIBE, CHOICES, VIEW],
        MessageClass::Marketing | MessageClass::Service | MessageClass::Notice => &[CHOICES, VIEW],
        MessageClass::Confirmation => &[],
    }
}

/// Asks about a reason make sense only for mail that a policy sends, not for what a person just asked for.
const fn has_why_page(class: MessageClass) -> bool {
    !matches!(class, MessageClass::Confirmation)
}

/// Appends the footer as HTML.
pub(crate) fn append_html(footer: &Footer, class: MessageClass, out: &mut Builder) {
    out.text(HTML_START);
    out.text(&format!("{PARAGRAPH}{}", escape(footer.why.trim())));
    if has_why_page(class) {
        append_link("Why did I get this?", Slot::Why, (" ", "</p>\n"), out);
    } else {
        out.text("</p>\n");
    }
    let lines: Vec<_> = footer
        .postal_address
        .lines()
        .map(|l| escape(l.trim()))
        .collect();
    let name = escape(footer.sender_name.trim());
    out.text(&format!(
        "{PARAGRAPH}{name}<br>{}</p>\n",
        lines.join("<br>")
    ));
    let links = links(footer.way_out, class);
    for (i, (words, slot)) in links.iter().enumerate() {
        let before = if i == 0 {
            PARAGRAPH
        } else {
            " &nbsp;·&nbsp; "
        };
        let after = if i + 1 == links.len() { "</p>\n" } else { "" };
        append_link(words, slot.clone(), (before, after), out);
    }
    out.text(HTML_END);
}

const HTML_START: &str = "\n<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
style=\"display:table !important;visibility:visible !important;opacity:1 !important;width:100%;background-color:#f3f1ec;\
border-collapse:collapse\"><tr><td align=\"center\" style=\"display:table-cell !important;padding:24px 16px\">\n\
<div style=\"display:block !important;max-width:568px;text-align:left;font-family:Helvetica,Arial,sans-serif;\
font-size:14px !important;line-height:21px;color:#4a4f48 !important\">\n";
const HTML_END: &str = "</div>\n</td></tr></table>\n";
const PARAGRAPH: &str = "<p style=\"display:block !important;margin:0 0 12px\">";

fn append_link(words: &str, slot: Slot, (before, after): (&str, &str), out: &mut Builder) {
    out.text(&format!("{before}<a href=\""));
    out.slot(slot);
    out.text(&format!(
        "\" style=\"display:inline !important;color:#25483a !important;text-decoration:underline\">{words}</a>{after}"
    ));
}

/// Appends the footer as plain text, set off as signatures are (RFC 3676 4.3).
pub(crate) fn append_text(footer: &Footer, class: MessageClass, out: &mut Builder) {
    out.text(&format!("\n\n-- \n{}\n", footer.why.trim()));
    if has_why_page(class) {
        out.text("Why did I get this: ");
        out.slot(Slot::Why);
        out.text("\n");
    }
    let name = footer.sender_name.trim();
    out.text(&format!("\n{name}\n{}\n", footer.postal_address.trim()));
    for (i, (words, slot)) in links(footer.way_out, class).iter().enumerate() {
        let before = if i == 0 { "\n" } else { "" };
        out.text(&format!("{before}{words}: "));
        out.slot(slot.clone());
        out.text("\n");
    }
}
