//! The library of pictures of an account: what is kept of each; the files lie in the data folder.
//!
//! Promises: the same file is there once; a picture that is taken out of the library is not taken out of any mail.

use avow_model::{CampaignId, Timestamp};

use crate::batch::Batch;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// A picture to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImage {
    /// `<hash>.png`: small letters, digits, one dot.
    pub file: String,
    pub name: String,
    /// What it shows; empty where nobody said.
    pub alt: String,
    pub width_px: u32,
    pub height_px: u32,
    pub bytes: u32,
}

/// A picture of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    pub file: String,
    pub name: String,
    pub alt: String,
    pub width_px: u32,
    pub height_px: u32,
    pub bytes: u32,
    pub created_at: Timestamp,
}

queries! {
    IMAGE_ADD = "INSERT INTO image (account, id, file, name, alt, width_px, height_px, bytes, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (account, file) DO UPDATE SET
            alt = CASE WHEN excluded.alt = '' THEN image.alt ELSE excluded.alt END";
    IMAGES = "SELECT file, name, alt, width_px, height_px, bytes, created_at FROM image
        WHERE account = $1 ORDER BY id DESC LIMIT $2";
    IMAGE_BY_FILE = "SELECT file, name, alt, width_px, height_px, bytes, created_at FROM image
        WHERE account = $1 AND file = $2";
    IMAGE_ALT = "UPDATE image SET alt = $3 WHERE account = $1 AND file = $2";
    IMAGE_REMOVE = "DELETE FROM image WHERE account = $1 AND file = $2";
    IMAGE_USES = "SELECT id, name FROM campaign
        WHERE account = $1 AND content LIKE '%' || CAST($2 AS TEXT) || '%' ORDER BY id DESC LIMIT $3";
}

impl AccountScope {
    /// Keeps a picture. One that is there already stays, with the new words if there are any.
    pub async fn image_add(&self, new: NewImage) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(
            &IMAGE_ADD,
            params![
                self.id(),
                self.next_id(),
                new.file,
                new.name,
                new.alt,
                new.width_px,
                new.height_px,
                new.bytes,
                self.now()
            ],
        );
        self.db().write(batch).await.map(drop)
    }

    /// The library, newest first.
    pub async fn images(&self, limit: u32) -> Result<Vec<ImageRow>, StoreError> {
        let key = params![self.id(), limit];
        self.db().query_map(&IMAGES, key, image).await
    }

    /// One picture.
    pub async fn image(&self, file: &str) -> Result<Option<ImageRow>, StoreError> {
        let key = params![self.id(), file];
        self.db().query_opt(&IMAGE_BY_FILE, key, image).await
    }

    /// Says what a picture shows.
    pub async fn image_describe(&self, file: &str, alt: String) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&IMAGE_ALT, params![self.id(), file, alt]);
        batch.expect(1, "the picture is not in the library any more");
        self.db().write(batch).await.map(drop)
    }

    /// Takes a picture out of the library. A second call does nothing.
    pub async fn image_remove(&self, file: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&IMAGE_REMOVE, params![self.id(), file]);
        self.db().write(batch).await.map(drop)
    }

    /// The campaigns whose body shows the file, newest first. Reads every body of the account: for one picture at a time.
    pub async fn image_uses(
        &self,
        file: &str,
        limit: u32,
    ) -> Result<Vec<(CampaignId, String)>, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let key = params![self.id(), file, limit];
        self.db().query_map(&IMAGE_USES, key, read).await
    }
}

fn image(row: &Row<'_>) -> Result<ImageRow, StoreError> {
    Ok(ImageRow {
        file: row.get(0)?,
        name: row.get(1)?,
        alt: row.get(2)?,
        width_px: row.get(3)?,
        height_px: row.get(4)?,
        bytes: row.get(5)?,
        created_at: row.get(6)?,
    })
}
