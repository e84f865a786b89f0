//! The notice of a policy version: to everybody of whom something is held, once, before any campaign; and
//! what being told opens.

use std::collections::BTreeMap;
use std::time::Duration;

use avow_ledger::Digest;
use avow_model::{
    Act, CampaignId, CampaignState, Clock as _, ContactId, FactKind, Grantor, Method,
    PurposeSelector, SuppressionClass, SuppressionScope,
};
use avow_policy::{PolicySet, Request, SourceFile, decide};
use avow_store::{NewFact, NewPolicyVersion, NewSuppression, RecipientFilter, Stated};
use avow_testkit::{Manner, POLICY, Said, SeededEntropy};

use super::{Scene, options};
use crate::engine::EngineOptions;
use crate::notice::notice_of;
use crate::trouble::{InDoubt, RetryPlan};

const WEEK: Duration = Duration::from_hours(7 * 24);

/// Version 2: the address serves offers besides, and a name like a template's tag stands in its words.
fn second() -> String {
    POLICY
        .replacen("version = 1", "version = 2", 1)
        .replace("2025-01-01T00:00:00Z", "2026-06-01T09:00:00Z")
        .replace("2025-01-08T00:00:00Z", "2026-06-08T09:00:00Z")
        .replacen(
            "[text.en]",
            "[purpose.offers]\nkind = \"marketing\"\nchoice = \"opt_in\"\nverbs = [\"send\"]\n\
             reads = [\"email\"]\ntitle = \"Offers <b>{{ of }} friends\"\nask = \"Send me offers.\"\n\
             why = \"You asked for offers.\"\n\n[text.en]",
            1,
        )
}

/// Publishes version 2 with its notice; gives the notice.
async fn publish(scene: &Scene) -> CampaignId {
    let scope = &scene.bureau.scope;
    let file = |name: &str, text: &str| SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let set = PolicySet::compile(&[file("1", POLICY), file("2", &second())]).unwrap();
    let account = scene.bureau.store.account_row(scope.id()).await.unwrap();
    let base_url = "https://mail.acme.example";
    let notice = notice_of(&account.unwrap(), &set, 2, base_url).unwrap();
    let version = set.version(2).unwrap();
    let new = NewPolicyVersion {
        n: 2,
        source: second(),
        published_at: version.published_at(),
        effective_at: version.effective_at(),
    };
    let stated = Stated {
        policy: Digest::from_bytes(*version.hash().bytes()),
        packs: Vec::new(),
        notice_seconds: 7 * 24 * 3_600,
    };
    let published = scope.publish_announced(new, stated, Some(&notice));
    published.await.unwrap().unwrap()
}

async fn record(scene: &Scene, contact: ContactId, kind: FactKind) {
    let fact = NewFact::new(kind, scene.clock.now());
    let scope = &scene.bureau.scope;
    scope.record_fact(contact, fact).await.unwrap();
}

/// How often it is on record that the person was told of version 2.
async fn told(scene: &Scene, address: &str) -> usize {
    let contact = scene.bureau.contact(address).await.unwrap();
    let facts = scene.bureau.scope.facts(contact).await.unwrap();
    let told = |f: &&avow_model::Fact| f.kind == FactKind::Notice { version: 2 };
    facts.events.iter().filter(told).count()
}

/// The person's own yes to offers, on the wording of version 2; then what the gate says of them.
async fn may_get_offers(scene: &Scene, address: &str) -> bool {
    let contact = scene.bureau.contact(address).await.unwrap();
    let grant = FactKind::Grant {
        purpose: PurposeSelector::One("offers".parse().unwrap()),
        saw: Some(2),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in: false,
        confirmed: true,
        expires: None,
    };
    record(scene, contact, grant).await;
    let scope = &scene.bureau.scope;
    let set = PolicySet::from_published(&scope.published().await.unwrap()).unwrap();
    let [acme, offers, send] = ["acme", "offers", "send"];
    let request = Request::new(
        acme.parse().unwrap(),
        acme.parse().unwrap(),
        offers.parse().unwrap(),
        send.parse().unwrap(),
    );
    let facts = scope.facts(contact).await.unwrap();
    decide(&request, &facts, scene.clock.now(), &set).is_allowed()
}

