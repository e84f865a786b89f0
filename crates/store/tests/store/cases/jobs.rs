//! Jobs: done by one process at a time, taken over, stopped, ended, their files let go of.

use avow_model::Timestamp;
use avow_store::{
    ActKind, JobEnding, JobHold, JobKind, JobOrder, JobProgress, JobState, NewAct, NewJob, StoreError,
};

use crate::people::account;
use crate::world::World;

fn new(state: JobState, expires_at: Timestamp) -> NewJob {
    NewJob {
        kind: JobKind::Import,
        state,
        title: "people.csv".into(),
        file: "00ff".into(),
        plan: "{}".into(),
        total: 9,
        who: "grace@example.org".into(),
        expires_at,
    }
}

fn hold(world: &World, holder: &str) -> JobHold {
    let now = avow_model::Clock::now(&*world.clock);
    let until = now + std::time::Duration::from_secs(10);
    JobHold { holder: holder.into(), now, until }
}

fn ending(state: JobState) -> JobEnding {
    JobEnding { state, report: "{}".into(), file: String::new(), expires_at: far() }
}

fn far() -> Timestamp {
    Timestamp::from_second(1_900_000_000).unwrap()
}

#[tokio::test]
async fn a_job_is_done_by_one_process_and_taken_over_when_that_one_is_gone() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let act = NewAct { who: "grace@example.org".into(), kind: ActKind::ImportStarted, about: "people.csv".into() };
    let id = scope.job_add(new(JobState::Waiting, far()), Some(act)).await.unwrap();
    assert_eq!(scope.acts(None, 9).await.unwrap().len(), 1);
    let taken = world.store.job_take(&hold(&world, "a")).await.unwrap().unwrap();
    assert_eq!((taken.id, taken.state, taken.account), (id, JobState::Running, scope.id()));
    assert_eq!(world.store.job_take(&hold(&world, "b")).await.unwrap(), None);
    world.clock.advance_us(5_000_000);
    let at = JobProgress { done: 4, total: 9, people: 2 };
    let state = scope.job_note(id, &hold(&world, "a"), at).await.unwrap();
    assert_eq!(state, Some(JobState::Running));
    world.clock.advance_us(11_000_000);
    let again = world.store.job_take(&hold(&world, "b")).await.unwrap().unwrap();
    assert_eq!((again.id, again.progress), (id, at));
    // The first one has lost it: it notes and ends nothing.
    assert_eq!(scope.job_note(id, &hold(&world, "a"), at).await.unwrap(), None);
    scope.job_end(id, "a", ending(JobState::Failed)).await.unwrap();
    assert_eq!(scope.job(id).await.unwrap().unwrap().state, JobState::Running);
    scope.job_end(id, "b", ending(JobState::Finished)).await.unwrap();
    let row = scope.job(id).await.unwrap().unwrap();
    assert_eq!((row.state, row.report.as_str()), (JobState::Finished, "{}"));
    assert_eq!(world.store.job_take(&hold(&world, "b")).await.unwrap(), None);
    assert_eq!(scope.jobs(JobKind::Import, None, 9).await.unwrap(), [row]);
    assert_eq!(scope.jobs(JobKind::Export, None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_job_is_stopped_by_an_order_and_ordered_anew_but_not_while_it_is_done() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let id = scope.job_add(new(JobState::Draft, far()), None).await.unwrap();
    assert_eq!(world.store.job_take(&hold(&world, "a")).await.unwrap(), None);
    let order = || JobOrder { state: JobState::Waiting, plan: "{\"x\":1}".into(), expires_at: far() };
    scope.job_order(id, order(), None).await.unwrap();
    scope.job_stop(id).await.unwrap();
    assert_eq!(scope.job(id).await.unwrap().unwrap().state, JobState::Stopped);
    scope.job_order(id, order(), None).await.unwrap();
    world.store.job_take(&hold(&world, "a")).await.unwrap().unwrap();
    scope.job_stop(id).await.unwrap();
    let again = scope.job_order(id, order(), None).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    let told = scope.job_note(id, &hold(&world, "a"), JobProgress::default()).await;
    assert_eq!(told.unwrap(), Some(JobState::Stopping));
    scope.job_give_back(id, "a").await.unwrap();
    let taken = world.store.job_take(&hold(&world, "b")).await.unwrap().unwrap();
    assert_eq!(taken.state, JobState::Stopping);
}

#[tokio::test]
async fn a_file_past_its_time_is_found_once_and_never_that_of_an_open_job() {
    let Some(world) = super::world().await else {
        return;
    };
    let scope = account(&world, "acme").await;
    let soon = avow_model::Clock::now(&*world.clock);
    let id = scope.job_add(new(JobState::Draft, soon), None).await.unwrap();
    scope.job_add(new(JobState::Waiting, soon), None).await.unwrap();
    scope.job_add(new(JobState::Draft, far()), None).await.unwrap();
    let past = world.store.jobs_past(soon).await.unwrap();
    assert_eq!(past.iter().map(|j| j.id).collect::<Vec<_>>(), [id]);
    scope.job_file_gone(id).await.unwrap();
    assert_eq!(world.store.jobs_past(soon).await.unwrap(), []);
    let gone = scope.job_order(id, JobOrder { state: JobState::Waiting, plan: String::new(), expires_at: far() }, None);
    assert!(matches!(gone.await, Err(StoreError::Conflict(_))));
}
