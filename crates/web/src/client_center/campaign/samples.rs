//! Sample contexts of the pages of campaigns.

use avow_model::{CampaignState, Outcome, RecipientState};

use super::archive::ArchiveSwitch;
use super::head::{Head, View};
use super::view::*;
use crate::client_center::samples::{text, when};
use crate::client_center::shell::{Noun, Shell};
use crate::client_center::words::{Bar, Counts, Tone, campaign_badge, recipient_badge};

pub(crate) fn bar() -> Bar {
    Bar::of(&Counts {
        by_code: [1_204, 7_931, 140, 61, 8, 651, 5],
    })
}

pub(crate) fn campaigns() -> Vec<CampaignsPage> {
    let line = |state, bar, sentence: &str| CampaignLine {
        id: text("cp_0000000000001"),
        name: text("Spring newsletter for friends of the garden"),
        subject: text("What to plant in March, and what to leave alone until April"),
        notice: (state == CampaignState::Finished).then_some(2),
        badge: campaign_badge(state),
        scheduled: state == CampaignState::Sending,
        bar,
        sentence: text(sentence),
        when: when(7_200),
    };
    let none = Bar::of(&Counts::default());
    let some = vec![
        line(CampaignState::Draft, none, "Not sent yet"),
        line(CampaignState::Sending, bar(), "7,931 of 10,000 delivered"),
        line(
            CampaignState::Finished,
            Bar::of(&Counts {
                by_code: [0, 9_688, 0, 20, 4, 288, 0],
            }),
            "9,688 of 10,000 delivered",
        ),
    ];
    let shell = || Shell::sample(Noun::Campaigns);
    let said = Shell {
        said: Some(text("The campaign is cancelled.")),
        ..shell()
    };
    vec![
        CampaignsPage {
            shell: shell(),
            campaigns: some,
            tabs: tabs(),
            state: "ended",
            q: text("Spring"),
            narrowed: true,
            next: Some(text("?after=cp_1")),
        },
        CampaignsPage {
            shell: said,
            campaigns: vec![],
            tabs: tabs(),
            state: "",
            q: String::new(),
            narrowed: false,
            next: None,
        },
    ]
}

fn tabs() -> Vec<StateTab> {
    let tab = |label, here| StateTab {
        label,
        href: text("?"),
        here,
    };
    vec![
        tab(told!("reports-list-all"), true),
        tab(told!("reports-list-drafts"), false),
    ]
}

pub(crate) fn replies() -> Vec<ReplyLine> {
    vec![
        ReplyLine {
            text: text("451 4.7.1 Try again later"),
            note: text("They are tried again."),
            badge: recipient_badge(RecipientState::At(Outcome::Deferred)),
            n: 140,
            href: text("/a/acme/x"),
        },
        ReplyLine {
            text: text("550 5.1.1 No such mailbox here"),
            note: String::new(),
            badge: recipient_badge(RecipientState::At(Outcome::Bounced)),
            n: 61,
            href: text("/a/acme/x"),
        },
    ]
}

/// The part of a page that renews itself.
pub(crate) fn live() -> LivePart {
    LivePart {
        base: text("/a/acme/campaigns/cp_1"),
        state: "sending",
        sentence: text("7,931 of 10,000 people have it. 1,204 people wait for their turn."),
        trouble: None,
        bar: bar(),
        live_facts: facts(),
        replies: replies(),
        sites: crate::client_center::delivery::sample_sites(),
    }
}

fn facts() -> Vec<LiveFact> {
    let fact = |label, value: &str| LiveFact {
        label,
        value: text(value),
    };
    vec![
        fact("Rate", "412 a second"),
        fact("Time left", "about 3 seconds"),
        fact("Started", "14:02:11 UTC"),
    ]
}

pub(crate) fn campaign(state: CampaignState) -> CampaignPage {
    CampaignPage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(state, View::Overview),
        live: state == CampaignState::Sending,
        sentence: text("7,931 of 10,000 people have it. 1,204 wait for their turn."),
        trouble: Some(text("The mail server does not answer: connection refused.")),
        bar: bar(),
        live_facts: facts(),
        replies: replies(),
        sites: crate::client_center::delivery::sample_sites(),
        actions: vec![
            Action {
                to: "paused",
                label: "Pause",
                icon: "pause",
                class: "",
            },
            Action {
                to: "cancelled",
                label: "Cancel the rest",
                icon: "circle-stop",
                class: "bad",
            },
        ],
        action_note: "Cancelling refuses the message to everyone who has not got it yet. It cannot be undone.",
        from_name: text("Acme Garden Tools"),
        from_address: text("news@acme.example"),
        subject: text("What to plant in March, and what to leave alone until April"),
        preheader: text("Seven beds, three tools and one thing that your grandmother did better."),
        purpose: text("newsletter"),
        list: text("All contacts"),
        segment: Some(("cooks".to_owned(), "job = \"cook\"".to_owned())),
        passed_over: Some(
            "Passed over: 3 people outside the segment, and 1 person of whom it cannot be told."
                .to_owned(),
        ),
        started: Some(when(30)),
        archive: (state != CampaignState::Draft).then(|| ArchiveSwitch {
            is_on: state == CampaignState::Finished,
            url: text("/archive/acme/cp_0000000000001"),
            refusal: (state == CampaignState::Cancelled).then(|| told!("archive-cancelled")),
        }),
    }
}

