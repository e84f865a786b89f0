//! What a verifier found, step by step, in words that a third party understands.

use std::fmt;

/// What is checked, in the order in which it is checked and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepName {
    Form,
    Trust,
    Signatures,
    Consistency,
    Inclusion,
    Openings,
    Chain,
    Policies,
    Notice,
    Statement,
    Message,
    Order,
    Withdrawals,
    Facts,
    Gate,
}

impl StepName {
    /// All steps, in their order.
    pub const ALL: [Self; 15] = [
        Self::Form,
        Self::Trust,
        Self::Signatures,
        Self::Consistency,
        Self::Inclusion,
        Self::Openings,
        Self::Chain,
        Self::Policies,
        Self::Notice,
        Self::Statement,
        Self::Message,
        Self::Order,
        Self::Withdrawals,
        Self::Facts,
        Self::Gate,
    ];

    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Trust => "trust",
            Self::Signatures => "signatures",
            Self::Consistency => "consistency",
            Self::Inclusion => "inclusion",
            Self::Openings => "openings",
            Self::Chain => "chain",
            Self::Policies => "policies",
            Self::Notice => "notice",
            Self::Statement => "statement",
            Self::Message => "message",
            Self::Order => "order",
            Self::Withdrawals => "withdrawals",
            Self::Facts => "facts",
            Self::Gate => "gate",
        }
    }

    /// What it means when the step holds.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Form => "the file is whole and as it was written",
            Self::Trust => "the keys that are trusted are known",
            Self::Signatures => "the log's checkpoints carry valid signatures of trusted keys",
            Self::Consistency => "the later checkpoint only adds to the earlier one",
            Self::Inclusion => "every entry shown is in the log",
            Self::Openings => "every entry says what is shown here",
            Self::Chain => "no entry about the person was left out before the message left",
            Self::Policies => {
                "the policies shown are those that were published and known to the gate"
            }
            Self::Notice => "each policy was published as long before its effect as promised",
            Self::Statement => "the statement is what the entries say",
            Self::Message => "the message is the one that was permitted",
            Self::Order => "the permit was logged before it was used, and used in its time",
            Self::Withdrawals => "nobody withdrew between the decision and the message",
            Self::Facts => "the gate was given exactly what the entries say",
            Self::Gate => "the gate, asked again, gives the same answer: the message was permitted",
        }
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It holds; what there is to know beside.
    Holds(String),
    /// It does not, and why.
    Failed(String),
    /// An earlier step failed on which it stands.
    NotReached,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub name: StepName,
    pub ended: Ended,
}

/// All in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every step holds.
    Proved,
    NotProved,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// One for each `StepName`, in their order.
    pub steps: Vec<Step>,
    pub verdict: Verdict,
}

impl Report {
    /// From the steps that were taken; those that were not are `NotReached`.
    pub(crate) fn of(taken: &[Step]) -> Self {
        let ended = |name| {
            let step = taken.iter().find(|step| step.name == name);
            step.map_or(Ended::NotReached, |step| step.ended.clone())
        };
        let steps: Vec<Step> = StepName::ALL
            .into_iter()
            .map(|name| Step {
                name,
                ended: ended(name),
            })
            .collect();
        let holds = steps.iter().all(|s| matches!(s.ended, Ended::Holds(_)));
        let verdict = if holds {
            Verdict::Proved
        } else {
            Verdict::NotProved
        };
        Self { steps, verdict }
    }

    /// The first step that failed, with its reason.
    pub fn first_failure(&self) -> Option<(StepName, &str)> {
        self.steps.iter().find_map(|step| match &step.ended {
            Ended::Failed(why) => Some((step.name, why.as_str())),
            _ => None,
        })
    }

    /// True when everything holds.
    pub fn is_proved(&self) -> bool {
        self.verdict == Verdict::Proved
    }
}
