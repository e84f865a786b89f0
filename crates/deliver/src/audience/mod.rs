//! Preparing: the audience of a campaign becomes rows, each judged, page by page.
//!
//! Promises: one row for each contact, or for each that the campaign's segment is known to mean, waiting or refused
//! with its codes; whoever else was looked at is counted, in the same transaction; the cursor moves with the
//! rows, so a kill at any point resumes without a gap or a repeat. Sending starts only when the last page
//! is in: the numbers that a user sees are then whole, and a campaign cancelled while it is prepared has
//! sent nothing.

mod zoning;

use std::collections::HashMap;

use avow_model::{ContactId, MessageId, Outcome, RecipientState, Timestamp};
use avow_policy::segment::Truth;
use avow_store::{AudienceChunk, Campaign, NewEntry, NewRecipient, PassedOver, ZoneGroup};

use self::zoning::PageHours;
pub(crate) use self::zoning::Zoning;
use crate::choosing::Candidate;
use crate::engine::gate::{Bench, GateFault, Ruling};
use crate::engine::run::{Order, Run};

/// Contacts judged together: one transaction, one set of queries.
const PAGE: u32 = 2_000;

/// How preparing ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// Every contact has its row.
    Whole,
    /// The campaign was paused or cancelled, or the engine leaves.
    Interrupted,
}

/// Judges the rest of the audience, from where the campaign's cursor stands.
pub(crate) async fn prepare(
    run: &Run,
    campaign: &Campaign,
    now: impl Fn() -> Timestamp,
) -> Result<Prepared, GateFault> {
    let scope = &run.brief.gate.scope;
    let (mut through, mut audience) = (campaign.prepared_through, campaign.audience);
    let mut passed_over = campaign.passed_over;
    let mut page = Page::read(run, campaign, through, now()).await?;
    loop {
        if run.order() != Order::Go {
            return Ok(Prepared::Interrupted);
        }
        let last = page.contacts.last().copied();
        through = last.unwrap_or(through);
        let judged = page.judge(run, audience + 1)?;
        passed_over.outside += judged.passed_over.outside;
        passed_over.untold += judged.passed_over.untold;
        let chunk = AudienceChunk {
            first_seq: audience + 1,
            recipients: judged.rows,
            prepared_through: through,
            passed_over,
            prepared: last.is_none(),
            zones: judged.zones,
        };
        audience += chunk.recipients.len() as u32;
        let append = scope.recipients_append_told(run.campaign, chunk, &judged.told);
        if last.is_none() {
            append.await?;
            return Ok(Prepared::Whole);
        }
        // The next page is read, with its facts, while this one is written.
        let following = Page::read(run, campaign, through, now());
        let (appended, next) = tokio::join!(append, following);
        appended?;
        page = next?;
    }
}

/// Contacts with what is known of them, and the gate as it stood when that was read.
struct Page<'r> {
    contacts: Vec<ContactId>,
    people: Vec<Candidate>,
    bench: Bench<'r>,
    /// Where each has their own hour: the zone that they typed.
    zones: HashMap<ContactId, String>,
}

/// What a page came to.
#[derive(Default)]
struct Judged {
    rows: Vec<NewRecipient>,
    /// What the ledger is told of those who are refused.
    told: Vec<NewEntry>,
    passed_over: PassedOver,
    zones: Vec<ZoneGroup>,
}

impl<'r> Page<'r> {
    /// The next contacts after `through`; an empty page after the last.
    async fn read(
        run: &'r Run,
        campaign: &Campaign,
        through: ContactId,
        now: Timestamp,
    ) -> Result<Self, GateFault> {
        let gate = &run.brief.gate;
        let contacts = gate
            .scope
            .audience_page(campaign.list, through, PAGE)
            .await?;
        let bench = gate.bench(now).await?;
        let people = bench.candidates(&contacts).await?;
        let zones = match &run.brief.zoning {
            None => HashMap::new(),
            Some(zoning) => zoning.read(&gate.scope, &contacts).await?,
        };
        Ok(Self {
            contacts,
            people,
            bench,
            zones,
        })
    }

    /// A row for each of the page who is meant.
    fn judge(mut self, run: &Run, first_seq: u32) -> Result<Judged, GateFault> {
        let mut judged = Judged {
            rows: Vec::with_capacity(self.contacts.len()),
            ..Judged::default()
        };
        let mut hours = PageHours::default();
        for (contact, person) in self.contacts.iter().zip(&self.people) {
            match person.is_meant() {
                Truth::True => {
                    let message = MessageId {
                        campaign: run.campaign,
                        seq: first_seq + judged.rows.len() as u32,
                    };
                    let (ruling, no) = self.bench.rule_noes((*contact, message), person)?;
                    judged.told.extend(no);
                    let zoning = run.brief.zoning.as_ref();
                    let due_at = zoning.and_then(|zoning| {
                        let typed = self.zones.get(contact).map(String::as_str);
                        due(zoning, (&ruling, person), typed, &mut hours)
                    });
                    judged.rows.push(row(ruling, *contact, due_at));
                }
                Truth::False => judged.passed_over.outside += 1,
                Truth::Unknown => judged.passed_over.untold += 1,
            }
        }
        judged.zones = hours.groups();
        Ok(judged)
    }
}

/// When somebody who is to get it is due.
fn due(
    zoning: &Zoning,
    (ruling, person): (&Ruling, &Candidate),
    typed: Option<&str>,
    hours: &mut PageHours,
) -> Option<Timestamp> {
    let typed = match ruling {
        Ruling::Go(pass) => typed.filter(|_| zoning.may_read(pass, &person.facts)),
        // Undecided now: nothing of theirs is read.
        Ruling::Later(_) => None,
        Ruling::No(_) => return None,
    };
    Some(hours.due(zoning, typed))
}

fn row(ruling: Ruling, contact: ContactId, due_at: Option<Timestamp>) -> NewRecipient {
    let (state, reasons) = match ruling {
        Ruling::Go(pass) => (RecipientState::Waiting, pass.codes()),
        // Undecided now is decided when its turn to be sent comes.
        Ruling::Later(codes) => (RecipientState::Waiting, codes),
        Ruling::No(codes) => (RecipientState::At(Outcome::Refused), codes),
    };
    NewRecipient {
        contact,
        state,
        reasons,
        due_at,
    }
}