pub(crate) fn audience(counting: bool) -> AudiencePart {
    let group = |title: &str, remedy: &str, n| Group {
        title: text(title),
        remedy: text(remedy),
        n,
    };
    AudiencePart {
        segment: Some(SegmentPart {
            slug: "cooks".to_owned(),
            text: "job = \"cook\"".to_owned(),
            sentence: "Of 1,204 people, the segment cooks means 12.".to_owned(),
            untold: vec![Group {
                title: "What the segment asks about is not held of them".to_owned(),
                remedy: "Ask for it on a form.".to_owned(),
                n: 2,
            }],
        }),
        counting,
        judged: if counting { 4_000 } else { 10_000 },
        total: 10_000,
        will: 9_688,
        sentence: text(
            "9,688 of 10,000 people will get this. 312 will not: 280 never confirmed, 32 withdrew.",
        ),
        bar: Bar::of(&Counts {
            by_code: [0, 9_688, 0, 0, 0, 312, 0],
        }),
        groups: vec![
            group(
                "Never confirmed their sign-up",
                "They get it once they follow the link in their confirmation.",
                280,
            ),
            group(
                "Withdrew",
                "Only they can change that, on their preference page.",
                32,
            ),
        ],
    }
}

pub(crate) fn check(counting: bool) -> CheckPage {
    let check = |tone, title, words: &str, fix| Check {
        tone,
        title,
        text: text(words),
        fix,
    };
    CheckPage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(CampaignState::Draft, View::Check),
        audience: audience(counting),
        checks: vec![
            check(
                Tone::Good,
                "Subject",
                "58 characters. Phones show the first 40.",
                None,
            ),
            check(
                Tone::Notice,
                "Text part",
                "It is made from the HTML. Look at it once before you send.",
                Some(Fix {
                    href: text("/a/acme/x/preview"),
                    text: "See the text part",
                }),
            ),
            check(
                Tone::Bad,
                "Sender",
                "news@acme.test is not at acme.example, the domain of this account.",
                Some(Fix {
                    href: text("/a/acme/x/edit"),
                    text: "Change the sender",
                }),
            ),
        ],
        from_name: text("Acme Garden Tools"),
        subject: text("What to plant in March, and what to leave alone until April"),
        preheader: text("Seven beds, three tools and one thing that your grandmother did better."),
        test_to: text("grace@example.org"),
        judgeable: true,
        can_send: !counting,
        send_note: text("In rehearsal the messages go to the mailbox here, to nobody else."),
    }
}

pub(crate) fn preview() -> Vec<PreviewPage> {
    let shown = PreviewPage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(CampaignState::Draft, View::Preview),
        contact: text("ada@example.org"),
        note: "Empty: the first contact of the list.",
        fault: None,
        frame: Some(text(
            "/a/acme/campaigns/cp_0000000000001/preview/frame?contact=ada%40example.org",
        )),
        shown_to: text("ada@example.org"),
        from_name: text("Acme Garden Tools"),
        subject: text("Ada, what to plant in March"),
        preheader: text("Seven beds, three tools"),
        text: text("Dear Ada,\n\nit is time to sow."),
    };
    let broken = PreviewPage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(CampaignState::Draft, View::Preview),
        contact: String::new(),
        note: "",
        fault: Some(text("Line 3: the tag `{{` is never closed.")),
        frame: None,
        shown_to: String::new(),
        from_name: String::new(),
        subject: String::new(),
        preheader: String::new(),
        text: String::new(),
    };
    vec![shown, broken]
}

