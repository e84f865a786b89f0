//! Numbers, times, bars and state words as pages show them. Pure: `now` is an argument.

use avow_model::{CampaignState, Outcome, RecipientState, Timestamp};
use serde::Serialize;

use crate::language::{Told, exact, short_day};

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;
/// Beyond this many days a date says more than a distance.
const RELATIVE_DAYS_MAX: i64 = 6;
/// Width of a bar in its own units: fine enough for one in a thousand.
const BAR_UNITS: i64 = 1000;
/// A segment with anyone in it is never thinner than this, so that it can be seen.
const SLIVER_UNITS: i64 = 4;

/// An instant, for a `<time>`: the machine's form, the exact one and the one for reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct When {
    pub iso: String,
    pub exact: String,
    pub text: String,
}

fn distance(seconds: i64) -> Option<Told> {
    let is_past = seconds >= 0;
    Some(match seconds.abs() {
        0..MINUTE_S => told!("time-now"),
        s @ MINUTE_S..HOUR_S if is_past => told!("time-minutes-ago", n = s / MINUTE_S),
        s @ MINUTE_S..HOUR_S => told!("time-in-minutes", n = s / MINUTE_S),
        s @ HOUR_S..DAY_S if is_past => told!("time-hours-ago", n = s / HOUR_S),
        s @ HOUR_S..DAY_S => told!("time-in-hours", n = s / HOUR_S),
        s if s / DAY_S > RELATIVE_DAYS_MAX => return None,
        s if is_past => told!("time-days-ago", n = s / DAY_S),
        s => told!("time-in-days", n = s / DAY_S),
    })
}

impl When {
    /// `at` as seen at `now`: "3 hours ago", or "3 May 2026" when that is long past.
    pub(crate) fn new(at: Timestamp, now: Timestamp) -> Self {
        let near = distance(now.as_second() - at.as_second());
        let text = near.map_or_else(|| short_day(at), String::from);
        Self {
            iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            exact: exact(at),
            text,
        }
    }
}

/// "1 person", "312 people".
pub(crate) fn people(n: i64) -> String {
    say!("people", n = n)
}

/// `part` of `whole` in words: "41 %", "under 1 %", "none".
pub(crate) fn share(part: i64, whole: i64) -> String {
    if part == 0 || whole == 0 {
        return say!("share", n = 0);
    }
    match (part * 100 + whole / 2) / whole {
        0 => say!("share-under-one"),
        100 if part < whole => say!("share-over-99"),
        n => say!("share", n = n),
    }
}

/// "41 seconds", "3 minutes": a length of time for reading.
pub(crate) fn length(seconds: i64) -> String {
    match seconds {
        s if s < MINUTE_S => say!("length-seconds", n = s.max(1)),
        s if s < HOUR_S => say!("length-minutes", n = (s + 30) / MINUTE_S),
        s => say!("length-hours", n = (s + HOUR_S / 2) / HOUR_S),
    }
}

/// How a state is shown: its word, and one of the four tones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Badge {
    pub tone: Tone,
    pub label: Told,
}

/// The four state colours; the template adds a shape and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tone {
    Good,
    Notice,
    Bad,
    Neutral,
}

/// The badge of a campaign's state.
pub(crate) fn campaign_badge(state: CampaignState) -> Badge {
    let (tone, label) = match state {
        CampaignState::Draft => (Tone::Neutral, told!("campaign-state-draft")),
        CampaignState::Preparing => (Tone::Notice, told!("campaign-state-preparing")),
        CampaignState::Sending => (Tone::Notice, told!("campaign-state-sending")),
        CampaignState::Paused => (Tone::Neutral, told!("campaign-state-paused")),
        CampaignState::Finished => (Tone::Good, told!("campaign-state-finished")),
        CampaignState::Cancelled => (Tone::Bad, told!("campaign-state-cancelled")),
    };
    Badge { tone, label }
}

/// The badge of a recipient's state.
pub(crate) fn recipient_badge(state: RecipientState) -> Badge {
    let (tone, label) = match state {
        RecipientState::Waiting => (Tone::Neutral, told!("outcome-waiting")),
        RecipientState::At(Outcome::Delivered) => (Tone::Good, told!("outcome-delivered")),
        RecipientState::At(Outcome::Deferred) => (Tone::Notice, told!("outcome-deferred")),
        RecipientState::At(Outcome::Bounced) => (Tone::Bad, told!("outcome-bounced")),
        RecipientState::At(Outcome::Expired) => (Tone::Bad, told!("outcome-expired")),
        RecipientState::At(Outcome::Refused) => (Tone::Neutral, told!("outcome-refused")),
        RecipientState::At(Outcome::Unknown) => (Tone::Notice, told!("outcome-unknown")),
    };
    Badge { tone, label }
}

