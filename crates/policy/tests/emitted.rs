//! What a version emits for browsers, officers and jobs: cookies, headers, registers, retention, files.

use avow_model::{MessageClass, Purpose, Timestamp};
use avow_policy::{
    Contract, CookieContext, CookieRefusal, FieldNeed, Kept, Lifetime, Place, PolicySet,
    SiteAddress, SourceFile, Standing, TextLine, Unsaid, Use, Used, announced,
    content_security_policy, cookie_list, cookie_list_html, footer, form_words, gpc_json, history,
    judge_uses, may_set, policy_page_in, preference_controls, read_set_cookie, recipient_register,
    recipient_register_html, record, record_html, referral_footer, retention_plan,
    retention_plan_since, safeguards_html, security_txt, text_changes, text_for,
};
use jiff::SignedDuration;

use crate::fixture::{acme, compiled};
use crate::people::name;

/// The file that has every key of the language, as the first version of its policy.
fn whole_text() -> String {
    include_str!("../testdata/whole.toml")
        .replace("version = 2\n", "version = 1\n")
        .replace("packs = [\"us\", \"eu@2\"]\n", "")
        .replace("base = \"platform/main@3\"\n", "")
        .lines()
        .filter(|line| !line.starts_with("supersedes"))
        .fold(String::new(), |text, line| text + line + "\n")
}

fn set_of(text: String) -> PolicySet {
    let file = SourceFile {
        name: "whole.toml".to_owned(),
        text,
    };
    let german = SourceFile {
        name: "policy.de.md".to_owned(),
        text: include_str!("../testdata/policy.de.md").to_owned(),
    };
    compiled(&[file, german])
}

pub(crate) fn whole() -> PolicySet {
    set_of(whole_text())
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

const SITE: CookieContext = CookieContext::Site;

fn days(n: i64) -> Lifetime {
    Lifetime::For(SignedDuration::from_hours(24 * n))
}

#[test]
fn only_a_declared_cookie_is_set_where_and_as_long_as_it_is_declared() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let asked = |name: &str, context, lifetime| may_set(version, name, context, lifetime);
    assert_eq!(asked("sid", SITE, Lifetime::Session), Ok(()));
    assert_eq!(asked("__Host-seen", SITE, days(30)), Ok(()));
    assert_eq!(asked("__Host-seen", SITE, days(0)), Ok(()));
    for (name, context, lifetime, why) in [
        ("sid", SITE, days(1), CookieRefusal::LivesTooLong),
        ("__Host-seen", SITE, days(31), CookieRefusal::LivesTooLong),
        ("SID", SITE, Lifetime::Session, CookieRefusal::NotDeclared),
        ("", SITE, Lifetime::Session, CookieRefusal::NotDeclared),
        (
            "sid",
            CookieContext::Mail,
            Lifetime::Session,
            CookieRefusal::OtherContext,
        ),
    ] {
        assert_eq!(asked(name, context, lifetime), Err(why), "{name}");
    }
}

#[test]
fn a_mode_is_stronger_than_any_declaration_of_a_cookie() {
    let lines = |text: String, mode: &str| text.replace("cookies = \"lasting\"", mode);
    let session = set_of(lines(
        whole_text().replace("lifetime = \"30d\"", "lifetime = \"session\""),
        "cookies = \"session\"",
    ));
    let version = session.version(1).expect("version 1");
    let told = may_set(version, "__Host-seen", SITE, days(1));
    assert_eq!(told, Err(CookieRefusal::ModeSession));
    assert_eq!(may_set(version, "sid", SITE, Lifetime::Session), Ok(()));
    let text = include_str!("../../../tests/fixtures/acme/v1.toml")
        .replace("packs = [\"us\", \"eu\", \"de\", \"ca\", \"uk\"]\n", "")
        .replacen("version = 1\n", "version = 1\ncookies = \"none\"\n", 1);
    let none = set_of(text);
    let version = none.version(1).expect("version 1");
    let told = may_set(version, "sid", SITE, Lifetime::Session);
    assert_eq!(told, Err(CookieRefusal::ModeNone));
    assert!(cookie_list(version).is_empty());
    assert!(cookie_list_html(version).contains("No cookie is set"));
}

