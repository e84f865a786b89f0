//! Migrations: forward only, each applied once, recorded with the hash of its text.
//!
//! This file decides (pure); `sqlite` and `postgres` run what it says under their own lock, so that
//! concurrent starts are safe.

use aws_lc_rs::digest;

use crate::error::StoreError;

/// One migration: its number, its name, its text with tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// All of them, in order. Never change one that was released: add the next.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "first_rooms",
        text: include_str!("../migrations/0001_first_rooms.sql"),
    },
    Migration {
        version: 2,
        name: "ledger",
        text: include_str!("../migrations/0002_ledger.sql"),
    },
    Migration {
        version: 3,
        name: "policy_life",
        text: include_str!("../migrations/0003_policy_life.sql"),
    },
    Migration {
        version: 4,
        name: "wishes",
        text: include_str!("../migrations/0004_wishes.sql"),
    },
    Migration {
        version: 5,
        name: "notices",
        text: include_str!("../migrations/0005_notices.sql"),
    },
    Migration {
        version: 6,
        name: "past_packs",
        text: include_str!("../migrations/0006_past_packs.sql"),
    },
    Migration {
        version: 7,
        name: "staff",
        text: include_str!("../migrations/0007_staff.sql"),
    },
    Migration {
        version: 8,
        name: "returned",
        text: include_str!("../migrations/0008_returned.sql"),
    },
    Migration {
        version: 9,
        name: "segments",
        text: include_str!("../migrations/0009_segments.sql"),
    },
    Migration {
        version: 10,
        name: "dealings",
        text: include_str!("../migrations/0010_dealings.sql"),
    },
    Migration {
        version: 20,
        name: "quota",
        text: include_str!("../migrations/0020_quota.sql"),
    },
    Migration {
        version: 40,
        name: "injected",
        text: include_str!("../migrations/0040_injected.sql"),
    },
    Migration {
        version: 50,
        name: "events",
        text: include_str!("../migrations/0050_events.sql"),
    },
    Migration {
        version: 51,
        name: "tls_reports",
        text: include_str!("../migrations/0051_tls_reports.sql"),
    },
    Migration {
        version: 52,
        name: "webhooks",
        text: include_str!("../migrations/0052_webhooks.sql"),
    },
    Migration {
        version: 53,
        name: "staff_doors",
        text: include_str!("../migrations/0053_staff_doors.sql"),
    },
    Migration {
        version: 54,
        name: "contacts",
        text: include_str!("../migrations/0054_contacts.sql"),
    },
    Migration {
        version: 57,
        name: "campaign_sources",
        text: include_str!("../migrations/0057_campaign_sources.sql"),
    },
    Migration {
        version: 58,
        name: "images",
        text: include_str!("../migrations/0058_images.sql"),
    },
    Migration {
        version: 60,
        name: "schedule",
        text: include_str!("../migrations/0060_schedule.sql"),
    },
    Migration {
        version: 64,
        name: "conduct",
        text: include_str!("../migrations/0064_conduct.sql"),
    },
    Migration {
        version: 65,
        name: "forms",
        text: include_str!("../migrations/0065_forms.sql"),
    },
    Migration {
        version: 68,
        name: "language",
        text: include_str!("../migrations/0068_language.sql"),
    },
    Migration {
        version: 69,
        name: "archive",
        text: include_str!("../migrations/0069_archive.sql"),
    },
    Migration {
        version: 72,
        name: "setup",
        text: include_str!("../migrations/0072_setup.sql"),
    },
];

/// The record of what was applied; the same text on both databases.
pub(crate) const RECORD_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at BIGINT NOT NULL)";
pub(crate) const RECORD_READ: &str =
    "SELECT version, name, hash FROM schema_migrations ORDER BY version";

/// A line of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) hash: String,
}

/// How the tokens of a migration read in one database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    blob: &'static str,
    clustered: &'static str,
    c: &'static str,
}

pub(crate) const LITE: Dialect = Dialect {
    blob: "BLOB",
    clustered: "WITHOUT ROWID",
    c: "",
};

pub(crate) const POSTGRES: Dialect = Dialect {
    blob: "BYTEA",
    clustered: "",
    c: "COLLATE \"C\"",
};

impl Migration {
    /// SHA-256 of the text with its tokens: the same on both databases.
    pub(crate) fn hash(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.text.as_bytes());
        let mut hex = String::with_capacity(64);
        for byte in hash.as_ref() {
            for digit in [byte >> 4, byte & 15] {
                hex.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        hex
    }

    /// The text for one database.
    pub(crate) fn render(&self, dialect: Dialect) -> String {
        self.text
            .replace("{{blob}}", dialect.blob)
            .replace("{{clustered}}", dialect.clustered)
            .replace("{{c}}", dialect.c)
    }
}

/// Which migrations are still to be applied; refuses a record that is not a beginning of ours.
pub(crate) fn pending<'m>(
    known: &'m [Migration],
    applied: &[Applied],
) -> Result<&'m [Migration], StoreError> {
    for (index, done) in applied.iter().enumerate() {
        let Some(ours) = known.get(index) else {
            return Err(StoreError::SchemaNewer {
                found: applied.last().map_or(0, |last| last.version),
                known: known.last().map_or(0, |last| last.version),
            });
        };
        if ours.version != done.version || ours.hash() != done.hash {
            return Err(StoreError::SchemaChanged {
                version: done.version,
                name: done.name.clone(),
            });
        }
    }
    Ok(&known[applied.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Migration = Migration {
        version: 1,
        name: "a",
        text: "CREATE TABLE a (x {{blob}}, y TEXT {{c}}) {{clustered}};",
    };
    const B: Migration = Migration {
        version: 2,
        name: "b",
        text: "CREATE TABLE b (x BIGINT);",
    };

    fn record(migration: &Migration) -> Applied {
        Applied {
            version: migration.version,
            name: migration.name.to_owned(),
            hash: migration.hash(),
        }
    }

    #[test]
    fn what_was_not_applied_is_pending() {
        assert_eq!(pending(&[A, B], &[]).unwrap().len(), 2);
        assert_eq!(pending(&[A, B], &[record(&A)]).unwrap()[0].version, 2);
        assert!(
            pending(&[A, B], &[record(&A), record(&B)])
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_newer_database_is_refused_with_both_versions() {
        let fault = pending(&[A], &[record(&A), record(&B)]).unwrap_err();
        assert!(matches!(
            fault,
            StoreError::SchemaNewer { found: 2, known: 1 }
        ));
        assert!(fault.to_string().contains("Run the newest version"));
    }

    #[test]
    fn a_changed_migration_is_refused_by_its_name() {
        let mut changed = record(&A);
        changed.hash = "00".to_owned();
        let fault = pending(&[A, B], &[changed]).unwrap_err();
        assert!(matches!(fault, StoreError::SchemaChanged { version: 1, ref name } if name == "a"));
    }

    #[test]
    fn tokens_become_each_databases_words() {
        assert_eq!(
            A.render(LITE),
            "CREATE TABLE a (x BLOB, y TEXT ) WITHOUT ROWID;"
        );
        assert_eq!(
            A.render(POSTGRES),
            "CREATE TABLE a (x BYTEA, y TEXT COLLATE \"C\") ;"
        );
    }
}
