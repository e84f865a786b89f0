//! Contacts: one person's record in one account.
//!
//! Promises: an address finds at most one contact of an account. Never: lists or finds an erased one by search.

use std::collections::BTreeMap;

use avow_model::{ContactId, EmailAddress, Jurisdiction, ListId, Timestamp};

use crate::batch::Batch;
use crate::codes::json_text;
use crate::row::Row;
use crate::sql::queries;
use crate::value::params;
use crate::{AccountScope, StoreError};

/// What is worth knowing about an address before mail goes there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContactFlags {
    /// The address of a function, not of a person.
    pub role: bool,
    /// The domain gives addresses for a moment only.
    pub disposable: bool,
}

impl ContactFlags {
    pub(crate) fn bits(self) -> i64 {
        i64::from(self.role) | i64::from(self.disposable) << 1
    }

    pub(crate) fn from_bits(bits: i64) -> Self {
        Self {
            role: bits & 1 != 0,
            disposable: bits & 2 != 0,
        }
    }
}

/// One contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    /// `None` once erased.
    pub address: Option<EmailAddress>,
    /// Text values by category or field name.
    pub fields: BTreeMap<String, String>,
    pub flags: ContactFlags,
    pub jurisdiction: Jurisdiction,
    pub age: Option<u8>,
    pub soft_opt_in: bool,
    pub last_activity: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// One line of a list of contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSummary {
    pub id: ContactId,
    pub address: EmailAddress,
    pub fields: BTreeMap<String, String>,
    pub flags: ContactFlags,
    pub jurisdiction: Jurisdiction,
    pub created_at: Timestamp,
}

/// How many contacts one search looks at: a twentieth of a second. An index over parts of addresses would
/// cost every import more than all searches take.
pub const SEARCHED_MAX: u32 = 100_000;

/// What a search found, and how far it looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactsFound {
    pub contacts: Vec<ContactSummary>,
    /// The last contact that was looked at, when there are more behind it: look on from there.
    pub looked_to: Option<ContactId>,
}

/// Which contacts a page shows.
#[derive(Debug, Clone, Default)]
pub struct ContactFilter {
    /// A part of the address, in any case. A whole address is found by its key at once; a part is looked
    /// for in at most [`SEARCHED_MAX`] contacts, see `contacts_search`.
    pub search: Option<String>,
    /// Only those confirmed on this list.
    pub list: Option<ListId>,
}

queries! {
    CONTACT_BY_ID = "SELECT id, address, fields, flags, jurisdiction, age, soft_opt_in,
        last_activity_at, created_at FROM contact WHERE account = $1 AND id = $2";
    CONTACT_BY_MARKER = "SELECT c.id, c.address, c.fields, c.flags, c.jurisdiction, c.age, c.soft_opt_in,
        c.last_activity_at, c.created_at
        FROM contact_key k JOIN contact c ON c.account = k.account AND c.id = k.contact
        WHERE k.account = $1 AND k.marker = $2";
    CONTACTS_PAGE = "SELECT id, address, fields, flags, jurisdiction, created_at FROM contact
        WHERE account = $1 AND id > $2 AND address <> '' ORDER BY id LIMIT $3";
    CONTACTS_SEARCH = "SELECT id, address, fields, flags, jurisdiction, created_at FROM
        (SELECT id, address, fields, flags, jurisdiction, created_at FROM contact
            WHERE account = $1 AND id > $2 AND address <> '' ORDER BY id LIMIT $5) AS looked
        WHERE LOWER(address) LIKE $4 ESCAPE '\\' ORDER BY id LIMIT $3";
    CONTACTS_LOOKED = "SELECT id FROM contact WHERE account = $1 AND id > $2 AND address <> ''
        ORDER BY id LIMIT 1 OFFSET $3";
    CONTACTS_LISTED = "SELECT c.id, c.address, c.fields, c.flags, c.jurisdiction, c.created_at
        FROM subscription s JOIN contact c ON c.account = s.account AND c.id = s.contact
        WHERE s.account = $1 AND s.list = $4 AND s.contact > $2 AND s.state = 'confirmed'
        AND c.address <> '' AND LOWER(c.address) LIKE $5 ESCAPE '\\' ORDER BY s.contact LIMIT $3";
    CONTACT_COUNT = "SELECT COUNT(*) FROM contact_key WHERE account = $1";
    CONTACT_FIELDS = "UPDATE contact SET fields = $3 WHERE account = $1 AND id = $2 AND address <> ''";
    CONTACT_ACTIVE = "UPDATE contact SET last_activity_at = $3 WHERE account = $1 AND id = $2
        AND (last_activity_at IS NULL OR last_activity_at < $3)";
}

impl AccountScope {
    /// The contact with this id, erased or not.
    pub async fn contact(&self, id: ContactId) -> Result<Option<Contact>, StoreError> {
        let key = params![self.id(), id];
        self.db().query_opt(&CONTACT_BY_ID, key, contact).await
    }

