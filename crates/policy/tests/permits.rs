//! What a permit carries besides leave: duties, and the offers to leave out.

use avow_model::{Datum, Facts, How, MailFormat};
use avow_policy::{
    Code, Content, Decision, Obligation, Offer, Permit, Promotion, Request, decide,
    edition_exclusions,
};

use crate::fixture::gear;
use crate::people::{day, name, opt_in};

fn permit(request: &Request, facts: &Facts) -> Permit {
    match decide(request, facts, day(60), &gear()) {
        Decision::Allow(permit) => permit,
        other => panic!("{other:?}"),
    }
}

fn reader() -> Facts {
    Facts {
        data: vec![Datum {
            category: name("email"),
            version: Some(1),
            how: How::Direct,
            account: name("gear"),
        }],
        events: vec![opt_in("news", day(40))],
        interests: vec![avow_model::Interest {
            category: name("topic"),
            topic: name("gears"),
        }],
        account_active: true,
        ..Facts::default()
    }
}

fn news() -> Request {
    Request {
        topic: Some(name("gears")),
        ..Request::new(name("gear"), name("gear"), name("news"), name("send"))
    }
}

fn duties(permit: &Permit) -> Vec<&'static str> {
    permit
        .obligations()
        .iter()
        .map(Obligation::as_str)
        .collect()
}

#[test]
fn each_class_of_mail_has_its_duties() {
    let service = |content| Request {
        content,
        message: Some(name("receipt")),
        ..Request::new(name("gear"), name("gear"), name("service"), name("send"))
    };
    let way_out = ["way_out_link", "way_out_headers", "preferences_link"];
    let marketing = [&["postal_address", "why"][..], &way_out].concat();
    let answer = ["postal_address", "no_pixel", "plain_links"].to_vec();
    let rows = [
        (news(), marketing),
        (service(Content::Normal), vec!["postal_address", "why"]),
        (service(Content::RightsReply), answer.clone()),
        (service(Content::Confirmation), answer),
        (
            service(Content::PolicyNotice { version: 1 }),
            vec!["postal_address", "preferences_link"],
        ),
    ];
    for (request, wanted) in rows {
        assert_eq!(duties(&permit(&request, &reader())), wanted, "{request:?}");
    }
}

#[test]
fn whoever_wants_plain_text_gets_nothing_that_tells() {
    let facts = Facts {
        format: MailFormat::TextOnly,
        ..reader()
    };
    let duties = permit(&news(), &facts).obligations();
    for duty in [
        Obligation::TextOnly,
        Obligation::NoPixel,
        Obligation::PlainLinks,
        Obligation::WayOutLink,
    ] {
        assert!(duties.has(duty), "{duty:?}");
    }
}

#[test]
fn a_friend_is_named_and_a_brand_is_kept() {
    let invite = Request::new(name("gear"), name("gear"), name("invite"), name("send"));
    let mut facts = reader();
    facts.data[0].how = How::Referral;
    assert!(
        permit(&invite, &facts)
            .obligations()
            .has(Obligation::NameReferrer)
    );
    let edition = edition(&[Some("food.restaurant")]);
    assert!(
        permit(&edition, &reader())
            .obligations()
            .has(Obligation::SendAsBrand)
    );
}

fn edition(businesses: &[Option<&str>]) -> Request {
    let offer = |business: Option<&str>| Offer {
        advertiser: name("shop"),
        business: business.map(name),
        region: Some(name("us.il.peoria")),
        zip3: None,
    };
    Request {
        offers: businesses.iter().copied().map(offer).collect(),
        ..Request::new(name("gear"), name("valley"), name("valley"), name("send"))
    }
}

#[test]
fn an_edition_leaves_out_the_offers_it_may_not_carry_and_says_which() {
    let offers = [
        Some("auto"),
        Some("food.restaurant"),
        None,
        Some("auto.parts.tyres"),
        Some("garden"),
    ];
    let request = edition(&offers);
    let permit = permit(&request, &reader());
    assert_eq!(permit.left_out().places().collect::<Vec<_>>(), [0, 2, 3]);
    // Whoever writes the edition learns the same, with why, before anybody is asked about.
    let set = gear();
    let version = set.in_force(day(60)).expect("a version");
    let out = edition_exclusions(version, &request.purpose, &request.offers).expect("an edition");
    let (rival, unknown) = (Some(Code::DCompetitor), Some(Code::DNoBusinessCategory));
    assert_eq!(out, [rival, None, unknown, rival, None]);
    let news = edition_exclusions(version, &name("news"), &request.offers);
    assert_eq!(news, None, "no joint edition");
    assert!(permit.obligations().has(Obligation::LeaveOutOffers));
}

#[test]
fn an_edition_with_more_offers_than_have_a_place_is_refused() {
    let many = edition(&[Some("food.restaurant"); 65]);
    let decision = decide(&many, &reader(), day(60), &gear());
    assert!(decision.has(avow_policy::Code::DTooManyOffers));
}

#[test]
fn a_redaction_is_a_duty_too() {
    let mut request = news();
    request.fallbacks = vec![name("name")];
    assert!(
        permit(&request, &reader())
            .obligations()
            .has(Obligation::Redact)
    );
}

#[test]
fn a_notice_needs_no_purpose_of_its_own_and_is_none_of_another_kind() {
    let notice = |purpose: &str| Request {
        content: Content::PolicyNotice { version: 1 },
        ..Request::new(name("gear"), name("gear"), name(purpose), name("send"))
    };
    let answer = |request: &Request| decide(request, &reader(), day(60), &gear());
    assert!(answer(&notice("service")).is_allowed());
    assert!(answer(&notice("nothing-that-is-declared")).is_allowed());
    let news = answer(&notice("news"));
    assert!(news.has(Code::DContentClass), "{news:?}");
    let promoting = Request {
        promotion: Promotion::Carried,
        ..notice("nothing-that-is-declared")
    };
    assert!(answer(&promoting).has(Code::DContentClass));
}
