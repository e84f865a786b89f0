//! Doors that open once: invitations, password resets, and the moment between password and code.
//!
//! Promises: a token opens one door, once, before its time is over; two that try at once do not both get in.
//! Never: holds a token, only its SHA-256.

use avow_model::{AccountId, EmailAddress, Role, Timestamp, UserId};

use crate::batch::Batch;
use crate::members::{LAST_OWNER, MEMBERS_HOLD, TOKENS_OF};
use crate::outgoing::{OUTGOING_ADD, queued};
use crate::row::Row;
use crate::sessions::SESSIONS_CLOSE;
use crate::sql::queries;
use crate::users::{MEMBER_ADD, USER_ADD, USER_PASSWORD};
use crate::value::{Value, params};
use crate::{AccountScope, ActKind, NewAct, NewOutgoing, NewUser, Store, StoreError};

/// Said when a token was used, withdrawn or too late.
pub const DOOR_SHUT: &str = "this link was used before or its time is over; ask for a new one";

/// What a token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// Into an account.
    Invite {
        account: AccountId,
        invited: Invited,
    },
    /// To a new password; of nobody where nobody logs in with the address that was asked for.
    Reset(Option<UserId>),
    /// Into a session, once the code is right too.
    Code(UserId),
}

/// Who is to come in, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    pub address: EmailAddress,
    pub role: Role,
}

/// A token to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewDoor {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    pub expires_at: Timestamp,
}

/// An invitation that nobody has followed yet.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    pub invited: Invited,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Whoever follows an invitation.
#[derive(Debug, Clone)]
pub enum Joining {
    New(NewUser),
    /// Logs in already, for another account.
    Known(UserId),
}

queries! {
    DOORS_EXPIRED = "DELETE FROM staff_token WHERE expires_at <= $1";
    DOOR_ADD = "INSERT INTO staff_token (token_hash, kind, user_id, account, address, role, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    DOOR_FIND = "SELECT kind, user_id, account, address, role FROM staff_token
        WHERE token_hash = $1 AND expires_at > $2";
    pub(crate) DOOR_TAKE = "DELETE FROM staff_token WHERE token_hash = $1 AND expires_at > $2";
    INVITATION_DROP = "DELETE FROM staff_token WHERE account = $1 AND address = $2";
    INVITATIONS = "SELECT address, role, created_at, expires_at FROM staff_token
        WHERE account = $1 AND expires_at > $2 ORDER BY address";
    pub(crate) STAFF_MAIL_DROP = "DELETE FROM outgoing WHERE account = $1 AND kind = 'staff' AND next_at IS NULL
        AND updated_at <= $2";
}

impl AccountScope {
    /// Keeps an invitation in the place of an earlier one to the same address, and queues its mail.
    pub async fn invite(
        &self,
        door: NewDoor,
        invited: Invited,
        mail: NewOutgoing,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&DOORS_EXPIRED, params![self.now()]);
        let key = params![self.id(), invited.address.expose_canonical()];
        batch.run(&INVITATION_DROP, key);
        let account = self.id();
        let row = door_row(&door, Door::Invite { account, invited }, self.now());
        batch.run(&DOOR_ADD, row);
        let id = self.next_id();
        batch.run(&OUTGOING_ADD, queued((account, id), mail, self.now()));
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    /// Invitations that are open, in the order of their addresses.
    pub async fn invitations(&self) -> Result<Vec<InvitationRow>, StoreError> {
        let key = params![self.id(), self.now()];
        self.db().query_map(&INVITATIONS, key, invitation).await
    }

    /// Takes an invitation back; a `Conflict` where there is none.
    pub async fn invitation_withdraw(
        &self,
        address: &EmailAddress,
        act: NewAct,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let key = params![self.id(), address.expose_canonical()];
        batch.run(&INVITATION_DROP, key);
        batch.expect(1, "there is no open invitation to this address");
        self.note(&mut batch, act);
        self.db().write(batch).await.map(drop)
    }

    /// Lets somebody in who follows an invitation: takes the token and makes the log-in where there is none.
    pub async fn join(
        &self,
        token_hash: [u8; 32],
        joining: Joining,
        role: Role,
    ) -> Result<UserId, StoreError> {
        let now = self.now();
        let mut batch = Batch::new();
        batch.run(&DOOR_TAKE, params![token_hash, now]);
        batch.expect(1, DOOR_SHUT);
        let (user, who) = match joining {
            Joining::Known(user) => {
                let known = self.store.user(user).await?;
                let known = known.ok_or(StoreError::Conflict(DOOR_SHUT))?;
                (user, known.address.expose().to_owned())
            }
            Joining::New(new) => {
                let user = UserId::from_i64(self.next_id());
                let address = new.address.expose_canonical();
                let who = new.address.expose().to_owned();
                let row = params![user, address, new.name, new.password_hash, now];
                batch.run(&USER_ADD, row);
                (user, who)
            }
        };
        batch.run(&MEMBERS_HOLD, params![self.id()]);
        batch.run(&MEMBER_ADD, params![self.id(), user, role]);
        batch.expect(1, LAST_OWNER);
        let about = role.as_str().to_owned();
        let kind = ActKind::Joined;
        self.note(&mut batch, NewAct { who, kind, about });
        self.db().write(batch).await?;
        Ok(user)
    }
}

