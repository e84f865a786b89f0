//! The complaint rate of an account: warn at 0.1 %, stop at 0.3 %.
//!
//! Promises: pure; few complaints about few messages stop nobody. The two shares are those that Google and Yahoo ask of
//! bulk senders: below 0.1 %, and never 0.3 % or more.

use std::fmt;

/// Of the messages sent, so many complained about are told to the operator.
const WARN: f64 = 0.001;
/// Of the messages sent, so many complained about end bulk mail until the share is lower.
const STOP: f64 = 0.003;
/// Fewer complaints than this are people who pressed the wrong button.
const LEAST: u64 = 3;

/// What was sent and complained about in the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Complaints {
    pub sent: u64,
    pub complaints: u64,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Fine,
    Warn,
    Stop,
}

impl Complaints {
    pub fn standing(self) -> Standing {
        let share = self.share();
        match self.complaints {
            n if n < LEAST => Standing::Fine,
            _ if share >= STOP => Standing::Stop,
            _ if share >= WARN => Standing::Warn,
            _ => Standing::Fine,
        }
    }

    fn share(self) -> f64 {
        self.complaints as f64 / self.sent.max(1) as f64
    }
}

impl fmt::Display for Complaints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, complaints } = self;
        let percent = self.share() * 100.0;
        write!(f, "{complaints} of {sent} messages ({percent:.2} %)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_a_percent_warns_and_three_tenths_stop() {
        let standing = |sent, complaints| Complaints { sent, complaints }.standing();
        assert_eq!(standing(100, 2), Standing::Fine);
        assert_eq!(standing(10_000, 9), Standing::Fine);
        assert_eq!(standing(10_000, 10), Standing::Warn);
        assert_eq!(standing(10_000, 29), Standing::Warn);
        assert_eq!(standing(10_000, 30), Standing::Stop);
        assert_eq!(standing(0, 3), Standing::Stop);
    }
}
