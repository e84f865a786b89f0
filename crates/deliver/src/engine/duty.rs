//! What comes with a permit, done: every duty shapes the message, or stops it.
//!
//! Promises: one exhaustive match over the duties, so that a new one does not compile until somebody does it;
//! a duty that a message cannot do is a refusal with its code. Never: ignores one.

use avow_compose::{Carried, Carries};
use avow_model::{MailFormat, Slug};
use avow_policy::{LeftOut, Obligation, Obligations, Permit, Redactions};

/// What all messages of a campaign can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    pub(crate) carries: Carries,
    /// The sender's name says the brand that the purpose is sent under.
    pub(crate) names_brand: bool,
    /// The offers that stand in none of them, one bit each.
    pub(crate) left_out: u64,
}

/// What footers and headers may carry, in the order of the bits that are kept.
const CARRIED: [Carried; 5] = [
    Carried::PostalAddress,
    Carried::Why,
    Carried::WayOutLink,
    Carried::WayOutHeaders,
    Carried::PreferencesLink,
];

impl Means {
    /// As the store keeps them beside a message that is written already.
    pub(crate) fn bits(self) -> u32 {
        let carried = CARRIED.iter().enumerate();
        let carried = carried.fold(0, |bits, (at, part)| {
            bits | u32::from(self.carries.has(*part)) << at
        });
        carried | u32::from(self.names_brand) << CARRIED.len()
    }

    /// From what `bits` gave.
    pub(crate) fn of_bits(bits: u32) -> Self {
        let carried = CARRIED.iter().enumerate();
        Self {
            carries: carried.fold(Carries::default(), |all, (at, part)| {
                all.with(*part, bits >> at & 1 == 1)
            }),
            names_brand: bits >> CARRIED.len() & 1 == 1,
            // Such a message has no offers that could stand in it.
            left_out: 0,
        }
    }
}

/// How one message is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) format: MailFormat,
    /// False where nothing may tell who opened it, whoever said yes to measuring.
    pub(crate) may_have_pixel: bool,
    /// False where nothing may tell who followed a link.
    pub(crate) may_count_links: bool,
    /// Which of the question's fallbacks are left out.
    pub(crate) redactions: Redactions,
}

impl Shape {
    const fn plain() -> Self {
        Self {
            format: MailFormat::Any,
            may_have_pixel: true,
            may_count_links: true,
            redactions: Redactions::NONE,
        }
    }
}

/// The shape that does every duty of a permit; else the first duty that nothing here can do.
pub(crate) fn shape(permit: &Permit, means: Means) -> Result<Shape, Obligation> {
    let shape = Shape {
        redactions: permit.redactions(),
        ..Shape::plain()
    };
    let duties = (permit.obligations(), bits(permit.left_out()));
    shaped(shape, duties, means)
}

/// The duties are those of a permit and the offers that it says to leave out.
fn shaped(
    mut shape: Shape,
    (duties, offers): (Obligations, u64),
    means: Means,
) -> Result<Shape, Obligation> {
    for duty in duties.iter() {
        let carries = means.carries;
        let done = match duty {
            Obligation::PostalAddress => carries.has(Carried::PostalAddress),
            Obligation::Why => carries.has(Carried::Why),
            Obligation::WayOutLink => carries.has(Carried::WayOutLink),
            Obligation::WayOutHeaders => carries.has(Carried::WayOutHeaders),
            Obligation::PreferencesLink => carries.has(Carried::PreferencesLink),
            Obligation::TextOnly => {
                shape.format = MailFormat::TextOnly;
                true
            }
            Obligation::NoPixel => {
                shape.may_have_pixel = false;
                true
            }
            Obligation::PlainLinks => {
                shape.may_count_links = false;
                true
            }
            Obligation::SendAsBrand => means.names_brand,
            // The fields of the categories in `redactions` are not given to the template.
            Obligation::Redact => true,
            Obligation::LeaveOutOffers => offers & !means.left_out == 0,
            // No page takes a friend's name.
            Obligation::NameReferrer => false,
        };
        if !done {
            return Err(duty);
        }
    }
    Ok(shape)
}

