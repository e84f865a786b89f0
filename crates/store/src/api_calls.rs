//! Calls of programs that named themselves: begun, ended with the name of what was made, or forgotten.
//!
//! Promises: of two calls of one name one begins, the other is a `Duplicate`; a call that began and did not end is told
//! apart from one that was never made. Never: holds an address; the answer names what was made.

use crate::batch::Batch;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

queries! {
    CALL_BEGIN = "INSERT INTO api_call (account, call_key, body_hash, answer, at) VALUES ($1, $2, $3, '', $4)";
    CALL_END = "UPDATE api_call SET answer = $3 WHERE account = $1 AND call_key = $2 AND answer = ''";
    CALL_FORGET = "DELETE FROM api_call WHERE account = $1 AND call_key = $2 AND answer = ''";
}

impl AccountScope {
    /// Notes that a call of this name begins; a `Duplicate` where one did. `hash` is the SHA-256 of what it asks.
    pub async fn api_call_begin(&self, key: &str, hash: [u8; 32]) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&CALL_BEGIN, params![self.id(), key, hash, self.now()]);
        self.db().write(batch).await.map(drop)
    }

    /// Notes what a call that began has made.
    pub async fn api_call_end(&self, key: &str, made: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&CALL_END, params![self.id(), key, made]);
        self.db().write(batch).await.map(drop)
    }

    /// Forgets a call that began and made nothing: it may be made again.
    pub async fn api_call_forget(&self, key: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&CALL_FORGET, params![self.id(), key]);
        self.db().write(batch).await.map(drop)
    }
}
