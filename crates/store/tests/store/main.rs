//! The conformance suite: the same cases through the public face of the store, on SQLite and on
//! PostgreSQL (when `AVOW_TEST_DATABASE_URL` names a server). A case that holds on one only is a fault.
//!
//! To add a file: put it into `cases/`, name it in `cases!` below. A case begins with
//! `let Some(world) = super::world().await else { return };`.

#![expect(clippy::unwrap_used, reason = "a case that cannot go on has failed")]
#![expect(clippy::duplicate_mod, reason = "the same cases run on both databases")]

mod data_map;
mod old;
mod people;
mod restore;
mod world;

macro_rules! cases {
    ($($file:literal $name:ident),* $(,)?) => {
        #[path = "cases"]
        mod sqlite {
            /// A store of this case's own, on SQLite.
            pub(crate) async fn world() -> Option<crate::world::World> {
                Some(crate::world::sqlite().await)
            }
            $(#[path = $file] mod $name;)*
        }
        #[path = "cases"]
        mod postgres {
            /// A store of this case's own, on PostgreSQL; `None` without a server.
            pub(crate) async fn world() -> Option<crate::world::World> {
                crate::world::postgres().await
            }
            $(#[path = $file] mod $name;)*
        }
    };
}

cases! {
    "accounts.rs" accounts,
    "archive.rs" archive,
    "campaigns.rs" campaigns,
    "sources.rs" sources,
    "intake.rs" intake,
    "jobs.rs" jobs,
    "ledger.rs" ledger,
    "notices.rs" notices,
    "opening.rs" opening,
    "people.rs" people,
    "policies.rs" policies,
    "retention.rs" retention,
    "quotas.rs" quotas,
    "returned.rs" returned,
    "schedule.rs" schedule,
    "segments.rs" segments,
    "setup.rs" setup,
    "staff.rs" staff,
    "table.rs" table,
    "tls_reports.rs" tls_reports,
    "upgrades.rs" upgrades,
}