#[test]
fn a_set_cookie_header_is_read_as_browsers_read_it() {
    let now = at("2026-03-10T00:00:00Z");
    let read = |text| read_set_cookie(text, now).map(|c| (c.name, c.lifetime));
    let week = SignedDuration::from_hours(7 * 24);
    for (text, wanted) in [
        ("sid=1; Path=/; HttpOnly", Some(("sid", Lifetime::Session))),
        (" sid = 1", Some(("sid", Lifetime::Session))),
        ("a=b; MAX-AGE=604800", Some(("a", Lifetime::For(week)))),
        (
            "a=b; Expires=Tue, 17 Mar 2026 00:00:00 GMT",
            Some(("a", Lifetime::For(week))),
        ),
        (
            "a=b; Expires=Tue, 17-Mar-2026 00:00:00 GMT; Max-Age=0",
            Some(("a", Lifetime::For(SignedDuration::ZERO))),
        ),
        (
            "a=b; Max-Age=forever",
            Some(("a", Lifetime::For(SignedDuration::MAX))),
        ),
        (
            "a=b; Expires=never",
            Some(("a", Lifetime::For(SignedDuration::MAX))),
        ),
        ("=b", None),
        ("nothing", None),
        ("", None),
    ] {
        assert_eq!(read(text), wanted, "{text}");
    }
}

#[test]
fn a_host_is_in_the_header_only_once_its_purpose_is_granted() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let closed = content_security_policy(version, &[]);
    assert_eq!(
        closed,
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
         connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    );
    let open = content_security_policy(version, &[name("visits")]);
    assert!(open.contains("img-src 'self' data: https://images.example.com;"));
    assert!(open.contains("style-src 'self' https://images.example.com;"));
    assert!(open.contains("script-src 'self';"));
}

#[test]
fn a_form_has_the_address_first_and_the_unrelated_question_last_and_apart() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let purposes: Vec<Purpose> = ["coop", "newsletter", "service", "nothing"]
        .map(name)
        .to_vec();
    let form = form_words(
        version,
        &["interest", "email", "nothing"].map(name),
        &purposes,
    );
    let fields: Vec<_> = form
        .fields
        .iter()
        .map(|f| (f.category.as_str(), f.need))
        .collect();
    let wanted = [
        ("email", FieldNeed::Required),
        ("interest", FieldNeed::Optional),
    ];
    assert_eq!(fields, wanted);
    let asked: Vec<_> = form
        .questions
        .iter()
        .map(|q| (q.purpose.as_str(), q.place))
        .collect();
    assert_eq!(asked, [("newsletter", Place::Form), ("coop", Place::Apart)]);
    assert!(form.who_asks.starts_with("Harbor Supplies, 1 Pier Road"));
}

#[test]
fn the_preference_centre_has_one_control_for_each_choice_and_no_other() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let controls = preference_controls(version);
    let seen: Vec<_> = controls.iter().map(|c| c.purpose.as_str()).collect();
    let wanted = [
        "newsletter",
        "measure",
        "visits",
        "profile",
        "coop",
        "delivery",
    ];
    assert_eq!(seen, wanted);
    let on = |id: &str| {
        let control = controls.iter().find(|c| c.purpose.as_str() == id);
        control.expect("a control").unsaid == Unsaid::On
    };
    assert!(on("delivery") && !on("newsletter"));
    let topics = controls[0].topics.as_ref().expect("topics");
    assert_eq!(topics.category, name("interest"));
    assert_eq!(controls[3].requires, [name("visits")]);
}

#[test]
fn footers_name_the_company_behind_a_brand_and_the_friend_behind_an_invitation() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let joint = footer(version, &name("coop"), MessageClass::Marketing);
    let wanted = "You asked for offers from nearby. Harbor Supplies sends it as coupon-dock.";
    assert_eq!(joint.why, wanted);
    let invited = referral_footer(version, &name("referral"), "Ada\r\nBcc: x");
    assert!(
        invited
            .why
            .starts_with("AdaBcc: x gave Harbor Supplies your address")
    );
    assert!(invited.unsubscribe);
    let nameless = referral_footer(version, &name("referral"), " \n");
    assert!(nameless.why.starts_with("Somebody who knows you gave"));
}

#[test]
fn service_mail_always_leads_to_the_page_that_ends_all_other_mail() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let service = footer(version, &name("service"), MessageClass::Service);
    assert!(service.preferences && !service.unsubscribe && service.note.is_some());
    let text = whole_text().replace("unsubscribable = false", "unsubscribable = true");
    let open = set_of(text);
    let version = open.version(1).expect("version 1");
    let service = footer(version, &name("service"), MessageClass::Service);
    assert!(service.unsubscribe && service.note.is_none());
}

