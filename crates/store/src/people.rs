//! The table of contacts: found by what they are, page by page, in the order in which they came.
//!
//! Promises: a page costs a bounded time, however many contacts there are: it looks at [`LOOKED_MAX`] at most and says
//! where to look on; contacts, whatever the filter, come in one order, so that a page goes on from the last.
//! Never: finds an erased person.

use avow_model::{ContactId, EmailAddress, How, ListId, Timestamp};

use crate::batch::Batch;
use crate::codes::Words as _;
use crate::contacts::{ContactSummary, contains, summary};
use crate::row::Row;
use crate::sql::queries;
use crate::value::{Value, params};
use crate::{AccountScope, StoreError};

/// Contacts that are looked at for one page: a twentieth of a second.
pub const LOOKED_MAX: usize = 52_000;
/// Contacts looked at in one step, ever more: most pages are full after the first.
const STEPS: [usize; 3] = [400, 3_600, 48_000];
/// Ids of one order to move people: a page of the table.
const MOVED_MAX: usize = 1_000;

/// A mark that few contacts have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Took a permission back, objected or complained, and gave none since.
    SaidNo,
    /// Mail to the address came back for good.
    Bounced,
}

/// In which order contacts come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum CameOrder {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// Whom a page of the table shows. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// A part of the address, in any case.
    pub search: String,
    /// Only those who are on this list.
    pub list: Option<ListId>,
    pub mark: Option<Mark>,
    /// Only those of whom something was collected in this way.
    pub how: Option<How>,
    /// Came at this moment or later.
    pub since: Option<Timestamp>,
    /// Came before this moment.
    pub until: Option<Timestamp>,
    pub order: CameOrder,
}

impl PeopleFilter {
    /// Nothing but where to walk: each contact on the way is meant.
    fn is_plain(&self) -> bool {
        self.search.is_empty() && self.how.is_none() && self.mark.is_none()
    }
}

/// A page of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeoplePage {
    pub people: Vec<ContactSummary>,
    /// The last contact that was looked at, where there may be more behind it and the page is not full.
    pub looked_to: Option<ContactId>,
}

macro_rules! walk {
    ($column:literal, $from:literal, $order:literal) => {
        concat!(
            "SELECT ",
            $column,
            $from,
            " ORDER BY ",
            $column,
            $order,
            " LIMIT $4"
        )
    };
}

macro_rules! all {
    ($order:literal) => {
        walk!(
            "id",
            " FROM contact WHERE account = $1 AND id > $2 AND id < $3 AND address <> ''",
            $order
        )
    };
}

macro_rules! listed {
    ($order:literal) => {
        walk!(
            "contact",
            " FROM subscription WHERE account = $1 AND contact > $2 AND contact < $3 AND list = $5
            AND state = 'confirmed'",
            $order
        )
    };
}

macro_rules! refused {
    ($order:literal) => {
        walk!(
            "contact",
            " FROM fact WHERE account = $1 AND contact > $2 AND contact < $3
            AND kind IN ('withdraw', 'object', 'complaint') GROUP BY contact",
            $order
        )
    };
}

macro_rules! bounced {
    ($order:literal) => {
        walk!(
            "contact",
            " FROM fact WHERE account = $1 AND contact > $2 AND contact < $3 AND kind = 'bounce'
            GROUP BY contact",
            $order
        )
    };
}

macro_rules! sieve {
    ($order:literal) => {
        concat!(
            "SELECT c.id, c.address, c.fields, c.flags, c.jurisdiction, c.created_at FROM contact c
            WHERE c.account = $1 AND c.id {in $2} AND c.address <> ''
            AND ($3 = '' OR LOWER(c.address) LIKE $3 ESCAPE '\\')
            AND (CAST($4 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM subscription s WHERE s.account = c.account AND s.list = $4
                AND s.contact = c.id AND s.state = 'confirmed'))
            AND ($5 = '' OR EXISTS (SELECT 1 FROM collection k WHERE k.account = c.account AND k.contact = c.id
                AND k.how = $5))
            AND ($6 = FALSE OR EXISTS (SELECT 1 FROM fact f WHERE f.account = c.account AND f.contact = c.id
                AND f.kind IN ('withdraw', 'object', 'complaint') AND NOT EXISTS (SELECT 1 FROM fact g
                WHERE g.account = f.account AND g.contact = f.contact AND g.kind = 'grant' AND g.at > f.at)))
            ORDER BY c.id",
            $order,
            " LIMIT $7"
        )
    };
}

