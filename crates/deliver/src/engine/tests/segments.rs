//! Campaigns to a segment: exactly those it is known to mean, and everybody else counted.

use std::collections::BTreeMap;

use avow_ledger::Payload;
use avow_model::{CampaignId, CampaignState, Outcome, RecipientState};
use avow_store::{CampaignSegment, ChainOf, NewCampaign, PassedOver, SegmentText};
use avow_testkit::{Manner, Said, short_content};

use super::Scene;
use super::checks::failed;
use crate::check::{Desk, Level, Report, Subject, check};
use crate::counting::{SegmentQuestion, count_segment};

impl Scene {
    /// A draft to a new segment of these words.
    async fn to_segment(&self, words: &str) -> CampaignId {
        let scope = &self.bureau.scope;
        let new = SegmentText {
            text: words.to_owned(),
            canonical: words.to_owned(),
        };
        let slug = "these".parse().unwrap();
        let segment = scope.segment_create(&slug, &new).await.unwrap();
        let campaign = NewCampaign {
            name: "News".to_owned(),
            purpose: "newsletter".parse().unwrap(),
            list: None,
            segment: Some(segment),
            content: short_content(),
        };
        scope.campaign_create(campaign).await.unwrap()
    }

    /// Six with a name; two whose name came without saying under which policy; one who withdrew.
    async fn mixed_people(&self) {
        let said = |n: usize| {
            if n == 5 {
                Said::Withdrew
            } else {
                Said::Newsletter
            }
        };
        self.take_in(6, &said).await;
        for n in 6..8 {
            let address = format!("person{n}@example.com");
            let mut person = self.bureau.person(&address, Said::Newsletter);
            let collection = person.collection.as_mut().unwrap();
            collection.categories = vec!["email".parse().unwrap()];
            self.bureau.scope.contact_save(person).await.unwrap();
        }
    }

    async fn checked(&self, id: CampaignId) -> Report {
        let campaign = self.bureau.scope.campaign(id).await.unwrap().unwrap();
        let shelf = std::sync::Arc::default();
        let desk = Desk {
            store: &self.bureau.store,
            shelf: &shelf,
            keys: self.bureau.folder.path(),
            inspection: None,
            now: self.bureau.clock.now(),
        };
        check(desk, &campaign).await.unwrap()
    }
}

#[tokio::test]
async fn only_those_known_to_be_meant_get_it_and_not_x_never_selects_the_unreadable() {
    let scene = Scene::new().await;
    scene.mixed_people().await;
    let campaign = scene.to_segment("not first_name = \"Ada3\"").await;

    let forecast = scene.checked(campaign).await.forecast.unwrap();
    let chosen = forecast.chosen.clone().unwrap();
    assert_eq!((forecast.allowed, forecast.judged), (4, 8));
    assert_eq!((chosen.meant, chosen.outside, chosen.untold), (4, 1, 3));
    let why: BTreeMap<&str, u64> = chosen
        .untold_why
        .iter()
        .map(|(w, n)| (w.as_str(), *n))
        .collect();
    assert_eq!(why.get("C_NOT_HELD"), Some(&2), "{why:?}");
    assert!(
        why.keys().any(|codes| codes.contains("D_WITHDRAWN")),
        "{why:?}"
    );

    scene.bureau.start(campaign).await.unwrap();
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let tally = scene.tally(campaign).await;
    assert_eq!((tally.audience(), tally.delivered), (4, 4), "{tally:?}");
    let row = scene
        .bureau
        .scope
        .campaign(campaign)
        .await
        .unwrap()
        .unwrap();
    let counted = PassedOver {
        outside: 1,
        untold: 3,
    };
    assert_eq!((row.audience, row.passed_over), (4, counted));
    let mut got: Vec<String> = scene
        .catcher
        .caught()
        .into_iter()
        .map(|c| c.rcpt_to)
        .collect();
    got.sort();
    let wanted = [0, 1, 2, 4].map(|n| format!("person{n}@example.com"));
    assert_eq!(got, wanted);
}

