//! When a campaign is to leave, and to whom of those who did not get an earlier one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::CampaignId;
use crate::zone::{Reading, WallTime, Zone};

/// Whose clock is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hour {
    /// One clock for everybody, in the plan's zone.
    OneForAll,
    /// Each person's own, in the zone that this field of theirs names; whoever has none that may be read
    /// gets the plan's zone.
    EachTheirOwn { field: String },
}

/// When a campaign is to leave, as it was typed. The zone is always stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendPlan {
    pub wall: WallTime,
    pub zone: Zone,
    pub hour: Hour,
}

/// Further ahead somebody has mistyped the year.
pub const PLAN_AHEAD_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The clocks on Earth that are furthest ahead (Kiribati): where a day begins first.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(14);

/// Why a campaign cannot leave then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    #[error("{wall} in {zone} is past; choose a later time, or send now")]
    Past { wall: String, zone: &'static str },
    #[error("that is more than a year ahead; choose an earlier time")]
    TooFar,
    #[error(
        "in {zone} there is no {hour} that day: the clocks jump over it to {next}; choose another hour"
    )]
    Skipped {
        zone: &'static str,
        hour: String,
        next: String,
    },
}

impl SendPlan {
    /// When the engine begins: at the hour itself, or where each person has their own, when the first place on
    /// Earth has it (at once, where that is past).
    pub fn starts_at(&self, now: Timestamp) -> Result<Timestamp, PlanFault> {
        let at = match self.zone.read(self.wall) {
            Reading::Skipped(next) => return Err(self.skipped(next)),
            reading => reading.instant(),
        };
        if at <= now {
            return Err(PlanFault::Past {
                wall: self.wall.long(),
                zone: self.zone.name(),
            });
        }
        if at.duration_since(now) > PLAN_AHEAD_MAX {
            return Err(PlanFault::TooFar);
        }
        Ok(match self.hour {
            Hour::OneForAll => at,
            Hour::EachTheirOwn { .. } => self.first_on_earth().max(now),
        })
    }

    fn skipped(&self, next: Timestamp) -> PlanFault {
        PlanFault::Skipped {
            zone: self.zone.name(),
            hour: self.wall.hour(),
            next: self.zone.wall(next).hour(),
        }
    }

    fn first_on_earth(&self) -> Timestamp {
        Zone::utc().read(self.wall).instant() - FURTHEST_AHEAD
    }

    /// When it is this hour for somebody of whom this zone is known; an hour that clocks jump over is its end there.
    pub fn due(&self, own: Option<&Zone>) -> Timestamp {
        own.unwrap_or(&self.zone).read(self.wall).instant()
    }
}

/// Those of an earlier campaign who are written to again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowGroup {
    /// Their server refused it. An address that ended is refused again by the gate.
    Bounced,
    /// It was put off until its time ran out.
    Expired,
    /// It was not sent to them: a rule stood against it, that may have ended.
    Refused,
    /// It may have arrived, nobody knows.
    Unknown,
    /// They have it and neither opened it nor clicked, of those who let that be measured.
    Unopened,
}

impl FollowGroup {
    pub const ALL: [Self; 5] = [
        Self::Bounced,
        Self::Expired,
        Self::Refused,
        Self::Unknown,
        Self::Unopened,
    ];

    /// The word that forms, JSON and the store use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Unopened => "unopened",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.as_str() == word)
    }
}

/// An audience: those of an earlier campaign who did not get it, or did not read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    pub of: CampaignId,
    pub groups: Vec<FollowGroup>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(zone: &str, wall: &str, hour: Hour) -> SendPlan {
        SendPlan {
            wall: WallTime::parse(wall).unwrap(),
            zone: Zone::parse(zone).unwrap(),
            hour,
        }
    }

    fn own() -> Hour {
        Hour::EachTheirOwn {
            field: "time_zone".to_owned(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_plan_starts_at_its_hour_and_never_in_the_past_in_a_gap_or_in_years() {
        let now = at("2026-03-20T12:00Z");
        let starts = |wall: &str| plan("Europe/Berlin", wall, Hour::OneForAll).starts_at(now);
        assert_eq!(starts("2026-03-20T13:01"), Ok(at("2026-03-20T12:01Z")));
        assert!(matches!(
            starts("2026-03-20T13:00"),
            Err(PlanFault::Past { .. })
        ));
        assert!(matches!(
            starts("2025-03-20T13:00"),
            Err(PlanFault::Past { .. })
        ));
        assert_eq!(starts("2027-06-20T13:00"), Err(PlanFault::TooFar));
        let gap = starts("2026-03-29T02:30").unwrap_err();
        assert_eq!(
            gap.to_string(),
            "in Europe/Berlin there is no 02:30 that day: the clocks jump over it to 03:00; choose another hour"
        );
        assert_eq!(starts("2026-10-25T02:30"), Ok(at("2026-10-25T00:30Z")));
    }

    #[test]
    fn where_each_has_their_own_hour_it_starts_with_the_first_place_on_earth() {
        let now = at("2026-03-20T12:00Z");
        let starts = |wall: &str| plan("Europe/Berlin", wall, own()).starts_at(now);
        assert_eq!(starts("2026-03-25T09:00"), Ok(at("2026-03-24T19:00Z")));
        // Already past in the east: those go at once.
        assert_eq!(starts("2026-03-20T18:00"), Ok(now));
        assert!(matches!(
            starts("2026-03-20T13:00"),
            Err(PlanFault::Past { .. })
        ));
    }

    #[test]
    fn each_person_is_due_by_their_own_zone_and_by_the_plans_where_none_is_known() {
        let plan = plan("Europe/Berlin", "2026-03-29T02:30", own());
        let due = |name: &str| plan.due(Some(&Zone::parse(name).unwrap()));
        assert_eq!(plan.due(None), at("2026-03-29T01:00Z"));
        assert_eq!(due("Asia/Tokyo"), at("2026-03-28T17:30Z"));
        assert_eq!(due("America/New_York"), at("2026-03-29T06:30Z"));
    }

    #[test]
    fn every_group_has_a_word_of_its_own() {
        for group in FollowGroup::ALL {
            assert_eq!(FollowGroup::parse(group.as_str()), Some(group));
        }
    }
}