pub(crate) fn report(full: bool) -> ReportPage {
    ReportPage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(CampaignState::Finished, View::Report),
        sentence: text(
            "9,688 of 10,000 people got it. 41 % of them opened it, 612 clicked, 3 said no.",
        ),
        bar: Bar::of(&Counts {
            by_code: [0, 9_688, 0, 20, 4, 288, 0],
        }),
        sum: text(
            "10,000 = 9,688 delivered + 0 deferred + 20 bounced + 4 expired + 288 refused + 0 unknown",
        ),
        openers: 3_972,
        machine_opens: 1_201,
        clickers: 612,
        machine_clicks: 88,
        open_share: text("41 %"),
        click_share: text("6 %"),
        measure_note: "Counted only for people who permit it.",
        reasons: if full {
            vec![ReasonLine {
                title: text("Never confirmed their sign-up"),
                note: text("Refused before sending"),
                n: 280,
                href: text("/a/acme/x"),
            }]
        } else {
            vec![]
        },
        links: if full {
            vec![LinkLine {
                url: text("https://acme.example/spring/a-very-long-address/that-goes-on?and=on"),
                people: 400,
                clicks: 431,
            }]
        } else {
            vec![]
        },
    }
}

pub(crate) fn people() -> Vec<PeoplePage> {
    let person = |address: &str, state, why: &str| PersonLine {
        seq: 12,
        address: text(address),
        badge: recipient_badge(state),
        why: text(why),
        attempts: 1,
        when: when(600),
    };
    let page = |people, state_word, reason| PeoplePage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(CampaignState::Finished, View::People),
        bar: bar(),
        state_word,
        reason,
        all_href: text("/a/acme/x"),
        note: text("The receiving server refused these for good. They are not tried again."),
        people,
        shown: text("2 people"),
        next: Some(text("/a/acme/x?after=12")),
    };
    let some = vec![
        person(
            "ada@example.org",
            RecipientState::At(Outcome::Bounced),
            "550 5.1.1 No such mailbox here",
        ),
        person(
            "donaudampfschifffahrtsgesellschaftskapitaen@versicherungswirtschaft.example",
            RecipientState::At(Outcome::Refused),
            "Never confirmed the sign-up",
        ),
    ];
    vec![
        page(some, Some("bounced"), Some(text("550"))),
        page(vec![], None, None),
    ]
}

pub(crate) fn message() -> MessagePage {
    let event = |tone, words: &str, reply: Option<&str>| Event {
        tone,
        text: text(words),
        when: Some(when(300)),
        reply: reply.map(text),
    };
    MessagePage {
        shell: Shell::sample(Noun::Campaigns),
        crumbs: vec![
            Crumb::new(text("/a/acme/campaigns"), "Campaigns"),
            Crumb::new(text("/a/acme/campaigns/cp_1"), "Spring newsletter"),
        ],
        address: text("ada@example.org"),
        badge: recipient_badge(RecipientState::At(Outcome::Delivered)),
        contact_href: Some(text("/a/acme/contacts/ct_0000000000001")),
        sentence: text("Ada has it since 14:02, at the second attempt."),
        events: vec![
            event(Tone::Neutral, "The gate permitted it.", None),
            event(
                Tone::Notice,
                "First attempt: put off.",
                Some("451 4.7.1 Try again later"),
            ),
            event(
                Tone::Good,
                "Second attempt: the server took it.",
                Some("250 2.0.0 Ok: queued as 4F1"),
            ),
        ],
        why_title: told!("message-why-permitted"),
        reasons: vec![Said {
            tone: Tone::Good,
            text: text("Ada agreed to the newsletter on 3 May 2026 at 14:02 UTC."),
            remedy: Some(text("She can withdraw at any time.")),
        }],
    }
}

pub(crate) fn edit() -> Vec<EditPage> {
    let form = CampaignForm {
        name: text("Spring"),
        subject: text("Hello {{ first_name }}"),
        body_kind: text("mjml"),
        body: text("<mjml></mjml>"),
        ..CampaignForm::default()
    };
    let page = |base: Option<&str>, faults| EditPage {
        segments: vec![SegmentChoice {
            id: "sg_0".to_owned(),
            slug: "cooks".to_owned(),
            text: "job = \"cook\"".to_owned(),
        }],
        shell: Shell::sample(Noun::Campaigns),
        heading: "New campaign",
        base: base.map(text),
        action: text("/a/acme/campaigns"),
        form: form.clone(),
        faults,
        purposes: vec![Choice {
            id: text("newsletter"),
            title: text("Newsletter"),
        }],
        lists: vec![ListChoice {
            id: text("ls_1"),
            name: text("Friends"),
        }],
        sending_domain: text("acme.example"),
        starts: vec![Choice {
            id: text("letter"),
            title: text("Letter"),
        }],
    };
    let fault = FieldFault {
        field: "subject",
        text: text("Line 1: the tag `{{` is never closed."),
    };
    vec![
        page(None, vec![]),
        page(Some("/a/acme/campaigns/cp_1"), vec![fault]),
    ]
}