#[tokio::test]
async fn everybody_of_whom_something_is_held_is_told_and_the_others_have_a_reason() {
    let scene = Scene::new().await;
    let said = |n: usize| match n % 3 {
        0 => Said::Everything,
        1 => Said::Withdrew,
        _ => Said::Nothing,
    };
    scene.take_in(9, &said).await;
    let scope = &scene.bureau.scope;
    let [any, bounced, minor] = ["person0", "person1", "person2"];
    let contact = async |name: &str| {
        let address = format!("{name}@example.com");
        scene.bureau.contact(&address).await.unwrap()
    };
    let withdraw = FactKind::Withdraw {
        purpose: PurposeSelector::Any,
    };
    record(&scene, contact(any).await, withdraw).await;
    record(&scene, contact(bounced).await, FactKind::Bounce).await;
    let protection = NewSuppression {
        class: SuppressionClass::Protection,
        reach: SuppressionScope::Account,
        purpose: None,
        brand: None,
        list: None,
        cause: "minor".to_owned(),
        at: scene.clock.now(),
    };
    let address = format!("{minor}@example.com").parse().unwrap();
    scope.suppress(&address, protection).await.unwrap();
    let notice = publish(&scene).await;
    let engine = scene.engine().await;
    scene.until(notice, CampaignState::Finished).await;
    engine.leave().await;

    let standing = scope.notices().await.unwrap().remove(0);
    let tally = standing.tally;
    assert_eq!(
        (tally.delivered, tally.refused, tally.audience()),
        (6, 3, 9)
    );
    assert_eq!((standing.late, standing.version), (0, 2));
    for (name, code) in [
        (any, "D_SUPPRESSED_CHANNEL"),
        (bounced, "D_BOUNCED"),
        (minor, "D_SUPPRESSED_TENANT"),
    ] {
        let filter = RecipientFilter {
            reason: Some(code.to_owned()),
            ..RecipientFilter::default()
        };
        let rows = scope.recipients_page(notice, &filter, 0, 10).await.unwrap();
        let who: Vec<_> = rows.iter().map(|r| r.contact).collect();
        assert_eq!(who, [contact(name).await], "{code}");
        assert_eq!(told(&scene, &format!("{name}@example.com")).await, 0);
    }
    assert_eq!(
        told(&scene, "person4@example.com").await,
        1,
        "marketing nos do not reach it"
    );
}

#[tokio::test]
async fn a_notice_says_what_changes_and_carries_nothing_that_counts_or_promotes() {
    let scene = Scene::new().await;
    scene.take_in(1, &|_| Said::Everything).await;
    let notice = publish(&scene).await;
    let engine = scene.engine().await;
    scene.until(notice, CampaignState::Finished).await;
    engine.leave().await;
    let caught = scene.catcher.caught().remove(0);
    let raw = String::from_utf8(caught.raw).unwrap();
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    for line in [
        "From: \"Acme\" <news@acme.example>\r\n",
        "To: <person0@example.com>\r\n",
        "Subject: The privacy policy of Acme changes on 8 June 2026\r\n",
        "Auto-Submitted: auto-generated\r\n",
        ":policy-notice:",
    ] {
        assert!(head.contains(line), "{line:?} in {head}");
    }
    for field in ["List-Unsubscribe", "List-Id", "Precedence"] {
        assert!(!head.contains(field), "{field} in {head}");
    }
    let plain = body
        .replace("=\r\n", "")
        .replace("=20", " ")
        .replace("=3D", "=");
    for words in [
        "Permits more, or promises less",
        "Offers <b>{ { of }} friends",
        "Offers &lt;b&gt;{ { of }} friends",
        "are not used more widely unless you say yes to that yourself",
        "https://mail.acme.example/policy/acme/2/changes",
        "<a href=\"https://mail.acme.example/policy/acme/2/changes\"",
        "Your choices: https://mail.acme.example/p/",
        "Acme holds data about you and its privacy policy changes",
        "1 Main Street, Springfield",
    ] {
        assert!(plain.contains(words), "{words:?} in {plain}");
    }
    for counts in ["/o/", "/c/", "/u/", "<img"] {
        assert!(!plain.contains(counts), "{counts:?} in {plain}");
    }
}

#[tokio::test]
async fn a_notice_goes_before_a_campaign_that_started_earlier() {
    let scene = Scene::with_people(1_500).await;
    let campaign = scene.campaign().await;
    let notice = publish(&scene).await;
    let engine = scene.engine().await;
    scene.until(campaign, CampaignState::Finished).await;
    scene.until(notice, CampaignState::Finished).await;
    engine.leave().await;
    let subjects: Vec<bool> = scene
        .catcher
        .caught()
        .iter()
        .map(|c| String::from_utf8_lossy(&c.raw).contains("Auto-Submitted"))
        .collect();
    assert_eq!(subjects.len(), 3_000);
    // Those of one connection may overtake those of another by a message or two.
    let early = subjects[..1_490].iter().filter(|notice| !**notice).count();
    assert!(early <= 10, "{early} of the campaign went first");
}