impl Store {
    /// What a token opens now.
    pub async fn door(&self, token_hash: [u8; 32]) -> Result<Option<Door>, StoreError> {
        let key = params![token_hash, self.now()];
        let found = self.db().query_opt(&DOOR_FIND, key, door).await?;
        Ok(found)
    }

    /// Keeps the token of a reset, and queues its mail where there is somebody: one write either way.
    pub async fn reset_ask(
        &self,
        door: NewDoor,
        user: Option<UserId>,
        mail: Option<(AccountId, NewOutgoing)>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let mut batch = Batch::new();
        batch.run(&DOORS_EXPIRED, params![now]);
        batch.run(&DOOR_ADD, door_row(&door, Door::Reset(user), now));
        if let Some((account, mail)) = mail {
            let id = self.next_id();
            batch.run(&OUTGOING_ADD, queued((account, id), mail, now));
        }
        self.db().write(batch).await.map(drop)
    }

    /// Sets the new password that a reset asked for: its token, every other one and every session of the user end.
    /// Each account of the user is told.
    pub async fn reset_done(
        &self,
        token_hash: [u8; 32],
        user: UserId,
        password_hash: &str,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&DOOR_TAKE, params![token_hash, self.now()]);
        batch.expect(1, DOOR_SHUT);
        batch.run(&USER_PASSWORD, params![user, password_hash]);
        batch.expect(1, DOOR_SHUT);
        batch.run(&SESSIONS_CLOSE, params![user]);
        batch.run(&TOKENS_OF, params![user]);
        self.note_everywhere(&mut batch, user, ActKind::PasswordReset)
            .await?;
        self.db().write(batch).await.map(drop)
    }

    /// Notes an act of a user about themselves in each of their accounts.
    pub(crate) async fn note_everywhere(
        &self,
        batch: &mut Batch,
        user: UserId,
        kind: ActKind,
    ) -> Result<(), StoreError> {
        let who = self.user(user).await?;
        let who = who.map_or_else(String::new, |u| u.address.expose().to_owned());
        for membership in self.memberships(user).await? {
            let act = NewAct {
                who: who.clone(),
                kind,
                about: String::new(),
            };
            self.account(membership.account).note(batch, act);
        }
        Ok(())
    }

    /// Keeps the moment between password and code.
    pub async fn code_ask(&self, door: NewDoor, user: UserId) -> Result<(), StoreError> {
        let now = self.now();
        let mut batch = Batch::new();
        batch.run(&DOORS_EXPIRED, params![now]);
        batch.run(&DOOR_ADD, door_row(&door, Door::Code(user), now));
        self.db().write(batch).await.map(drop)
    }
}

fn door_row(new: &NewDoor, door: Door, now: Timestamp) -> Vec<Value> {
    let (kind, user, invite) = match door {
        Door::Invite { account, invited } => ("invite", None, Some((account, invited))),
        Door::Reset(user) => ("reset", user, None),
        Door::Code(user) => ("code", Some(user), None),
    };
    let account = invite.as_ref().map(|(account, _)| *account);
    let address = invite.as_ref().map(|(_, i)| i.address.expose_canonical());
    let role = invite.as_ref().map(|(_, i)| i.role);
    let hash = new.token_hash;
    params![
        hash,
        kind,
        user,
        account,
        address,
        role,
        now,
        new.expires_at
    ]
}

fn door(row: &Row<'_>) -> Result<Door, StoreError> {
    let kind: String = row.get(0)?;
    match kind.as_str() {
        "reset" => Ok(Door::Reset(row.get(1)?)),
        "code" => Ok(Door::Code(row.get(1)?)),
        "invite" => Ok(Door::Invite {
            account: row.get(2)?,
            invited: Invited {
                address: row.get(3)?,
                role: row.get(4)?,
            },
        }),
        _ => Err(row.corrupt(0, "a word that is no door")),
    }
}

fn invitation(row: &Row<'_>) -> Result<InvitationRow, StoreError> {
    Ok(InvitationRow {
        invited: Invited {
            address: row.get(0)?,
            role: row.get(1)?,
        },
        created_at: row.get(2)?,
        expires_at: row.get(3)?,
    })
}
