//! Segment pages with sample contexts.

use super::known::choice;
use super::view::*;
use crate::client_center::samples::{add, text, when};
use crate::client_center::shell::{Noun, Shell};
use crate::client_center::words::campaign_badge;

fn shell() -> Shell {
    Shell::sample(Noun::Segments)
}

fn told() -> Told {
    Told {
        words: Some(text("first_name = \"Ada\"")),
        counts: Some(Counts {
            meant: 312,
            outside: 1_600,
            untold: 88,
            looked_at: 2_000,
            all: 10_000,
            is_part: true,
            why: vec![Untold {
                title: text("What the segment asks about is not held of them"),
                remedy: text("Ask for it on a form."),
                n: 88,
            }],
            counted: None,
        }),
        faults: vec![],
        unread: vec![text("open")],
    }
}

fn list() -> Vec<ListPage> {
    let line = |meant: Option<i64>| SegmentLine {
        id: text("sg_0000000000001"),
        name: text("gardeners"),
        words: text("interest contains \"garden\" and not on list former"),
        meant,
        counted: meant.map(|_| when(60)),
        made: when(90_000),
    };
    let page = |segments, writes| ListPage {
        shell: shell(),
        segments,
        writes,
        purpose: Some(text("Newsletter")),
    };
    vec![
        page(vec![line(Some(312)), line(None)], true),
        page(vec![], true),
        page(vec![], false),
    ]
}

fn row(n: usize, sort: &'static str, fault: Option<String>) -> Step {
    Step::Row(Box::new(RowStep {
        n,
        what: text("field:first_name"),
        label: text("First name"),
        op: text("is"),
        ops: vec![choice("is", "is"), choice("known", "is known")],
        value: text("Ada"),
        field: ValueField {
            sort,
            choices: vec![choice("Ada", "Ada")],
            hints: if sort == "text" {
                vec![text("Ada")]
            } else {
                vec![]
            },
            help: "Several, with commas between.",
        },
        days: (sort == "choice").then(|| text("30")),
        fault,
        fresh: n == 2,
    }))
}

fn build() -> Vec<BuildPage> {
    let open = |n, level| Step::Open {
        n,
        joint: "all",
        level,
        fault: None,
    };
    let steps = vec![
        open(0, 1),
        row(1, "text", Some(text("Write what it is compared with."))),
        row(2, "choice", None),
        open(3, 2),
        row(4, "none", None),
        Step::Close {
            n: 3,
            level: 2,
            nests: false,
        },
        Step::Close {
            n: 0,
            level: 1,
            nests: true,
        },
    ];
    let page = |mode, is_new| BuildPage {
        shell: shell(),
        heading: text("New segment"),
        action: text("/a/acme/segments/new"),
        back: text("/a/acme/segments"),
        is_new,
        name: text("gardeners"),
        name_fault: is_new.then(|| text("There is a segment gardeners already.")),
        mode,
        note: Some("These words have no form as rows."),
        steps: steps.clone(),
        adds: vec![Choices {
            label: "What you hold",
            choices: vec![choice("field:email", "Address")],
        }],
        joints: vec![choice("all", "all of these are so")],
        words: text("not not job = cook"),
        purpose: text("newsletter"),
        purposes: vec![choice("newsletter", "Newsletter")],
        told: told(),
        faults: vec![Fault {
            field: text("row-1"),
            title: text("Write what it is compared with."),
            text: text("Write what it is compared with."),
        }],
    };
    vec![page("rows", true), page("text", false)]
}

fn show(bare: bool) -> ShowPage {
    let state = avow_model::CampaignState::Draft;
    ShowPage {
        shell: shell(),
        base: text("/a/acme/segments/sg_0000000000001"),
        name: text("gardeners"),
        words: text("interest contains \"garden\""),
        reads: if bare { vec![] } else { vec![text("interest")] },
        purpose: text("newsletter"),
        purpose_title: text("Newsletter"),
        purposes: vec![choice("newsletter", "Newsletter")],
        told: if bare {
            Told {
                faults: vec![text("No policy version is in force.")],
                ..Told::default()
            }
        } else {
            told()
        },
        uses: if bare {
            vec![]
        } else {
            vec![UseLine {
                href: text("/a/acme/campaigns/cp_1"),
                name: text("Summer"),
                badge: campaign_badge(state),
            }]
        },
        is_held: !bare,
        writes: true,
        made: when(90_000),
    }
}

fn people(bare: bool) -> PeoplePage {
    let person = PersonLine {
        id: text("ct_0000000000001"),
        address: text("ada@example.org"),
        name: text("Ada"),
        why: text("What the segment asks about is not held of them"),
    };
    PeoplePage {
        shell: shell(),
        base: text("/a/acme/segments/sg_0000000000001"),
        name: text("gardeners"),
        words: text("interest contains \"garden\""),
        purpose: text("newsletter"),
        purpose_title: text("Newsletter"),
        which: "untold",
        tabs: vec![
            choice("meant", "In the segment"),
            choice("untold", "Cannot be told"),
        ],
        people: if bare { vec![] } else { vec![person] },
        shown: text("50 of the 5,000 people who were looked at"),
        next: (!bare).then(|| text("/a/acme/segments/sg_0000000000001/people?after=ct_1")),
        faults: if bare {
            vec![text("No policy version is in force.")]
        } else {
            vec![]
        },
    }
}

/// Every page with every sample.
pub(crate) fn all(out: &mut Vec<(&'static str, String)>) {
    add(out, list());
    add(out, build());
    add(out, vec![show(false), show(true)]);
    add(out, vec![people(false), people(true)]);
}
