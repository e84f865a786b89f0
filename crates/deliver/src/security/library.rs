//! Which MTA-STS policy is in force for a domain (RFC 8461 3.3, 5.1): what was fetched, for as long as it says.
//!
//! Promises: a policy that was fetched once holds until it ends, also while its record or its file is gone: an
//! attacker who hides both gains nothing. Survives restarts when it has a file. Bounded.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use avow_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::sts::Policy;

/// Domains whose policies are kept. Few domains have one; beyond it, those that end first are let go.
const DOMAINS_MAX: usize = 50_000;
/// A policy is fetched again after a day, so that it never runs out while the domain is written to (RFC 8461 3.3).
const FRESH: Duration = Duration::from_hours(24);
/// A file that could not be fetched is not asked for again at once (RFC 8461 3.3: five minutes or more).
const AFTER_FAILURE: Duration = Duration::from_mins(5);

/// A policy as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Of the record that announced it.
    pub id: String,
    /// The file.
    pub text: String,
    pub fetched_at: Timestamp,
    pub until: Timestamp,
}

impl Known {
    /// From a file that holds a policy.
    pub fn new(id: String, text: String, policy: &Policy, now: Timestamp) -> Self {
        Self {
            id,
            text,
            fetched_at: now,
            until: now.checked_add(policy.max_age).unwrap_or(Timestamp::MAX),
        }
    }
}

/// Why a policy that is announced could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Miss {
    /// Its host did not give it.
    Fetch,
    /// Its host has no valid certificate.
    Certificate,
    /// The file is no policy.
    Invalid,
}

/// What is known of a domain without asking anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InForce {
    None,
    Missed(Miss),
    Holds(Known),
}

/// What is to be done about a domain whose record was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is no policy.
    None,
    /// This one holds.
    Holds(Known),
    /// The file is to be fetched; when that fails, this one holds.
    Fetch { id: String, else_: Option<Known> },
}

#[derive(Debug, Default)]
struct Shelf {
    known: HashMap<String, Known>,
    failed: HashMap<String, (Timestamp, Miss)>,
}

/// The policies of all domains.
#[derive(Debug, Default)]
pub struct Library {
    shelf: Mutex<Shelf>,
    file: Option<PathBuf>,
}

