//! Limits of an operator's own: budgets of accounts, the warm-up of an address.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use avow_deliver::engine::{Budget, SendLimits};
use avow_deliver::shape::WarmUp;
use serde::Deserialize;

/// Messages of an account.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetFile {
    per_hour: Option<u64>,
    per_day: Option<u64>,
}

/// The first weeks of the address that mail leaves from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WarmUpFile {
    /// The first day, in UTC: 2026-06-01.
    start: String,
    /// Messages to each provider on it.
    first: u64,
    /// From one day to the next.
    growth: f64,
    /// Good days until nothing is limited.
    days: u32,
}

/// From what is written to what the engine keeps to.
pub(super) fn read(
    budget: BudgetFile,
    budgets: BTreeMap<String, BudgetFile>,
    warm_up: Option<WarmUpFile>,
) -> Result<SendLimits> {
    let read = |file: BudgetFile| Budget {
        per_hour: file.per_hour,
        per_day: file.per_day,
    };
    Ok(SendLimits {
        budget: read(budget),
        budgets: budgets
            .into_iter()
            .map(|(slug, file)| (slug, read(file)))
            .collect(),
        warm_up: warm_up.map(warm).transpose()?,
    })
}

fn warm(file: WarmUpFile) -> Result<WarmUp> {
    let start = format!("{}T00:00:00Z", file.start);
    let start = start
        .parse()
        .ok()
        .with_context(|| format!("warm_up.start `{}` is no day, as 2026-06-01", file.start))?;
    if file.first == 0 || !(1.0..=10.0).contains(&file.growth) {
        bail!("warm_up.first must be at least 1, and warm_up.growth from 1.0 to 10.0");
    }
    Ok(WarmUp {
        start,
        first: file.first,
        growth: file.growth,
        days: file.days,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        budget: BudgetFile,
        #[serde(default)]
        budgets: BTreeMap<String, BudgetFile>,
        warm_up: Option<WarmUpFile>,
    }

    fn load(text: &str) -> Result<SendLimits> {
        let file: File = toml::from_str(text)?;
        read(file.budget, file.budgets, file.warm_up)
    }

    #[test]
    fn budgets_and_a_warm_up_are_read_and_nonsense_is_refused() {
        let text = "[budget]\nper_day = 1000\n[budgets.acme]\nper_hour = 5\n\
            [warm_up]\nstart = \"2026-06-01\"\nfirst = 200\ngrowth = 1.5\ndays = 30\n";
        let limits = load(text).unwrap();
        assert_eq!(limits.budget.per_day, Some(1000));
        assert_eq!(limits.budgets["acme"].per_hour, Some(5));
        assert_eq!(limits.warm_up.unwrap().first, 200);
        assert!(load(&text.replace("2026-06-01", "in June")).is_err());
        assert!(load(&text.replace("1.5", "0.5")).is_err());
        assert!(load(&text.replace("per_day", "per_week")).is_err());
    }
}
