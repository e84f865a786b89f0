//! Guards against programs that fill in forms: no third party, no script, no puzzle.

use std::collections::HashMap;
use std::hash::Hash;

use avow_model::Timestamp;

/// People need longer to read and fill in even the shortest form.
pub const FILL_TIME_MIN_S: i64 = 2;
/// A notice binds what is collected for a day: longer than any visit, shorter than any notice period.
pub const NOTICE_LIFE_S: i64 = 24 * 3_600;

/// Why a form's notice no longer serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeFault {
    #[error(
        "the form was open for more than a day, and its wording may have changed: read it again and send it"
    )]
    Expired,
    #[error("that was faster than people type: press the button once more")]
    TooFast,
}

/// Judges when the notice was served; one from the future counts as just served.
pub fn notice_age(served_at: Timestamp, now: Timestamp) -> Result<(), NoticeFault> {
    match now.duration_since(served_at).as_secs() {
        age if age >= NOTICE_LIFE_S => Err(NoticeFault::Expired),
        age if age < FILL_TIME_MIN_S => Err(NoticeFault::TooFast),
        _ => Ok(()),
    }
}

/// Counts acts by key in windows of time, in bounded memory.
///
/// Fixed windows: simple, and twice the limit at the edge of two windows does no harm here. When so many
/// keys come at once that the table is full, the oldest window is forgotten rather than people refused.
#[derive(Debug)]
pub struct Slots<K> {
    seen: HashMap<K, (i64, u32)>,
    window_s: i64,
    acts_max: u32,
    keys_max: usize,
}

impl<K: Eq + Hash> Slots<K> {
    /// At most `acts_max` in each `window_s` for each key; remembers up to `keys_max` keys.
    pub fn new(window_s: i64, acts_max: u32, keys_max: usize) -> Self {
        Self {
            seen: HashMap::new(),
            window_s,
            acts_max,
            keys_max,
        }
    }

    /// Takes one; false when the key has had its share of this window.
    pub fn take(&mut self, key: K, now: Timestamp) -> bool {
        let window = now.as_second().div_euclid(self.window_s);
        if self.seen.len() >= self.keys_max && !self.seen.contains_key(&key) {
            self.make_room(window);
        }
        let slot = self.seen.entry(key).or_insert((window, 0));
        if slot.0 != window {
            *slot = (window, 0);
        }
        slot.1 = slot.1.saturating_add(1);
        slot.1 <= self.acts_max
    }

    /// How many a key has left of this window, and how many seconds until the next begins.
    pub fn left(&self, key: &K, now: Timestamp) -> (u32, i64) {
        let second = now.as_second();
        let window = second.div_euclid(self.window_s);
        let taken = self.seen.get(key).filter(|slot| slot.0 == window);
        let left = self.acts_max.saturating_sub(taken.map_or(0, |slot| slot.1));
        (left, self.window_s - second.rem_euclid(self.window_s))
    }

    fn make_room(&mut self, window: i64) {
        self.seen.retain(|_, (w, _)| *w == window);
        if self.seen.len() >= self.keys_max {
            self.seen.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + s).unwrap()
    }

    #[test]
    fn what_is_left_of_a_window_is_told_with_its_end() {
        let mut slots = Slots::new(60, 3, 10);
        let now = Timestamp::from_second(1_790_000_040).unwrap();
        assert_eq!(slots.left(&1, now), (3, 60));
        for _ in 0..5 {
            slots.take(1, now);
        }
        assert_eq!(slots.left(&1, now), (0, 60));
        let next = Timestamp::from_second(1_790_000_100).unwrap();
        assert_eq!(slots.left(&1, next), (3, 60));
    }

    #[test]
    fn a_notice_serves_from_two_seconds_to_a_day() {
        assert_eq!(notice_age(at(0), at(1)), Err(NoticeFault::TooFast));
        assert_eq!(notice_age(at(9), at(0)), Err(NoticeFault::TooFast));
        assert_eq!(notice_age(at(0), at(2)), Ok(()));
        assert_eq!(notice_age(at(0), at(NOTICE_LIFE_S - 1)), Ok(()));
        assert_eq!(
            notice_age(at(0), at(NOTICE_LIFE_S)),
            Err(NoticeFault::Expired)
        );
    }

    #[test]
    fn each_key_has_its_share_of_each_window() {
        let mut slots = Slots::new(60, 2, 100);
        let start = 60 - 1_790_000_000 % 60;
        assert!(slots.take("a", at(start)) && slots.take("a", at(start + 1)));
        assert!(!slots.take("a", at(start + 2)));
        assert!(slots.take("b", at(start + 2)));
        assert!(slots.take("a", at(start + 60)));
    }

    #[test]
    fn the_table_stays_bounded() {
        let mut slots = Slots::new(60, 1, 50);
        for key in 0..1_000 {
            assert!(slots.take(key, at(0)));
            assert!(slots.seen.len() <= 50);
        }
    }
}
