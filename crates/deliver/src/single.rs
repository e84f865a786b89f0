//! Single messages: confirmations, tests and what programs hand in, each kind on connections of its own.
//!
//! Promises: a person who waits for a confirmation waits behind no campaign and behind no program; a message is
//! due until its outcome is recorded; nothing goes to an address under protection. A confirmation answers a
//! sign-up that anybody may have made with the address, so the gate is asked for exactly that; a test message
//! answers whoever asked for it; what a program handed in asks what it was written for, again.
//! One person's mail goes one after the other, each recorded before the next; different people's side by side, accounts
//! by turns, a few connections a domain. The ledger has the gate's answer
//! before a message to a person leaves, and the use of its permit in the transaction of its outcome.

mod question;
mod told;
mod turns;

use std::collections::HashSet;
use std::sync::Arc;

use avow_model::{AccountId, CampaignId, FactKind, OutgoingId, SuppressionClass, Timestamp};
use avow_policy::replay::whole_micros;
use avow_policy::{Decision, Permit, decide};
use avow_store::{NewFact, OutgoingKind, OutgoingOutcome, OutgoingRow};
use tokio::task::JoinSet;

use self::question::{do_duties, facts, request};
use self::told::{Asked, Standing};
use self::turns::{Chain, Desk};
use crate::engine::brief::{BriefFault, read_signer};
use crate::engine::crew::Crew;
use crate::engine::duty;
use crate::engine::gate::{GateFault, codes, first};
use crate::engine::relays::Talk;
use crate::engine::turn::{Attempt, Ending, Turn, turn};
use crate::route::{Destination, OpenFault};
use crate::smtp::{Begun, BodyKind, Envelope, Sent, Session};
use crate::tls_report::Toll;

/// Conversations of a kind side by side: enough that servers across an ocean, which answer ten times a second each,
/// take a hundred a second; few enough that campaigns keep the machine.
const CHAINS: usize = 16;
/// Messages among which the next are chosen: an account with more of them is not looked past for a moment, nobody
/// is held up for long.
const LOOKED_AT: u32 = 2_000;
/// Refused: the address is under protection (a minor, abuse, a court's order, a trap).
const REASON_PROTECTED: &str = "D_SUPPRESSED_TENANT";

/// A message with the permit to send it, whose duties are done.
struct Single {
    _permit: Permit,
    row: OutgoingRow,
    /// The sending domain.
    sender: String,
    signature: Vec<u8>,
    /// What the ledger has of it already; `None` for a test message.
    standing: Option<Standing>,
}

impl Single {
    /// What goes over the wire, in order.
    fn parts(&self) -> [&[u8]; 2] {
        [&self.signature, &self.row.body]
    }
}

