//! Orders that come in the worst moment: each interleaving made by hand, in an engine whose parts stand still.

use std::sync::Arc;

use avow_model::{CampaignId, CampaignState, ContactId};
use avow_store::Campaign;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::yield_now;

use super::{Scene, options, relay};
use crate::audience::prepare;
use crate::engine::Engine;
use crate::engine::aside::Aside;
use crate::engine::brief::Brief;
use crate::engine::drive::drive;
use crate::engine::feed::{Round, feed};
use crate::engine::run::{Order, Run};

impl Scene {
    /// An engine that was started and does not run: nothing moves but what the test moves.
    async fn still(&self) -> Engine {
        let parts = self.parts(self.bureau.store.clone(), options());
        Engine::start(parts).await.unwrap()
    }

    /// A campaign as the director took it in hand.
    async fn in_hand(&self, engine: &Engine, id: CampaignId) -> (Arc<Run>, Campaign) {
        let campaign = self.bureau.scope.campaign(id).await.unwrap().unwrap();
        let brief = Brief::open(&engine.crew, &campaign).await.unwrap();
        (Run::new(id, brief, engine.crew.news.clone()), campaign)
    }

    async fn moved(&self, id: CampaignId, to: CampaignState) {
        let from = [CampaignState::Preparing, CampaignState::Sending];
        let moved = self.bureau.scope.campaign_move(id, &from, to).await;
        moved.unwrap();
    }
}

/// A connection breaks with a message in hand, after its campaign was paused and before the relay is back:
/// the message came back to the ring too late to be taken out of it, and the pause waited for the relay.
#[tokio::test]
async fn a_message_that_comes_back_after_the_order_to_stop_holds_nothing_up() {
    let scene = Scene::with_people(3).await;
    let id = scene.campaign().await;
    let engine = scene.still().await;
    let (run, campaign) = scene.in_hand(&engine, id).await;
    let crew = &engine.crew;
    prepare(&run, &campaign, || crew.clock.now()).await.unwrap();
    let rows = scene.bureau.scope.recipients_waiting(id, 0, 10).await;
    let mut aside = Aside::default();
    let rows = rows.unwrap();
    feed(crew, &run, rows, Round::First, &mut aside)
        .await
        .unwrap();
    let lane = crew.lanes.only(&run).unwrap();
    assert_eq!((run.in_hand(), lane.ring.len()), (3, 3));

    let taken = lane.ring.try_take().unwrap();
    run.give(Order::Hold);
    crew.lanes.take_back(&run);
    assert_eq!((run.in_hand(), lane.ring.len()), (1, 0));
    lane.put_back(taken);
    assert_eq!((run.in_hand(), lane.ring.len()), (0, 0));
    run.quiet().await;
}

#[tokio::test]
async fn a_message_that_comes_back_while_its_campaign_goes_on_is_the_next() {
    let scene = Scene::with_people(3).await;
    let id = scene.campaign().await;
    let engine = scene.still().await;
    let (run, campaign) = scene.in_hand(&engine, id).await;
    let crew = &engine.crew;
    prepare(&run, &campaign, || crew.clock.now()).await.unwrap();
    let rows = scene.bureau.scope.recipients_waiting(id, 0, 10).await;
    let mut aside = Aside::default();
    let rows = rows.unwrap();
    feed(crew, &run, rows, Round::First, &mut aside)
        .await
        .unwrap();
    let lane = crew.lanes.only(&run).unwrap();
    let taken = lane.ring.try_take().unwrap();
    let seq = taken.hand.seq;
    lane.put_back(taken);
    assert_eq!(lane.ring.try_take().unwrap().hand.seq, seq);
}

/// The director read the campaign as one to prepare; the user's order comes before its last page is in.
#[tokio::test]
async fn a_campaign_stopped_in_the_last_moment_of_its_preparing_sends_nothing() {
    for (to, order) in [
        (CampaignState::Cancelled, Order::Stop),
        (CampaignState::Paused, Order::Hold),
    ] {
        let scene = Scene::with_people(5).await;
        let id = scene.campaign().await;
        let engine = scene.still().await;
        let (run, campaign) = scene.in_hand(&engine, id).await;
        scene.moved(id, to).await;
        drive(engine.crew.clone(), run.clone(), campaign, None)
            .await
            .unwrap();
        assert_eq!((run.order(), run.in_hand()), (order, 0));
        let tally = scene.tally(id).await;
        let refused = if order == Order::Stop { 5 } else { 0 };
        assert_eq!((tally.refused, tally.waiting), (refused, 5 - refused));
    }
}

#[tokio::test]
async fn what_is_corrected_while_a_notice_goes_first_is_what_the_message_says() {
    let scene = Scene::with_people(1).await;
    let id = scene.campaign().await;
    let engine = scene.still().await;
    let (run, campaign) = scene.in_hand(&engine, id).await;
    let scope = &scene.bureau.scope;
    let debt = engine.crew.owed.begin(scope.id());
    let lane = engine.crew.lanes.only(&run).unwrap();
    let correct = async {
        while scene.state(id).await != CampaignState::Sending {
            yield_now().await;
        }
        let contact = scope.audience_page(None, ContactId::from_i64(0), 1).await;
        let fields = [("first_name".to_owned(), "Grace".to_owned())].into();
        let contact = contact.unwrap()[0];
        scope.contact_fields_set(contact, &fields).await.unwrap();
        assert_eq!(lane.ring.len(), 0);
        drop(debt);
        while lane.ring.is_empty() {
            yield_now().await;
        }
        let taken = lane.ring.try_take().unwrap();
        assert!(taken.person.fields.contains("Grace"));
        run.give(Order::Hold);
        lane.put_back(taken);
    };
    let (driven, ()) = tokio::join!(
        drive(engine.crew.clone(), run.clone(), campaign, None),
        correct
    );
    driven.unwrap();
}

/// A relay that greets and then answers no envelope: its command would have five minutes.
#[tokio::test]
async fn an_order_to_stop_does_not_wait_for_a_server_that_answers_no_envelope() {
    let scene = Scene::with_people(2).await;
    let id = scene.campaign().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut parts = scene.parts(scene.bureau.store.clone(), options());
    parts.transport = relay(silent.local_addr().unwrap());
    let engine = scene.launch(Engine::start(parts).await.unwrap());
    let (stream, _) = silent.accept().await.unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.write_all(b"220 mx.example\r\n").await.unwrap();
    stream.read_line(&mut line).await.unwrap();
    stream.write_all(b"250 mx.example\r\n").await.unwrap();
    while !line.starts_with("MAIL") {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
    }
    scene.moved(id, CampaignState::Cancelled).await;
    engine.handle.wake();
    scene.until_tally(id, |t| t.refused == 2).await;
    engine.kill().await;
}
