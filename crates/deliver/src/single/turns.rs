//! Which single messages go next, and side by side: pure.
//!
//! Promises: mail to one person goes one after the other, in the order in which it is due, so that what the gate
//! decides about the second has seen the first; one slow domain holds up nobody else's mail; accounts take turns.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::hash::{Hash as _, Hasher as _};

use avow_model::{AccountId, OutgoingId};
use avow_store::OutgoingHead;

/// Conversations side by side with the servers of one domain: as many as small hosts put up with.
const A_DOMAIN: u64 = 4;
/// Messages of one conversation before the choice is made anew: others had to wait meanwhile.
const CHAIN: usize = 20;

/// Where a conversation takes place: a domain, and the share of its people who are written to there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Desk {
    domain: String,
    share: u64,
}

impl Desk {
    fn of(rcpt_to: &str) -> Self {
        // What the domain's server makes of upper case in a local part is its own affair: one person, one desk.
        let address = rcpt_to.to_lowercase();
        let mut hasher = DefaultHasher::new();
        address.hash(&mut hasher);
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        Self {
            domain: domain.to_owned(),
            share: hasher.finish() % A_DOMAIN,
        }
    }
}

/// Messages that go over one connection, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) desk: Desk,
    pub(super) messages: Vec<(AccountId, OutgoingId)>,
}

/// Up to `limit` chains from what is due, the longest due first, at desks where nobody sits.
pub(super) fn choose(due: &[OutgoingHead], taken: &HashSet<Desk>, limit: usize) -> Vec<Chain> {
    let mut chains: BTreeMap<Desk, Vec<(AccountId, OutgoingId)>> = BTreeMap::new();
    let mut lines: Vec<(AccountId, VecDeque<Desk>)> = Vec::new();
    for head in due {
        let desk = Desk::of(&head.rcpt_to);
        if taken.contains(&desk) {
            continue;
        }
        let messages = chains.entry(desk.clone()).or_default();
        if messages.is_empty() {
            stand_in_line(&mut lines, head.account, desk);
        }
        if messages.len() < CHAIN {
            messages.push((head.account, head.id));
        }
    }
    let by_turns = take_turns(lines).into_iter().take(limit);
    let chain = |desk: Desk| {
        let messages = chains.remove(&desk)?;
        Some(Chain { desk, messages })
    };
    by_turns.filter_map(chain).collect()
}

fn stand_in_line(lines: &mut Vec<(AccountId, VecDeque<Desk>)>, account: AccountId, desk: Desk) {
    match lines.iter_mut().find(|(own, _)| *own == account) {
        Some((_, line)) => line.push_back(desk),
        None => lines.push((account, VecDeque::from([desk]))),
    }
}

/// One of each account, then a second of each, and so on.
fn take_turns(mut lines: Vec<(AccountId, VecDeque<Desk>)>) -> Vec<Desk> {
    let mut out = Vec::new();
    while !lines.is_empty() {
        out.extend(lines.iter_mut().filter_map(|(_, line)| line.pop_front()));
        lines.retain(|(_, line)| !line.is_empty());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(account: i64, id: i64, rcpt_to: &str) -> OutgoingHead {
        OutgoingHead {
            account: AccountId::from_i64(account),
            id: OutgoingId::from_i64(id),
            rcpt_to: rcpt_to.to_owned(),
        }
    }

    fn ids(chain: &Chain) -> Vec<i64> {
        chain.messages.iter().map(|(_, id)| id.as_i64()).collect()
    }

    #[test]
    fn mail_to_one_person_stays_in_order_on_one_desk_however_the_address_is_written() {
        let due = [
            head(1, 1, "ada@one.example"),
            head(1, 2, "bob@two.example"),
            head(1, 3, "Ada@One.example"),
        ];
        let chains = choose(&due, &HashSet::new(), 16);
        assert_eq!(chains.len(), 2);
        assert_eq!((ids(&chains[0]), ids(&chains[1])), (vec![1, 3], vec![2]));
        let taken = HashSet::from([chains[0].desk.clone()]);
        let rest = choose(&due, &taken, 16);
        assert_eq!(rest.iter().map(ids).collect::<Vec<_>>(), [[2]]);
    }

    #[test]
    fn an_account_with_much_mail_lets_another_take_its_turn() {
        let mut due: Vec<_> = (0..100)
            .map(|n| head(1, n, &format!("p@d{n}.example")))
            .collect();
        due.push(head(2, 500, "eve@late.example"));
        let chains = choose(&due, &HashSet::new(), 2);
        assert_eq!(chains.iter().map(ids).collect::<Vec<_>>(), [[0], [500]]);
    }

    #[test]
    fn a_domain_has_a_few_desks_and_a_chain_has_an_end() {
        let due: Vec<_> = (0..1_000)
            .map(|n| head(1, n, &format!("p{n}@large.example")))
            .collect();
        let chains = choose(&due, &HashSet::new(), 16);
        assert_eq!(chains.len() as u64, A_DOMAIN);
        assert!(chains.iter().all(|chain| chain.messages.len() == CHAIN));
        assert!(chains.iter().all(|chain| chain.messages.is_sorted()));
    }
}
