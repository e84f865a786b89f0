//! How a file is to be taken in: what the form says, as the job keeps it and as the import is told. Pure.

use std::path::PathBuf;

use avow_collect::import::{FirstLook, ImportPlan, ImportReport, MapRule, Mode, Standing};
use avow_model::{ListId, Purpose, Timestamp};
use avow_policy::Version;
use serde::{Deserialize, Serialize};

use super::edit::{Sheet, attestation};
use super::view::{EvidenceForm, Fault};

/// What somebody chose. The same choices on the same file are the same import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Choices {
    /// Columns with their roles, in words of a mapping.
    pub map: Vec<(String, String)>,
    pub list: String,
    pub everyone: String,
    pub purposes: Vec<String>,
    pub attested: bool,
    pub source: String,
    pub wording: String,
    pub date: String,
    pub soft_opt_in: bool,
    /// Who chose: signs what is attested.
    pub signer: String,
    /// Count only, and write nothing.
    pub only_count: bool,
    /// When the choices were made: a run that goes on means the same moment.
    pub at: Option<Timestamp>,
}

/// What came of it, as the job keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outcome {
    pub counted_only: bool,
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub erased: u64,
    pub rejected: u64,
    pub own_act: u64,
    pub attested: u64,
    pub unattested: u64,
    pub confirmed: u64,
    pub noes: u64,
    pub not_subscribed: u64,
    pub role_addresses: u64,
    pub disposable_addresses: u64,
    pub reasons: Vec<(String, u64)>,
    pub undeclared: Vec<String>,
    /// The same file with the same choices was taken in before.
    pub was_done: bool,
    /// Why nothing could be counted or taken in.
    pub fault: String,
}

impl Choices {
    /// Out of the form of a file's page.
    pub(super) fn of(sheet: &Sheet, look: &FirstLook, evidence: &EvidenceForm) -> Self {
        let columns = look.columns.iter().enumerate();
        let role = |(index, column): (usize, &avow_collect::import::ColumnSeen)| {
            let chosen = sheet.get(&format!("column.{index}"));
            let differs = !chosen.is_empty() && chosen != column.guess;
            differs.then(|| (column.header.clone(), chosen.to_owned()))
        };
        let chosen = evidence.purposes.iter().filter(|p| p.chosen);
        Self {
            map: columns.filter_map(role).collect(),
            list: sheet.get("list").to_owned(),
            everyone: sheet.get("everyone").to_owned(),
            purposes: chosen.map(|p| p.id.clone()).collect(),
            attested: evidence.attested,
            source: evidence.source.clone(),
            wording: evidence.wording.clone(),
            date: evidence.date.clone(),
            soft_opt_in: evidence.soft_opt_in,
            ..Self::default()
        }
    }

    /// The evidence as the form shows it.
    pub(super) fn evidence(&self, version: Option<&Version>) -> EvidenceForm {
        let chosen: Vec<&str> = self.purposes.iter().map(String::as_str).collect();
        EvidenceForm {
            attested: self.attested,
            source: self.source.clone(),
            wording: self.wording.clone(),
            date: self.date.clone(),
            soft_opt_in: self.soft_opt_in,
            purposes: super::edit::purposes(version, &chosen),
        }
    }

