//! What is limited by the hour and the day: budgets of accounts, the warm-up of an address, complaints.
//!
//! Promises: counts are taken ahead in blocks and are on the disk before anything of them leaves, so that a kill at any
//! point sends less than allowed and never more; where the store cannot be read or written, nothing goes.
//! The decisions are `crate::shape`'s.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use avow_model::{AccountId, Timestamp};
use avow_store::{AccountScope, QuotaKey, QuotaRow, Store, StoreError};

use crate::shape::{Complaints, Day, Standing, WarmUp};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;
/// Counted at once where there is no limit, or a wide one: one write for ten pages.
const BLOCK: u64 = 5_000;
/// Of a limit, so much is taken at once: what a kill loses of it is little.
const BLOCK_SHARE: u64 = 20;
/// Complaints and messages of so many days are set against each other: feedback comes within a week.
const COMPLAINT_DAYS: i64 = 7;
/// A rate is looked at again after this.
const LOOK: Duration = Duration::from_mins(1);
const SENT: &str = "sent";

/// How many messages an account may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    pub per_hour: Option<u64>,
    pub per_day: Option<u64>,
}

/// What an operator limits beside the rules of providers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SendLimits {
    /// Of every account.
    pub budget: Budget,
    /// Of these accounts (by their short name) instead.
    pub budgets: HashMap<String, Budget>,
    pub warm_up: Option<WarmUp>,
}

/// All counts of an engine.
pub(crate) struct Quotas {
    store: Store,
    limits: SendLimits,
    accounts: tokio::sync::Mutex<HashMap<AccountId, Block>>,
    standings: Mutex<HashMap<AccountId, (Timestamp, Complaints)>>,
}

/// What was counted ahead and has not left.
#[derive(Debug, Default)]
struct Block {
    /// The account's short name.
    slug: String,
    hour: i64,
    left: u64,
    closed_until: Option<Timestamp>,
}

/// An account that has sent as much as it may for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverBudget {
    /// Its short name.
    pub account: String,
    /// When it may send again, or asks again.
    pub until: Timestamp,
}

/// The warm-up of one address at one provider.
#[derive(Debug)]
pub(crate) struct Warm {
    key: QuotaKey,
    plan: WarmUp,
    day: AtomicI64,
    left: AtomicU64,
    bad: AtomicU64,
    closed_until: Mutex<Option<Timestamp>>,
    refill: tokio::sync::Mutex<()>,
}

impl Block {
    fn closed(&self, now: Timestamp) -> Option<Timestamp> {
        self.closed_until
            .filter(|until| self.left == 0 && now < *until)
    }
}

impl Budget {
    /// How many more may go in this hour, by what went; `None`: any number.
    fn left(self, hour: i64, rows: &[QuotaRow]) -> Option<u64> {
        let day = hour.div_euclid(24);
        let of_day = rows.iter().filter(|r| r.period.div_euclid(24) == day);
        let day_used: u64 = of_day.map(|r| r.used).sum();
        let of_hour = rows.iter().filter(|r| r.period == hour);
        let hour_used: u64 = of_hour.map(|r| r.used).sum();
        let hour = self.per_hour.map(|cap| cap.saturating_sub(hour_used));
        let day = self.per_day.map(|cap| cap.saturating_sub(day_used));
        [hour, day].into_iter().flatten().min()
    }

    fn least(self) -> Option<u64> {
        [self.per_hour, self.per_day].into_iter().flatten().min()
    }
}

impl Quotas {
    pub(crate) fn new(store: Store, limits: SendLimits) -> Self {
        Self {
            store,
            limits,
            accounts: tokio::sync::Mutex::default(),
            standings: Mutex::default(),
        }
    }

