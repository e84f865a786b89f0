//! Who is let into an account, and how they are put out again.
//!
//! Promises: an account keeps an owner, whoever asks for what at once; whoever is put out has no session any more
//! when the call returns, and no log-in where it was their last account.

use avow_model::{EmailAddress, Role, Timestamp, UserId};

use crate::batch::Batch;
use crate::row::Row;
use crate::sessions::SESSIONS_CLOSE;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, NewAct, StoreError};

/// Said when the last owner would go.
pub const LAST_OWNER: &str =
    "an account needs an owner, and this is the last one; make somebody else an owner first";

/// One who is let in.
#[derive(Debug, Clone)]
pub struct MemberRow {
    pub user: UserId,
    pub address: EmailAddress,
    pub name: String,
    pub role: Role,
    /// When they were last here, while a session of theirs lasts.
    pub seen_at: Option<Timestamp>,
    /// Since when their log-in asks for a code.
    pub codes_since: Option<Timestamp>,
}

queries! {
    MEMBERS = "SELECT u.id, u.address, u.name, m.role,
        (SELECT MAX(s.seen_at) FROM session s WHERE s.user_id = u.id),
        (SELECT f.since FROM second_factor f WHERE f.user_id = u.id)
        FROM membership m JOIN user_login u ON u.id = m.user_id WHERE m.account = $1 ORDER BY u.address";
    /// Whoever changes who is let in waits here for whoever does it at the same time, also in another process: each
    /// statement after it sees what the other one left (PostgreSQL's read committed; SQLite has one writer).
    pub(crate) MEMBERS_HOLD = "UPDATE account SET name = name WHERE id = $1";
    /// An owner stays one where there is no other.
    MEMBER_ROLE = "UPDATE membership SET role = $3 WHERE account = $1 AND user_id = $2 AND (role <> 'owner'
        OR CAST($3 AS TEXT) = 'owner' OR EXISTS (SELECT 1 FROM membership o
            WHERE o.account = $1 AND o.role = 'owner' AND o.user_id <> $2))";
    MEMBER_DROP = "DELETE FROM membership WHERE account = $1 AND user_id = $2 AND (role <> 'owner'
        OR EXISTS (SELECT 1 FROM membership o WHERE o.account = $1 AND o.role = 'owner' AND o.user_id <> $2))";
    CODES_OF_NOBODY = "DELETE FROM recovery_code WHERE user_id = $1
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.user_id = $1)";
    FACTOR_OF_NOBODY = "DELETE FROM second_factor WHERE user_id = $1
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.user_id = $1)";
    LOGIN_OF_NOBODY = "DELETE FROM user_login WHERE id = $1
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.user_id = $1)";
    MEMBER_ACKNOWLEDGED = "UPDATE membership SET acknowledged = $3 WHERE account = $1 AND user_id = $2
        AND (acknowledged IS NULL OR acknowledged < $3)";
    pub(crate) TOKENS_OF = "DELETE FROM staff_token WHERE user_id = $1";
}

impl AccountScope {
    /// Who is let in, in the order of their addresses.
    pub async fn members(&self) -> Result<Vec<MemberRow>, StoreError> {
        self.db()
            .query_map(&MEMBERS, params![self.id()], member)
            .await
    }

    /// Gives a member another role; it holds from their next request on. A `Conflict` where no owner would be left.
    pub async fn member_role_set(
        &self,
        user: UserId,
        role: Role,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&MEMBERS_HOLD, params![self.id()]);
        batch.run(&MEMBER_ROLE, params![self.id(), user, role]);
        batch.expect(1, LAST_OWNER);
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    /// Notes that a member read this policy version and said so. An older one than the one known changes nothing.
    pub async fn member_acknowledged(
        &self,
        user: UserId,
        version: u32,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&MEMBER_ACKNOWLEDGED, params![self.id(), user, version]);
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    /// Puts a member out and ends every session of theirs. A `Conflict` where no owner would be left.
    pub async fn member_remove(&self, user: UserId, act: NewAct) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&MEMBERS_HOLD, params![self.id()]);
        batch.run(&MEMBER_DROP, params![self.id(), user]);
        batch.expect(1, LAST_OWNER);
        batch.run(&SESSIONS_CLOSE, params![user]);
        batch.run(&TOKENS_OF, params![user]);
        batch.run(&CODES_OF_NOBODY, params![user]);
        batch.run(&FACTOR_OF_NOBODY, params![user]);
        batch.run(&LOGIN_OF_NOBODY, params![user]);
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }
}

fn member(row: &Row<'_>) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        user: row.get(0)?,
        address: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        seen_at: row.get(4)?,
        codes_since: row.get(5)?,
    })
}
