//! Log-in sessions, found by the hash of their token.
//!
//! Never: holds a token. Expired sessions are not found and go with the next opening.

use avow_model::{Timestamp, UserId};

use crate::batch::Batch;
use crate::members::TOKENS_OF;
use crate::row::Row;
use crate::sql::queries;
use crate::users::USER_PASSWORD;
use crate::value::params;
use crate::{ActKind, Store, StoreError};

/// The longest browser name that is kept.
const AGENT_BYTES_MAX: usize = 200;
/// Sessions that are shown to their user: whoever has more ends all of them at once.
const SESSIONS_SHOWN_MAX: u32 = 50;

/// What a new session needs.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// SHA-256 of the token in the cookie.
    pub token_hash: [u8; 32],
    pub user: UserId,
    /// What the browser calls itself: for the page of one's devices.
    pub agent: String,
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

/// One running session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub user: UserId,
    pub agent: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// When the screen was last used; it stands still once it is locked.
    pub active_at: Timestamp,
}

queries! {
    SESSION_ADD = "INSERT INTO session (token_hash, user_id, agent, created_at, seen_at, expires_at, active_at)
        VALUES ($1, $2, $3, $4, $4, $5, $4)";
    SESSIONS_EXPIRED = "DELETE FROM session WHERE expires_at <= $1";
    SESSION_FIND = "SELECT user_id, agent, created_at, seen_at, expires_at, COALESCE(active_at, created_at) FROM session
        WHERE token_hash = $1 AND expires_at > $2";
    SESSION_TOUCH = "UPDATE session SET seen_at = $2, expires_at = $3 WHERE token_hash = $1";
    SESSION_ACTIVE = "UPDATE session SET active_at = $2 WHERE token_hash = $1";
    SESSION_CLOSE = "DELETE FROM session WHERE token_hash = $1";
    pub(crate) SESSIONS_CLOSE = "DELETE FROM session WHERE user_id = $1";
    SESSIONS_OF = "SELECT user_id, agent, created_at, seen_at, expires_at, COALESCE(active_at, created_at), token_hash
        FROM session WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, created_at DESC LIMIT $3";
    SESSION_CLOSE_OF = "DELETE FROM session WHERE user_id = $1 AND token_hash = $2";
    SESSIONS_CLOSE_OTHERS = "DELETE FROM session WHERE user_id = $1 AND token_hash <> $2";
    SESSION_UNLOCK = "UPDATE session SET token_hash = $2, seen_at = $3, active_at = $3 WHERE token_hash = $1";
}

impl Store {
    /// Opens a session, and drops those that have expired. The audit log of each account of the user has it.
    pub async fn session_open(&self, new: NewSession) -> Result<(), StoreError> {
        let mut agent = new.agent;
        let cut = (0..=AGENT_BYTES_MAX.min(agent.len())).rev();
        agent.truncate(
            cut.into_iter()
                .find(|n| agent.is_char_boundary(*n))
                .unwrap_or(0),
        );
        let hash = new.token_hash;
        let mut batch = Batch::new();
        batch.run(&SESSIONS_EXPIRED, params![new.now]);
        batch.run(
            &SESSION_ADD,
            params![hash, new.user, agent, new.now, new.expires_at],
        );
        self.note_everywhere(&mut batch, new.user, ActKind::LoggedIn)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// The session with this token hash, unless it has expired.
    pub async fn session_find(
        &self,
        token_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<SessionRow>, StoreError> {
        self.db()
            .query_opt(&SESSION_FIND, params![token_hash, now], session)
            .await
    }

    /// Notes that the session is in use and moves its end.
    pub async fn session_touch(
        &self,
        token_hash: [u8; 32],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSION_TOUCH, params![token_hash, now, expires_at]);
        self.db().write(batch).await.map(drop)
    }

    /// Notes that somebody is at the screen.
    pub async fn session_active(
        &self,
        token_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSION_ACTIVE, params![token_hash, now]);
        self.db().write(batch).await.map(drop)
    }

    /// Ends a session. Ending one that is gone is no fault.
    pub async fn session_close(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSION_CLOSE, params![token_hash]);
        self.db().write(batch).await.map(drop)
    }

    /// The running sessions of a user with the hashes of their tokens, the last used first.
    pub async fn sessions_of(
        &self,
        user: UserId,
    ) -> Result<Vec<([u8; 32], SessionRow)>, StoreError> {
        let key = params![user, self.now(), SESSIONS_SHOWN_MAX];
        let read = |row: &Row<'_>| Ok((row.get(6)?, session(row)?));
        self.db().query_map(&SESSIONS_OF, key, read).await
    }

    /// Ends one session of this user, and nobody else's. Ending one that is gone is no fault.
    pub async fn session_close_of(
        &self,
        user: UserId,
        token_hash: [u8; 32],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSION_CLOSE_OF, params![user, token_hash]);
        self.note_everywhere(&mut batch, user, ActKind::SignedOut)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// Ends every session of this user but one.
    pub async fn sessions_close_others(
        &self,
        user: UserId,
        keep: [u8; 32],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSIONS_CLOSE_OTHERS, params![user, keep]);
        self.note_everywhere(&mut batch, user, ActKind::SignedOut)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// Sets a new password and ends every session of the user but the one it was set in.
    pub async fn password_change(
        &self,
        user: UserId,
        hash: &str,
        keep: [u8; 32],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&USER_PASSWORD, params![user, hash]);
        batch.expect(1, "the user does not exist");
        batch.run(&SESSIONS_CLOSE_OTHERS, params![user, keep]);
        batch.run(&TOKENS_OF, params![user]);
        self.note_everywhere(&mut batch, user, ActKind::PasswordChanged)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// Opens a locked session again, under a new token: the old one opens nothing any more.
    pub async fn session_unlock(&self, old: [u8; 32], new: [u8; 32]) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSION_UNLOCK, params![old, new, self.now()]);
        batch.expect(1, "the session has ended; log in again");
        self.db().write(batch).await.map(drop)
    }

    /// Ends all sessions of a user: after a change of password.
    pub async fn sessions_close(&self, user: UserId) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&SESSIONS_CLOSE, params![user]);
        self.db().write(batch).await.map(drop)
    }
}

fn session(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        user: row.get(0)?,
        agent: row.get(1)?,
        created_at: row.get(2)?,
        seen_at: row.get(3)?,
        expires_at: row.get(4)?,
        active_at: row.get(5)?,
    })
}