/// What an outcome means, in one sentence.
pub(crate) const fn meaning(state: RecipientState) -> Told {
    match state {
        RecipientState::Waiting => told!("meaning-waiting"),
        RecipientState::At(Outcome::Delivered) => told!("meaning-delivered"),
        RecipientState::At(Outcome::Deferred) => told!("meaning-deferred"),
        RecipientState::At(Outcome::Bounced) => told!("meaning-bounced"),
        RecipientState::At(Outcome::Expired) => told!("meaning-expired"),
        RecipientState::At(Outcome::Refused) => told!("meaning-refused"),
        RecipientState::At(Outcome::Unknown) => told!("meaning-unknown"),
    }
}

/// People by state of their message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Indexed by `RecipientState::code()`.
    pub by_code: [i64; 7],
}

impl Counts {
    /// Everyone.
    pub(crate) fn total(&self) -> i64 {
        self.by_code.iter().sum()
    }

    /// Those in one state.
    pub(crate) fn of(&self, state: RecipientState) -> i64 {
        usize::try_from(state.code())
            .ok()
            .and_then(|code| self.by_code.get(code))
            .copied()
            .unwrap_or(0)
    }

    /// Those at one outcome.
    pub(crate) fn at(&self, outcome: Outcome) -> i64 {
        self.of(RecipientState::At(outcome))
    }
}

/// One piece of a bar, and its line in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Segment {
    pub word: &'static str,
    pub label: Told,
    pub n: i64,
    pub x: i64,
    pub width: i64,
    pub share: String,
}

/// A bar by outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Bar {
    pub total: i64,
    pub segments: Vec<Segment>,
    /// The bar in words, for those who do not see it.
    pub label: String,
}

/// Left to right as they are drawn: good first, what is still open last.
const DRAWN: [RecipientState; 7] = [
    RecipientState::At(Outcome::Delivered),
    RecipientState::At(Outcome::Deferred),
    RecipientState::At(Outcome::Bounced),
    RecipientState::At(Outcome::Expired),
    RecipientState::At(Outcome::Refused),
    RecipientState::At(Outcome::Unknown),
    RecipientState::Waiting,
];

fn width(n: i64, total: i64) -> i64 {
    if n == 0 || total == 0 {
        return 0;
    }
    (n * BAR_UNITS / total).max(SLIVER_UNITS)
}

impl Bar {
    /// The bar of these counts.
    pub(crate) fn of(counts: &Counts) -> Self {
        let total = counts.total();
        let mut x = 0;
        let mut segments = Vec::with_capacity(DRAWN.len());
        for state in DRAWN {
            let n = counts.of(state);
            let width = width(n, total).min(BAR_UNITS - x);
            let share = share(n, total);
            let label = recipient_badge(state).label;
            let word = state.as_str();
            segments.push(Segment {
                word,
                label,
                n,
                x,
                width,
                share,
            });
            x += width;
        }
        let label = in_words(&segments);
        Self {
            total,
            segments,
            label,
        }
    }
}

fn in_words(segments: &[Segment]) -> String {
    let parts: Vec<_> = segments
        .iter()
        .filter(|s| s.n > 0)
        .map(|s| say!("bar-piece", label = s.label.clone(), n = s.n))
        .collect();
    if parts.is_empty() {
        return say!("bar-none");
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn times_near_are_told_as_a_distance_and_far_ones_as_a_date() {
        let now = at(1_780_000_000);
        let text = |ago: i64| When::new(at(1_780_000_000 - ago), now).text;
        assert_eq!(text(5), "just now");
        assert_eq!(text(60), "1 minute ago");
        assert_eq!(text(7200), "2 hours ago");
        assert_eq!(text(-120), "in 2 minutes");
        assert_eq!(text(3 * 86_400), "3 days ago");
        assert_eq!(text(30 * 86_400), "28 Apr 2026");
    }

    #[test]
    fn a_share_is_never_rounded_to_none_or_all() {
        assert_eq!(share(0, 10), "0 %");
        assert_eq!(share(1, 100_000), "under 1 %");
        assert_eq!(share(99_999, 100_000), "over 99 %");
        assert_eq!(share(41, 100), "41 %");
        assert_eq!(share(100, 100), "100 %");
    }

    #[test]
    fn a_bar_holds_everyone_shows_one_in_a_million_and_never_leaves_its_frame() {
        let bar = Bar::of(&Counts {
            by_code: [0, 999_995, 1, 1, 1, 1, 1],
        });
        assert_eq!(bar.total, 1_000_000);
        assert_eq!(bar.segments.iter().map(|s| s.n).sum::<i64>(), bar.total);
        assert!(bar.segments.iter().all(|s| s.x + s.width <= BAR_UNITS));
        assert_eq!(Bar::of(&Counts::default()).label, "No recipients yet");
    }
}