impl Library {
    /// With what the file holds; one that cannot be read is begun anew.
    pub fn kept_in(file: &Path) -> Self {
        let known = match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|fault| {
                tracing::warn!(%fault, "the kept MTA-STS policies cannot be read; fetching them anew");
                HashMap::new()
            }),
            Err(_) => HashMap::new(),
        };
        let failed = HashMap::new();
        Self {
            shelf: Mutex::new(Shelf { known, failed }),
            file: Some(file.to_owned()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides from the record's id, if there is one.
    pub fn standing(&self, domain: &str, id: Option<String>, now: Timestamp) -> Standing {
        let mut shelf = self.lock();
        if id.is_none() {
            // What is not announced cannot be missed.
            shelf.failed.remove(domain);
        }
        let known = shelf.known.get(domain).filter(|known| known.until > now);
        let Some(id) = id else {
            return known.cloned().map_or(Standing::None, Standing::Holds);
        };
        let age = |since: Timestamp| now.duration_since(since).unsigned_abs();
        match known {
            Some(known) if known.id == id && age(known.fetched_at) < FRESH => {
                return Standing::Holds(known.clone());
            }
            _ => {}
        }
        let failed = shelf.failed.get(domain);
        if failed.is_some_and(|(at, _)| age(*at) < AFTER_FAILURE) {
            return known.cloned().map_or(Standing::None, Standing::Holds);
        }
        let else_ = known.cloned();
        Standing::Fetch { id, else_ }
    }

    /// Keeps what was fetched.
    pub fn learn(&self, domain: &str, known: Known) {
        let mut shelf = self.lock();
        // A domain is not kept for longer than its policy holds.
        shelf.known.retain(|_, old| old.until > known.fetched_at);
        if shelf.known.len() >= DOMAINS_MAX {
            let first = shelf.known.iter().min_by_key(|(_, known)| known.until);
            let first = first.map(|(domain, _)| domain.clone());
            first.map(|domain| shelf.known.remove(&domain));
        }
        shelf.failed.remove(domain);
        shelf.known.insert(domain.to_owned(), known);
        self.save(&shelf.known);
    }

    /// What holds for a domain now, as far as it was asked about.
    pub fn in_force(&self, domain: &str, now: Timestamp) -> InForce {
        let shelf = self.lock();
        let known = shelf.known.get(domain).filter(|known| known.until > now);
        match (known, shelf.failed.get(domain)) {
            (Some(known), _) => InForce::Holds(known.clone()),
            (None, Some((_, miss))) => InForce::Missed(*miss),
            (None, None) => InForce::None,
        }
    }

    /// Notes that the file could not be had.
    pub fn missed(&self, domain: &str, miss: Miss, now: Timestamp) {
        let mut shelf = self.lock();
        if shelf.failed.len() >= DOMAINS_MAX {
            shelf.failed.clear();
        }
        shelf.failed.insert(domain.to_owned(), (now, miss));
    }

    /// Written aside and put in place whole. A failure costs a fetch after the next start, no more.
    fn save(&self, known: &HashMap<String, Known>) {
        let Some(file) = &self.file else { return };
        let aside = file.with_extension("new");
        let saved = serde_json::to_vec(known)
            .map_err(std::io::Error::other)
            .and_then(|bytes| std::fs::write(&aside, bytes))
            .and_then(|()| std::fs::rename(&aside, file));
        if let Err(fault) = saved {
            tracing::warn!(%fault, "the MTA-STS policies cannot be kept; check the data folder");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const TEXT: &str = "version: STSv1\nmode: enforce\nmx: mx.example.org\nmax_age: 604800\n";
    const DOMAIN: &str = "example.org";

    fn at(hours: u64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::from_hours(hours)
    }

    fn known(id: &str, now: Timestamp) -> Known {
        Known::new(
            id.to_owned(),
            TEXT.to_owned(),
            &Policy::parse(TEXT).unwrap(),
            now,
        )
    }

    fn fetch(new: &str, else_: Option<Known>) -> Standing {
        Standing::Fetch {
            id: new.to_owned(),
            else_,
        }
    }

    #[test]
    fn a_policy_is_fetched_when_it_is_new_changed_or_a_day_old() {
        let library = Library::default();
        assert_eq!(library.standing(DOMAIN, None, at(0)), Standing::None);
        assert_eq!(
            library.standing(DOMAIN, Some("1".to_owned()), at(0)),
            fetch("1", None)
        );
        let first = known("1", at(0));
        library.learn(DOMAIN, first.clone());
        let holds = Standing::Holds(first.clone());
        assert_eq!(
            library.standing(DOMAIN, Some("1".to_owned()), at(23)),
            holds
        );
        assert_eq!(
            library.standing(DOMAIN, Some("2".to_owned()), at(1)),
            fetch("2", Some(first.clone()))
        );
        assert_eq!(
            library.standing(DOMAIN, Some("1".to_owned()), at(24)),
            fetch("1", Some(first))
        );
    }

    #[test]
    fn a_policy_holds_until_its_end_though_its_record_is_gone() {
        let library = Library::default();
        let first = known("1", at(0));
        library.learn(DOMAIN, first.clone());
        assert_eq!(
            library.standing(DOMAIN, None, at(167)),
            Standing::Holds(first)
        );
        assert_eq!(library.standing(DOMAIN, None, at(168)), Standing::None);
        assert_eq!(
            library.standing(DOMAIN, Some("1".to_owned()), at(168)),
            fetch("1", None)
        );
    }

    #[test]
    fn a_policy_that_has_ended_is_not_kept_beside_a_new_one() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("mta-sts.json");
        let library = Library::kept_in(&file);
        library.learn(DOMAIN, known("1", at(0)));
        library.learn("example.net", known("1", at(167)));
        assert!(
            std::fs::read_to_string(&file)
                .unwrap()
                .contains("\"example.org\"")
        );
        library.learn("example.com", known("1", at(168)));
        let kept = std::fs::read_to_string(&file).unwrap();
        assert!(kept.contains("\"example.net\"") && !kept.contains("\"example.org\""));
    }

    #[test]
    fn a_file_that_cannot_be_had_is_left_alone_for_five_minutes() {
        let library = Library::default();
        library.missed(DOMAIN, Miss::Fetch, at(0));
        assert_eq!(
            library.standing(DOMAIN, Some("1".to_owned()), at(0)),
            Standing::None
        );
        let later = at(0) + AFTER_FAILURE;
        assert_eq!(
            library.standing(DOMAIN, Some("1".to_owned()), later),
            fetch("1", None)
        );
        let first = known("1", at(0));
        library.learn(DOMAIN, first.clone());
        library.missed(DOMAIN, Miss::Fetch, at(30));
        assert_eq!(
            library.standing(DOMAIN, Some("2".to_owned()), at(30)),
            Standing::Holds(first)
        );
    }

    #[test]
    fn policies_survive_a_restart_and_a_torn_file_is_begun_anew() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("mta-sts.json");
        let first = known("1", at(0));
        Library::kept_in(&file).learn(DOMAIN, first.clone());
        let again = Library::kept_in(&file);
        assert_eq!(again.standing(DOMAIN, None, at(1)), Standing::Holds(first));
        std::fs::write(&file, b"{\"exam").unwrap();
        let torn = Library::kept_in(&file);
        assert_eq!(torn.standing(DOMAIN, None, at(1)), Standing::None);
    }
}