    /// As a job keeps them; what is none chooses nothing.
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The same as text.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("invariant: texts become JSON")
    }

    /// What everybody in the file is: what the columns say, where nothing else was chosen.
    pub(super) fn everyone(&self) -> &str {
        match self.everyone.as_str() {
            "" => "subscribed",
            chosen => chosen,
        }
    }

    /// True when a count for one holds for the other.
    pub(super) fn mean_the_same(&self, other: &Self) -> bool {
        let bare = |choices: &Self| Self {
            only_count: false,
            at: None,
            signer: String::new(),
            everyone: choices.everyone().to_owned(),
            ..choices.clone()
        };
        bare(self) == bare(other)
    }

    /// The role that a column has: the chosen one, else the guess.
    pub(super) fn role<'a>(&'a self, header: &str, guess: &'a str) -> &'a str {
        let chosen = self.map.iter().find(|(column, _)| column == header);
        chosen.map_or(guess, |(_, role)| role)
    }

    /// The import that is meant; what is missing goes into `faults`.
    pub(crate) fn plan(
        &self,
        (file_name, now): (&str, Timestamp),
        version: Option<&Version>,
        faults: &mut Vec<Fault>,
    ) -> ImportPlan {
        let now = self.at.unwrap_or(now);
        let evidence = self.evidence(version);
        let mut map = Vec::new();
        for (column, role) in &self.map {
            match format!("{column}={role}").parse::<MapRule>() {
                Ok(rule) => map.push(rule),
                Err(fault) => faults.push(Fault::new("columns", format!("{fault}."))),
            }
        }
        let everyone = Standing::parse(&self.everyone).unwrap_or_default();
        let purposes = self
            .purposes
            .iter()
            .filter_map(|p| p.parse::<Purpose>().ok());
        ImportPlan {
            map,
            attestation: attestation(&evidence, (&self.signer, now), faults),
            purposes: purposes.collect(),
            list: self.list.parse::<ListId>().ok(),
            everyone,
            mode: if self.only_count {
                Mode::DryRun
            } else {
                Mode::Write
            },
            rejects: None::<PathBuf>,
            ..ImportPlan::new(file_name, now)
        }
    }
}

impl Outcome {
    /// Out of the report of an import.
    pub(crate) fn of(report: ImportReport, counted_only: bool) -> Self {
        let (c, t) = (report.counts, report.tally);
        let reasons = report.reasons.into_iter();
        Self {
            counted_only,
            rows: c.rows,
            created: c.created,
            updated: c.updated,
            unchanged: c.unchanged,
            erased: c.erased,
            rejected: c.rejected,
            own_act: t.own_act,
            attested: t.attested,
            unattested: t.unattested,
            confirmed: t.confirmed,
            noes: t.unsubscribed + t.blocklisted + t.cleaned + t.complained,
            not_subscribed: t.not_subscribed,
            role_addresses: t.role_addresses,
            disposable_addresses: t.disposable_addresses,
            reasons: reasons.map(|(word, n)| (word.to_owned(), n)).collect(),
            undeclared: report.undeclared,
            was_done: report.was_done,
            fault: String::new(),
        }
    }

    /// Nothing came of it, and why.
    pub(crate) fn failed(fault: String) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }

    /// As a job keeps it; what is no report says nothing.
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The same as text.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("invariant: numbers and texts become JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_outlive_a_restart_and_another_choice_is_another_import() {
        let choices = Choices {
            map: vec![("Team".to_owned(), "field:team@job".to_owned())],
            purposes: vec!["newsletter".to_owned()],
            at: Timestamp::from_second(1_780_000_000).ok(),
            ..Choices::default()
        };
        let text = serde_json::to_string(&choices).unwrap();
        assert_eq!(serde_json::from_str::<Choices>(&text).unwrap(), choices);
        let counted = Choices {
            only_count: true,
            at: None,
            ..choices.clone()
        };
        assert!(choices.mean_the_same(&counted));
        let other = Choices {
            list: "ls_1".to_owned(),
            ..choices.clone()
        };
        assert!(!choices.mean_the_same(&other));
        assert_eq!(choices.role("Team", "ignore"), "field:team@job");
        assert_eq!(choices.role("x", "ignore"), "ignore");
        let mut faults = Vec::new();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let plan = choices.plan(("x.csv", now), None, &mut faults);
        assert_eq!((plan.map.len(), plan.now.as_second()), (1, 1_780_000_000));
        assert!(faults.is_empty());
    }

    #[test]
    fn a_role_that_is_none_is_named() {
        let choices = Choices {
            map: vec![("Team".to_owned(), "colour".to_owned())],
            ..Choices::default()
        };
        let mut faults = Vec::new();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        choices.plan(("x.csv", now), None, &mut faults);
        assert!(faults[0].text.contains("colour"), "{faults:?}");
    }
}