#[test]
fn what_is_past_is_past_at_the_very_end_and_not_an_instant_before() {
    let set = whole();
    let plan = retention_plan(set.version(1).expect("version 1"));
    let visit = plan
        .iter()
        .find(|r| r.kept == Kept::Category(name("visit")));
    let visit = visit.expect("a rule for visits");
    let (event, end) = (at("2026-03-10T00:00:00Z"), at("2026-04-09T00:00:00Z"));
    assert!(visit.is_past(event, end));
    assert!(!visit.is_past(event, at("2026-04-08T23:59:59.999999999Z")));
    assert_eq!(visit.cutoff(Timestamp::MIN), Timestamp::MIN);
    for kept in [
        Kept::Purpose(name("newsletter")),
        Kept::Purged(name("referral")),
        Kept::Purged(name("demo")),
        Kept::Marker(name("referral")),
    ] {
        assert!(plan.iter().any(|r| r.kept == kept), "{kept:?}");
    }
}

#[test]
fn data_are_kept_as_long_as_the_shortest_promise_since_they_came() {
    let first = whole_text();
    let second = first
        .replace("version = 1\n", "version = 2\n")
        .replace("published = 2026-03-01", "published = 2026-04-01")
        .replace("effective = 2026-03-08", "effective = 2026-04-10")
        .replace("30d after collection", "90d after collection");
    let file = |n: u32, text: &str| SourceFile {
        name: format!("v{n}.toml"),
        text: text.to_owned(),
    };
    let german = SourceFile {
        name: "policy.de.md".to_owned(),
        text: include_str!("../testdata/policy.de.md").to_owned(),
    };
    let set = compiled(&[file(1, &first), file(2, &second), german]);
    let kept = |bound, now| {
        let plan = retention_plan_since(&set, bound, at(now));
        let visit = plan
            .iter()
            .find(|r| r.kept == Kept::Category(name("visit")));
        visit.map(|r| r.length.as_hours() / 24)
    };
    assert_eq!(kept(1, "2026-05-01T00:00:00Z"), Some(30));
    assert_eq!(kept(2, "2026-05-01T00:00:00Z"), Some(90));
    assert_eq!(kept(1, "2026-01-01T00:00:00Z"), None);
    assert_eq!(kept(9, "2026-05-01T00:00:00Z"), None);
}

#[test]
fn the_record_says_only_what_is_declared_and_drops_claims_nobody_stands_for() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let fresh = record(version, at("2026-03-10T00:00:00Z"));
    assert_eq!(fresh.article, "30(1)");
    assert_eq!(fresh.activities.len(), version.purposes().len());
    assert_eq!(fresh.security.len(), 1);
    let json = serde_json::to_value(&fresh).expect("JSON");
    assert_eq!(json["controller"]["name"], "Harbor Supplies");
    assert_eq!(json["activities"][0]["basis"]["eu"], "consent");
    assert_eq!(json["recipients"][0]["contract"], "HL-2026-4");
    assert!(record_html(&fresh).contains("Backups are encrypted"));
    let stale = at("2026-04-10T00:00:00Z");
    assert!(record(version, stale).security.is_empty());
    assert_eq!(safeguards_html(version, stale), "");
    assert!(!safeguards_html(version, at("2026-04-09T23:59:59Z")).is_empty());
}

#[test]
fn the_register_tells_who_gets_what_for_what_and_whether_the_contract_holds() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let held = recipient_register(version, at("2027-12-30T23:59:59Z"));
    assert_eq!(held[0].standing, Contract::Holds);
    assert_eq!(held[0].purposes, ["Delivery"]);
    assert_eq!(held[0].data, ["E-mail address"]);
    let ended = at("2027-12-31T00:00:00Z");
    assert_eq!(
        recipient_register(version, ended)[0].standing,
        Contract::Ended
    );
    let html = recipient_register_html(version, ended);
    assert!(html.contains("HL-2026-4, ended 31 December 2027"), "{html}");
}

#[test]
fn the_well_known_files_are_of_their_standards() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    assert_eq!(
        gpc_json(version),
        r#"{"gpc":true,"lastUpdate":"2026-03-08"}"#
    );
    let site = SiteAddress {
        base_url: "https://harbor.example",
        policy_path: "/policy/harbor",
    };
    let text = security_txt(version, site, at("2026-03-10T09:30:00Z"));
    assert_eq!(
        text,
        "Contact: mailto:security@harbor.example\n\
         Expires: 2026-09-06T00:00:00Z\n\
         Preferred-Languages: en, de\n\
         Canonical: https://harbor.example/.well-known/security.txt\n\
         Policy: https://harbor.example/policy/harbor\n"
    );
    let plain = acme();
    let text = security_txt(plain.version(1).expect("version 1"), site, Timestamp::MAX);
    assert!(text.starts_with("Contact: mailto:"), "{text}");
}

