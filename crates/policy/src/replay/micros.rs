//! Instants as whole microseconds: the only form in which a record holds time.

use avow_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::ReplayFault;

/// JSON numbers are exact up to here in every reader (RFC 8785 section 3.2.2.3).
const EXACT_MAX: i64 = (1 << 53) - 1;
const NANOS_PER_MICRO: i32 = 1_000;

/// Microseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Micros(pub i64);

impl Micros {
    pub(super) fn of(at: Timestamp) -> Result<Self, ReplayFault> {
        let micros = at.as_microsecond();
        let whole = at.subsec_nanosecond() % NANOS_PER_MICRO == 0;
        if whole && (-EXACT_MAX..=EXACT_MAX).contains(&micros) {
            Ok(Self(micros))
        } else {
            Err(ReplayFault::Instant)
        }
    }

    pub(super) fn of_each(ats: &[Timestamp]) -> Result<Vec<Self>, ReplayFault> {
        ats.iter().copied().map(Self::of).collect()
    }

    pub(super) fn instant(self) -> Result<Timestamp, ReplayFault> {
        let at = Timestamp::from_microsecond(self.0).map_err(|_| ReplayFault::Instant)?;
        Self::of(at).map(|_| at)
    }

    pub(super) fn instants(all: Vec<Self>) -> Result<Vec<Timestamp>, ReplayFault> {
        all.into_iter().map(Self::instant).collect()
    }
}

/// The microsecond that an instant lies in: what to ask the gate with, so that the answer has a record.
pub fn whole_micros(at: Timestamp) -> Timestamp {
    let nanos = at.as_nanosecond();
    let whole = nanos - nanos.rem_euclid(i128::from(NANOS_PER_MICRO));
    Timestamp::from_nanosecond(whole).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_cut_to_its_microsecond_on_both_sides_of_1970() {
        let at = |nanos| Timestamp::from_nanosecond(nanos).unwrap();
        assert_eq!(whole_micros(at(1_999)), at(1_000));
        assert_eq!(whole_micros(at(-1)), at(-1_000));
        assert_eq!(Micros::of(at(1)), Err(ReplayFault::Instant));
        assert_eq!(Micros::of(Timestamp::MAX), Err(ReplayFault::Instant));
    }
}