/// Why nothing can be done with a message now; it stays due.
#[derive(Debug, thiserror::Error)]
enum SingleFault {
    #[error(transparent)]
    Gate(#[from] GateFault),
    #[error(transparent)]
    Store(#[from] avow_store::StoreError),
    #[error(transparent)]
    Brief(#[from] BriefFault),
}

/// Sends what is due of a kind, for as long as the engine may start messages.
pub(crate) async fn desk(crew: Arc<Crew>, kind: OutgoingKind) {
    let mut pace = crew.pace();
    let mut hall = Hall::default();
    while !crew.is_leaving() {
        let may_choose = crew.may_start() && hall.has_room();
        let begun = may_choose && hall.begin(&crew, kind, pace.now()).await;
        if hall.is_empty() {
            if !begun {
                pace.look().await;
            }
            continue;
        }
        tokio::select! {
            whole = hall.ended() => {
                if !whole {
                    pace.look().await;
                }
            }
            () = pace.look() => {}
        }
    }
    while !hall.is_empty() {
        hall.ended().await;
    }
}

/// The conversations of a kind that go on side by side.
#[derive(Default)]
struct Hall {
    /// Each ends with its desk, and whether everything it had was dealt with.
    chains: JoinSet<(Desk, bool)>,
    taken: HashSet<Desk>,
}

impl Hall {
    fn has_room(&self) -> bool {
        self.taken.len() < CHAINS
    }

    fn is_empty(&self) -> bool {
        self.chains.is_empty()
    }

    /// Begins as many conversations as there is room and mail for; false when nothing began.
    async fn begin(&mut self, crew: &Arc<Crew>, kind: OutgoingKind, now: Timestamp) -> bool {
        let due = match crew.store.outgoing_heads(kind, now, LOOKED_AT).await {
            Ok(due) => due,
            Err(fault) => {
                tracing::warn!(%fault, "single messages cannot be read; looking again");
                return false;
            }
        };
        let chosen = turns::choose(&due, &self.taken, CHAINS - self.taken.len());
        let any = !chosen.is_empty();
        for Chain { desk, messages } in chosen {
            self.taken.insert(desk.clone());
            let crew = crew.clone();
            self.chains.spawn(async move {
                let whole = send_all(&crew, &messages).await;
                (desk, whole)
            });
        }
        any
    }

    /// Waits until one has ended; false when something of it stays due.
    async fn ended(&mut self) -> bool {
        match self.chains.join_next().await {
            None => true,
            Some(Ok((desk, whole))) => {
                self.taken.remove(&desk);
                whole
            }
            // A fault of the program ends the desk, as it would have ended it in its own task.
            Some(Err(fault)) => match fault.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_cancelled) => false,
            },
        }
    }
}

/// Sends each over one connection; false when something stood in the way of one that stays due.
async fn send_all(crew: &Crew, messages: &[(AccountId, OutgoingId)]) -> bool {
    let rows = match crew.store.outgoing_of(messages, crew.clock.now()).await {
        Ok(rows) => rows,
        Err(fault) => {
            tracing::warn!(%fault, "single messages cannot be read; looking again");
            return false;
        }
    };
    let mut all = true;
    let mut line = Line::default();
    for row in rows {
        if crew.is_leaving() || !crew.may_start() {
            break;
        }
        if let Err(fault) = send(crew, row, &mut line).await {
            tracing::warn!(%fault, "a single message has to wait");
            all = false;
        }
    }
    line.close().await;
    all
}

async fn send(crew: &Crew, row: OutgoingRow, line: &mut Line) -> Result<(), SingleFault> {
    let (account, id, attempts, contact) = (row.account, row.id, row.attempts, row.contact);
    let attempt = Attempt {
        // Only the jitter follows from it.
        campaign: CampaignId::from_i64(id.as_i64()),
        seq: 0,
        before: attempts,
        mishaps: 1,
        first_at: row.created_at,
    };
    let (ending, single) = match clear(crew, row).await? {
        Ok(single) => (line.send(crew, &single).await, Some(single)),
        Err(ending) => (ending, None),
    };
    let now = crew.clock.now();
    let Turn { row, no_mailbox } = turn(attempt, &ending, now, &crew.options.retry);
    // Counted where a server said something about the message, or may have.
    let single = single.filter(|_| row.attempts > attempts);
    let outcome = OutgoingOutcome {
        account,
        id,
        state: row.state,
        // A line that was down counts as well: these are few, and somebody waits for an answer.
        attempts: attempts + 1,
        next_at: row.next_at,
        reply_code: row.reply_code,
        reply: row.reply.or(row.reasons),
        at: now,
    };
    let used = single.and_then(|s| Some(s.standing?.used(&outcome, &s.parts())));
    let scope = crew.store.account(account);
    // The fact first: who is cut off between them says it again.
    if let Some(contact) = contact.filter(|_| no_mailbox) {
        let bounce = NewFact::new(FactKind::Bounce, now);
        scope.record_fact(contact, bounce).await?;
    }
    Ok(scope.outgoing_record_told(outcome, used).await?)
}

/// Asks the gate and signs.
async fn clear(crew: &Crew, mut row: OutgoingRow) -> Result<Result<Single, Ending>, SingleFault> {
    let scope = crew.store.account(row.account);
    let Some(account) = crew.store.account_row(row.account).await? else {
        return Ok(Err(Ending::Gone));
    };
    // The ledger keeps microseconds: the gate is asked as it will be asked again.
    let now = whole_micros(crew.clock.now());
    let published = scope.published().await?;
    let policies = crew
        .shelf
        .open(row.account, &published)
        .map_err(|faults| GateFault::Policy(first(&faults)))?;
    let request = request(&account, &row)?;
    let facts = facts(&scope, &row, (&request, &policies, now)).await?;
    let protected = |s: &avow_model::Suppression| s.class == SuppressionClass::Protection;
    if facts.suppressions.iter().any(protected) {
        return Ok(Err(Ending::No(REASON_PROTECTED.to_owned())));
    }
    let decision = decide(&request, &facts, now, &policies);
    let asked = Asked {
        request: &request,
        facts: &facts,
        decision: &decision,
        now,
        policies: &policies,
    };
    let standing = asked.tell(&scope, &row).await?;
    let permit = match decision {
        Decision::Allow(permit) => permit,
        Decision::Hold(refusal) => return Ok(Err(Ending::Later(codes(refusal.reasons())))),
        Decision::Deny(refusal) => return Ok(Err(Ending::No(codes(refusal.reasons())))),
    };
    if let Err(undone) = do_duties(&permit, &mut row) {
        return Ok(Err(Ending::No(duty::code(undone).to_owned())));
    }
    let signature = sign(crew, &account.settings.sending_domain, &row)?;
    Ok(Ok(Single {
        _permit: permit,
        sender: account.settings.sending_domain,
        row,
        signature,
        standing,
    }))
}

fn sign(crew: &Crew, domain: &str, row: &OutgoingRow) -> Result<Vec<u8>, BriefFault> {
    let mut signature = Vec::new();
    if let Some(signer) = read_signer(crew, domain, row.created_at)? {
        let (headers, body) = split(&row.body);
        signer.sign(headers, body, row.created_at, &mut signature)?;
    }
    Ok(signature)
}

/// Header block with its last line end, and body.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let end = message.windows(4).position(|w| w == b"\r\n\r\n");
    match end {
        Some(at) => (&message[..at + 2], &message[at + 4..]),
        None => (message, &[]),
    }
}

