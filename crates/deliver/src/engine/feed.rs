//! From rows to ready messages: a page of rows, their facts, a decision for each.

use std::collections::VecDeque;
use std::sync::Arc;

use avow_model::{ContactId, EmailAddress, Facts, MessageId, Timestamp};
use avow_store::{DueRecipient, NewEntry};

use super::crew::Crew;
use super::gate::{Bench, GateFault, Ruling};
use super::recorder::Report;
use super::run::{InHand, Run};
use super::turn::{self, Attempt, Ending};
use crate::outbound::{Outbound, Person};

/// Rows judged together: enough that a page's queries cost little for each row, few enough that the
/// permits are fresh when the last of them is used.
pub(crate) const PAGE: u32 = 500;

/// Whether the rows came for the first time or again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    First,
    Again,
}

/// Judges rows and puts those that may go into the ring, waiting for room as long as the campaign's order stands.
pub(crate) async fn feed(
    crew: &Crew,
    run: &Arc<Run>,
    rows: Vec<DueRecipient>,
    round: Round,
) -> Result<(), GateFault> {
    let mut rows: Vec<(DueRecipient, InHand)> = rows
        .into_iter()
        .filter_map(|row| {
            run.take(row.seq, round == Round::Again)
                .map(|hand| (row, hand))
        })
        .collect();
    rows.sort_unstable_by_key(|(row, _)| row.contact);
    let contacts: Vec<ContactId> = rows.iter().map(|(row, _)| row.contact).collect();
    let now = crew.clock.now();
    let mut bench = run.brief.gate.bench(now).await?;
    let facts = bench.facts(&contacts).await?;
    let (mut page, mut told) = (
        Vec::with_capacity(rows.len()),
        Vec::with_capacity(rows.len()),
    );
    for ((row, hand), facts) in rows.into_iter().zip(&facts) {
        page.push(judge(&mut bench, row, hand, facts, &mut told)?);
    }
    // Each answer is in the store before its message can start.
    let mut decisions = run
        .brief
        .gate
        .scope
        .append_entries(&told)
        .await?
        .into_iter();
    let mut ready = VecDeque::with_capacity(page.len());
    for judged in page {
        match judged {
            Judged::Ready(mut outbound) => {
                outbound.pass.decision = decisions.next();
                ready.push_back(outbound);
            }
            Judged::Refused(attempt, hand, ending) => {
                decisions.next();
                end(crew, attempt, hand, &ending, now).await;
            }
            Judged::Gone(attempt, hand) => end(crew, attempt, hand, &Ending::Gone, now).await,
        }
    }
    tokio::select! {
        () = crew.lanes.feed(ready) => {}
        () = run.called_off() => {}
    }
    Ok(())
}

enum Judged {
    Ready(Box<Outbound>),
    /// The gate said no, or not now.
    Refused(Attempt, InHand, Ending),
    /// Nobody to ask about.
    Gone(Attempt, InHand),
}

/// Judges one row; whoever the gate was asked about adds an entry to `told`.
fn judge(
    bench: &mut Bench<'_>,
    row: DueRecipient,
    hand: InHand,
    facts: &Facts,
    told: &mut Vec<NewEntry>,
) -> Result<Judged, GateFault> {
    let attempt = Attempt {
        campaign: hand.run.campaign,
        seq: row.seq,
        before: row.attempts,
        mishaps: 0,
        first_at: hand.run.brief.started_at,
    };
    let address = row
        .person
        .as_ref()
        .and_then(|p| p.address.parse::<EmailAddress>().ok());
    let (Some(person), Some(address)) = (row.person, address) else {
        return Ok(Judged::Gone(attempt, hand));
    };
    let person = Person {
        contact: row.contact,
        address,
        fields: person.fields,
    };
    let message = MessageId {
        campaign: attempt.campaign,
        seq: attempt.seq,
    };
    let (ruling, entry) = bench.rule_told((row.contact, message), facts)?;
    told.push(entry);
    Ok(match ruling {
        Ruling::Go(pass) => Judged::Ready(Outbound::new(pass, hand, person, attempt)),
        Ruling::No(codes) => Judged::Refused(attempt, hand, Ending::No(codes)),
        Ruling::Later(codes) => Judged::Refused(attempt, hand, Ending::Later(codes)),
    })
}

async fn end(crew: &Crew, attempt: Attempt, hand: InHand, ending: &Ending, now: Timestamp) {
    let turn = turn::turn(attempt, ending, now, &crew.options.retry);
    let report = Report {
        hand,
        row: turn.row,
        dot: None,
        no_mailbox: None,
        used: None,
    };
    // The recorder outlives the feeders.
    let _ = crew.reports.send(report).await;
}

/// Ends rows whose time ran out, without asking anybody.
pub(crate) async fn expire(crew: &Crew, run: &Arc<Run>, rows: Vec<DueRecipient>, now: Timestamp) {
    for row in rows {
        let Some(hand) = run.take(row.seq, true) else {
            continue;
        };
        let attempt = Attempt {
            campaign: run.campaign,
            seq: row.seq,
            before: row.attempts,
            mishaps: 0,
            first_at: run.brief.started_at,
        };
        end(crew, attempt, hand, &Ending::TooLate, now).await;
    }
}
