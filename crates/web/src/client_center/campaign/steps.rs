//! The way of a draft: audience, content, check, schedule; each page of it shows where one is.

use serde::Serialize;

use super::head::View;
use crate::language::Told;

/// One step of the way.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Step {
    pub n: u32,
    pub path: &'static str,
    pub label: Told,
    pub here: bool,
}

/// The steps in their order, as seen from one of their pages.
pub(crate) fn steps(here: View) -> Vec<Step> {
    let all = [
        (View::Edit, "/edit", told!("reports-step-audience")),
        (View::Content, "/content", told!("reports-step-content")),
        (View::Check, "/check", told!("reports-step-check")),
        (View::Schedule, "/schedule", told!("reports-step-schedule")),
    ];
    let step = |(n, (view, path, label)): (u32, (View, &'static str, Told))| Step {
        n,
        path,
        label,
        here: view == here,
    };
    (1..).zip(all).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_of_the_way_is_one_step_of_it() {
        for view in [View::Edit, View::Content, View::Check, View::Schedule] {
            let here: Vec<u32> = steps(view).iter().filter(|s| s.here).map(|s| s.n).collect();
            assert_eq!(here.len(), 1, "{view:?}");
        }
        assert!(steps(View::Overview).iter().all(|s| !s.here));
    }
}
