//! From an error to what a person reads and what a script sees.

use std::error::Error;
use std::fmt;

use avow_store::StoreError;

use crate::exit::Exit;

/// The call makes no sense as it stands: a file that is no file, flags that contradict each other.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Usage {}

/// Something that is needed is not there now.
#[derive(Debug)]
pub(crate) struct Unavailable(pub(crate) String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Unavailable {}

/// The exit code that an error stands for.
pub(crate) fn exit_of(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        if cause.is::<Usage>() {
            return Exit::Usage;
        }
        let passing = cause
            .downcast_ref::<StoreError>()
            .is_some_and(StoreError::is_passing);
        let full = cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(is_passing);
        if cause.is::<Unavailable>() || passing || full {
            return Exit::Unavailable;
        }
    }
    Exit::Refused
}

fn is_passing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as K;
    matches!(
        error.kind(),
        K::StorageFull | K::QuotaExceeded | K::AddrInUse | K::ConnectionRefused | K::TimedOut
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_can_tell_a_wrong_call_a_refusal_and_what_will_pass() {
        let wrong = anyhow::Error::new(Usage("no such file".into())).context("campaign create");
        assert_eq!(exit_of(&wrong), Exit::Usage);
        let locked = anyhow::Error::new(StoreError::Locked).context("import");
        assert_eq!(exit_of(&locked), Exit::Unavailable);
        let taken = anyhow::Error::new(StoreError::Conflict("taken"));
        assert_eq!(exit_of(&taken), Exit::Refused);
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(exit_of(&anyhow::Error::new(full)), Exit::Unavailable);
    }
}
