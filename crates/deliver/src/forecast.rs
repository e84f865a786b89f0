//! Who would get a campaign if it were sent now: everybody judged, or the first of many.
//!
//! Never: writes, or names anybody.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use avow_model::{ContactId, ListId, Timestamp};
use avow_policy::segment::Truth;
use avow_store::{AccountScope, StoreError};

use crate::choosing::Candidate;
use crate::engine::gate::{Bench, Gate, GateFault, Ruling};

/// People judged at once.
const PAGE: u32 = 1_000;

/// Who would get it, by the gate's word now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Everybody on the list, or in the account.
    pub audience: u64,
    /// How many of them were judged: all, or the first of them.
    pub judged: u64,
    /// Of those judged.
    pub allowed: u64,
    /// Of those judged, by their codes, most frequent first.
    pub refused: Vec<(String, u64)>,
    /// Of those judged, when it is sent to a segment.
    pub chosen: Option<Chosen>,
}

/// What a segment says of the people it was asked of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Known to be meant.
    pub meant: u64,
    /// Known not to be.
    pub outside: u64,
    /// It cannot be told: what would tell may not be read for the purpose, or is not held.
    pub untold: u64,
    /// Why that is, by codes, most frequent first.
    pub untold_why: Vec<(String, u64)>,
}

/// How many people are looked at, and of which list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// `None`: everybody of the account.
    pub(crate) list: Option<ListId>,
    pub(crate) people_max: u64,
}

impl Forecast {
    /// How many will get it: counted when everybody was judged, otherwise in proportion.
    pub fn allowed_of_all(&self) -> u64 {
        (self.allowed * self.audience)
            .checked_div(self.judged)
            .unwrap_or(0)
    }

    /// True when not everybody was judged.
    pub const fn is_estimate(&self) -> bool {
        self.judged < self.audience
    }

    pub(crate) async fn of(gate: &Gate, bounds: Bounds, now: Timestamp) -> Result<Self, GateFault> {
        let mut bench = gate.bench(now).await?;
        let mut counts = Counts::default();
        let mut pages = Pages::of(&gate.scope, bounds);
        while let Some(page) = pages.next().await? {
            for person in bench.candidates(&page).await? {
                counts.count(&mut bench, &person);
            }
        }
        Ok(Self {
            audience: pages.size().await?,
            judged: pages.read,
            allowed: counts.allowed,
            refused: by_number(counts.refused),
            chosen: gate.chooser.is_some().then(|| counts.chosen.finish()),
        })
    }
}

#[derive(Default)]
struct Counts {
    allowed: u64,
    refused: BTreeMap<String, u64>,
    chosen: ChosenCounts,
}

impl Counts {
    fn count(&mut self, bench: &mut Bench<'_>, person: &Candidate) {
        self.chosen.count(person);
        if person.is_meant() != Truth::True {
            return;
        }
        match bench.rule(person) {
            Ruling::Go(_) => self.allowed += 1,
            Ruling::No(codes) | Ruling::Later(codes) => {
                *self.refused.entry(codes).or_default() += 1;
            }
        }
    }
}

/// [`Chosen`] while it is counted.
#[derive(Default)]
pub(crate) struct ChosenCounts {
    sums: Chosen,
    why: BTreeMap<String, u64>,
}

impl ChosenCounts {
    pub(crate) fn count(&mut self, person: &Candidate) {
        match person.is_meant() {
            Truth::True => self.sums.meant += 1,
            Truth::False => self.sums.outside += 1,
            Truth::Unknown => {
                self.sums.untold += 1;
                let why = person.why_untold().to_owned();
                *self.why.entry(why).or_default() += 1;
            }
        }
    }

    pub(crate) fn finish(self) -> Chosen {
        Chosen {
            untold_why: by_number(self.why),
            ..self.sums
        }
    }
}

fn by_number(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = counts.into_iter().collect();
    all.sort_by_key(|(_, n)| Reverse(*n));
    all
}

/// An audience, page by page, as far as the bounds go.
pub(crate) struct Pages<'a> {
    scope: &'a AccountScope,
    bounds: Bounds,
    after: ContactId,
    /// How many people were given out.
    pub(crate) read: u64,
    ended: bool,
}

impl<'a> Pages<'a> {
    pub(crate) fn of(scope: &'a AccountScope, bounds: Bounds) -> Self {
        Self::after(scope, bounds, ContactId::from_i64(0))
    }

    /// The same from behind somebody.
    pub(crate) const fn after(scope: &'a AccountScope, bounds: Bounds, after: ContactId) -> Self {
        Self {
            scope,
            bounds,
            after,
            read: 0,
            ended: false,
        }
    }

    /// True when it was seen that nobody is left.
    pub(crate) const fn is_at_end(&self) -> bool {
        self.ended
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Vec<ContactId>>, StoreError> {
        if self.read >= self.bounds.people_max {
            return Ok(None);
        }
        let page = self
            .scope
            .audience_page(self.bounds.list, self.after, PAGE)
            .await?;
        let Some(last) = page.last() else {
            self.ended = true;
            return Ok(None);
        };
        self.after = *last;
        self.read += page.len() as u64;
        Ok(Some(page))
    }

    /// Everybody, also those beyond the bounds.
    pub(crate) async fn size(&self) -> Result<u64, StoreError> {
        if self.read < self.bounds.people_max {
            return Ok(self.read);
        }
        let all = match self.bounds.list {
            Some(list) => self.scope.list_size(list).await?,
            None => self.scope.contact_count().await?,
        };
        Ok(all.max(self.read))
    }
}