    /// Counts up to `want` messages of an account that are about to be made ready; how many may be.
    pub(crate) async fn take(
        &self,
        (account, slug): (AccountId, &str),
        want: usize,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let want = want as u64;
        let budget = self.limits.budgets.get(slug);
        let budget = *budget.unwrap_or(&self.limits.budget);
        let mut accounts = self.accounts.lock().await;
        let block = accounts.entry(account).or_default();
        let hour = now.as_second().div_euclid(HOUR_S);
        if block.hour != hour {
            *block = Block {
                slug: slug.to_owned(),
                hour,
                ..Block::default()
            };
        }
        if block.left < want && block.closed_until.is_none_or(|until| until <= now) {
            self.refill(block, (account, budget), want - block.left)
                .await?;
        }
        let granted = want.min(block.left);
        block.left -= granted;
        Ok(granted as usize)
    }

    async fn refill(
        &self,
        block: &mut Block,
        (account, budget): (AccountId, Budget),
        want: u64,
    ) -> Result<(), StoreError> {
        let key = QuotaKey {
            account: Some(account),
            name: SENT.to_owned(),
        };
        let size = budget
            .least()
            .map_or(BLOCK, |cap| (cap / BLOCK_SHARE).min(BLOCK));
        let mut more = want.max(size);
        if budget != Budget::default() {
            let day = block.hour.div_euclid(24) * 24;
            let rows = self.store.quota_since(&key, day).await?;
            more = more.min(budget.left(block.hour, &rows).unwrap_or(more));
        }
        if more < want {
            block.closed_until = Timestamp::from_second((block.hour + 1) * HOUR_S).ok();
        }
        if more > 0 {
            let row = QuotaRow {
                period: block.hour,
                used: more,
                bad: 0,
            };
            self.store.quota_add(&key, row).await?;
            block.left += more;
        }
        Ok(())
    }

    /// What was taken and did not become ready after all.
    pub(crate) async fn give_back(&self, account: AccountId, count: usize) {
        if let Some(block) = self.accounts.lock().await.get_mut(&account) {
            block.left += count as u64;
        }
    }

    /// False while an account has used up what it may send.
    pub(crate) fn is_open(&self, account: AccountId, now: Timestamp) -> bool {
        self.closed(account, now).is_none()
    }

    /// Until when an account has used up what it may send. Nothing while somebody counts at this moment: then it is
    /// worth asking.
    pub(crate) fn closed(&self, account: AccountId, now: Timestamp) -> Option<Timestamp> {
        self.accounts.try_lock().ok()?.get(&account)?.closed(now)
    }

    /// All accounts that have used up what they may send, in the order of their names.
    pub(crate) fn all_closed(&self, now: Timestamp) -> Vec<OverBudget> {
        let Ok(accounts) = self.accounts.try_lock() else {
            return Vec::new();
        };
        let over = |block: &Block| {
            let (account, until) = (block.slug.clone(), block.closed(now)?);
            Some(OverBudget { account, until })
        };
        let mut all: Vec<OverBudget> = accounts.values().filter_map(over).collect();
        all.sort_unstable_by(|a, b| a.account.cmp(&b.account));
        all
    }

    /// What people say of an account's mail, looked at once a minute.
    pub(crate) async fn complaints(
        &self,
        scope: &AccountScope,
        now: Timestamp,
    ) -> Result<Complaints, StoreError> {
        let known = lock(&self.standings).get(&scope.id()).copied();
        let fresh = |at: Timestamp| at <= now && at.checked_add(LOOK).is_ok_and(|end| now < end);
        if let Some((at, counted)) = known
            && fresh(at)
        {
            return Ok(counted);
        }
        let since = now.as_second() - COMPLAINT_DAYS * DAY_S;
        let key = QuotaKey {
            account: Some(scope.id()),
            name: SENT.to_owned(),
        };
        let rows = self
            .store
            .quota_since(&key, since.div_euclid(HOUR_S))
            .await?;
        let since = Timestamp::from_second(since).unwrap_or(Timestamp::MIN);
        let counted = Complaints {
            sent: rows.iter().map(|row| row.used).sum(),
            complaints: scope.complaints_since(since).await?,
        };
        lock(&self.standings).insert(scope.id(), (now, counted));
        if counted.standing() == Standing::Warn {
            tracing::warn!(account.id = %scope.id(), %counted, "people complain; at 0.3 % the account's campaigns wait");
        }
        Ok(counted)
    }