queries! {
    WALK_ALL_UP = all!("");
    WALK_ALL_DOWN = all!(" DESC");
    WALK_LIST_UP = listed!("");
    WALK_LIST_DOWN = listed!(" DESC");
    WALK_NO_UP = refused!("");
    WALK_NO_DOWN = refused!(" DESC");
    WALK_BOUNCED_UP = bounced!("");
    WALK_BOUNCED_DOWN = bounced!(" DESC");
    SIEVE_UP = sieve!("");
    SIEVE_DOWN = sieve!(" DESC");
    MOVE_ON = "INSERT INTO subscription (account, list, contact, state, at)
        SELECT account, $2, id, 'confirmed', $4 FROM contact WHERE account = $1 AND id {in $3} AND address <> ''
        ON CONFLICT (account, list, contact) DO NOTHING";
    MOVE_ON_UNDO = "DELETE FROM subscription WHERE account = $1 AND list = $2 AND contact {in $3}
        AND state = 'confirmed' AND at = $4";
    MOVE_OFF = "UPDATE subscription SET state = 'ended', at = $4 WHERE account = $1 AND list = $2
        AND contact {in $3} AND state <> 'ended'";
    MOVE_OFF_UNDO = "UPDATE subscription SET state = 'confirmed' WHERE account = $1 AND list = $2
        AND contact {in $3} AND state = 'ended' AND at = $4";
}

/// Where a page begins and ends: contacts between these ids, neither of them among them.
#[derive(Debug, Clone, Copy)]
struct Span {
    low: i64,
    high: i64,
}

impl Span {
    fn of(filter: &PeopleFilter, after: Option<ContactId>) -> Self {
        let floor = |at: Timestamp| ContactId::floor(at).as_i64();
        let low = filter.since.map_or(0, |at| floor(at).saturating_sub(1));
        let high = filter.until.map_or(i64::MAX, floor);
        Self { low, high }.from(filter.order, after)
    }

    fn from(self, order: CameOrder, after: Option<ContactId>) -> Self {
        let Some(after) = after.map(ContactId::as_i64) else {
            return self;
        };
        match order {
            CameOrder::OldestFirst => Self {
                low: self.low.max(after),
                ..self
            },
            CameOrder::NewestFirst => Self {
                high: self.high.min(after),
                ..self
            },
        }
    }
}

