//! Which pair of keys of a domain signs, and since when: pure.
//!
//! A new pair is made and published first, and signs from a switch on. What a campaign began to sign with one pair
//! it ends with the same, so that a message sent twice has the same bytes both times.

use avow_model::Timestamp;

/// Pairs that one domain may have had. Two a year for four hundred years; more is a mistake.
const GENERATIONS_MAX: u16 = 999;

/// The first pair of a domain, its second, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u16);

impl Generation {
    /// What every domain begins with.
    pub const FIRST: Self = Self(1);

    /// The pair after this one; `None` behind the last that can be.
    pub(super) fn next(self) -> Option<Self> {
        (self.0 < GENERATIONS_MAX).then(|| Self(self.0 + 1))
    }

    /// The folder below the domain's that holds it; the first pair lies in the domain's own.
    pub(super) fn folder(self) -> Option<String> {
        (self > Self::FIRST).then(|| self.0.to_string())
    }

    /// A selector of this pair: each has names of its own, for both are published at once while one follows the other.
    pub(super) fn selector(self, first: &str) -> String {
        match self {
            Self::FIRST => first.to_owned(),
            Self(n) => format!("{first}-{n}"),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let n = text.parse().ok()?;
        (1..=GENERATIONS_MAX).contains(&n).then_some(Self(n))
    }
}

impl std::fmt::Display for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The switches of a domain, oldest first, and which pairs are no more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rotation {
    /// Each to the pair after the one before.
    switches: Vec<(Generation, Timestamp)>,
    /// The private keys of this pair and of those before it are deleted.
    gone: Option<Generation>,
}

impl Rotation {
    /// What signs now.
    pub(super) fn active(&self) -> Generation {
        self.switches.last().map_or(Generation::FIRST, |s| s.0)
    }

    /// Since when that signs; `None` for the pair that was there from the beginning.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.switches.last().map(|s| s.1)
    }

    /// What signs a message of this instant: the pair of that time, or the oldest after it that is still there.
    pub(super) fn at(&self, at: Timestamp) -> Generation {
        let then = self.switches.iter().rev().find(|s| s.1 <= at);
        let then = then.map_or(Generation::FIRST, |s| s.0);
        match self.gone.and_then(Generation::next) {
            Some(oldest) => then.max(oldest),
            None => then,
        }
    }

    /// The pairs before the active one whose private keys are still there.
    pub(super) fn retirable(&self) -> Vec<Generation> {
        let gone = |g: Generation| self.gone.is_some_and(|gone| g <= gone);
        let before = std::iter::once(Generation::FIRST).chain(self.switches.iter().map(|s| s.0));
        before.filter(|g| *g < self.active() && !gone(*g)).collect()
    }

    /// From this instant on the next pair signs; `None` when there can be no next one. A clock that was set back
    /// does not put the switch before the one before.
    pub(super) fn switched(mut self, at: Timestamp) -> Option<Self> {
        let next = self.active().next()?;
        let at = self.since().map_or(at, |since| since.max(at));
        self.switches.push((next, at));
        Some(self)
    }

    /// All pairs before the active one are no more.
    pub(super) fn retired(mut self) -> Self {
        self.gone = self.retirable().last().copied().or(self.gone);
        self
    }

    /// As its file has it.
    pub(super) fn encode(&self) -> String {
        let uses = self
            .switches
            .iter()
            .map(|(g, at)| format!("use {g} {at}\n"));
        let gone = self.gone.iter().map(|g| format!("gone {g}\n"));
        uses.chain(gone).collect()
    }

    /// `None` for anything but what `encode` writes: pairs in their order, times that do not go back.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut read = Self::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            read = match words[..] {
                ["use", n, at] => {
                    let at = at.parse().ok()?;
                    let read = read.switched(at)?;
                    let named = Some(read.active()) == Generation::parse(n);
                    (named && read.since() == Some(at)).then_some(read)?
                }
                ["gone", n] => Self {
                    gone: Some(Generation::parse(n)?),
                    ..read
                },
                _ => return None,
            };
        }
        let sound = read.gone.is_none_or(|gone| gone < read.active());
        sound.then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn twice() -> Rotation {
        let once = Rotation::default().switched(at(100)).unwrap();
        once.switched(at(200)).unwrap()
    }

    #[test]
    fn each_instant_has_the_pair_of_its_time() {
        let rotation = twice();
        let signs = [0, 99, 100, 199, 200, 900].map(|s| rotation.at(at(s)).0);
        assert_eq!(signs, [1, 1, 2, 2, 3, 3]);
        assert_eq!(rotation.active().0, 3);
        assert_eq!(rotation.retirable(), [Generation(1), Generation(2)]);
    }

    #[test]
    fn what_is_deleted_signs_nothing_more() {
        let rotation = twice().retired();
        assert_eq!(rotation.at(at(0)).0, 3);
        assert_eq!(rotation.retirable(), []);
        assert_eq!(rotation.clone().retired(), rotation);
    }

    #[test]
    fn a_clock_set_back_keeps_the_order() {
        let rotation = twice().switched(at(50)).unwrap();
        assert_eq!(rotation.since(), Some(at(200)));
        assert_eq!(rotation.at(at(200)).0, 4);
    }

    #[test]
    fn the_file_says_it_all_and_nothing_else_is_read() {
        for rotation in [Rotation::default(), twice(), twice().retired()] {
            assert_eq!(Rotation::parse(&rotation.encode()), Some(rotation));
        }
        for broken in [
            "use 3 1970-01-01T00:01:40Z\n",
            "use 2 yesterday\n",
            "use 2 1970-01-01T00:01:40Z\nuse 3 1970-01-01T00:00:40Z\n",
            "gone 1\n",
            "use 2 1970-01-01T00:01:40Z\ngone 2\n",
            "use 2\n",
            "\n",
        ] {
            assert_eq!(Rotation::parse(broken), None, "{broken:?}");
        }
    }
}
