//! What the caller wants of an import, and what came of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use avow_model::{ImportId, ListId, Purpose, Timestamp};
use avow_store::ImportCounts;
use aws_lc_rs::digest::{Context, SHA256};

use super::columns::MapRule;

/// What a file is taken in with. The same file with the same plan is the same import.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    /// For people; stands in the evidence.
    pub file_name: String,
    /// Over the guesses from the header.
    pub map: Vec<MapRule>,
    /// Consent evidence for the whole file, beside what its rows hold.
    pub attestation: Option<Attestation>,
    /// The purposes that an opt-in of this file was for.
    pub purposes: Vec<Purpose>,
    pub list: Option<ListId>,
    /// What every row is, whatever its columns say less strictly: for a file of unsubscribed people.
    pub everyone: Standing,
    pub mode: Mode,
    /// Where rejected rows go, each with its reason; made only when there are any.
    pub rejects: Option<PathBuf>,
    /// The time of the import; of a run that goes on, the time at which it began counts.
    pub now: Timestamp,
}

impl ImportPlan {
    /// A plan with everything guessed and nothing attested.
    pub fn new(file_name: &str, now: Timestamp) -> Self {
        Self {
            file_name: file_name.to_owned(),
            map: Vec::new(),
            attestation: None,
            purposes: Vec::new(),
            list: None,
            everyone: Standing::Subscribed,
            mode: Mode::Write,
            rejects: None,
            now,
        }
    }

    /// What makes two imports the same: the file's content and all of the plan that changes what a row means.
    pub(super) fn fingerprint(&self, file: [u8; 32]) -> [u8; 32] {
        let meaning = (
            &self.map,
            &self.attestation,
            &self.purposes,
            self.list,
            self.everyone,
        );
        let mut hash = Context::new(&SHA256);
        hash.update(&file);
        hash.update(format!("{meaning:?}").as_bytes());
        let mut digest = [0; 32];
        digest.copy_from_slice(hash.finish().as_ref());
        digest
    }
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Write,
    /// Reads and judges every row; changes nothing but the file of rejected rows.
    DryRun,
}

/// Somebody's word for how the people of a file said yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// When they did, where a row does not say it.
    pub at: Timestamp,
    /// Where: a form's address, a fair, a shop.
    pub source: String,
    /// What they read.
    pub wording: String,
    /// The policy version they were shown; the one in force then when absent.
    pub version: Option<u32>,
    /// Who attests it.
    pub signer: String,
    /// Got in a sale, for similar products, with an opt-out offered then and in each mail.
    pub soft_opt_in: bool,
}

/// Where a row's person stands with the service that wrote the file; the later ones are stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Standing {
    #[default]
    Subscribed,
    /// Known, and no yes: pending, archived, switched off.
    NotSubscribed,
    /// The address is dead.
    Cleaned,
    /// Said no to marketing.
    Unsubscribed,
    /// Must get no mail of any sort.
    Blocklisted,
    /// Complained to the mailbox provider.
    Complained,
}

impl Standing {
    /// From a service's word for it, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        Some(match word.as_str() {
            "" | "subscribed" | "active" | "enabled" | "confirmed" | "opted-in" | "opted_in"
            | "yes" => Self::Subscribed,
            "disabled" | "pending" | "unconfirmed" | "nonsubscribed" | "non-subscribed"
            | "transactional" | "archived" | "inactive" | "draft" | "no" => Self::NotSubscribed,
            "cleaned" | "bounced" | "bounce" | "hard_bounce" | "hardbounced" | "hard bounced"
            | "invalid" => Self::Cleaned,
            "unsubscribed" | "optout" | "opt-out" | "opted-out" | "opted_out" | "blacklisted"
            | "unsubscribe" => Self::Unsubscribed,
            "blocklisted" | "blocked" | "suppressed" => Self::Blocklisted,
            "complained" | "complaint" | "spam" | "abuse" | "junk" | "spam_complaint" => {
                Self::Complained
            }
            _ => return None,
        })
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Of the file's text; together with `bytes` good for a bar.
    pub position: u64,
    pub bytes: u64,
    pub counts: ImportCounts,
}

/// What the rows that were taken said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// People with evidence of their own act in the row.
    pub own_act: u64,
    /// People for whom only the attestation speaks.
    pub attested: u64,
    /// People without evidence: no permission is recorded.
    pub unattested: u64,
    /// Of those with evidence, how many confirmed.
    pub confirmed: u64,
    pub not_subscribed: u64,
    pub unsubscribed: u64,
    pub blocklisted: u64,
    pub cleaned: u64,
    pub complained: u64,
    pub role_addresses: u64,
    pub disposable_addresses: u64,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// `None` in a dry run.
    pub run: Option<ImportId>,
    /// In a dry run only `rows` and `rejected` count.
    pub counts: ImportCounts,
    pub tally: Tally,
    /// How many rows were rejected for which sort of reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Where they are, when there are any.
    pub rejects: Option<PathBuf>,
    /// `UTF-8`, `UTF-16LE`, `windows-1252` ...
    pub encoding: &'static str,
    /// Each column and how it was read, in words of the mapping.
    pub columns: Vec<(String, String)>,
    /// Columns that were not kept because no policy version declares their category.
    pub undeclared: Vec<String>,
    /// How much of the text an earlier run had taken in already.
    pub resumed_at: u64,
    /// The same file with the same plan was taken in before: nothing was done now.
    pub was_done: bool,
}
