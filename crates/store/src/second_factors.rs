//! Codes as a second factor: the salt of their key, the last step that was taken, and the recovery codes.
//!
//! Promises: a step is taken once, however many try at once, and a recovery code as well.
//! Never: holds the key of the codes; without the installation's secret the salt makes nothing.

use avow_model::{Timestamp, UserId};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::staff_doors::{DOOR_SHUT, DOOR_TAKE};
use crate::value::{Value, params};
use crate::{ActKind, Store, StoreError};

/// Said when a code was taken before.
pub const CODE_USED: &str = "this code was used before; wait for the next one";

/// A user's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactor {
    pub salt: [u8; 32],
    /// Asked for at the log-in since then; `None` while it is being set up.
    pub since: Option<Timestamp>,
    /// Recovery codes that are left.
    pub recovery_left: u32,
}

/// What opened the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeTaken {
    /// A code of this step of thirty seconds.
    Step(i64),
    /// A recovery code, by its SHA-256.
    Recovery([u8; 32]),
}

queries! {
    FACTOR_FIND = "SELECT f.salt, f.since, (SELECT COUNT(*) FROM recovery_code r WHERE r.user_id = f.user_id)
        FROM second_factor f WHERE f.user_id = $1";
    /// Begun anew as often as one likes, until the first right code.
    FACTOR_BEGIN = "INSERT INTO second_factor (user_id, salt, since, last_step) VALUES ($1, $2, NULL, 0)
        ON CONFLICT (user_id) DO UPDATE SET salt = excluded.salt, last_step = 0
        WHERE second_factor.since IS NULL";
    FACTOR_ON = "UPDATE second_factor SET since = $2, last_step = $3 WHERE user_id = $1 AND since IS NULL";
    FACTOR_STEP = "UPDATE second_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2";
    FACTOR_OFF = "DELETE FROM second_factor WHERE user_id = $1";
    RECOVERY_ADD = "INSERT INTO recovery_code (user_id, code_hash) VALUES ($1, $2)";
    RECOVERY_TAKE = "DELETE FROM recovery_code WHERE user_id = $1 AND code_hash = $2";
    RECOVERY_OFF = "DELETE FROM recovery_code WHERE user_id = $1";
}

impl Store {
    /// The second factor of a user, also one that is being set up.
    pub async fn second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(SecondFactor {
                salt: row.get(0)?,
                since: row.get(1)?,
                recovery_left: row.get(2)?,
            })
        };
        self.db().query_opt(&FACTOR_FIND, params![user], read).await
    }

    /// Begins to set it up. Where it is on already, nothing changes.
    pub async fn second_factor_begin(
        &self,
        user: UserId,
        salt: [u8; 32],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&FACTOR_BEGIN, params![user, salt]);
        self.db().write(batch).await.map(drop)
    }

    /// Turns it on after the first right code, with the recovery codes in the place of any before.
    pub async fn second_factor_on(
        &self,
        user: UserId,
        step: i64,
        recovery: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&FACTOR_ON, params![user, self.now(), step]);
        batch.expect(1, "codes are asked for already; turn them off first");
        recover(&mut batch, user, recovery);
        self.note_everywhere(&mut batch, user, ActKind::CodesOn)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// New recovery codes; those before open nothing any more.
    pub async fn recovery_codes_set(
        &self,
        user: UserId,
        recovery: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        recover(&mut batch, user, recovery);
        self.note_everywhere(&mut batch, user, ActKind::RecoveryCodesMade)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// Turns it off, with its recovery codes.
    pub async fn second_factor_off(&self, user: UserId) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&RECOVERY_OFF, params![user]);
        batch.run(&FACTOR_OFF, params![user]);
        self.note_everywhere(&mut batch, user, ActKind::CodesOff)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// Takes a code and the door it was asked at, both or neither. A `Conflict` where either was taken before.
    pub async fn code_done(
        &self,
        door: [u8; 32],
        user: UserId,
        taken: CodeTaken,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        match taken {
            CodeTaken::Step(step) => batch.run(&FACTOR_STEP, params![user, step]),
            CodeTaken::Recovery(hash) => batch.run(&RECOVERY_TAKE, params![user, hash]),
        };
        batch.expect(1, CODE_USED);
        batch.run(&DOOR_TAKE, params![door, self.now()]);
        batch.expect(1, DOOR_SHUT);
        self.db().write(batch).await.map(drop)
    }
}

fn recover(batch: &mut Batch, user: UserId, codes: &[[u8; 32]]) {
    batch.run(&RECOVERY_OFF, params![user]);
    let row = |hash: &[u8; 32]| -> Vec<Value> { params![user, *hash] };
    batch.each(&RECOVERY_ADD, codes.iter().map(row).collect());
}
