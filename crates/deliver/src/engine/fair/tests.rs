//! Nobody is starved, nothing is lost, order is kept.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

fn flow(rank: Rank, account: i64, campaign: i64) -> Flow {
    Flow {
        rank,
        account: AccountId::from_i64(account),
        campaign: CampaignId::from_i64(campaign),
        owed: false,
    }
}

fn push(fair: &mut Fair<(Flow, usize)>, flow: Flow, count: usize) {
    let mut items: VecDeque<(Flow, usize)> = (0..count).map(|n| (flow, n)).collect();
    fair.push(flow, &mut items, count);
}

fn drain(fair: &mut Fair<(Flow, usize)>) -> Vec<(Flow, usize)> {
    std::iter::from_fn(|| fair.pop())
        .map(|(item, _)| item)
        .collect()
}

#[test]
fn an_account_that_floods_is_one_turn_ahead_of_the_smallest_at_most() {
    let mut fair = Fair::new();
    for campaign in 0..50 {
        push(&mut fair, flow(Rank::Bulk, 1, campaign), 200);
    }
    push(&mut fair, flow(Rank::Bulk, 2, 99), 40);
    let order = drain(&mut fair);
    let small = AccountId::from_i64(2);
    let last = order.iter().rposition(|(f, _)| f.account == small).unwrap();
    assert!(last < 2 * 40 + TURN, "{last}");
}

#[test]
fn what_somebody_waits_for_goes_first_and_leaves_every_fourth_place() {
    let mut fair = Fair::new();
    push(&mut fair, flow(Rank::Bulk, 1, 1), 100);
    push(&mut fair, flow(Rank::First, 2, 2), 90);
    let order = drain(&mut fair);
    let ranks: Vec<Rank> = order.iter().map(|(f, _)| f.rank).collect();
    for window in ranks[..120].chunks(4) {
        let first = window.iter().filter(|r| **r == Rank::First).count();
        assert_eq!(first, 3, "{window:?}");
    }
    assert_eq!(order.len(), 190);
}

#[test]
fn what_an_account_owes_goes_before_its_own_and_before_nobody_elses() {
    let mut fair = Fair::new();
    push(&mut fair, flow(Rank::Bulk, 1, 1), 100);
    push(&mut fair, flow(Rank::Bulk, 2, 2), 100);
    let notice = Flow {
        owed: true,
        ..flow(Rank::Bulk, 1, 9)
    };
    push(&mut fair, notice, 100);
    let order = drain(&mut fair);
    let place = |flow: Flow| order.iter().rposition(|(f, _)| *f == flow).unwrap();
    let first = order.iter().position(|(f, _)| *f == flow(Rank::Bulk, 1, 1));
    assert!(first.unwrap() > place(notice));
    assert!(place(flow(Rank::Bulk, 2, 2)) < 2 * 100 + TURN);
}

#[test]
fn what_is_put_back_is_the_next_of_its_campaign() {
    let mut fair = Fair::new();
    let one = flow(Rank::Bulk, 1, 1);
    push(&mut fair, one, 3);
    let (taken, _) = fair.pop().unwrap();
    fair.push_front(one, taken);
    let order: Vec<usize> = drain(&mut fair).into_iter().map(|(_, n)| n).collect();
    assert_eq!(order, [0, 1, 2]);
}

#[test]
fn room_is_shared_and_everybody_always_has_one_turn() {
    let mut fair = Fair::new();
    let (big, small) = (flow(Rank::Bulk, 1, 1), flow(Rank::Bulk, 2, 2));
    assert_eq!(fair.room(big, 200), 200);
    push(&mut fair, big, 200);
    assert_eq!(fair.room(big, 200), 0);
    assert_eq!(fair.room(small, 200), TURN);
    push(&mut fair, small, TURN);
    assert_eq!(fair.room(small, 200), 0);
    while fair.len() > 100 {
        fair.pop();
    }
    push(&mut fair, small, 50);
    assert_eq!(fair.room(small, 200), 50);
    let second = flow(Rank::Bulk, 2, 3);
    assert_eq!(fair.room(second, 200), 50);
    assert_eq!(fair.room(big, 200), 0);
}

#[derive(Debug, Clone)]
enum Op {
    Push(i64, i64, usize),
    Pop(usize),
    Remove(i64),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (0..4i64, 0..3i64, 1..40usize).prop_map(|(a, c, n)| Op::Push(a, c, n)),
        4 => (1..60usize).prop_map(Op::Pop),
        1 => (0..12i64).prop_map(Op::Remove),
    ]
}

proptest! {
    #[test]
    fn nothing_is_lost_doubled_or_turned_around(ops in prop::collection::vec(op(), 1..60)) {
        let mut fair: Fair<(Flow, usize)> = Fair::new();
        let mut next: HashMap<(i64, i64), usize> = HashMap::new();
        let (mut put, mut out) = (0, 0);
        let mut seen: HashMap<(i64, i64), usize> = HashMap::new();
        for op in ops {
            match op {
                Op::Push(account, campaign, count) => {
                    let campaign = account * 3 + campaign;
                    let flow = flow(Rank::Bulk, account, campaign);
                    let from = next.entry((account, campaign)).or_default();
                    let mut items: VecDeque<_> = (*from..*from + count).map(|n| (flow, n)).collect();
                    *from += count;
                    put += count;
                    fair.push(flow, &mut items, count);
                }
                Op::Pop(count) => for _ in 0..count {
                    let Some(((flow, n), _)) = fair.pop() else { break };
                    out += 1;
                    let key = (flow.account.as_i64(), flow.campaign.as_i64());
                    let before = seen.insert(key, n);
                    prop_assert!(before.is_none_or(|before| before < n));
                },
                Op::Remove(campaign) => {
                    let gone = fair.remove(|(f, _)| f.campaign.as_i64() != campaign);
                    prop_assert!(gone.iter().all(|(f, _)| f.campaign.as_i64() == campaign));
                    out += gone.len();
                }
            }
            prop_assert_eq!(fair.len(), put - out);
        }
        prop_assert_eq!(drain(&mut fair).len(), put - out);
    }

    #[test]
    fn while_both_wait_accounts_and_campaigns_stay_within_one_turn(
        backlog in prop::collection::vec((0..4i64, 1..400usize), 2..10)
    ) {
        let mut fair = Fair::new();
        let mut left: HashMap<i64, usize> = HashMap::new();
        for (campaign, (account, count)) in backlog.iter().enumerate() {
            push(&mut fair, flow(Rank::Bulk, *account, campaign as i64), *count);
            *left.entry(*account).or_default() += count;
        }
        let mut got: HashMap<i64, usize> = left.keys().map(|a| (*a, 0)).collect();
        while let Some(((flow, _), _)) = fair.pop() {
            let account = flow.account.as_i64();
            *got.get_mut(&account).unwrap() += 1;
            *left.get_mut(&account).unwrap() -= 1;
            let waiting: Vec<usize> = got.iter().filter(|(a, _)| left[*a] > 0).map(|(_, n)| *n).collect();
            let spread = waiting.iter().max().zip(waiting.iter().min()).map_or(0, |(a, b)| a - b);
            prop_assert!(spread <= TURN, "{got:?}");
        }
    }
}