#[tokio::test]
async fn the_decision_in_the_ledger_names_what_was_read_to_choose_the_person() {
    let scene = Scene::with_people(2).await;
    let words = "first_name = \"Ada0\" and email contains \"example\"";
    let campaign = scene.to_segment(words).await;
    scene.bureau.start(campaign).await.unwrap();
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let scope = &scene.bureau.scope;
    scope.sequence(u64::MAX).await.unwrap();
    let contact = scene.bureau.contact("person0@example.com").await.unwrap();
    let chain = scope.chain(ChainOf::Person(contact), 0, 100).await.unwrap();
    let decided = chain
        .iter()
        .find_map(|entry| match entry.opening.read().unwrap() {
            Payload::Decision(decided) => Some(decided),
            _ => None,
        });
    let decided = decided.unwrap();
    let request = decided.request.as_str();
    assert!(request.contains(r#""reads":["email","name"]"#), "{request}");
}

#[tokio::test]
async fn who_is_no_longer_known_to_be_meant_when_the_turn_comes_is_refused() {
    let scene = Scene::with_people(3).await;
    let later = |_: &str| Manner::RefuseRecipient("451 4.7.1 Later".to_owned());
    scene.catcher.treat(later);
    let campaign = scene.to_segment("first_name starts with \"Ada\"").await;
    scene.bureau.start(campaign).await.unwrap();
    let engine = scene.engine().await;
    scene.until_tally(campaign, |t| t.deferred == 3).await;
    let scope = &scene.bureau.scope;
    let contact = scene.bureau.contact("person1@example.com").await.unwrap();
    let fields = [("first_name".to_owned(), "Bob".to_owned())].into();
    scope.contact_fields_set(contact, &fields).await.unwrap();
    // A change of the segment itself does not touch a campaign that has started.
    let segment = scope.segments().await.unwrap().remove(0).id;
    let nobody = SegmentText {
        text: "first_name = Nobody".to_owned(),
        canonical: "first_name = \"Nobody\"".to_owned(),
    };
    scope.segment_change(segment, &nobody).await.unwrap();
    scene.catcher.treat(|_| Manner::Accept);
    scene.clock.advance(std::time::Duration::from_mins(10));
    engine.handle.wake();
    scene.until(campaign, CampaignState::Finished).await;
    engine.leave().await;
    let row = scope
        .recipient_of(campaign, contact)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.state, RecipientState::At(Outcome::Refused));
    assert_eq!(row.reasons, "C_LEFT_SEGMENT");
    let tally = scene.tally(campaign).await;
    assert_eq!((tally.delivered, tally.refused), (2, 1));
}

#[tokio::test]
async fn a_segment_that_cannot_be_asked_stops_the_campaign_with_what_to_do() {
    let scene = Scene::with_people(1).await;
    let report = scene.checked(scene.to_segment("salary > 9").await).await;
    let told = failed(&report, Subject::Policy);
    assert!(
        told[0].text.contains("no category of data for `salary`"),
        "{told:?}"
    );

    let scene = Scene::with_people(1).await;
    let report = scene
        .checked(scene.to_segment("on list nowhere").await)
        .await;
    let told = failed(&report, Subject::Policy);
    assert!(
        told[0].text.contains("there is no list `nowhere`"),
        "{told:?}"
    );

    let scene = Scene::with_people(1).await;
    let report = scene.checked(scene.to_segment("open is known").await).await;
    let warned = report
        .findings
        .iter()
        .filter(|f| f.subject == Subject::Data);
    let warned: Vec<_> = warned.filter(|f| f.level == Level::Warn).collect();
    assert!(
        warned[0].text.contains("unknown of everybody"),
        "{warned:?}"
    );
    assert_eq!(failed(&report, Subject::Audience).len(), 1);
}

#[tokio::test]
async fn a_segment_whose_words_were_lost_chooses_nobody() {
    let scene = Scene::with_people(1).await;
    let id = scene.to_segment("first_name is known").await;
    let mut campaign = scene.bureau.scope.campaign(id).await.unwrap().unwrap();
    campaign.segment = campaign.segment.map(|segment| CampaignSegment {
        text: String::new(),
        ..segment
    });
    let shelf = std::sync::Arc::default();
    let now = scene.bureau.clock.now();
    let opened = crate::Ready::open(&scene.bureau.store, &shelf, &campaign, now).await;
    let fault = opened
        .err()
        .map(|fault| fault.to_string())
        .unwrap_or_default();
    assert!(fault.contains("there is no condition"), "{fault}");
}

#[tokio::test]
async fn a_segment_is_counted_for_a_purpose_by_lists_and_choices_too() {
    let scene = Scene::new().await;
    let said = |n: usize| match n {
        0..2 => Said::Everything,
        2..5 => Said::Newsletter,
        _ => Said::Withdrew,
    };
    scene.take_in(7, &said).await;
    let scope = &scene.bureau.scope;
    let list = scope
        .list_create(&"events".parse().unwrap(), "Events")
        .await
        .unwrap();
    for n in [1, 4, 6] {
        let contact = scene
            .bureau
            .contact(&format!("person{n}@example.com"))
            .await
            .unwrap();
        let state = avow_store::SubscriptionState::Confirmed;
        scope.subscribe(list, contact, state).await.unwrap();
    }
    let account = scope.row().await.unwrap();
    let shelf = std::sync::Arc::default();
    let count = async |text: &str, list| {
        let question = SegmentQuestion {
            account: &account,
            slug: &"these".parse().unwrap(),
            text,
            purpose: &"newsletter".parse().unwrap(),
            list,
            about: None,
        };
        let now = scene.bureau.clock.now();
        let counted = count_segment((&scene.bureau.store, &shelf), question, now).await;
        let c = counted.unwrap();
        (c.meant, c.outside, c.untold)
    };
    assert_eq!(count("on list events", None).await, (3, 4, 0));
    assert_eq!(count("on list events", Some(list)).await, (3, 0, 0));
    assert_eq!(count("permits measure", None).await, (2, 5, 0));
    assert_eq!(
        count("not permits measure and on list events", None).await,
        (2, 5, 0)
    );
    assert_eq!(count("first_name in (Ada0, Ada6)", None).await, (1, 4, 2));
    assert_eq!(
        count("on list events or first_name = Ada0", None).await,
        (4, 2, 1)
    );
    assert_eq!(count("open is not known", None).await, (0, 0, 7));
}
