//! Mails that came back: reports (RFC 3464), complaints (RFC 5965), and free text of any program.

use avow_bounce::{Action, read};

/// Only a bounce is hard, and never one whose status says that it passes (4.x.x).
pub(crate) fn run(bytes: &[u8]) {
    let Ok(report) = read(bytes) else {
        return;
    };
    for outcome in &report.outcomes {
        let passes = outcome.status.is_some_and(|status| status.class == 4);
        assert!(!outcome.is_hard() || (outcome.action == Action::Bounce && !passes));
        let shown = format!("{outcome:?}");
        let leaks = |address: &String| address.contains('@') && shown.contains(address.as_str());
        assert!(!outcome.address.as_ref().is_some_and(leaks));
    }
}
