//! Feeders and takers on the same ring.

use avow_model::{AccountId, CampaignId};
use tokio::task::JoinSet;

use super::super::fair::Rank;
use super::*;

fn flow(account: i64) -> Flow {
    Flow {
        rank: Rank::Bulk,
        account: AccountId::from_i64(account),
        campaign: CampaignId::from_i64(account),
        owed: false,
    }
}

fn ring<T>(capacity: usize) -> Ring<T> {
    Ring::new(capacity, Arc::default())
}

#[tokio::test]
async fn many_feeders_and_takers_move_each_item_once_through_a_small_ring() {
    let ring = Arc::new(ring(8));
    let mut feeders = JoinSet::new();
    for feeder in 0..3u32 {
        let ring = ring.clone();
        feeders.spawn(async move {
            let mut items = (feeder * 1000..feeder * 1000 + 1000).collect();
            assert!(ring.feed(flow(1), &mut items).await);
        });
    }
    let mut takers = JoinSet::new();
    for _ in 0..4 {
        let ring = ring.clone();
        takers.spawn(async move {
            let mut taken = Vec::new();
            while ring.wait().await {
                taken.extend(ring.try_take());
                tokio::task::yield_now().await;
            }
            taken
        });
    }
    feeders.join_all().await;
    while !ring.is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(ring.close().is_empty());
    let mut all: Vec<u32> = takers.join_all().await.concat();
    all.sort_unstable();
    assert_eq!(all, (0..3000).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_came_back_goes_before_the_rest() {
    let ring = ring(4);
    ring.feed(flow(1), &mut VecDeque::from([1, 2])).await;
    let first = ring.try_take().unwrap();
    ring.put_back(flow(1), first);
    let order: Vec<_> = std::iter::from_fn(|| ring.try_take()).collect();
    assert_eq!(order, [1, 2]);
}

#[tokio::test]
async fn a_closed_ring_takes_nothing_and_gives_back_what_it_held() {
    let ring = ring(4);
    ring.feed(flow(1), &mut VecDeque::from([1, 2])).await;
    assert_eq!(ring.close(), [1, 2]);
    let mut late = VecDeque::from([3]);
    assert!(!ring.feed(flow(1), &mut late).await);
    assert_eq!(late, [3]);
    assert!(!ring.wait().await);
}

#[tokio::test]
async fn a_feeder_whose_ring_is_full_of_anothers_gets_its_turn() {
    let ring = ring(8);
    assert!(ring.feed(flow(1), &mut (0..8).collect()).await);
    assert_eq!(ring.room(flow(1)), 8, "a turn is always there");
    let mut more: VecDeque<u32> = (100..140).collect();
    assert!(ring.offer(flow(1), &mut more));
    assert_eq!(more.len(), 32, "and no more than that");
    assert!(ring.feed(flow(2), &mut VecDeque::from([200, 201])).await);
    let first: Vec<u32> = std::iter::from_fn(|| ring.try_take()).take(18).collect();
    assert!(first.contains(&200) && first.contains(&201), "{first:?}");
}