    /// The warm-up of an address at a provider; `None` when none is planned.
    pub(crate) fn warm(limits: &SendLimits, source: &str, provider: &str) -> Option<Warm> {
        Some(Warm {
            key: QuotaKey {
                account: None,
                name: format!("warm {source} {provider}"),
            },
            plan: limits.warm_up?,
            day: AtomicI64::new(0),
            left: AtomicU64::new(0),
            bad: AtomicU64::new(0),
            closed_until: Mutex::default(),
            refill: tokio::sync::Mutex::default(),
        })
    }

    /// Leave for one message of a warm-up; none where the day's is used up, or the store does not say.
    pub(crate) async fn take_warm(&self, warm: &Warm, now: Timestamp) -> bool {
        if warm.take(now) {
            return true;
        }
        let _one_at_a_time = warm.refill.lock().await;
        if warm.take(now) {
            return true;
        }
        match self.refill_warm(warm, now).await {
            Ok(()) => warm.take(now),
            Err(fault) => {
                tracing::warn!(%fault, "the warm-up cannot be counted; nothing is sent meanwhile");
                false
            }
        }
    }

    async fn refill_warm(&self, warm: &Warm, now: Timestamp) -> Result<(), StoreError> {
        let today = Day::number(now);
        let bad = warm.bad.swap(0, Ordering::SeqCst);
        let told = QuotaRow {
            period: today,
            used: 0,
            bad,
        };
        if bad > 0 {
            self.store.quota_add(&warm.key, told).await?;
        }
        let start = Day::number(warm.plan.start);
        let rows = self.store.quota_since(&warm.key, start.min(today)).await?;
        let day = |row: &QuotaRow| Day {
            number: row.period,
            sent: row.used,
            bad: row.bad,
        };
        let days: Vec<Day> = rows.iter().map(day).collect();
        let Some(cap) = warm.plan.cap(&days, now) else {
            warm.open(today, BLOCK);
            return Ok(());
        };
        let sent = days
            .iter()
            .find(|d| d.number == today)
            .map_or(0, |d| d.sent);
        let left = cap.saturating_sub(sent);
        if left == 0 || WarmUp::holds(&days, now) {
            *lock(&warm.closed_until) = Timestamp::from_second((today + 1) * DAY_S).ok();
            return Ok(());
        }
        let used = left.min((cap / BLOCK_SHARE).max(1));
        self.store
            .quota_add(
                &warm.key,
                QuotaRow {
                    used,
                    bad: 0,
                    ..told
                },
            )
            .await?;
        warm.open(today, used);
        Ok(())
    }
}

impl Warm {
    fn open(&self, day: i64, more: u64) {
        self.day.store(day, Ordering::SeqCst);
        self.left.store(more, Ordering::SeqCst);
        *lock(&self.closed_until) = None;
    }

    fn take(&self, now: Timestamp) -> bool {
        // What was left of yesterday's is not today's.
        if self.day.load(Ordering::SeqCst) != Day::number(now) {
            return false;
        }
        let less = |left: u64| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_ok()
    }

    /// A refusal for our pace or reputation.
    pub(crate) fn bad(&self) {
        self.bad.fetch_add(1, Ordering::SeqCst);
    }

    /// Until when nothing more goes today.
    pub(crate) fn closed(&self, now: Timestamp) -> Option<Timestamp> {
        (*lock(&self.closed_until)).filter(|until| now < *until)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_counts_the_hour_and_the_day_and_the_lesser_holds() {
        let budget = Budget {
            per_hour: Some(100),
            per_day: Some(250),
        };
        let row = |period, used| QuotaRow {
            period,
            used,
            bad: 0,
        };
        assert_eq!(budget.left(48, &[]), Some(100));
        assert_eq!(budget.left(49, &[row(48, 100), row(49, 30)]), Some(70));
        assert_eq!(budget.left(50, &[row(48, 100), row(49, 100)]), Some(50));
        assert_eq!(budget.left(72, &[row(48, 100), row(49, 100)]), Some(100));
        assert_eq!(Budget::default().left(1, &[row(1, 9)]), None);
    }
}
