//! The suppression matrix: which no reaches which sort of act. One row for each class, one column for each act.

use avow_model::{
    Datum, Fact, FactKind, Facts, How, PurposeSelector, Scope, Suppression, SuppressionClass,
    SuppressionScope,
};
use avow_policy::{Content, PolicySet, Request, decide};

use crate::fixture::acme;
use crate::people::{day, name, opt_in};

/// Marketing, measuring, profile, sharing, service, policy notice, rights reply.
const COLUMNS: usize = 7;

fn request(purpose: &str, verb: &str, recipient: &str, content: Content) -> Request {
    Request {
        recipient: name(recipient),
        content,
        ..Request::new(name("acme"), name("acme"), name(purpose), name(verb))
    }
}

/// Version 2 is in force: the one that declares all of them.
fn acts() -> [Request; COLUMNS] {
    let plain = |p, v, r| request(p, v, r, Content::Normal);
    [
        plain("newsletter", "send", "self"),
        plain("measure", "track.open", "self"),
        plain("profile", "profile.use", "self"),
        plain("partner_mkt", "share", "partner"),
        plain("service", "send", "self"),
        request(
            "service",
            "send",
            "self",
            Content::PolicyNotice { version: 2 },
        ),
        request("service", "send", "self", Content::RightsReply),
    ]
}

/// Somebody of whom every act is allowed.
fn willing() -> Facts {
    let said = ["newsletter", "measure", "profile", "partner_mkt"];
    Facts {
        data: vec![Datum {
            category: name("email"),
            version: Some(2),
            how: How::Direct,
            account: name("acme"),
        }],
        events: said.map(|p| opt_in(p, day(68))).to_vec(),
        account_active: true,
        ..Facts::default()
    }
}

fn answers(set: &PolicySet, facts: &Facts) -> String {
    let one = |r: &Request| {
        if decide(r, facts, day(80), set).is_allowed() {
            '-'
        } else {
            'B'
        }
    };
    acts().iter().map(one).collect()
}

fn said(kind: FactKind, brand: Option<&str>) -> Facts {
    let mut facts = willing();
    facts.events.push(Fact {
        kind,
        at: day(70),
        recorded_at: day(70),
        scope: Scope {
            brand: brand.map(name),
            ..Scope::default()
        },
    });
    facts
}

fn no_to(purpose: PurposeSelector, brand: Option<&str>) -> Facts {
    said(FactKind::Withdraw { purpose }, brand)
}

fn entry(class: SuppressionClass, reach: SuppressionScope) -> Facts {
    let mut facts = willing();
    facts.suppressions.push(Suppression {
        class,
        reach,
        at: day(70),
        scope: Scope::default(),
        purpose: None,
    });
    facts
}

#[test]
fn each_no_reaches_what_the_matrix_says_and_nothing_else() {
    use PurposeSelector::{AllMarketing, Any, One};
    use SuppressionClass::{Choice, Protection};
    use SuppressionScope::{Account, Global};
    let retired = Facts {
        retired: Some(day(70)),
        ..willing()
    };
    let rows: Vec<(&str, &str, Facts)> = vec![
        ("nothing said", "-------", willing()),
        ("a purpose", "B------", no_to(One(name("newsletter")), None)),
        ("own verb", "-B-----", no_to(One(name("measure")), None)),
        (
            "own sharing",
            "---B---",
            no_to(One(name("partner_mkt")), None),
        ),
        ("the brand", "BBBB---", no_to(AllMarketing, Some("acme"))),
        (
            "another brand",
            "-------",
            no_to(AllMarketing, Some("other")),
        ),
        ("all marketing", "BBBB---", no_to(AllMarketing, None)),
        ("mail of any sort", "BBBBBB-", no_to(Any, None)),
        ("a complaint", "BBBB---", said(FactKind::Complaint, None)),
        ("a hard bounce", "B---BB-", said(FactKind::Bounce, None)),
        ("a retired address", "B---BB-", retired),
        ("a restriction", "BBBBBB-", said(FactKind::Restrict, None)),
        ("an erasure", "BBBBBB-", said(FactKind::Erase, None)),
        ("protection", "BBBBBB-", entry(Protection, Account)),
        (
            "protection everywhere",
            "BBBBBB-",
            entry(Protection, Global),
        ),
        ("a choice entry", "BBBB---", entry(Choice, Account)),
        ("a choice everywhere", "BBBB---", entry(Choice, Global)),
    ];
    let set = acme();
    for (row, wanted, facts) in rows {
        assert_eq!(answers(&set, &facts), wanted, "{row}");
    }
}
