//! What an import needs of the account's policies.

use avow_model::{Category, Purpose, Timestamp};
use avow_policy::PolicySet;

use super::error::ImportError;
use super::plan::{Attestation, ImportPlan};

/// One version, as far as it matters here.
#[derive(Debug, Clone)]
pub(super) struct BasisVersion {
    pub(super) n: u32,
    pub(super) effective_at: Timestamp,
    pub(super) categories: Vec<Category>,
    pub(super) purposes: Vec<Purpose>,
}

/// Versions in the order of their effect.
#[derive(Debug, Clone, Default)]
pub(super) struct Basis {
    pub(super) versions: Vec<BasisVersion>,
}

impl Basis {
    pub(super) fn of(policies: &PolicySet) -> Self {
        let mut versions: Vec<BasisVersion> = policies
            .versions()
            .map(|version| BasisVersion {
                n: version.n(),
                effective_at: version.effective_at(),
                categories: version.categories().iter().map(|c| c.id.clone()).collect(),
                purposes: version.purposes().iter().map(|p| p.id.clone()).collect(),
            })
            .collect();
        versions.sort_by_key(|version| version.effective_at);
        Self { versions }
    }

    /// Refuses a plan that the policies cannot carry.
    pub(super) fn check(&self, plan: &ImportPlan) -> Result<(), ImportError> {
        let newest = self.versions.last().ok_or(ImportError::NoPolicy)?;
        let unknown = plan.purposes.iter().find(|purpose| !self.knows(purpose));
        if let Some(purpose) = unknown {
            let known: Vec<&str> = newest.purposes.iter().map(Purpose::as_str).collect();
            let (purpose, known) = (purpose.to_string(), known.join(", "));
            return Err(ImportError::UnknownPurpose { purpose, known });
        }
        match &plan.attestation {
            Some(attested) if attested.at > plan.now => Err(ImportError::FutureAttestation),
            Some(attested) => self.check_version(attested),
            None => Ok(()),
        }
    }

    fn check_version(&self, attested: &Attestation) -> Result<(), ImportError> {
        match attested.version {
            Some(version) if !self.had_taken_effect(version, attested.at) => {
                Err(ImportError::VersionNotInForce { version })
            }
            _ => Ok(()),
        }
    }

    fn knows(&self, purpose: &Purpose) -> bool {
        self.versions
            .iter()
            .any(|version| version.purposes.contains(purpose))
    }

    /// The version that governed at `at`.
    pub(super) fn in_force(&self, at: Timestamp) -> Option<u32> {
        let after = self
            .versions
            .partition_point(|version| version.effective_at <= at);
        Some(self.versions.get(after.checked_sub(1)?)?.n)
    }

    /// True when version `n` had taken effect at `at`: its notice can have been shown.
    pub(super) fn had_taken_effect(&self, n: u32, at: Timestamp) -> bool {
        self.versions
            .iter()
            .any(|version| version.n == n && version.effective_at <= at)
    }

    pub(super) fn declares(&self, category: &Category) -> bool {
        self.versions
            .iter()
            .any(|version| version.categories.contains(category))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_in_force_is_the_last_that_took_effect() {
        let at = |s: &str| s.parse::<Timestamp>().unwrap();
        let version = |n, effective: &str| BasisVersion {
            n,
            effective_at: at(effective),
            categories: vec![],
            purposes: vec![],
        };
        let basis = Basis {
            versions: vec![
                version(1, "2026-01-08T00:00:00Z"),
                version(2, "2026-03-08T00:00:00Z"),
            ],
        };
        assert_eq!(basis.in_force(at("2026-01-07T23:59:59Z")), None);
        assert_eq!(basis.in_force(at("2026-01-08T00:00:00Z")), Some(1));
        assert_eq!(basis.in_force(at("2026-12-01T00:00:00Z")), Some(2));
        assert!(!basis.had_taken_effect(2, at("2026-03-01T00:00:00Z")));
    }
}
