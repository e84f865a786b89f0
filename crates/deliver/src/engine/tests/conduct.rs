//! Segments by what people did with mail: seen where it was measured, unknown where it was not.

use avow_model::{
    CampaignId, CampaignState, ContactId, FactKind, HitKind, Outcome, PurposeSelector,
    RecipientState, Verdict,
};
use avow_store::{
    AudienceChunk, HitBinding, NewFact, NewHit, NewPolicyVersion, NewRecipient, OutcomeRow,
    PassedOver,
};
use avow_testkit::{POLICY, Said};

use super::Scene;
use crate::counting::{SegmentQuestion, count_segment};

/// Who opened, who was measured and did not, who never let mail be measured.
const PEOPLE: [Said; 3] = [Said::Everything, Said::Everything, Said::Newsletter];

impl Scene {
    /// A second version under which the newsletter reads opens and clicks, and people who said yes to that one.
    async fn read_opens(&self) -> Vec<ContactId> {
        let source = POLICY
            .replacen("version = 1", "version = 2", 1)
            .replace("2025-01-", "2025-02-")
            .replacen(
                "[\"email\", \"name\"]",
                "[\"email\", \"name\", \"open\", \"click\"]",
                1,
            );
        let version = NewPolicyVersion {
            n: 2,
            source,
            published_at: "2025-02-01T00:00:00Z".parse().unwrap(),
            effective_at: "2025-02-08T00:00:00Z".parse().unwrap(),
        };
        self.bureau.scope.publish_policy(version).await.unwrap();
        let mut people = Vec::new();
        for (n, said) in PEOPLE.into_iter().enumerate() {
            let mut person = self.bureau.person(&format!("p{n}@example.com"), said);
            person.collection.as_mut().unwrap().version = Some(2);
            for fact in &mut person.facts {
                if let FactKind::Grant { saw, .. } = &mut fact.kind {
                    *saw = Some(2);
                }
            }
            people.push(self.bureau.scope.contact_save(person).await.unwrap().0);
        }
        people
    }

    /// A campaign that all of them got.
    async fn delivered(&self, people: &[ContactId]) -> CampaignId {
        let scope = &self.bureau.scope;
        let id = self.campaign().await;
        let row = |contact: &ContactId| NewRecipient {
            contact: *contact,
            state: RecipientState::Waiting,
            reasons: String::new(),
            due_at: None,
        };
        let chunk = AudienceChunk {
            first_seq: 1,
            recipients: people.iter().map(row).collect(),
            prepared_through: *people.last().unwrap(),
            passed_over: PassedOver::default(),
            prepared: true,
            zones: Vec::new(),
        };
        scope.recipients_append(id, chunk).await.unwrap();
        let from = [CampaignState::Preparing];
        scope
            .campaign_move(id, &from, CampaignState::Sending)
            .await
            .unwrap();
        let outcome = |seq: u32| OutcomeRow {
            seq,
            state: RecipientState::At(Outcome::Delivered),
            attempts: 1,
            next_at: None,
            reply_code: Some(250),
            reply: None,
            reasons: None,
            at: self.bureau.clock.now(),
        };
        let rows = (1..=people.len() as u32).map(outcome).collect();
        scope.record_outcomes(id, rows).await.unwrap();
        id
    }

    fn opened(&self, campaign: CampaignId, (contact, verdict): (ContactId, Verdict)) -> NewHit {
        NewHit {
            campaign,
            seq: 1,
            contact,
            kind: HitKind::Open,
            verdict,
            at: self.bureau.clock.now(),
            bound: HitBinding {
                purpose: "measure".parse().unwrap(),
                version: 2,
            },
        }
    }

    /// Meant, outside, untold; and the first reason why it cannot be told.
    async fn asked(&self, text: &str) -> (u64, u64, u64, String) {
        let account = self.bureau.scope.row().await.unwrap();
        let question = SegmentQuestion {
            account: &account,
            slug: &"these".parse().unwrap(),
            text,
            purpose: &"newsletter".parse().unwrap(),
            list: None,
            about: None,
        };
        let shelf = std::sync::Arc::default();
        let now = self.bureau.clock.now();
        let counted = count_segment((&self.bureau.store, &shelf), question, now)
            .await
            .unwrap();
        let why = counted.untold_why.first().map_or("", |(codes, _)| codes);
        (
            counted.meant,
            counted.outside,
            counted.untold,
            why.to_owned(),
        )
    }
}

fn said(meant: u64, outside: u64, untold: u64, why: &str) -> (u64, u64, u64, String) {
    (meant, outside, untold, why.to_owned())
}

#[tokio::test]
async fn did_not_open_is_only_said_of_those_whose_mail_was_measured() {
    let scene = Scene::new().await;
    let people = scene.read_opens().await;
    // Who got nothing did nothing with it: that is known of anybody.
    assert_eq!(scene.asked("opened any").await, said(0, 3, 0, ""));
    let id = scene.delivered(&people).await;
    let hits = vec![
        scene.opened(id, (people[0], Verdict::Human)),
        scene.opened(id, (people[1], Verdict::Prefetch)),
    ];
    scene.bureau.scope.hits_add(hits).await.unwrap();

    let unseen = "C_NOT_MEASURED";
    assert_eq!(scene.asked("opened any").await, said(1, 1, 1, unseen));
    assert_eq!(scene.asked("not opened any").await, said(1, 1, 1, unseen));
    assert_eq!(
        scene.asked(&format!("opened {id} within 7 days")).await,
        said(1, 1, 1, unseen)
    );
    assert_eq!(scene.asked("clicked any").await, said(0, 2, 1, unseen));
    assert_eq!(
        scene.asked("opened any at least 2 times").await,
        said(0, 2, 1, unseen)
    );
    // The rest decides where it can.
    let either = "opened any or first_name = Ada";
    assert_eq!(scene.asked(either).await, said(3, 0, 0, ""));

    // Another purpose may not read it: unknown of everybody, in the negative too.
    let account = scene.bureau.scope.row().await.unwrap();
    let question = SegmentQuestion {
        account: &account,
        slug: &"these".parse().unwrap(),
        text: "not opened any",
        purpose: &"service".parse().unwrap(),
        list: None,
        about: None,
    };
    let shelf = std::sync::Arc::default();
    let now = scene.bureau.clock.now();
    let counted = count_segment((&scene.bureau.store, &shelf), question, now)
        .await
        .unwrap();
    assert_eq!((counted.meant, counted.outside, counted.untold), (0, 0, 3));

    // Whoever lets nothing be measured any more: from then on nobody would see it.
    let kind = FactKind::Withdraw {
        purpose: PurposeSelector::One("measure".parse().unwrap()),
    };
    let no = NewFact::new(kind, scene.bureau.clock.now());
    scene.bureau.scope.record_fact(people[1], no).await.unwrap();
    assert_eq!(scene.asked("not opened any").await, said(0, 1, 2, unseen));

    // What is gone because its time was past may have been.
    let now = scene.bureau.clock.now();
    assert_eq!(
        scene.bureau.scope.retire_hits(id, now, 10).await.unwrap(),
        2
    );
    assert_eq!(scene.asked("opened any").await, said(0, 0, 3, unseen));
}
