//! The steps, in their order, and which of them are done.

use avow_model::CampaignState;
use avow_store::{DomainStep, SetupProgress};
use serde::Serialize;

use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::{App, PageFault};

/// The steps of an account, after somebody has a log-in and the account its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Policy,
    Domain,
    People,
    Campaign,
    Live,
}

impl Step {
    const ALL: [Self; 5] = [
        Self::Policy,
        Self::Domain,
        Self::People,
        Self::Campaign,
        Self::Live,
    ];

    /// The last part of its address.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Domain => "domain",
            Self::People => "people",
            Self::Campaign => "campaign",
            Self::Live => "live",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Policy => "Policy",
            Self::Domain => "Domain",
            Self::People => "People",
            Self::Campaign => "First campaign",
            Self::Live => "Go live",
        }
    }
}

/// Which steps are done.
#[expect(
    clippy::struct_excessive_bools,
    reason = "one answer for each step, read by its name"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub policy: bool,
    pub domain: bool,
    pub people: bool,
    pub campaign: bool,
}

impl Done {
    /// As the store has it now. Asks no name server.
    pub(super) async fn of(
        app: &App,
        member: &Member,
        progress: &SetupProgress,
    ) -> Result<Self, PageFault> {
        let set = gate::policies(app, &member.account).await?.ok();
        let policy = set.is_some_and(|set| set.in_force(app.now()).is_some());
        let total = app.center.total(&member.account, None, app.now()).await?;
        let campaign = match progress.campaign() {
            Some(id) => member.account.campaign(id).await?,
            None => None,
        };
        Ok(Self {
            policy,
            domain: progress.domain != DomainStep::Open,
            people: total > 0,
            campaign: campaign.is_some_and(|c| c.state == CampaignState::Finished),
        })
    }

    const fn is(self, step: Step) -> bool {
        match step {
            Step::Policy => self.policy,
            Step::Domain => self.domain,
            Step::People => self.people,
            Step::Campaign => self.campaign,
            Step::Live => false,
        }
    }

    /// The first that is not done.
    pub(super) fn next(self) -> Step {
        let open = Step::ALL.into_iter().find(|step| !self.is(*step));
        open.unwrap_or(Step::Live)
    }

    /// How many of all seven are done: a log-in and an account there are.
    fn count(self) -> usize {
        2 + Step::ALL.into_iter().filter(|step| self.is(*step)).count()
    }
}

/// One step as the line of steps shows it.
#[derive(Debug, Serialize)]
pub(crate) struct RailStep {
    pub n: usize,
    pub label: &'static str,
    pub href: Option<String>,
    /// `done`, `here` or `open`.
    pub state: &'static str,
}

/// The line of steps.
#[derive(Debug, Serialize)]
pub(crate) struct Rail {
    pub steps: Vec<RailStep>,
    pub done: usize,
    pub of: usize,
}

const FIRST: [&str; 2] = ["Your log-in", "Account"];

/// Before there is an account: at its first or second step.
pub(super) fn before(here: usize) -> Rail {
    let step = |(i, label): (usize, &'static str)| RailStep {
        n: i + 1,
        label,
        href: None,
        state: match i.cmp(&here) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "here",
            std::cmp::Ordering::Greater => "open",
        },
    };
    let labels = FIRST.into_iter().chain(Step::ALL.map(Step::label));
    Rail {
        steps: labels.enumerate().map(step).collect(),
        done: here,
        of: FIRST.len() + Step::ALL.len(),
    }
}

/// At a step of an account.
pub(super) fn at(here: Step, done: Done, base: &str) -> Rail {
    let mut rail = before(FIRST.len());
    for (line, step) in rail.steps.iter_mut().skip(FIRST.len()).zip(Step::ALL) {
        line.href = Some(format!("{base}/setup/{}", step.word()));
        line.state = match (step == here, done.is(step)) {
            (true, _) => "here",
            (false, true) => "done",
            (false, false) => "open",
        };
    }
    rail.done = done.count();
    rail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_is_the_first_that_is_not_done() {
        let done = Done {
            policy: true,
            people: true,
            ..Done::default()
        };
        assert_eq!(Done::default().next(), Step::Policy);
        assert_eq!(done.next(), Step::Domain);
        let all = Done {
            domain: true,
            campaign: true,
            ..done
        };
        assert_eq!(all.next(), Step::Live);
    }

    #[test]
    fn the_line_says_what_is_done_and_where_one_is() {
        let done = Done {
            policy: true,
            ..Done::default()
        };
        let rail = at(Step::People, done, "/a/acme");
        let states: Vec<_> = rail.steps.iter().map(|s| s.state).collect();
        assert_eq!(
            states,
            ["done", "done", "done", "open", "here", "open", "open"]
        );
        assert_eq!((rail.done, rail.of), (3, 7));
        assert_eq!(before(0).steps[0].state, "here");
    }
}
