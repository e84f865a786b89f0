//! Segments by what people did with mail: three answers, and no more known than was seen.

use avow_model::{CampaignId, Category};
use avow_policy::Readability;
use avow_policy::segment::{Act, Conduct, Deed, Doing, Expr, Segment, Subject, Test, Truth};

use crate::people::{day, name};
use crate::segments::{opened, unreadable};

#[test]
#[expect(clippy::too_many_lines, reason = "one row for each case")]
fn did_not_is_known_only_where_it_would_have_been_seen() {
    let now = day(100);
    let doing = |act, campaign: Option<i64>| {
        let campaign = campaign.map(CampaignId::from_i64);
        let doing = Doing {
            act,
            campaign,
            at_least: 1,
            within_days: Some(30),
        };
        Segment::compile(Expr::Test(Test::Did(doing)), &[name("open"), name("click")])
            .expect("a segment")
    };
    let deed = |act, at| Deed {
        act,
        ..opened(day(at))
    };
    let unseen = |act| vec![(act, CampaignId::from_i64(2))];
    let (light, none, dark) = (Readability::Readable, Readability::NotHeld, unreadable());
    let rows = [
        // asked, deeds, unseen, clicks and opens as they may be read, wanted
        (
            doing(Act::Opened, None),
            vec![],
            vec![],
            [&none, &none],
            Truth::False,
        ),
        (
            doing(Act::Opened, None),
            vec![],
            unseen(Act::Opened),
            [&none, &none],
            Truth::Unknown,
        ),
        (
            doing(Act::Opened, Some(1)),
            vec![],
            unseen(Act::Opened),
            [&none, &none],
            Truth::False,
        ),
        (
            doing(Act::Opened, Some(2)),
            vec![],
            unseen(Act::Opened),
            [&none, &none],
            Truth::Unknown,
        ),
        (
            doing(Act::Opened, None),
            vec![],
            unseen(Act::Clicked),
            [&none, &none],
            Truth::False,
        ),
        (
            doing(Act::Opened, None),
            vec![deed(Act::Opened, 99)],
            unseen(Act::Opened),
            [&none, &light],
            Truth::True,
        ),
        (
            doing(Act::Opened, None),
            vec![deed(Act::Opened, 10)],
            vec![],
            [&none, &light],
            Truth::False,
        ),
        (
            doing(Act::Opened, None),
            vec![deed(Act::Opened, 99)],
            vec![],
            [&none, &dark],
            Truth::Unknown,
        ),
        // Who clicks has opened, where clicks may be read.
        (
            doing(Act::Opened, None),
            vec![deed(Act::Clicked, 99)],
            vec![],
            [&light, &none],
            Truth::True,
        ),
        (
            doing(Act::Opened, None),
            vec![deed(Act::Clicked, 99)],
            vec![],
            [&dark, &none],
            Truth::Unknown,
        ),
    ];
    for (n, (segment, deeds, unseen, [click, open], wanted)) in rows.into_iter().enumerate() {
        let conduct = Conduct { deeds, unseen };
        let subject = Subject {
            conduct,
            ..Subject::default()
        };
        let readings = [click.clone(), open.clone()];
        let said = segment.judge(&subject, &readings, now);
        assert_eq!(said, wanted, "row {n}: {}", segment.expr());
    }
}

#[test]
fn an_open_is_no_click() {
    let clicked = Segment::compile(
        Expr::Test(Test::Did(Doing {
            act: Act::Clicked,
            campaign: None,
            at_least: 1,
            within_days: None,
        })),
        &[name("open"), name("click")],
    )
    .expect("a segment");
    assert_eq!(clicked.reads(), [name::<Category>("click")]);
    let subject = Subject {
        conduct: Conduct {
            deeds: vec![opened(day(99))],
            unseen: Vec::new(),
        },
        ..Subject::default()
    };
    let said = clicked.judge(&subject, &[Readability::Readable], day(100));
    assert_eq!(said, Truth::False, "an open is no click");
}