#[tokio::test]
async fn kills_lose_nobody_and_everybody_is_on_record_as_told_once() {
    let people = 1_500;
    let dice = SeededEntropy::new(12);
    let scene = Scene::with_people(people).await;
    let notice = publish(&scene).await;
    let at_once = EngineOptions {
        retry: RetryPlan {
            in_doubt_delay: Duration::ZERO,
            ..RetryPlan::default()
        },
        ..options()
    };
    let mut kills = 0;
    while scene.state(notice).await != CampaignState::Finished {
        let engine = scene.engine_with(at_once.clone()).await;
        let enough = scene.catcher.total() + 1 + dice.below(200) as usize;
        tokio::select! {
            () = scene.catcher.until(enough) => kills += 1,
            () = scene.until(notice, CampaignState::Finished) => {}
        }
        engine.kill().await;
    }
    assert!(kills >= 5, "{kills} kills are too few to mean something");
    let mut copies: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for caught in scene.catcher.caught() {
        copies.entry(caught.rcpt_to).or_default().push(caught.raw);
    }
    assert_eq!(copies.len(), people);
    let alike = |copies: &Vec<Vec<u8>>| copies.iter().all(|c| *c == copies[0]);
    assert!(copies.values().all(alike), "a resend is byte-identical");
    assert_eq!(scene.tally(notice).await.delivered, people as u64);
    for n in 0..people {
        assert_eq!(told(&scene, &format!("person{n}@example.com")).await, 1);
    }
}

#[tokio::test]
async fn only_who_was_told_and_then_says_yes_lets_older_data_serve_more() {
    let scene = Scene::new().await;
    scene.take_in(3, &|_| Said::Newsletter).await;
    scene.catcher.treat(|rcpt| match rcpt.as_bytes()[6] {
        b'1' => Manner::RefuseRecipient("554 5.7.1 Not today".to_owned()),
        b'2' => Manner::KeepAndDrop,
        _ => Manner::Accept,
    });
    let notice = publish(&scene).await;
    let leave = EngineOptions {
        retry: RetryPlan {
            in_doubt: InDoubt::Leave,
            ..RetryPlan::default()
        },
        ..options()
    };
    let engine = scene.engine_with(leave).await;
    scene.until(notice, CampaignState::Finished).await;
    engine.leave().await;
    let tally = scene.tally(notice).await;
    assert_eq!((tally.delivered, tally.bounced, tally.unknown), (1, 1, 1));
    scene.clock.advance(WEEK);
    for (n, opened) in [(0, true), (1, false), (2, false)] {
        let address = format!("person{n}@example.com");
        assert_eq!(told(&scene, &address).await, usize::from(opened));
        assert_eq!(may_get_offers(&scene, &address).await, opened, "{address}");
    }
}

#[tokio::test]
async fn a_version_taken_back_calls_its_notice_off() {
    let scene = Scene::with_people(2_000).await;
    let notice = publish(&scene).await;
    let engine = scene.engine().await;
    scene.catcher.until(50).await;
    let scope = &scene.bureau.scope;
    scope.retract_policy(2, scene.clock.now()).await.unwrap();
    engine.handle.wake();
    scene
        .until_tally(notice, |t| t.waiting + t.deferred == 0)
        .await;
    engine.leave().await;
    let tally = scene.tally(notice).await;
    assert_eq!(tally.delivered as usize, scene.catcher.total());
    assert_eq!(tally.delivered + tally.refused, 2_000);
    assert!(tally.refused > 0);
}

#[tokio::test]
async fn a_notice_that_is_called_off_before_an_engine_runs_is_settled_when_one_does() {
    let scene = Scene::with_people(3).await;
    let notice = publish(&scene).await;
    let scope = &scene.bureau.scope;
    scope.retract_policy(2, scene.clock.now()).await.unwrap();
    let engine = scene.engine().await;
    let settled = async || {
        let row = scope.campaign(notice).await.unwrap().unwrap();
        row.finished_at.is_some()
    };
    scene.until_true(notice, settled).await;
    engine.leave().await;
    assert_eq!(scene.catcher.total(), 0);
}
