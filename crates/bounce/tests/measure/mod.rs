//! Measures the classifier against labelled mails: by row, by class, by family, tuning and held out apart.
//!
//! The split is fixed by a rule: a family whose name has an even number of characters is tuning, an odd one held
//! out. Mails that are in both sides under two names count as tuning only (data/README.md names them).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use avow_bounce::{Outcome, read};

/// One labelled recipient and what was read for it.
pub(crate) struct Row {
    pub(crate) file: String,
    pub(crate) status: String,
    pub(crate) reply: String,
    pub(crate) reason: String,
    pub(crate) hard: bool,
    pub(crate) feedback: String,
    pub(crate) read: Option<Outcome>,
    pub(crate) feedback_read: String,
}

impl Row {
    pub(crate) fn family(&self) -> &str {
        self.file.rsplit_once('-').map_or("", |(family, _)| family)
    }

    /// Part of the families that rules were written with.
    pub(crate) fn is_tuning(&self) -> bool {
        self.family().len().is_multiple_of(2)
    }

    /// A held-out file that is also among the tuning files.
    pub(crate) fn is_twin(&self) -> bool {
        let number = self.file.trim_end_matches(".eml").rsplit('-').next();
        let number: u32 = number.and_then(|n| n.parse().ok()).unwrap_or(0);
        self.family() == "rfc3464" && (51..=65).contains(&number)
    }

    pub(crate) fn hard_read(&self) -> bool {
        self.read.as_ref().is_some_and(Outcome::is_hard)
    }

    pub(crate) fn class_read(&self) -> &'static str {
        self.read.as_ref().map_or("", |o| o.class.as_str())
    }

    pub(crate) fn class_fits(&self) -> bool {
        self.class_read() == self.reason
    }

    pub(crate) fn is_false_hard(&self) -> bool {
        self.hard_read() && !self.hard
    }
}

/// The folder of labelled bounces beside the repository.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/bounces")
}

/// Every labelled row, read. `None` when the folder is not there.
pub(crate) fn rows(folder: &Path) -> Option<Vec<Row>> {
    let labels = std::fs::read_to_string(folder.join("labels.tsv")).ok()?;
    let rows = labels.lines().skip(1).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let report = std::fs::read(folder.join("eml").join(columns[0])).ok();
        let report = report.and_then(|bytes| read(&bytes).ok());
        let index: usize = columns[1].parse().unwrap_or(1);
        Row {
            file: columns[0].to_owned(),
            status: columns[2].to_owned(),
            reply: columns[3].to_owned(),
            reason: columns[4].to_owned(),
            hard: columns[5] == "true",
            feedback: columns.get(6).unwrap_or(&"").to_string(),
            feedback_read: report
                .as_ref()
                .and_then(|r| r.feedback.clone())
                .map(|f| f.kind)
                .unwrap_or_default(),
            read: report.and_then(|r| r.outcomes.into_iter().nth(index - 1)),
        }
    });
    Some(rows.collect())
}

/// The counts of some rows.
#[derive(Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) rows: usize,
    pub(crate) class: usize,
    pub(crate) hard: usize,
    pub(crate) hard_found: usize,
    pub(crate) false_hard: usize,
    pub(crate) addressed: usize,
    pub(crate) codes: usize,
    pub(crate) codes_found: usize,
    pub(crate) replies: usize,
    pub(crate) replies_found: usize,
    pub(crate) feedback: usize,
    pub(crate) feedback_found: usize,
}

impl Tally {
    pub(crate) fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.add(row);
        }
        tally
    }

    fn add(&mut self, row: &Row) {
        let own = row.status.contains(".0.9") || row.status.is_empty();
        let status = row
            .read
            .as_ref()
            .and_then(|o| o.status)
            .map(|s| s.to_string());
        let reply = row
            .read
            .as_ref()
            .and_then(|o| o.reply)
            .map(|r| r.to_string());
        self.rows += 1;
        self.feedback += usize::from(!row.feedback.is_empty());
        self.feedback_found +=
            usize::from(!row.feedback.is_empty() && row.feedback == row.feedback_read);
        self.class += usize::from(row.class_fits());
        self.hard += usize::from(row.hard);
        self.hard_found += usize::from(row.hard && row.hard_read());
        self.false_hard += usize::from(row.is_false_hard());
        self.addressed += usize::from(row.read.as_ref().is_some_and(|o| o.address.is_some()));
        self.codes += usize::from(!own);
        self.codes_found += usize::from(!own && status.as_deref() == Some(&row.status));
        self.replies += usize::from(!row.reply.is_empty());
        self.replies_found +=
            usize::from(!row.reply.is_empty() && reply.as_deref() == Some(&row.reply));
    }
}

/// Counts by a key of the row.
pub(crate) fn by<'a>(
    rows: &'a [Row],
    key: impl Fn(&'a Row) -> &'a str,
) -> BTreeMap<&'a str, Tally> {
    let mut map: BTreeMap<&str, Tally> = BTreeMap::new();
    for row in rows {
        map.entry(key(row)).or_default().add(row);
    }
    map
}
