//! What people do with mail, as a segment asks about it: opened, clicked; or known not to have.
//!
//! Promises: "did not" is known only where it would have been seen: a mail that was not measured, and a deed
//! that may not be read, leave it unknown. Never: counts what a machine did.

use std::sync::LazyLock;

use avow_model::{CampaignId, Category, Timestamp};
use serde::{Deserialize, Serialize};

use super::Truth;

/// A deed that mails are measured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Loaded the picture that marks an open, or followed a link: who clicks has opened.
    Opened,
    Clicked,
}

/// One deed of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    pub act: Act,
    pub campaign: CampaignId,
    pub at: Timestamp,
}

/// A question about deeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doing {
    pub act: Act,
    /// `None`: with any mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    pub at_least: u32,
    /// A day is 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
}

/// What is known of one person's deeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conduct {
    pub deeds: Vec<Deed>,
    /// Mails that the person got and that were not measured, or not all the time: what they did with these nobody knows.
    pub unseen: Vec<(Act, CampaignId)>,
}

impl Act {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Opened, Self::Clicked];

    /// The word of the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Clicked => "clicked",
        }
    }

    /// The category of data that it is.
    pub fn category(self) -> &'static Category {
        static OPEN: LazyLock<Category> = LazyLock::new(|| constant("open"));
        static CLICK: LazyLock<Category> = LazyLock::new(|| constant("click"));
        match self {
            Self::Opened => &OPEN,
            Self::Clicked => &CLICK,
        }
    }
}

fn constant(name: &str) -> Category {
    name.parse().expect("invariant: a constant that is a name")
}

impl Doing {
    /// Of what is known. Deeds that may not be read count as nothing, and leave a no unknown.
    pub(super) fn judge(
        &self,
        conduct: &Conduct,
        reads: impl Fn(Act) -> Read,
        now: Timestamp,
    ) -> Truth {
        let since = self.within_days.and_then(|days| {
            let span = jiff::SignedDuration::from_hours(24 * i64::from(days));
            now.checked_sub(span).ok()
        });
        let here = |campaign: CampaignId| self.campaign.is_none_or(|asked| asked == campaign);
        // A click tells of an open as well.
        let told_by = |act: Act| act == self.act || self.act == Act::Opened;
        let counts = |deed: &&Deed| {
            told_by(deed.act)
                && reads(deed.act) == Read::Yes
                && here(deed.campaign)
                && deed.at <= now
                && since.is_none_or(|since| deed.at > since)
        };
        let done = conduct.deeds.iter().filter(counts).count();
        if u32::try_from(done).unwrap_or(u32::MAX) >= self.at_least {
            return Truth::True;
        }
        let hidden = Act::ALL
            .into_iter()
            .any(|act| told_by(act) && reads(act) == Read::No);
        let unseen = |(act, campaign): &(Act, CampaignId)| *act == self.act && here(*campaign);
        if hidden || conduct.unseen.iter().any(unseen) {
            return Truth::Unknown;
        }
        Truth::False
    }
}

/// Whether deeds of one sort may be read of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Yes,
    No,
    /// Nothing of the sort is held, or declared at all.
    Nothing,
}
