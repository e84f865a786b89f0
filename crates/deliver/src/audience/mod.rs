//! Preparing: the audience of a campaign becomes rows, each judged, page by page.
//!
//! Promises: one row for each contact, waiting or refused with its codes; the cursor moves with the
//! rows, so a kill at any point resumes without a gap or a repeat. Sending starts only when the last page
//! is in: the numbers that a user sees are then whole, and a campaign cancelled while it is prepared has
//! sent nothing.

use avow_model::{ContactId, Facts, MessageId, Outcome, RecipientState, Timestamp};
use avow_store::{AudienceChunk, Campaign, NewEntry, NewRecipient};

use crate::engine::gate::{Bench, GateFault, Ruling};
use crate::engine::run::{Order, Run};

/// Contacts judged together: one transaction, one set of queries.
const PAGE: u32 = 1_000;

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
    let mut page = Page::read(run, campaign, through, now()).await?;
    loop {
        if run.order() != Order::Go {
            return Ok(Prepared::Interrupted);
        }
        let last = page.contacts.last().copied();
        through = last.unwrap_or(through);
        let count = page.contacts.len() as u32;
        let (recipients, told) = page.judge(run, audience + 1)?;
        let chunk = AudienceChunk {
            first_seq: audience + 1,
            recipients,
            prepared_through: through,
            prepared: last.is_none(),
        };
        audience += count;
        let append = scope.recipients_append_told(run.campaign, chunk, &told);
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
    facts: Vec<Facts>,
    bench: Bench<'r>,
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
        let facts = bench.facts(&contacts).await?;
        Ok(Self {
            contacts,
            facts,
            bench,
        })
    }

    /// The rows of the page, and what the ledger is told of those who are refused.
    fn judge(
        mut self,
        run: &Run,
        first_seq: u32,
    ) -> Result<(Vec<NewRecipient>, Vec<NewEntry>), GateFault> {
        let (mut rows, mut told) = (Vec::with_capacity(self.contacts.len()), Vec::new());
        for ((contact, facts), seq) in self.contacts.iter().zip(&self.facts).zip(first_seq..) {
            let campaign = run.campaign;
            let message = MessageId { campaign, seq };
            let (ruling, no) = self.bench.rule_noes((*contact, message), facts)?;
            told.extend(no);
            rows.push(row(ruling, *contact));
        }
        Ok((rows, told))
    }
}

fn row(ruling: Ruling, contact: ContactId) -> NewRecipient {
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
    }
}
