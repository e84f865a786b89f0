//! From rows to ready messages: a page of rows, where each goes, their facts, a decision for each.
//!
//! Promises: a row whose site has no room, or is not known yet, is set aside before anybody is asked about it, so
//! that a slow site holds up nobody else and nothing is decided early. Through a relay everything goes one way:
//! there the feeder waits for room.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use avow_model::{ContactId, EmailAddress, MessageId, Timestamp};
use avow_store::{DueRecipient, NewEntry};
use tokio::time::timeout;

use super::aside::{Aside, Place};
use super::crew::Crew;
use super::gate::{Bench, GateFault, Ruling};
use super::lane::{Lane, Way};
use super::recorder::Report;
use super::run::{InHand, Run};
use super::turn::{self, Attempt, Ending};
use crate::choosing::Candidate;
use crate::outbound::{Outbound, Person};
use crate::route::RouteFault;

/// Rows judged together: enough that a page's queries cost little for each row, few enough that the
/// permits are fresh when the last of them is used.
pub(crate) const PAGE: u32 = 500;
/// How long a page waits for name servers before its unknown domains are set aside: the answers of most come sooner,
/// and nothing is read twice.
const ANSWERS: Duration = Duration::from_millis(250);

/// Whether the rows came for the first time or again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    First,
    Again,
}

/// Where a row goes once it may.
enum Goal {
    /// One of the page's lanes.
    Lane(usize),
    No(RouteFault),
}

/// What a row waits for.
enum Wait {
    /// The name servers' answer about the domain.
    Answer(String),
    Room(Arc<Lane>),
}

/// A row on its way through the page.
struct Bound {
    row: DueRecipient,
    /// `None` when there is nobody to write to.
    address: Option<EmailAddress>,
    hand: InHand,
    goal: Goal,
}

/// The ways of one page.
#[derive(Default)]
struct Ways {
    /// Each with the room that is left in it.
    lanes: Vec<(Arc<Lane>, usize)>,
    domains: HashMap<String, Way>,
}

/// Judges rows and puts those that may go into their rings, as long as the campaign's order stands.
pub(crate) async fn feed(
    crew: &Crew,
    run: &Arc<Run>,
    rows: Vec<DueRecipient>,
    round: Round,
    aside: &mut Aside,
) -> Result<(), GateFault> {
    let addresses: Vec<Option<EmailAddress>> = rows.iter().map(address_of).collect();
    let mut ways = Ways::default();
    match crew.lanes.only(run) {
        Some(lane) => ways.lanes.push((lane, usize::MAX)),
        None => ways.learn(crew, addresses.iter().flatten()).await,
    }
    let now = crew.clock.now();
    let mut bound = Vec::with_capacity(rows.len());
    for (row, address) in rows.into_iter().zip(addresses) {
        match ways.goal(address.as_ref(), run, now) {
            Ok(goal) => bound.extend(run.take(row.seq, round == Round::Again).map(|hand| Bound {
                row,
                address,
                hand,
                goal,
            })),
            Err(Wait::Answer(domain)) => aside.put(Place::Domain(domain), row.seq, round),
            Err(Wait::Room(lane)) => aside.put_for((&lane, run.flow()), row.seq, round),
        }
    }
    within_budget(crew, run, &mut bound, (round, &mut *aside)).await?;
    let asked = bound.len();
    let ready = judge_page(crew, run, bound, ways.lanes.len()).await?;
    let refused = asked - ready.iter().map(VecDeque::len).sum::<usize>();
    let account = run.brief.gate.scope.id();
    crew.quotas.give_back(account, refused).await;
    tokio::select! {
        () = hand_over(crew, run, (&ways, ready), (round, aside)) => {}
        () = run.called_off() => {}
    }
    Ok(())
}

/// Leaves as many of the page as the account may send; the others wait for the next hour.
async fn within_budget(
    crew: &Crew,
    run: &Arc<Run>,
    bound: &mut Vec<Bound>,
    (round, aside): (Round, &mut Aside),
) -> Result<(), GateFault> {
    let gate = &run.brief.gate;
    let account = (gate.scope.id(), gate.send.account.as_str());
    let now = crew.clock.now();
    let may = crew.quotas.take(account, bound.len(), now).await?;
    for late in bound.drain(may..) {
        aside.put(Place::Budget, late.row.seq, round);
    }
    Ok(())
}

/// The date of a row's message, that its time runs from: the campaign's start, or the person's own hour after it.
fn first_at(run: &Run, row: &DueRecipient) -> Timestamp {
    let started_at = run.brief.started_at;
    row.due_at.map_or(started_at, |due| started_at.max(due))
}

fn address_of(row: &DueRecipient) -> Option<EmailAddress> {
    row.person.as_ref()?.address.parse().ok()
}

impl Ways {
    /// Finds out where domains lead, as far as name servers say so soon.
    async fn learn(&mut self, crew: &Crew, addresses: impl Iterator<Item = &EmailAddress>) {
        let mut unknown: Vec<&str> = Vec::new();
        for address in addresses {
            let domain = address.domain();
            if !self.domains.contains_key(domain) && !self.look(crew, domain) {
                unknown.push(domain);
            }
        }
        let answers = async {
            loop {
                let told = crew.lanes.room.made();
                unknown.retain(|domain| !self.look(crew, domain));
                if unknown.is_empty() {
                    return;
                }
                told.await;
            }
        };
        // Running out of time is an answer: these are set aside.
        let _ = timeout(ANSWERS, answers).await;
    }

