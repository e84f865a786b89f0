//! Whose turn it is: a queue that is fair between accounts, and between the campaigns of an account.
//!
//! Promises: pure. While two accounts have something waiting, neither gets more than one turn ahead of the other,
//! however much either has; the same between campaigns of an account. What goes first (messages that somebody
//! waits for) goes first, and still leaves every fourth turn to the rest. Each campaign's messages keep their order.
//! What an account owes (a notice) goes before everything else of that account, and before nobody else's.
//! Round robin by turns of a few messages: all cost about the same, so nothing is gained by counting bytes.
//! Never: allocates for a message; lines that ran empty are kept for the next.

use std::collections::VecDeque;

use avow_model::{AccountId, CampaignId};

/// Messages in one turn: enough that those of one campaign stay together in the caches, few enough that nobody
/// notices the wait.
pub(crate) const TURN: usize = 16;
/// Of so many messages one is of the lower rank, while both ranks have some.
const LOWER_EVERY: u32 = 4;
/// Empty lines kept for the next campaign.
const SPARE_MAX: usize = 16;

/// What goes before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// About something that the person did and waits for.
    First,
    /// Everything else.
    Bulk,
}

/// Whose message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) rank: Rank,
    pub(crate) account: AccountId,
    pub(crate) campaign: CampaignId,
    /// It goes before the account's other campaigns.
    pub(crate) owed: bool,
}

/// The queue.
pub(crate) struct Fair<T> {
    ranks: [Rota<AccountId, Rota<CampaignId, VecDeque<T>>>; 2],
    spare: Vec<VecDeque<T>>,
    len: usize,
    /// Messages of the first rank since the last of the lower one.
    first_in_a_row: u32,
}

/// Lines that take turns; the front one has it.
struct Rota<K, L> {
    lines: VecDeque<Line<K, L>>,
}

struct Line<K, L> {
    key: K,
    /// It keeps its turn until it is empty.
    stays: bool,
    /// Of its turn.
    left: usize,
    len: usize,
    queue: L,
}

impl<K: PartialEq, L> Rota<K, L> {
    const fn new() -> Self {
        Self {
            lines: VecDeque::new(),
        }
    }

    fn find(&self, key: &K) -> Option<&Line<K, L>> {
        self.lines.iter().find(|line| line.key == *key)
    }

    /// The line of a key; a new one comes last, or behind those that stay if it does.
    fn line(&mut self, key: K, stays: bool, queue: impl FnOnce() -> L) -> &mut Line<K, L> {
        let place = self.lines.iter().position(|line| line.key == key);
        let place = place.unwrap_or_else(|| {
            let at = if stays {
                self.lines.iter().take_while(|line| line.stays).count()
            } else {
                self.lines.len()
            };
            let queue = queue();
            self.lines.insert(
                at,
                Line {
                    key,
                    stays,
                    left: TURN,
                    len: 0,
                    queue,
                },
            );
            at
        });
        &mut self.lines[place]
    }

    /// The front line has given one: it goes when empty, and to the end when its turn is over.
    fn turn(&mut self) -> Option<L> {
        let line = self.lines.front_mut()?;
        line.len -= 1;
        line.left = line.left.saturating_sub(1);
        if line.len == 0 {
            return self.lines.pop_front().map(|line| line.queue);
        }
        if line.left == 0 && !line.stays {
            line.left = TURN;
            self.lines.rotate_left(1);
        }
        None
    }
}