#[test]
fn a_reader_gets_the_best_language_that_is_there() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let got = |asked: Option<&str>, accept: Option<&str>| {
        let text = text_for(version, asked, accept);
        text.expect("a text").locale.as_str().to_owned()
    };
    for (asked, accept, wanted) in [
        (None, None, "en"),
        (Some("de"), Some("en"), "de"),
        (Some("DE-at"), None, "de"),
        (Some("fr"), Some("de;q=0.9, fr"), "de"),
        (None, Some("fr, en;q=0.2, de;q=0.3"), "de"),
        (None, Some("de;q=0, *"), "en"),
        (None, Some("de;q=1.5, de;q=x, ;;,=,"), "en"),
        (Some("../../etc"), None, "en"),
    ] {
        assert_eq!(got(asked, accept), wanted, "{asked:?} {accept:?}");
    }
    let german = policy_page_in(version, &"de".parse().expect("a locale"));
    assert!(german.starts_with("<div lang=\"de\" dir=\"auto\">"));
    let fallback = policy_page_in(version, &"fr".parse().expect("a locale"));
    assert!(fallback.starts_with("<div lang=\"en\" dir=\"auto\">"));
}

#[test]
fn the_history_says_which_version_governs_and_until_when_the_others_did() {
    let set = acme();
    let all: Vec<_> = set.versions().collect();
    let now = all[2].effective_at();
    let told = history(&set, now);
    assert_eq!(told.len(), all.len());
    assert!(told[0].version.n() > told[1].version.n());
    for entry in &told {
        let wanted = match entry.version.n() {
            3 => Standing::Governs,
            n if n > 3 => Standing::Announced,
            n => Standing::Past {
                until: all[n as usize].effective_at(),
            },
        };
        assert_eq!(entry.standing, wanted, "{}", entry.version.n());
    }
    assert_eq!(announced(&set, now).map(avow_policy::Version::n), Some(4));
    assert!(announced(&set, Timestamp::MAX).is_none());
}

#[test]
fn texts_are_compared_line_by_line() {
    let told = text_changes("# A\n\none\ntwo\n", "# A\ntwo\nthree");
    let wanted = [
        TextLine::Same("# A"),
        TextLine::Gone("one"),
        TextLine::Same("two"),
        TextLine::New("three"),
    ];
    assert_eq!(told, wanted);
    assert!(text_changes("", "\n \n").is_empty());
    let long = "x\n".repeat(2_001);
    let told = text_changes(&long, "x");
    assert_eq!(told.len(), 2_002);
    assert_eq!(told[2_001], TextLine::New("x"));
}

fn used(used: Used) -> Use {
    Use {
        used,
        place: "the form \"signup\"".to_owned(),
    }
}

#[test]
fn a_use_that_is_not_declared_is_named_with_its_place_and_what_to_do() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let host = |name: &str| Used::Host {
        name: name.to_owned(),
    };
    let cookie = |name: &str, lifetime| Used::Cookie {
        name: name.to_owned(),
        context: SITE,
        lifetime,
    };
    let fine = [
        Used::Purpose(name("newsletter")),
        Used::Category(name("email")),
        Used::Recipient(name("self")),
        Used::Recipient(name("carrier")),
        Used::Processor {
            name: "relay.example.com".to_owned(),
        },
        host("images.example.com"),
        host("www.harbor.example"),
        cookie("sid", Lifetime::Session),
    ]
    .map(used);
    assert!(judge_uses(version, &fine).undeclared.is_empty());
    let strange = [
        Used::Purpose(name("news")),
        Used::Category(name("shoe_size")),
        Used::Recipient(name("broker")),
        host("notharbor.example"),
        host("images.example.com.example"),
        cookie("sid", days(1)),
        cookie("other", Lifetime::Session),
    ]
    .map(used);
    let told = judge_uses(version, &strange).undeclared;
    assert_eq!(told.len(), strange.len());
    assert_eq!(
        told[0].to_string(),
        "the form \"signup\" uses the purpose \"news\". Publish a version that declares [purpose.news], or take it out there."
    );
    let acme = acme();
    let relay = used(Used::Processor {
        name: "relay.example.com".to_owned(),
    });
    let version = acme.version(1).expect("version 1");
    assert_eq!(judge_uses(version, &[relay]).undeclared.len(), 1);
}

#[test]
fn what_is_declared_and_not_used_is_told_and_stops_nothing() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let report = judge_uses(version, &[used(Used::Purpose(name("newsletter")))]);
    assert!(report.undeclared.is_empty());
    assert!(!report.unused.contains(&"purpose.newsletter".to_owned()));
    for wanted in ["purpose.coop", "cookie.sid", "host.images"] {
        assert!(report.unused.contains(&wanted.to_owned()), "{wanted}");
    }
}