fn bits(left_out: LeftOut) -> u64 {
    left_out.places().fold(0, |mask, place| mask | 1 << place)
}

/// The code of a row whose message cannot do a duty.
pub(crate) const fn code(duty: Obligation) -> &'static str {
    match duty {
        Obligation::PostalAddress => "C_DUTY_POSTAL_ADDRESS",
        Obligation::Why => "C_DUTY_WHY",
        Obligation::WayOutLink => "C_DUTY_WAY_OUT_LINK",
        Obligation::WayOutHeaders => "C_DUTY_WAY_OUT_HEADERS",
        Obligation::PreferencesLink => "C_DUTY_PREFERENCES_LINK",
        Obligation::TextOnly => "C_DUTY_TEXT_ONLY",
        Obligation::NoPixel => "C_DUTY_NO_PIXEL",
        Obligation::PlainLinks => "C_DUTY_PLAIN_LINKS",
        Obligation::NameReferrer => "C_DUTY_NAME_REFERRER",
        Obligation::SendAsBrand => "C_DUTY_SEND_AS_BRAND",
        Obligation::Redact => "C_DUTY_REDACT",
        Obligation::LeaveOutOffers => "C_DUTY_LEAVE_OUT_OFFERS",
    }
}

/// The duty that a row's code names.
pub(crate) fn of_code(code_: &str) -> Option<Obligation> {
    let mut all = Obligation::ALL.iter().copied();
    all.find(|duty| code(*duty) == code_)
}

/// True when a sender's name says a brand: its letters and digits stand in it, whatever is between them.
pub(crate) fn names_brand(sender: &str, brand: &Slug) -> bool {
    let bare = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    bare(sender).contains(&bare(brand.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(all: bool) -> Means {
        Means {
            carries: CARRIED
                .iter()
                .fold(Carries::default(), |c, part| c.with(*part, all)),
            names_brand: all,
            left_out: if all { 0b110 } else { 0b100 },
        }
    }

    fn one(duty: Obligation, all: bool) -> Result<Shape, Obligation> {
        shaped(Shape::plain(), (Obligations::of(&[duty]), 0b10), means(all))
    }

    #[test]
    fn each_duty_shapes_the_message_or_stops_it() {
        use Obligation as O;
        let same = Shape::plain();
        for duty in [
            O::PostalAddress,
            O::Why,
            O::WayOutLink,
            O::WayOutHeaders,
            O::PreferencesLink,
            O::SendAsBrand,
            O::LeaveOutOffers,
        ] {
            assert_eq!(one(duty, true), Ok(same), "{duty:?}");
            assert_eq!(one(duty, false), Err(duty), "{duty:?}");
        }
        assert_eq!(one(O::NameReferrer, true), Err(O::NameReferrer));
        assert_eq!(one(O::Redact, false), Ok(same));
        assert_eq!(
            one(O::TextOnly, false).unwrap().format,
            MailFormat::TextOnly
        );
        assert!(!one(O::NoPixel, false).unwrap().may_have_pixel);
        assert!(!one(O::PlainLinks, false).unwrap().may_count_links);
    }

    #[test]
    fn what_a_written_message_carries_survives_the_store() {
        for bits in 0..1 << 6 {
            assert_eq!(Means::of_bits(bits).bits(), bits);
        }
    }

    #[test]
    fn each_duty_has_a_code_of_its_own_that_names_it() {
        for duty in Obligation::ALL {
            assert_eq!(of_code(code(*duty)), Some(*duty));
            let word = duty.as_str().to_uppercase();
            assert_eq!(code(*duty), format!("C_DUTY_{word}"));
        }
        assert_eq!(of_code("C_CONTENT"), None);
    }

    #[test]
    fn a_senders_name_says_a_brand_in_whatever_writing() {
        let brand = "valley-news".parse().unwrap();
        for name in ["Valley News", "The VALLEY-NEWS letter", "valleynews"] {
            assert!(names_brand(name, &brand), "{name}");
        }
        for name in ["Valley", "News of the valley", ""] {
            assert!(!names_brand(name, &brand), "{name}");
        }
    }
}