impl<T> Fair<T> {
    pub(crate) const fn new() -> Self {
        Self {
            ranks: [Rota::new(), Rota::new()],
            spare: Vec::new(),
            len: 0,
            first_in_a_row: 0,
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    fn rank(&mut self, rank: Rank) -> &mut Rota<AccountId, Rota<CampaignId, VecDeque<T>>> {
        let [first, bulk] = &mut self.ranks;
        match rank {
            Rank::First => first,
            Rank::Bulk => bulk,
        }
    }

    /// The flow's own queue, counted for `more` items that the caller puts in.
    fn queue(&mut self, flow: Flow, more: usize) -> &mut VecDeque<T> {
        let Self {
            ranks: [first, bulk],
            spare,
            len,
            ..
        } = self;
        *len += more;
        let rota = match flow.rank {
            Rank::First => first,
            Rank::Bulk => bulk,
        };
        let account = rota.line(flow.account, false, Rota::new);
        account.len += more;
        let line = account
            .queue
            .line(flow.campaign, flow.owed, || spare.pop().unwrap_or_default());
        line.len += more;
        &mut line.queue
    }

    /// Puts the first `count` of these behind what the flow has.
    pub(crate) fn push(&mut self, flow: Flow, items: &mut VecDeque<T>, count: usize) {
        let count = count.min(items.len());
        if count > 0 {
            self.queue(flow, count).extend(items.drain(..count));
        }
    }

    /// Puts one before what the flow has.
    pub(crate) fn push_front(&mut self, flow: Flow, item: T) {
        self.queue(flow, 1).push_front(item);
    }

    /// The next message, and whether its campaign has but half a turn left here.
    pub(crate) fn pop(&mut self) -> Option<(T, bool)> {
        let [first, bulk] = &self.ranks;
        let lower = self.first_in_a_row + 1 >= LOWER_EVERY && !bulk.lines.is_empty();
        let rank = if first.lines.is_empty() || lower {
            self.first_in_a_row = 0;
            Rank::Bulk
        } else {
            self.first_in_a_row += 1;
            Rank::First
        };
        self.pop_rank(rank)
    }

    fn pop_rank(&mut self, rank: Rank) -> Option<(T, bool)> {
        let rota = self.rank(rank);
        let account = rota.lines.front_mut()?;
        let line = account.queue.lines.front_mut()?;
        let item = line.queue.pop_front()?;
        let low = line.queue.len() <= TURN / 2;
        let emptied = account.queue.turn();
        rota.turn();
        self.len -= 1;
        if let Some(queue) = emptied
            && self.spare.len() < SPARE_MAX
        {
            self.spare.push(queue);
        }
        Some((item, low))
    }

    /// How much each campaign has in, those of both ranks.
    pub(crate) fn shares(&self) -> Vec<(AccountId, CampaignId, usize)> {
        let accounts = self.ranks.iter().flat_map(|rota| &rota.lines);
        let campaigns = |account: &Line<AccountId, Rota<CampaignId, VecDeque<T>>>| {
            let key = account.key;
            let lines = account.queue.lines.iter();
            lines
                .map(move |line| (key, line.key, line.len))
                .collect::<Vec<_>>()
        };
        accounts.flat_map(campaigns).collect()
    }

    /// How many more the flow may put in, of `capacity` in all: accounts share it equally, and each account's
    /// campaigns that account's share. Everybody may always have one turn in, so the bound moves by that.
    pub(crate) fn room(&mut self, flow: Flow, capacity: usize) -> usize {
        let free = capacity.saturating_sub(self.len);
        let rota = self.rank(flow.rank);
        let others = rota.lines.iter().filter(|l| l.key != flow.account).count();
        let share = capacity / (others + 1);
        let Some(account) = rota.find(&flow.account) else {
            return free.min(share).max(TURN);
        };
        let others = account.queue.lines.iter();
        let others = others.filter(|l| l.key != flow.campaign).count();
        let own_share = share / (others + 1);
        let len = account.len;
        let own = account.queue.find(&flow.campaign).map_or(0, |l| l.len);
        let room = share.saturating_sub(len).min(own_share.saturating_sub(own));
        room.min(free).max(TURN.saturating_sub(own))
    }

    /// Takes out every item for which `keep` is false.
    pub(crate) fn remove(&mut self, keep: impl Fn(&T) -> bool) -> Vec<T> {
        let mut removed = Vec::new();
        for rota in &mut self.ranks {
            for account in &mut rota.lines {
                for line in &mut account.queue.lines {
                    let queue = std::mem::take(&mut line.queue);
                    let (kept, gone): (VecDeque<T>, VecDeque<T>) =
                        queue.into_iter().partition(&keep);
                    line.len = kept.len();
                    line.queue = kept;
                    removed.extend(gone);
                }
                account.queue.lines.retain(|line| line.len > 0);
                account.len = account.queue.lines.iter().map(|line| line.len).sum();
            }
            rota.lines.retain(|account| account.len > 0);
        }
        self.len -= removed.len();
        removed
    }
}

#[cfg(test)]
mod tests;
