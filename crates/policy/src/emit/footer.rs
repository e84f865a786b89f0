//! The footer of a mail, by message class.

use avow_model::{MessageClass, Purpose};

use crate::version::{PurposeRule, Version};

/// Longest name of a friend that a footer shows: names stay far below, and it is somebody else's text.
const REFERRER_CHARS_MAX: usize = 80;

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
    /// A link to all choices, where one button stops all marketing. Service mail has it too: in Canada
    /// even that needs a way out of commercial mail (SC 2010, c. 23, sections 6(6) and 11).
    pub preferences: bool,
    /// What can be said about a mail that has no unsubscribe link.
    pub note: Option<String>,
}

/// The footer for mail of this purpose and class. Total: an undeclared purpose gets the plainest words.
pub fn footer(version: &Version, purpose: &Purpose, class: MessageClass) -> FooterText {
    let controller = version.controller();
    let way_out = has_way_out(version, purpose, class);
    FooterText {
        sender_name: controller.name.clone(),
        postal_address: controller.post.clone(),
        contact_email: controller.email.clone(),
        why: why(version, purpose, class),
        unsubscribe: way_out,
        preferences: matches!(
            class,
            MessageClass::Marketing | MessageClass::Service | MessageClass::Notice
        ),
        note: note(class).filter(|_| !way_out).map(str::to_owned),
    }
}

/// The footer of an invitation that a friend asked for: it names the friend (CASL regulation SOR/2013-221,
/// section 4) and says that the address serves once.
pub fn referral_footer(version: &Version, purpose: &Purpose, referrer: &str) -> FooterText {
    let name = plain_name(referrer);
    let who = &version.controller().name;
    FooterText {
        why: format!(
            "{name} gave {who} your address for this one mail. It is not kept for another."
        ),
        ..footer(version, purpose, MessageClass::Marketing)
    }
}

/// A name from outside on one line: control characters could begin a line or header of their own.
fn plain_name(name: &str) -> String {
    let plain = name.chars().filter(|c| !c.is_control());
    let short: String = plain.take(REFERRER_CHARS_MAX).collect();
    match short.trim() {
        "" => "Somebody who knows you".to_owned(),
        name => name.to_owned(),
    }
}

/// Marketing always has a way out; service mail where the policy gives one.
fn has_way_out(version: &Version, purpose: &Purpose, class: MessageClass) -> bool {
    match class {
        MessageClass::Marketing => true,
        MessageClass::Service => version
            .purpose(purpose)
            .is_some_and(PurposeRule::has_way_out),
        MessageClass::Notice | MessageClass::Confirmation => false,
    }
}

fn why(version: &Version, purpose: &Purpose, class: MessageClass) -> String {
    let rule = version.purpose(purpose);
    let declared = rule.and_then(|p| p.why.clone());
    let name = &version.controller().name;
    match class {
        MessageClass::Notice => format!(
            "You get this because {name} holds data about you and its privacy policy changes."
        ),
        MessageClass::Confirmation => format!(
            "You get this because this address was entered in a form of {name}. Without your confirmation nothing more is sent."
        ),
        MessageClass::Marketing | MessageClass::Service => {
            let said = declared
                .unwrap_or_else(|| format!("You get this because of your contact with {name}."));
            match rule.and_then(|p| p.send_as.as_ref()) {
                // Who is behind a brand may not be hidden (Directive 2002/58/EC, Article 13(4)).
                Some(brand) => format!("{said} {name} sends it as {brand}."),
                None => said,
            }
        }
    }
}

const fn note(class: MessageClass) -> Option<&'static str> {
    match class {
        MessageClass::Service => Some(
            "This mail is part of a service you use. Your preferences page ends all other mail, with one button.",
        ),
        MessageClass::Notice => Some("It is sent once and promotes nothing."),
        MessageClass::Marketing | MessageClass::Confirmation => None,
    }
}
