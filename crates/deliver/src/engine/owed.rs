//! What is owed goes first: while the notice of a policy version has people to begin with, the campaigns of
//! its account wait. Other accounts, and single messages, do not.

use std::collections::BTreeMap;
use std::sync::Arc;

use avow_model::AccountId;
use tokio::sync::watch;

/// How many notices each account has that are not through yet.
#[derive(Clone)]
pub(crate) struct Owed(Arc<watch::Sender<BTreeMap<AccountId, usize>>>);

/// One notice that is not through yet; through when dropped, whatever came of it.
pub(crate) struct Debt {
    owed: Owed,
    account: AccountId,
}

impl Default for Owed {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::default()))
    }
}

impl Owed {
    /// A notice of this account begins.
    pub(crate) fn begin(&self, account: AccountId) -> Debt {
        self.0
            .send_modify(|all| *all.entry(account).or_default() += 1);
        Debt {
            owed: self.clone(),
            account,
        }
    }

    /// Waits until the account owes nobody a notice that could begin now.
    pub(crate) async fn settled(&self, account: AccountId) {
        let mut look = self.0.subscribe();
        // The sender lives as long as this does.
        let _ = look.wait_for(|all| !all.contains_key(&account)).await;
    }
}

impl Drop for Debt {
    fn drop(&mut self) {
        self.owed.0.send_modify(|all| {
            if let Some(count) = all.get_mut(&self.account) {
                *count -= 1;
                if *count == 0 {
                    all.remove(&self.account);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Poll;

    #[tokio::test]
    async fn an_account_is_settled_when_its_last_notice_is_through() {
        let owed = Owed::default();
        let (acme, abel) = (AccountId::from_i64(1), AccountId::from_i64(2));
        owed.settled(acme).await;
        let (first, second) = (owed.begin(acme), owed.begin(acme));
        owed.settled(abel).await;
        let mut waits = Box::pin(owed.settled(acme));
        drop(first);
        assert_eq!(futures_poll(&mut waits), Poll::Pending);
        drop(second);
        waits.await;
    }

    fn futures_poll(future: &mut (impl Future<Output = ()> + Unpin)) -> Poll<()> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::pin::Pin::new(future).poll(&mut context)
    }
}
