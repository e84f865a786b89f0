//! Many hits, one reading of facts, one commit: what comes in while one batch is under way forms the next.
//!
//! Promises: the gate sees facts that were read after the hit came in, or that still serve (see `people`), and
//! at most the time of one commit passes between its answer and the writing;
//! `settle` answers after the hit is in the store, or with why it is not. A caller that goes away meanwhile
//! loses nothing that was handed over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use avow_model::{AccountId, Timestamp};
use avow_policy::decide;
use avow_store::{AccountScope, NewHit};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::campaigns::CampaignGate;
use crate::hits::{Kept, WhyNot};
use crate::lock;
use crate::people::People;
use crate::verdict::Judgement;

/// Hits that may wait for the batch before them; beyond it the callers wait to hand theirs over.
const WAITING_MAX: usize = 65_536;
/// Hits in one batch: the store commits after so many operations anyway.
const BATCH_MAX: usize = 4_096;

/// A judged hit that waits for the gate and the store.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub gate: Arc<CampaignGate>,
    pub hit: NewHit,
    pub judgement: Judgement,
}

struct Waiting {
    candidate: Candidate,
    done: oneshot::Sender<Kept>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting(..)")
    }
}

/// The way in. Its task starts with the first hit and ends with the value.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    way: OnceLock<mpsc::Sender<Waiting>>,
    task: Mutex<JoinSet<()>>,
}

impl Intake {
    /// Hands a hit over and waits for what becomes of it. A server that stops keeps nothing.
    pub(crate) async fn settle(&self, candidate: Candidate) -> Kept {
        let (done, answer) = oneshot::channel();
        let handed = self.way().send(Waiting { candidate, done }).await;
        match handed {
            Ok(()) => answer.await.unwrap_or(Kept::NotStored(WhyNot::Fault)),
            Err(_) => Kept::NotStored(WhyNot::Fault),
        }
    }

    fn way(&self) -> &mpsc::Sender<Waiting> {
        self.way.get_or_init(|| {
            let (send, receive) = mpsc::channel(WAITING_MAX);
            lock(&self.task).spawn(take_in(receive));
            send
        })
    }
}

async fn take_in(mut waiting: mpsc::Receiver<Waiting>) {
    let mut people = People::default();
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut judged: Vec<Share> = Vec::new();
    let mut open = true;
    while open || !judged.is_empty() {
        // What is judged by now goes to the disk together; what comes in meanwhile is judged for the next time.
        let write = keep_all(std::mem::take(&mut judged));
        tokio::pin!(write);
        let mut written = false;
        while open && (judged.is_empty() || !written) {
            tokio::select! {
                biased;
                () = &mut write, if !written => written = true,
                came = waiting.recv_many(&mut batch, BATCH_MAX), if held(&judged) < BATCH_MAX => {
                    open = came > 0;
                    judge_all(&mut batch, &mut people, &mut judged).await;
                }
            }
        }
        if !written {
            write.await;
        }
    }
}

/// Permitted hits of one account.
struct Share {
    scope: AccountScope,
    hits: Vec<Waiting>,
}

fn held(judged: &[Share]) -> usize {
    judged.iter().map(|share| share.hits.len()).sum()
}

async fn judge_all(batch: &mut Vec<Waiting>, people: &mut People, judged: &mut Vec<Share>) {
    for share in by_account(batch) {
        let Some(share) = judge(share, people).await else {
            continue;
        };
        let known = judged.iter_mut().find(|s| s.scope.id() == share.scope.id());
        match known {
            Some(known) => known.hits.extend(share.hits),
            None => judged.push(share),
        }
    }
}

fn by_account(batch: &mut Vec<Waiting>) -> impl Iterator<Item = Vec<Waiting>> {
    let mut shares: BTreeMap<AccountId, Vec<Waiting>> = BTreeMap::new();
    for w in batch.drain(..) {
        let account = w.candidate.gate.scope.id();
        shares.entry(account).or_default().push(w);
    }
    shares.into_values()
}

/// Asks the gate about each and answers whom it refuses. `hits` are of one account.
async fn judge(hits: Vec<Waiting>, people: &mut People) -> Option<Share> {
    let scope = hits.first()?.candidate.gate.scope.clone();
    let now = hits.iter().map(|w| w.candidate.hit.at).max();
    let contacts = hits.iter().map(|w| w.candidate.hit.contact).collect();
    people
        .refresh(&scope, contacts, now.unwrap_or(Timestamp::UNIX_EPOCH))
        .await;
    let permitted = |w: &Waiting| is_permitted(&w.candidate, people);
    let (hits, refused): (Vec<_>, Vec<_>) = hits.into_iter().partition(permitted);
    answer(refused, |_| Kept::NotStored(WhyNot::NotPermitted));
    (!hits.is_empty()).then_some(Share { scope, hits })
}

async fn keep_all(judged: Vec<Share>) {
    for share in judged {
        keep(share).await;
    }
}

/// Keeps the hits and answers all.
async fn keep(Share { scope, hits }: Share) {
    let rows: Vec<NewHit> = hits.iter().map(|w| w.candidate.hit.clone()).collect();
    match scope.hits_add(rows).await {
        Ok(()) => answer(hits, |c| Kept::Stored(c.judgement)),
        Err(fault) => {
            tracing::warn!(%fault, hits = hits.len(), "hits were not kept");
            answer(hits, |_| Kept::NotStored(WhyNot::Fault));
        }
    }
}

fn is_permitted(candidate: &Candidate, people: &People) -> bool {
    let (gate, hit) = (&candidate.gate, &candidate.hit);
    let facts = people.facts(gate.scope.id(), hit.contact);
    match (gate.question(hit.kind), facts) {
        (Some(question), Some(facts)) => {
            decide(question, facts, hit.at, &gate.policies).is_allowed()
        }
        _ => false,
    }
}

fn answer(waiting: Vec<Waiting>, kept: impl Fn(&Candidate) -> Kept) {
    for w in waiting {
        // A waiter that is gone had its hit settled all the same.
        let _ = w.done.send(kept(&w.candidate));
    }
}
