//! When an address that failed is tried again, and when it is given up. Pure.

use std::time::Duration;

use avow_model::Timestamp;

/// The first wait.
const FIRST: Duration = Duration::from_secs(5);
/// Each further wait is so many times the one before.
const GROWTH: u32 = 4;
/// The longest wait: four tries a day.
const LONGEST: Duration = Duration::from_hours(6);
/// Whoever fails for so long is gone: three days outlast a weekend's fault that nobody is paid to mend.
const GIVEN_UP: Duration = Duration::from_hours(72);
/// A wait is so many percent of the plan's, by chance, so that many addresses of one host do not come back together.
const JITTER_PERCENT: std::ops::Range<u32> = 50..151;

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Again(Timestamp),
    GivenUp,
}

/// Those behind the last whose turn it was come first: there may be more than are told at once, and all are due all the
/// time. `due` is in the order of their places.
pub(super) fn in_turn<T, P: Ord>(
    mut due: Vec<T>,
    last: Option<P>,
    place: impl Fn(&T) -> P,
) -> Vec<T> {
    let before = due.partition_point(|one| last.as_ref().is_some_and(|last| place(one) <= *last));
    due.rotate_left(before);
    due
}

/// After the how-manyth failure in a row; `dice` is any number.
pub(super) fn next(failures: u32, (since, now): (Timestamp, Timestamp), dice: u32) -> Next {
    let given_up = since.checked_add(GIVEN_UP).is_ok_and(|end| end <= now);
    if given_up {
        return Next::GivenUp;
    }
    let times = GROWTH.saturating_pow(failures.saturating_sub(1).min(10));
    let wait = FIRST.saturating_mul(times).min(LONGEST);
    let percent = JITTER_PERCENT.start + dice % (JITTER_PERCENT.end - JITTER_PERCENT.start);
    let wait = wait.saturating_mul(percent) / 100;
    Next::Again(now.checked_add(wait).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(s).unwrap()
    }

    #[test]
    fn of_more_than_are_told_at_once_everybody_has_a_turn() {
        let (mut told, mut last) = (Vec::new(), None);
        for _ in 0..3 {
            let turn = in_turn(vec![1, 2, 3, 4, 5], last, |n| *n);
            assert_eq!(turn.len(), 5);
            told.extend_from_slice(&turn[..2]);
            last = told.last().copied();
        }
        assert_eq!(told, [1, 2, 3, 4, 5, 1]);
        assert_eq!(in_turn(Vec::<u8>::new(), Some(3), |n| *n), [0_u8; 0]);
    }

    #[test]
    fn waits_grow_to_six_hours_and_end_after_three_days() {
        let wait = |failures, dice| match next(failures, (at(0), at(0)), dice) {
            Next::Again(until) => until.as_second(),
            Next::GivenUp => panic!("given up"),
        };
        // 50: the hundredth percent.
        assert_eq!([1, 2, 3, 4].map(|n| wait(n, 50)), [5, 20, 80, 320]);
        assert_eq!(wait(9, 50), 6 * 3_600);
        assert_eq!(wait(u32::MAX, 50), 6 * 3_600);
        assert_eq!((wait(2, 0), wait(2, 100)), (10, 30));
        let three_days = 72 * 3_600;
        assert_eq!(next(30, (at(0), at(three_days)), 0), Next::GivenUp);
        assert_ne!(next(30, (at(0), at(three_days - 1)), 0), Next::GivenUp);
    }
}
