//! The account that the pages are asked of: people, a campaign that went to all of them, drafts.

use std::sync::Arc;

use avow_model::{CampaignId, CampaignState, ContactId, Outcome, RecipientState, Timestamp};
use avow_store::{AudienceChunk, NewRecipient, OutcomeRow, PassedOver, Target};
use avow_testkit::{Bureau, People, Said, short_content};

use crate::{Fallible, SystemClock};

/// Rows prepared and recorded at once.
const BATCH: u32 = 5_000;

/// Fills an empty database; `drafts` become the account's past by `history_fill`, and one of them stays.
pub(crate) async fn run(target: Target, people: usize, drafts: usize) -> Fallible<()> {
    let bureau = Bureau::open_in(tempfile::tempdir()?, target, Arc::new(SystemClock)).await?;
    for _ in 0..drafts {
        bureau.campaign(short_content()).await?;
    }
    fill(&bureau, people).await
}

/// An account with people of whom every tenth withdrew, and a campaign to all of them that has ended.
async fn fill(bureau: &Bureau, people: usize) -> Fallible<()> {
    let said = |n: usize| match n % 10 {
        0 => Said::Withdrew,
        _ => Said::Newsletter,
    };
    let people = People {
        count: people,
        address: &|n| format!("person{n}@example{}.test", n % 7),
        said: &said,
    };
    bureau.people(people).await?;
    let campaign = bureau.campaign(short_content()).await?;
    bureau.start(campaign).await?;
    rows(bureau, campaign).await?;
    for (from, to) in [
        (CampaignState::Preparing, CampaignState::Sending),
        (CampaignState::Sending, CampaignState::Finished),
    ] {
        bureau.scope.campaign_move(campaign, &[from], to).await?;
    }
    Ok(())
}

async fn rows(bureau: &Bureau, campaign: CampaignId) -> Fallible<()> {
    let (mut through, mut audience) = (ContactId::from_i64(0), 0);
    loop {
        let page = bureau.scope.audience_page(None, through, BATCH).await?;
        let last = page.last().copied();
        through = last.unwrap_or(through);
        let chunk = AudienceChunk {
            first_seq: audience + 1,
            recipients: page.iter().map(|contact| recipient(*contact)).collect(),
            prepared_through: through,
            passed_over: PassedOver::default(),
            prepared: last.is_none(),
            zones: Vec::new(),
        };
        bureau.scope.recipients_append(campaign, chunk).await?;
        if last.is_none() {
            return Ok(());
        }
        let seqs = audience + 1..=audience + page.len() as u32;
        audience += page.len() as u32;
        let now = bureau.clock.now();
        let outcomes = seqs.map(|seq| outcome(seq, now)).collect();
        bureau.scope.record_outcomes(campaign, outcomes).await?;
    }
}

fn recipient(contact: ContactId) -> NewRecipient {
    NewRecipient {
        contact,
        state: RecipientState::Waiting,
        reasons: "A_OPT_IN".to_owned(),
        due_at: None,
    }
}

fn outcome(seq: u32, now: Timestamp) -> OutcomeRow {
    let (state, code, reasons) = match seq % 100 {
        3 => (Outcome::Bounced, Some(550), None),
        7 | 8 => (Outcome::Expired, Some(421), None),
        n if n % 10 == 1 => (Outcome::Refused, None, Some("D_WITHDRAWN")),
        _ => (Outcome::Delivered, Some(250), None),
    };
    OutcomeRow {
        seq,
        state: RecipientState::At(state),
        attempts: 1,
        next_at: None,
        reply_code: code,
        reply: code.map(|code| format!("{code} said the server")),
        reasons: reasons.map(str::to_owned),
        at: now,
    }
}