    /// False while it is not known.
    fn look(&mut self, crew: &Crew, domain: &str) -> bool {
        let way = crew.lanes.way(domain, crew.clock.now());
        let known = !matches!(way, Way::Unknown);
        self.domains.insert(domain.to_owned(), way);
        known
    }

    /// Where mail to an address goes, or what it waits for.
    fn goal(
        &mut self,
        address: Option<&EmailAddress>,
        run: &Arc<Run>,
        now: Timestamp,
    ) -> Result<Goal, Wait> {
        // Through a relay everything goes one way; without an address nothing goes, whatever the way.
        let (Some(address), false) = (address, self.domains.is_empty()) else {
            return Ok(Goal::Lane(0));
        };
        let domain = address.domain();
        let lane = match self.domains.get(domain) {
            Some(Way::To(lane)) => lane,
            Some(Way::No(fault)) => return Ok(Goal::No(*fault)),
            Some(Way::Unknown) | None => return Err(Wait::Answer(domain.to_owned())),
        };
        let known = self.lanes.iter().position(|(l, _)| Arc::ptr_eq(l, lane));
        let at = known.unwrap_or_else(|| {
            self.lanes.push((lane.clone(), lane.room(run.flow(), now)));
            self.lanes.len() - 1
        });
        let (lane, room) = &mut self.lanes[at];
        if *room == 0 {
            return Err(Wait::Room(lane.clone()));
        }
        *room -= 1;
        Ok(Goal::Lane(at))
    }
}

/// Asks the gate about each; what may go comes back by lane, everything else is reported.
async fn judge_page(
    crew: &Crew,
    run: &Arc<Run>,
    mut rows: Vec<Bound>,
    lanes: usize,
) -> Result<Vec<VecDeque<Box<Outbound>>>, GateFault> {
    rows.sort_unstable_by_key(|bound| bound.row.contact);
    let contacts: Vec<ContactId> = rows.iter().map(|bound| bound.row.contact).collect();
    let now = crew.clock.now();
    let mut bench = run.brief.gate.bench(now).await?;
    let people = bench.candidates(&contacts).await?;
    let (mut page, mut told) = (
        Vec::with_capacity(rows.len()),
        Vec::with_capacity(rows.len()),
    );
    for (bound, known) in rows.into_iter().zip(&people) {
        page.push(judge(&mut bench, bound, known, &mut told)?);
    }
    // Each answer is in the store before its message can start.
    let mut decisions = run
        .brief
        .gate
        .scope
        .append_entries(&told)
        .await?
        .into_iter();
    let mut ready: Vec<VecDeque<Box<Outbound>>> = Vec::new();
    ready.resize_with(lanes, VecDeque::new);
    for judged in page {
        match judged {
            Judged::Ready(mut outbound, goal) => {
                outbound.pass.decision = decisions.next();
                match goal {
                    Goal::Lane(at) => ready[at].push_back(outbound),
                    // It may go, and there is no server to send it to.
                    Goal::No(fault) => {
                        let Outbound { attempt, hand, .. } = *outbound;
                        end(crew, attempt, hand, &Ending::NoRoute(fault), now).await;
                    }
                }
            }
            Judged::Refused(attempt, hand, ending) => {
                decisions.next();
                end(crew, attempt, hand, &ending, now).await;
            }
            Judged::Gone(attempt, hand) => end(crew, attempt, hand, &Ending::Gone, now).await,
        }
    }
    Ok(ready)
}

/// What another feeder left no room for meanwhile is set aside: its row stays open.
async fn hand_over(
    crew: &Crew,
    run: &Arc<Run>,
    (ways, ready): (&Ways, Vec<VecDeque<Box<Outbound>>>),
    (round, aside): (Round, &mut Aside),
) {
    for ((lane, _), mut ready) in ways.lanes.iter().zip(ready) {
        crew.lanes.feed(lane, run.flow(), &mut ready).await;
        for outbound in ready {
            aside.put_for((lane, run.flow()), outbound.hand.seq, round);
        }
    }
}

enum Judged {
    Ready(Box<Outbound>, Goal),
    /// The gate said no, or not now.
    Refused(Attempt, InHand, Ending),
    /// Nobody to ask about.
    Gone(Attempt, InHand),
}

/// Judges one row; whoever the gate was asked about adds an entry to `told`.
fn judge(
    bench: &mut Bench<'_>,
    Bound {
        row,
        address,
        hand,
        goal,
    }: Bound,
    known: &Candidate,
    told: &mut Vec<NewEntry>,
) -> Result<Judged, GateFault> {
    let attempt = Attempt {
        campaign: hand.run.campaign,
        seq: row.seq,
        before: row.attempts,
        mishaps: 0,
        first_at: first_at(&hand.run, &row),
    };
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
    let (ruling, entry) = bench.rule_told((row.contact, message), known)?;
    told.push(entry);
    Ok(match ruling {
        Ruling::Go(pass) => Judged::Ready(Outbound::new(pass, hand, person, attempt), goal),
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
            first_at: first_at(run, &row),
        };
        end(crew, attempt, hand, &Ending::TooLate, now).await;
    }
}