    /// The contact with this address, whatever its case.
    pub async fn contact_by_address(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<Contact>, StoreError> {
        let marker = self.markers().contact(self.id(), address);
        let key = params![self.id(), marker];
        let found = self
            .db()
            .query_opt(&CONTACT_BY_MARKER, key, contact)
            .await?;
        Ok(found.filter(|c| c.address.is_some()))
    }

    /// Contacts in the order of their ids, from the one after `after`.
    pub async fn contacts_page(
        &self,
        filter: &ContactFilter,
        after: Option<ContactId>,
        limit: u32,
    ) -> Result<Vec<ContactSummary>, StoreError> {
        let search = filter.search.as_deref().map(str::trim).unwrap_or_default();
        let start = params![self.id(), after.map_or(0, ContactId::as_i64), limit];
        let (sql, extra) = match (filter.list, search) {
            (Some(list), _) => (&CONTACTS_LISTED, params![list, contains(search)]),
            (None, "") => (&CONTACTS_PAGE, params![]),
            (None, _) => return Ok(self.contacts_search(search, after, limit).await?.contacts),
        };
        let all = start.into_iter().chain(extra).collect();
        self.db().query_map(sql, all, summary).await
    }

    /// Contacts whose address holds `search`, from the one after `after`. Looks at [`SEARCHED_MAX`] contacts
    /// at most, however many there are, and says where to look on. A whole address is found by its key.
    pub async fn contacts_search(
        &self,
        search: &str,
        after: Option<ContactId>,
        limit: u32,
    ) -> Result<ContactsFound, StoreError> {
        let after = after.map_or(0, ContactId::as_i64);
        if let Some(mut contacts) = self.exact(search.trim()).await? {
            contacts.retain(|c| c.id.as_i64() > after);
            return Ok(ContactsFound {
                contacts,
                looked_to: None,
            });
        }
        let like = contains(search.trim());
        let key = params![self.id(), after, limit, like, SEARCHED_MAX];
        let contacts = self.db().query_map(&CONTACTS_SEARCH, key, summary).await?;
        let looked_to = if contacts.len() < limit as usize {
            self.looked_to(after).await?
        } else {
            None
        };
        Ok(ContactsFound {
            contacts,
            looked_to,
        })
    }

    /// The last of the contacts that a search looked at, when there is one behind it.
    async fn looked_to(&self, after: i64) -> Result<Option<ContactId>, StoreError> {
        let find = async |offset: u32| {
            let key = params![self.id(), after, offset];
            let read = |row: &Row<'_>| row.get(0);
            self.db().query_opt(&CONTACTS_LOOKED, key, read).await
        };
        match find(SEARCHED_MAX).await? {
            Some::<ContactId>(_) => find(SEARCHED_MAX - 1).await,
            None => Ok(None),
        }
    }

    /// For a search that is a whole address: the contact, found by its key. `None` when it is not one.
    async fn exact(&self, search: &str) -> Result<Option<Vec<ContactSummary>>, StoreError> {
        let Ok(address) = search.parse::<EmailAddress>() else {
            return Ok(None);
        };
        let found = self.contact_by_address(&address).await?;
        let found: Vec<_> = found.and_then(summarized).into_iter().collect();
        Ok((!found.is_empty()).then_some(found))
    }

    /// How many contacts the account has, erased ones included.
    pub async fn contact_count(&self) -> Result<u64, StoreError> {
        let key = params![self.id()];
        self.db()
            .query_one(&CONTACT_COUNT, key, |row| row.get(0))
            .await
    }

    /// Replaces a contact's fields: a correction by the person or by staff.
    pub async fn contact_fields_set(
        &self,
        id: ContactId,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&CONTACT_FIELDS, params![self.id(), id, json_text(fields)]);
        batch.expect(
            1,
            "there is no such contact in this account, or it was erased",
        );
        self.db().write(batch).await?;
        self.shared().note_restriction();
        Ok(())
    }

    /// Notes that the person did something at `at`; an earlier time than the one noted changes nothing.
    pub async fn contact_active(&self, id: ContactId, at: Timestamp) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.run(&CONTACT_ACTIVE, params![self.id(), id, at]);
        self.db().write(batch).await.map(drop)
    }
}

/// A LIKE pattern for "contains", in lower case, with the signs of LIKE itself made plain.
pub(crate) fn contains(search: &str) -> String {
    let mut like = String::from("%");
    for c in search.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            like.push('\\');
        }
        like.push(c);
    }
    like.push('%');
    like
}

fn summarized(contact: Contact) -> Option<ContactSummary> {
    Some(ContactSummary {
        id: contact.id,
        address: contact.address?,
        fields: contact.fields,
        flags: contact.flags,
        jurisdiction: contact.jurisdiction,
        created_at: contact.created_at,
    })
}

/// Reads the address of a contact: empty once erased.
pub(crate) fn address_at(row: &Row<'_>, index: usize) -> Result<Option<EmailAddress>, StoreError> {
    let text: String = row.get(index)?;
    if text.is_empty() {
        return Ok(None);
    }
    let parsed = text.parse().map(Some);
    parsed.map_err(|_| row.corrupt(index, "a text that is no address"))
}

pub(crate) fn contact(row: &Row<'_>) -> Result<Contact, StoreError> {
    Ok(Contact {
        id: row.get(0)?,
        address: address_at(row, 1)?,
        fields: row.json(2)?,
        flags: ContactFlags::from_bits(row.get(3)?),
        jurisdiction: row.get(4)?,
        age: row.get(5)?,
        soft_opt_in: row.get(6)?,
        last_activity: row.get(7)?,
        created_at: row.get(8)?,
    })
}

pub(crate) fn summary(row: &Row<'_>) -> Result<ContactSummary, StoreError> {
    Ok(ContactSummary {
        id: row.get(0)?,
        address: row.get(1)?,
        fields: row.json(2)?,
        flags: ContactFlags::from_bits(row.get(3)?),
        jurisdiction: row.get(4)?,
        created_at: row.get(5)?,
    })
}
