//! The footer of a mail, by message class.

use avow_model::{MessageClass, Purpose};

use crate::version::Version;

/// Everything a footer says. Plain text: escape it where it goes into HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterText {
    pub sender_name: String,
    /// A valid postal address, one line (15 USC 7704(a)(5)).
    pub postal_address: String,
    pub contact_email: String,
    /// Why the person gets this mail.
    pub why: String,
    /// A link that ends this purpose in one click, and the List-Unsubscribe headers (RFC 8058).
    pub unsubscribe: bool,
    /// A link to all choices.
    pub preferences: bool,
    /// What can be said about a mail that has no unsubscribe link.
    pub note: Option<String>,
}

/// The footer for mail of this purpose and class. Total: an undeclared purpose gets the plainest words.
pub fn footer(version: &Version, purpose: &Purpose, class: MessageClass) -> FooterText {
    let controller = version.controller();
    let marketing = class == MessageClass::Marketing;
    FooterText {
        sender_name: controller.name.clone(),
        postal_address: controller.post.clone(),
        contact_email: controller.email.clone(),
        why: why(version, purpose, class),
        unsubscribe: marketing,
        preferences: matches!(
            class,
            MessageClass::Marketing | MessageClass::Service | MessageClass::Notice
        ),
        note: note(class).map(str::to_owned),
    }
}

fn why(version: &Version, purpose: &Purpose, class: MessageClass) -> String {
    let declared = version.purpose(purpose).and_then(|p| p.why.clone());
    let name = &version.controller().name;
    match class {
        MessageClass::Notice => format!(
            "You get this because {name} holds data about you and its privacy policy changes."
        ),
        MessageClass::Confirmation => format!(
            "You get this because this address was entered in a form of {name}. Without your confirmation nothing more is sent."
        ),
        MessageClass::Marketing | MessageClass::Service => {
            declared.unwrap_or_else(|| format!("You get this because of your contact with {name}."))
        }
    }
}

const fn note(class: MessageClass) -> Option<&'static str> {
    match class {
        MessageClass::Service => Some(
            "This mail is part of a service you use. Your choices about other mail are on your preferences page.",
        ),
        MessageClass::Notice => Some("It is sent once and promotes nothing."),
        MessageClass::Marketing | MessageClass::Confirmation => None,
    }
}
