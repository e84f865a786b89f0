//! What is known of people's deeds with mail, for a segment: each deed read as the gate allows by the version it is
//! bound to; a mail that was not measured all the time since it came tells nothing.
//!
//! Promises: no deed is taken that the use may not read; "did not" is never concluded from a mail whose measuring
//! was not permitted when it came or is not now, nor from one whose hits are gone.

use std::collections::BTreeMap;

use avow_model::{CampaignId, ContactId, Datum, Facts, HitKind, How, Purpose, Timestamp};
use avow_policy::segment::{Act, Conduct, Deed, Doing};
use avow_policy::{Readability, Request, decide, may_read};
use avow_store::{BoundHit, Got, Measured, StoreError};

use super::Asking;

/// What the store tells of a page of people.
#[derive(Debug, Default)]
pub(super) struct Watched {
    campaigns: BTreeMap<CampaignId, Measured>,
    hits: BTreeMap<ContactId, Vec<BoundHit>>,
    got: BTreeMap<ContactId, Vec<Got>>,
}

/// One person's deeds, and how the gate reads each sort.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) conduct: Conduct,
    readings: Vec<(Act, Readability)>,
}

impl Seen {
    /// The gate's word on deeds of this sort; `None` for what was not asked about.
    pub(super) fn reading(&self, act: Act) -> Option<&Readability> {
        let known = self.readings.iter().find(|(of, _)| *of == act);
        known.map(|(_, reading)| reading)
    }
}

impl Watched {
    /// Reads what the questions look at, of all of them at once.
    pub(super) async fn read(
        asking: Asking<'_>,
        doings: &[Doing],
        contacts: &[ContactId],
    ) -> Result<Self, StoreError> {
        if doings.is_empty() {
            return Ok(Self::default());
        }
        let asks = |one: &Measured| {
            doings
                .iter()
                .any(|doing| doing.campaign.is_none_or(|id| id == one.campaign))
        };
        let campaigns = asking.scope.conduct_campaigns().await?;
        let campaigns: BTreeMap<_, _> = campaigns
            .into_iter()
            .filter(asks)
            .map(|one| (one.campaign, one))
            .collect();
        let ids: Vec<CampaignId> = campaigns.keys().copied().collect();
        let mut watched = Self {
            campaigns,
            ..Self::default()
        };
        if ids.is_empty() {
            return Ok(watched);
        }
        for hit in asking.scope.conduct_hits(contacts).await? {
            if watched.campaigns.contains_key(&hit.campaign) {
                watched.hits.entry(hit.contact).or_default().push(hit);
            }
        }
        for got in asking.scope.conduct_got(contacts, &ids).await? {
            watched.got.entry(got.contact).or_default().push(got);
        }
        Ok(watched)
    }

    /// What is known of one person.
    pub(super) fn of(&self, asking: Asking<'_>, contact: ContactId, facts: &Facts) -> Seen {
        let mut seen = Seen::default();
        for act in Act::ALL {
            let reading = self.deeds(asking, (contact, act), facts, &mut seen.conduct);
            seen.readings.push((act, reading));
            self.blind(asking, (contact, act), facts, &mut seen.conduct);
        }
        seen
    }

    /// The deeds of one sort that may be read. One that may not leaves its mail unseen.
    fn deeds(
        &self,
        asking: Asking<'_>,
        (contact, act): (ContactId, Act),
        facts: &Facts,
        conduct: &mut Conduct,
    ) -> Readability {
        let is_of = |hit: &&BoundHit| matches!(hit.kind, HitKind::Open) == (act == Act::Opened);
        let hits = self.hits.get(&contact).map_or(&[][..], Vec::as_slice);
        let mut said: BTreeMap<Option<u32>, Readability> = BTreeMap::new();
        for hit in hits.iter().filter(is_of) {
            let reading = said
                .entry(hit.version)
                .or_insert_with(|| asking.reads_deed(act, Held::Under(hit.version), facts));
            if reading.is_readable() {
                conduct.deeds.push(Deed {
                    act,
                    campaign: hit.campaign,
                    at: hit.at,
                });
            } else {
                conduct.unseen.push((act, hit.campaign));
            }
        }
        let readable = said.values().position(Readability::is_readable);
        match (readable, said.len()) {
            (Some(_), _) => Readability::Readable,
            (None, 0) => asking.reads_deed(act, Held::Nothing, facts),
            (None, _) => said
                .into_values()
                .next_back()
                .unwrap_or(Readability::NotHeld),
        }
    }

    /// The mails of which nobody knows what the person did.
    fn blind(
        &self,
        asking: Asking<'_>,
        (contact, act): (ContactId, Act),
        facts: &Facts,
        conduct: &mut Conduct,
    ) {
        let mut now: BTreeMap<&Purpose, bool> = BTreeMap::new();
        for got in self.got.get(&contact).into_iter().flatten() {
            let Some(of) = self.campaigns.get(&got.campaign) else {
                continue;
            };
            let measured_now = *now
                .entry(&of.purpose)
                .or_insert_with(|| asking.is_measured(act, &of.purpose, asking.now, facts));
            let measured = !of.hits_retired
                && measured_now
                && asking.is_measured(act, &of.purpose, got.at, facts);
            if !measured {
                conduct.unseen.push((act, got.campaign));
            }
        }
    }
}

/// What is held of one sort of deeds.
#[derive(Debug, Clone, Copy)]
enum Held {
    Nothing,
    /// Deeds that are bound to this version, or to none.
    Under(Option<u32>),
}

impl Asking<'_> {
    /// Whether a deed that is bound to this version may be read for the use; of none: whether one might be.
    fn reads_deed(&self, act: Act, held: Held, facts: &Facts) -> Readability {
        let mut facts = facts.clone();
        facts.data.retain(|datum| datum.category != *act.category());
        if let Held::Under(version) = held {
            facts.data.push(Datum {
                category: act.category().clone(),
                version,
                how: How::Direct,
                account: self.send.account.clone(),
            });
        }
        let uses = std::slice::from_ref(self.send);
        may_read(act.category(), uses, &facts, self.now, self.policies)
    }

    /// Whether mail of a purpose was measured at an instant, for this person.
    fn is_measured(&self, act: Act, mail: &Purpose, at: Timestamp, facts: &Facts) -> bool {
        let Some(version) = self.policies.in_force(at) else {
            return false;
        };
        let own = version.purpose(mail).and_then(|rule| rule.measure.as_ref());
        let Some(purpose) = own.or_else(|| version.measuring_purpose()) else {
            return false;
        };
        let verb = match act {
            Act::Opened => "track.open",
            Act::Clicked => "track.click",
        };
        let asked = Request::new(
            self.send.account.clone(),
            self.send.brand.clone(),
            purpose.clone(),
            verb.parse().expect("invariant: a constant that is a name"),
        );
        decide(&asked, facts, at, self.policies).is_allowed()
    }
}
