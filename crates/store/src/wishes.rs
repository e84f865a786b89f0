//! What people wish: plain text, an end to an address, topics, a demonstration.
//!
//! Promises: a wish that takes something away makes every permit stale, and is on the disk when its call
//! returns. Never: decides what a wish permits.

use avow_model::{ContactId, MailFormat, Purpose, Timestamp};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

queries! {
    FORMAT_SET = "UPDATE contact SET text_only = $3 WHERE account = $1 AND id = $2 AND address <> ''";
    RETIRE = "UPDATE contact SET retired_at = $3 WHERE account = $1 AND id = $2 AND address <> ''
        AND (retired_at IS NULL OR retired_at < $3)";
    REQUEST_ADD = "INSERT INTO own_request (account, contact, purpose, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account, contact, purpose, at) DO NOTHING";
    REQUESTS_OF = "SELECT contact, MAX(at) FROM own_request WHERE account = $1 AND contact {in $2}
        AND purpose {in $3} GROUP BY contact ORDER BY contact";
    FIELDS_OF = "SELECT id, fields FROM contact WHERE account = $1 AND id {in $2} AND fields <> '{}'";
}

impl AccountScope {
    /// How the person wants mail from now on.
    pub async fn contact_format_set(
        &self,
        contact: ContactId,
        format: MailFormat,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        let text_only = format == MailFormat::TextOnly;
        batch.run(&FORMAT_SET, params![self.id(), contact, text_only]);
        batch.expect(
            1,
            "there is no such contact in this account, or it was erased",
        );
        self.db().write(batch).await?;
        self.shared().note_restriction();
        Ok(())
    }

    /// The person gave the address up at `at`: nothing goes there until it is confirmed again. An earlier instant
    /// than the one known changes nothing.
    pub async fn contact_retire(
        &self,
        contact: ContactId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&RETIRE, params![self.id(), contact, at]);
        self.db().write(batch).await?;
        self.shared().note_restriction();
        Ok(())
    }

    /// The person asked for what this purpose gives once: a demonstration, a sample.
    pub async fn request_add(
        &self,
        contact: ContactId,
        purpose: &Purpose,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&REQUEST_ADD, params![self.id(), contact, purpose, at]);
        self.db().write(batch).await.map(drop)
    }

    /// When each of these contacts last asked for one of these purposes; who never did is left out.
    pub async fn requests_of(
        &self,
        contacts: &[ContactId],
        purposes: &[Purpose],
    ) -> Result<Vec<(ContactId, Timestamp)>, StoreError> {
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let names: Vec<String> = purposes.iter().map(ToString::to_string).collect();
        let key = params![self.id(), ids, names];
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.db().query_map(&REQUESTS_OF, key, read).await
    }

    /// One field of each of these contacts, as it was typed; who has none is left out.
    pub async fn field_of(
        &self,
        contacts: &[ContactId],
        field: &str,
    ) -> Result<Vec<(ContactId, String)>, StoreError> {
        let ids: Vec<i64> = contacts.iter().map(|c| c.as_i64()).collect();
        let field = field.to_owned();
        let read = move |row: &Row<'_>| {
            let mut fields: std::collections::BTreeMap<String, String> = row.json(1)?;
            Ok((row.get::<ContactId>(0)?, fields.remove(&field)))
        };
        let rows = self
            .db()
            .query_map(&FIELDS_OF, params![self.id(), ids], read);
        let rows = rows.await?.into_iter();
        Ok(rows.filter_map(|(id, text)| Some((id, text?))).collect())
    }
}
