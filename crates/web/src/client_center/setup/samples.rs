//! The pages of the set-up with sample contexts.

use avow_model::CampaignState;
use avow_store::PolicyWords;

use super::rail::{self, Done, Step};
use super::records::{HostLine, RecordLine, Records};
use super::view::*;
use crate::client_center::campaign::view::FieldFault;
use crate::client_center::samples::{add, text};
use crate::client_center::shell::{Noun, Shell};
use crate::client_center::view::PurposeLine;
use crate::client_center::words::{Tone, campaign_badge};

type Pages = Vec<(&'static str, String)>;

fn shell() -> Shell {
    Shell::sample(Noun::Settings)
}

fn rail_at(step: Step) -> rail::Rail {
    let done = Done {
        policy: true,
        ..Done::default()
    };
    rail::at(step, done, "/a/acme")
}

fn faults(field: &'static str) -> Vec<FieldFault> {
    vec![FieldFault {
        field,
        text: text("Mend this."),
    }]
}

fn before(out: &mut Pages) {
    let claim = |fault: Option<&str>| ClaimPage {
        rehearsal: true,
        rail: rail::before(0),
        fault: fault.map(text),
        token: text("t"),
        address: text("ada@example.org"),
        password_chars_min: 12,
    };
    let found = |faults| FoundPage {
        rehearsal: true,
        rail: rail::before(1),
        user: text("ada@example.org"),
        is_first: true,
        form: FoundForm::default(),
        faults,
    };
    add(out, vec![claim(None), claim(Some("too short"))]);
    add(out, vec![found(vec![]), found(faults("slug"))]);
}

fn policy(out: &mut Pages) {
    let line = || ChoiceLine {
        word: "x",
        label: "X",
    };
    let page = |published, faults| QuestionsPage {
        shell: shell(),
        rail: rail_at(Step::Policy),
        published,
        form: PolicyWords {
            places: vec![text("x")],
            ..PolicyWords::default()
        },
        faults,
        kinds: vec![line()],
        places: vec![line()],
        measures: vec![line()],
        sharings: vec![line()],
    };
    add(
        out,
        vec![
            page(false, vec![]),
            page(true, vec![]),
            page(false, faults("kind")),
        ],
    );
    let review = ReviewPage {
        shell: shell(),
        rail: rail_at(Step::Policy),
        text: text("<h2>What we do</h2>"),
        purposes: vec![PurposeLine {
            tone: Tone::Good,
            title: text("Newsletter"),
            choice: text("Only after a yes."),
            detail: text("Reads email."),
        }],
        packs: vec![text("eu"), text("us")],
        file: text("policy = \"acme/main\""),
    };
    add(out, vec![review]);
}

/// Records as found, and as not looked up.
pub(crate) fn records(looked: bool) -> Records {
    let line = |tone, is_pattern: bool| RecordLine {
        word: "dkim_rsa",
        title: "DKIM",
        why: "Signs your mail",
        name: text("avow-rsa._domainkey.acme.example"),
        kind: "TXT",
        value: text("v=DKIM1; k=rsa; p=MIIB"),
        must: !is_pattern,
        is_pattern,
        tone,
        found: text("The key is published."),
        fix: text("Leave one."),
    };
    Records {
        domain: text("acme.example"),
        lines: vec![line(Tone::Good, false), line(Tone::Bad, true)],
        host: looked.then(|| HostLine {
            tone: Tone::Notice,
            text: text("They agree."),
            fix: String::new(),
        }),
        looked,
        stands: looked,
        good: 1,
        fault: None,
    }
}

fn domain(out: &mut Pages) {
    let page = |records, can_put_off| DomainPage {
        shell: shell(),
        rail: rail_at(Step::Domain),
        records,
        can_put_off,
    };
    let broken = Records {
        fault: Some(text("no keys")),
        ..Records::default()
    };
    add(
        out,
        vec![
            page(records(false), true),
            page(records(true), false),
            page(broken, false),
        ],
    );
}

fn people(out: &mut Pages) {
    let page = |you, ready, total: i64| PeoplePage {
        shell: shell(),
        rail: rail_at(Step::People),
        address: text("ada@example.org"),
        you,
        asks: vec![AskLine {
            purpose: text("newsletter"),
            wording: text("Send me the newsletter."),
        }],
        ready,
        total,
        total_text: text("1 person"),
        form: text("https://mail.example.com/f/acme/signup"),
        fault: (total == 0).then(|| text("Tick one.")),
    };
    let waiting = |mail: Option<&str>| You::Waiting {
        mail: mail.map(text),
    };
    add(
        out,
        vec![
            page(You::No, true, 0),
            page(You::No, false, 0),
            page(waiting(None), true, 1),
            page(waiting(Some("/a/acme/rehearsal/1")), true, 1),
            page(You::In, true, 1),
        ],
    );
}

fn campaign(out: &mut Pages) {
    let page = |begun, ready, faults| CampaignStepPage {
        shell: shell(),
        rail: rail_at(Step::Campaign),
        begun,
        form: LetterForm::default(),
        faults,
        ready,
        total: 0,
        total_text: text("0 people"),
    };
    let begun = |is_finished| BegunCampaign {
        subject: text("The first letter"),
        badge: campaign_badge(CampaignState::Draft),
        sentence: "The draft is kept.",
        href: text("/a/acme/campaigns/cp_1/check"),
        button: "Go to the check",
        is_finished,
    };
    add(
        out,
        vec![
            page(None, true, vec![]),
            page(None, true, faults("words")),
            page(None, false, vec![]),
            page(Some(begun(false)), true, vec![]),
            page(Some(begun(true)), true, vec![]),
        ],
    );
}

fn live(out: &mut Pages) {
    let page = |ready, rehearsal| LivePage {
        shell: shell(),
        rail: rail_at(Step::Live),
        lines: vec![LiveLine {
            tone: if ready { Tone::Good } else { Tone::Bad },
            title: "Policy",
            text: text("Version 1 is in force."),
            href: (!ready).then(|| text("/a/acme/setup/policy")),
            button: "Publish it",
        }],
        ready,
        can_switch: ready,
        rehearsal,
    };
    add(
        out,
        vec![page(true, true), page(false, true), page(true, false)],
    );
}

/// All of them, rendered.
pub(crate) fn all(out: &mut Pages) {
    before(out);
    policy(out);
    domain(out);
    people(out);
    campaign(out);
    live(out);
}