/// The connection that stays open from one message to the next, while they go to one site.
#[derive(Default)]
struct Line {
    open: Option<(Destination, (Session, Option<Talk>))>,
    /// What it has to tell of TLS to the domains whose mail it carries.
    toll: Toll,
}

impl Line {
    async fn send(&mut self, crew: &Crew, single: &Single) -> Ending {
        let domain = single.row.rcpt_to.rsplit_once('@').map_or("", |(_, d)| d);
        let way = crew.lanes.transport().destination(&single.sender, domain);
        let to = match way.await {
            Ok(to) => to,
            Err(fault) => return Ending::NoRoute(fault),
        };
        let opened = self.session(crew, &to).await;
        self.toll
            .count(crew.tally.as_ref(), domain, crew.clock.now());
        let (mut session, talk) = match opened {
            Ok(opened) => opened,
            Err(OpenFault::Route(fault)) => return Ending::NoRoute(fault),
            Err(OpenFault::Trouble(trouble)) => return Ending::Mishap(trouble),
        };
        let ending = converse(&mut session, single).await;
        if session.is_open() {
            self.open = Some((to, (session, talk)));
        }
        ending
    }

    async fn session(
        &mut self,
        crew: &Crew,
        to: &Destination,
    ) -> Result<(Session, Option<Talk>), OpenFault> {
        match self.open.take() {
            Some((open, opened)) if open == *to => return Ok(opened),
            Some((_, (other, _))) => other.quit().await,
            None => {}
        }
        let (how, mut tried) = ((&crew.client, crew.clock.now()), Vec::new());
        let opened = crew.lanes.open(to, how, &mut tried).await;
        self.toll = Toll::new(tried);
        opened
    }

    async fn close(self) {
        if let Some((_, (session, _talk))) = self.open {
            session.quit().await;
        }
    }
}

async fn converse(session: &mut Session, single: &Single) -> Ending {
    let OutgoingRow {
        mail_from,
        rcpt_to,
        body,
        ..
    } = &single.row;
    let envelope = Envelope {
        mail_from,
        rcpt_to,
        size_bytes: Some((single.signature.len() + body.len()) as u64),
        // The addresses in the headers are those of the envelope.
        utf8: !rcpt_to.is_ascii() || !split(body).0.is_ascii(),
        body: BodyKind::of(&[body]),
    };
    match session.begin(&envelope).await {
        Begun::Ready => {}
        Begun::Refused(refusal) => return Ending::Refused(refusal),
        Begun::Trouble(trouble) => return Ending::Mishap(trouble),
    }
    match session.finish(&single.parts(), None).await.sent {
        Sent::Final(reply) => Ending::Answered(reply),
        Sent::InDoubt(trouble) => Ending::InDoubt(trouble),
        Sent::Trouble(trouble) => Ending::Mishap(trouble),
        Sent::Unsafe(fault) => Ending::Unsafe(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_split_where_its_header_block_ends() {
        assert_eq!(
            split(b"A: b\r\n\r\nbody\r\n"),
            (&b"A: b\r\n"[..], &b"body\r\n"[..])
        );
        assert_eq!(split(b"A: b\r\n"), (&b"A: b\r\n"[..], &b""[..]));
    }
}