impl AccountScope {
    /// A page of the contacts that the filter means, from the one after `after`. A search that is a whole address is
    /// answered by its key.
    pub async fn people(
        &self,
        filter: &PeopleFilter,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<PeoplePage, StoreError> {
        if let Ok(address) = filter.search.parse::<EmailAddress>()
            && let Some(found) = self.contact_by_address(&address).await?
        {
            let ids = if after.is_none() {
                vec![found.id]
            } else {
                vec![]
            };
            let people = self.sifted(filter, &ids, limit).await?;
            return Ok(PeoplePage {
                people,
                looked_to: None,
            });
        }
        self.walked(filter, after, limit).await
    }

    /// These contacts, a page of the table at most, the newest first.
    pub async fn people_of(&self, ids: &[ContactId]) -> Result<Vec<ContactSummary>, StoreError> {
        let ids = &ids[..ids.len().min(MOVED_MAX)];
        self.sifted(&PeopleFilter::default(), ids, MOVED_MAX).await
    }

    async fn walked(
        &self,
        filter: &PeopleFilter,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<PeoplePage, StoreError> {
        let mut page = PeoplePage::default();
        let mut span = Span::of(filter, after);
        for step in STEPS {
            let step = if filter.is_plain() { limit } else { step };
            let ids = self.walk(filter, span, step).await?;
            let room = limit - page.people.len();
            page.people.extend(self.sifted(filter, &ids, room).await?);
            let last = ids.last().copied().filter(|_| ids.len() == step);
            page.looked_to = last.filter(|_| page.people.len() < limit);
            // Of a plain walk only those are missing who were erased.
            if page.looked_to.is_none() || filter.is_plain() {
                break;
            }
            span = span.from(filter.order, last);
        }
        Ok(page)
    }

    /// The next ids on the way that has the fewest of them.
    async fn walk(
        &self,
        filter: &PeopleFilter,
        span: Span,
        step: usize,
    ) -> Result<Vec<ContactId>, StoreError> {
        use CameOrder::{NewestFirst, OldestFirst};
        let mut key = params![self.id(), span.low, span.high, step as i64];
        let sql = match (filter.mark, filter.list, filter.order) {
            (Some(Mark::SaidNo), _, OldestFirst) => &WALK_NO_UP,
            (Some(Mark::SaidNo), _, NewestFirst) => &WALK_NO_DOWN,
            (Some(Mark::Bounced), _, OldestFirst) => &WALK_BOUNCED_UP,
            (Some(Mark::Bounced), _, NewestFirst) => &WALK_BOUNCED_DOWN,
            (None, Some(list), order) => {
                key.push(Value::from(list));
                match order {
                    OldestFirst => &WALK_LIST_UP,
                    NewestFirst => &WALK_LIST_DOWN,
                }
            }
            (None, None, OldestFirst) => &WALK_ALL_UP,
            (None, None, NewestFirst) => &WALK_ALL_DOWN,
        };
        let read = |row: &Row<'_>| row.get(0);
        self.db().query_map(sql, key, read).await
    }

    /// Those of `ids` whom the filter means.
    async fn sifted(
        &self,
        filter: &PeopleFilter,
        ids: &[ContactId],
        limit: usize,
    ) -> Result<Vec<ContactSummary>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = ids.iter().map(|id| id.as_i64()).collect();
        let like = match filter.search.as_str() {
            "" => String::new(),
            search => contains(search),
        };
        let key = params![
            self.id(),
            ids,
            like,
            filter.list.map_or(0, ListId::as_i64),
            filter.how.map_or("", |how| how.word()),
            filter.mark == Some(Mark::SaidNo),
            limit as i64
        ];
        let sql = match filter.order {
            CameOrder::OldestFirst => &SIEVE_UP,
            CameOrder::NewestFirst => &SIEVE_DOWN,
        };
        self.db().query_map(sql, key, summary).await
    }

    /// Puts people on a list: those who never had a place there. Gives how many, and the moment that `list_put_undo`
    /// knows them by. A place that was left is the person's to take again.
    pub async fn list_put(
        &self,
        list: ListId,
        people: &[ContactId],
    ) -> Result<(u64, Timestamp), StoreError> {
        self.moved(&MOVE_ON, list, (people, self.now())).await
    }

    /// Takes back what `list_put` did at this moment.
    pub async fn list_put_undo(
        &self,
        list: ListId,
        people: &[ContactId],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(self.moved(&MOVE_ON_UNDO, list, (people, at)).await?.0)
    }

    /// Takes people off a list. Gives how many, and the moment that `list_take_undo` knows them by.
    pub async fn list_take(
        &self,
        list: ListId,
        people: &[ContactId],
    ) -> Result<(u64, Timestamp), StoreError> {
        self.moved(&MOVE_OFF, list, (people, self.now())).await
    }

    /// Takes back what `list_take` did at this moment, and nothing that a person did.
    pub async fn list_take_undo(
        &self,
        list: ListId,
        people: &[ContactId],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(self.moved(&MOVE_OFF_UNDO, list, (people, at)).await?.0)
    }

    async fn moved(
        &self,
        sql: &'static crate::sql::Sql,
        list: ListId,
        (people, at): (&[ContactId], Timestamp),
    ) -> Result<(u64, Timestamp), StoreError> {
        if self.list(list).await?.is_none() {
            return Err(StoreError::Missing("there is no such list"));
        }
        let ids: Vec<i64> = people
            .iter()
            .take(MOVED_MAX)
            .map(|id| id.as_i64())
            .collect();
        let mut batch = Batch::new();
        batch.run(sql, params![self.id(), list, ids, at]);
        let written = self.db().write(batch).await?;
        // A permit that was given for a list is asked for again.
        self.shared().note_restriction();
        Ok((written.rows.first().copied().unwrap_or_default(), at))
    }
}
