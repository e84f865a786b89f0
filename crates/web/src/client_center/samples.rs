//! Every page with sample contexts: each template is rendered under strict undefined, and its HTML is sound.

use avow_model::{CampaignState, Outcome, RecipientState, Timestamp};

use super::campaign::head::{Head, View};
use super::campaign::view::*;
use super::shell::{Noun, Shell};
use super::view::*;
use super::words::{Bar, Counts, Tone, When, campaign_badge, recipient_badge};
use crate::{Page, Templates};

const NOW_S: i64 = 1_780_000_000;

fn when(ago_s: i64) -> When {
    let at = |s| Timestamp::from_second(s).unwrap();
    When::new(at(NOW_S - ago_s), at(NOW_S))
}

fn text(words: &str) -> String {
    words.to_owned()
}

fn bar() -> Bar {
    Bar::of(&Counts {
        by_code: [1_204, 7_931, 140, 61, 8, 651, 5],
    })
}

fn campaigns() -> Vec<CampaignsPage> {
    let line = |state, bar, sentence: &str| CampaignLine {
        id: text("cp_0000000000001"),
        name: text("Spring newsletter for friends of the garden"),
        subject: text("What to plant in March, and what to leave alone until April"),
        badge: campaign_badge(state),
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
            next: Some(text("?after=cp_1")),
        },
        CampaignsPage {
            shell: said,
            campaigns: vec![],
            next: None,
        },
    ]
}

fn replies() -> Vec<ReplyLine> {
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

fn campaign(state: CampaignState) -> CampaignPage {
    CampaignPage {
        shell: Shell::sample(Noun::Campaigns),
        head: Head::sample(state, View::Overview),
        live: state == CampaignState::Sending,
        sentence: text("7,931 of 10,000 people have it. 1,204 wait for their turn."),
        trouble: Some(text("The mail server does not answer: connection refused.")),
        bar: bar(),
        live_facts: vec![
            LiveFact {
                label: "Rate",
                value: text("412 a second"),
            },
            LiveFact {
                label: "Time left",
                value: text("about 3 seconds"),
            },
            LiveFact {
                label: "Started",
                value: text("14:02:11 UTC"),
            },
        ],
        replies: replies(),
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
        started: Some(when(30)),
    }
}

fn audience(counting: bool) -> AudiencePart {
    let group = |title: &str, remedy: &str, n| Group {
        title: text(title),
        remedy: text(remedy),
        n,
    };
    AudiencePart {
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

fn check(counting: bool) -> CheckPage {
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

fn preview() -> Vec<PreviewPage> {
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

fn report(full: bool) -> ReportPage {
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

fn people() -> Vec<PeoplePage> {
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

fn message() -> MessagePage {
    let event = |tone, words: &str, reply: Option<&str>| Event {
        tone,
        text: text(words),
        when: Some(when(300)),
        reply: reply.map(text),
    };
    MessagePage {
        shell: Shell::sample(Noun::Campaigns),
        base: text("/a/acme/campaigns/cp_0000000000001"),
        name: text("Spring newsletter"),
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
        why_title: "Why it was permitted",
        reasons: vec![Said {
            tone: Tone::Good,
            text: text("Ada agreed to the newsletter on 3 May 2026 at 14:02 UTC."),
            remedy: Some(text("She can withdraw at any time.")),
        }],
    }
}

fn contacts() -> Vec<ContactsPage> {
    let line = ContactLine {
        id: text("ct_0000000000001"),
        address: text("ada@example.org"),
        name: text("Ada Lovelace"),
        flags: text("role address"),
        since: when(900_000),
    };
    let page = |q: &str, contacts: Vec<ContactLine>, is_empty| ContactsPage {
        shell: Shell::sample(Noun::Contacts),
        q: text(q),
        is_empty,
        imports: true,
        total_text: text("10,000 contacts"),
        contacts,
        shown: text("50 contacts"),
        next: Some(text("/a/acme/contacts?after=ct_0000000000001")),
    };
    vec![
        page("", vec![line], false),
        page("zzz", vec![], false),
        page("", vec![], true),
    ]
}

fn contact() -> Vec<ContactPage> {
    let held = |label: &str, value: &str| Held {
        label: text(label),
        value: text(value),
    };
    let full = ContactPage {
        shell: Shell::sample(Noun::Contacts),
        address: text("ada@example.org"),
        name: text("Ada Lovelace"),
        may: vec![
            MayLine {
                tone: Tone::Good,
                title: text("Send the newsletter"),
                sentences: vec![Sentence {
                    text: text("Ada agreed on 3 May 2026 at 14:02 UTC."),
                    remedy: String::new(),
                }],
            },
            MayLine {
                tone: Tone::Bad,
                title: text("Count opens and clicks"),
                sentences: vec![Sentence {
                    text: text("Ada was never asked."),
                    remedy: text("Ask on a form; only she can say yes."),
                }],
            },
        ],
        may_note: String::new(),
        holds: vec![
            held("Address", "ada@example.org"),
            held("first_name", "Ada"),
            held("Country", "gb"),
        ],
        data: vec![DatumLine {
            category: text("email"),
            how: text("from the person"),
            version: text("v1"),
            when: when(900_000),
        }],
        ledger: vec![
            LedgerEntry {
                tone: Tone::Good,
                text: text("Agreed to newsletter, asked under version 1."),
                when: when(800_000),
                evidence: Some(text("Form “signup”: “Yes, write to me once a month.”")),
            },
            LedgerEntry {
                tone: Tone::Bad,
                text: text("Withdrew from offers."),
                when: when(4_000),
                evidence: None,
            },
        ],
        ledger_more: Some(text("The newest 200 lines are shown.")),
    };
    let bare = ContactPage {
        shell: Shell::sample(Noun::Contacts),
        address: text("bob@example.org"),
        name: String::new(),
        may: vec![],
        may_note: text("No policy is in force yet: nothing may be done."),
        holds: vec![],
        data: vec![],
        ledger: vec![],
        ledger_more: None,
    };
    vec![full, bare]
}

fn policy() -> Vec<PolicyPage> {
    let line = |tone, title: &str, choice: &str| PurposeLine {
        tone,
        title: text(title),
        choice: text(choice),
        detail: text("Reads email and name. Keeps them for 24 months."),
    };
    let full = PolicyPage {
        shell: Shell::sample(Noun::Policy),
        version: Some(VersionShown {
            n: 2,
            standing: text("in force since 1 May 2026"),
        }),
        versions: vec![
            VersionTab {
                n: 2,
                note: text("in force"),
            },
            VersionTab {
                n: 1,
                note: text("until 1 May 2026"),
            },
        ],
        faults: vec![text("v3.toml:3:1: unknown key `purpuse`")],
        text: text(
            "<h2>What we do</h2><p>We write to you once a month, when you said yes.</p><ul><li>No sale</li></ul>",
        ),
        purposes: vec![
            line(Tone::Good, "Newsletter", "Only after a confirmed yes."),
            line(Tone::Neutral, "Sharing with partners", "Only after a yes."),
        ],
        controller: vec![Held {
            label: text("Name"),
            value: text("Acme Garden Tools"),
        }],
        notice: text("People hear of a change 7 days before it holds."),
    };
    let none = PolicyPage {
        shell: Shell::sample(Noun::Policy),
        version: None,
        versions: vec![],
        faults: vec![],
        text: String::new(),
        purposes: vec![],
        controller: vec![],
        notice: String::new(),
    };
    vec![full, none]
}

fn imports() -> Vec<ImportsPage> {
    let line = ImportLine {
        file: text("people.csv"),
        badge: campaign_badge(CampaignState::Finished),
        created: 9_900,
        updated: 40,
        unchanged: 0,
        rejected: 60,
        when: when(90_000),
    };
    let shell = || Shell::sample(Noun::Contacts);
    vec![
        ImportsPage {
            shell: shell(),
            imports: vec![line],
        },
        ImportsPage {
            shell: shell(),
            imports: vec![],
        },
    ]
}

fn rehearsal() -> Vec<RehearsalPage> {
    let mail = MailLine {
        id: text("1"),
        subject: text("Ada, what to plant in March"),
        to: text("ada@example.org"),
        size: text("12 KB"),
        when: when(20),
    };
    let page = |mails, q: &str, faults_on| RehearsalPage {
        shell: Shell::sample(Noun::Rehearsal),
        sentence: text("9,688 messages kept for this account."),
        q: text(q),
        mails,
        shown: text("50 messages"),
        next: None,
        faults: vec![FaultField {
            name: "latency_ms",
            label: "Answer later by (ms)",
            help: "Each answer waits this long.",
            max: 60_000,
            value: 0,
        }],
        faults_on,
    };
    vec![
        page(vec![mail], "", true),
        page(vec![], "", false),
        page(vec![], "zzz", false),
    ]
}

fn mail() -> Vec<MailPage> {
    let page = |view| MailPage {
        shell: Shell::sample(Noun::Rehearsal),
        subject: text("Ada, what to plant in March"),
        from: text("Acme Garden Tools <news@acme.example>"),
        to: text("ada@example.org"),
        when: when(20),
        size: text("12 KB"),
        views: vec![
            ViewTab {
                word: "html",
                label: "As shown",
            },
            ViewTab {
                word: "text",
                label: "Text",
            },
            ViewTab {
                word: "headers",
                label: "Headers",
            },
            ViewTab {
                word: "source",
                label: "Source",
            },
        ],
        view,
        frame: text("/a/acme/rehearsal/1/html"),
        headers: vec![HeaderLine {
            name: text("DKIM-Signature"),
            value: text("v=1; a=rsa-sha256; d=acme.example; s=a; b=Zm9v"),
        }],
        body: text("Dear Ada,\n\nit is time to sow."),
        cut: Some(text("The first 256 KB are shown.")),
    };
    ["html", "text", "headers", "source"].map(page).into()
}

fn login() -> Vec<LoginPage> {
    [None, Some("The address or the password is wrong.")]
        .map(|fault| LoginPage {
            rehearsal: fault.is_none(),
            fault,
            address: text("grace@example.org"),
            back: text("/a/acme/campaigns"),
        })
        .into()
}

fn accounts() -> Vec<AccountsPage> {
    let account = AccountLine {
        slug: text("acme"),
        name: text("Acme Garden Tools"),
        role: text("owner"),
    };
    let page = |accounts| AccountsPage {
        rehearsal: true,
        user: text("grace@example.org"),
        accounts,
    };
    vec![page(vec![account]), page(vec![])]
}

fn add<P: Page>(out: &mut Vec<(&'static str, String)>, pages: Vec<P>) {
    let templates = Templates::embedded();
    for page in pages {
        let html = templates.show(&page).map(|html| html.0);
        out.push((
            P::TEMPLATE,
            html.unwrap_or_else(|e| panic!("{}: {e:?}", P::TEMPLATE)),
        ));
    }
}

/// Every page of the Client Center with every sample.
fn all() -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    add(&mut out, login());
    add(&mut out, accounts());
    add(&mut out, campaigns());
    add(&mut out, CampaignState::ALL.map(campaign).into());
    add(&mut out, vec![check(false), check(true)]);
    add(&mut out, preview());
    add(&mut out, vec![report(true), report(false)]);
    add(&mut out, people());
    add(&mut out, vec![message()]);
    add(&mut out, contacts());
    add(&mut out, contact());
    add(&mut out, policy());
    add(&mut out, imports());
    add(&mut out, rehearsal());
    add(&mut out, mail());
    add(&mut out, edit());
    let live = LivePart {
        base: text("/a/acme/campaigns/cp_1"),
        state: "sending",
        sentence: text("All sent."),
        trouble: None,
        bar: bar(),
        live_facts: vec![],
        replies: replies(),
    };
    add(&mut out, vec![live]);
    out
}

fn edit() -> Vec<EditPage> {
    let form = CampaignForm {
        name: text("Spring"),
        subject: text("Hello {{ first_name }}"),
        body_kind: text("mjml"),
        body: text("<mjml></mjml>"),
        ..CampaignForm::default()
    };
    let page = |base: Option<&str>, faults| EditPage {
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

#[test]
fn every_template_of_the_center_renders_with_every_sample_under_strict_undefined() {
    let rendered = all();
    for name in Templates::names().filter(|n| n.starts_with("center/")) {
        let part = ["center/layout.html", "center/campaign_head.html"].contains(&name.as_str());
        assert!(
            part || rendered.iter().any(|(n, _)| *n == name),
            "{name} has no sample"
        );
    }
}

#[test]
fn no_page_has_inline_script_or_style_since_the_content_policy_would_drop_it() {
    for (name, html) in all() {
        for banned in [
            "<style",
            " style=",
            " onclick=",
            " onload=",
            "<script>",
            "javascript:",
        ] {
            assert!(!html.contains(banned), "{name} has {banned}");
        }
    }
}

#[test]
fn every_full_page_has_one_heading_one_main_and_a_label_for_each_field() {
    for (name, html) in all() {
        if !html.contains("<!doctype") {
            continue;
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        for id in html.split("<input class=\"input\" id=\"").skip(1) {
            let id = id.split('"').next().unwrap_or("");
            assert!(
                html.contains(&format!("<label for=\"{id}\"")),
                "{name}: {id}"
            );
        }
    }
}

#[test]
fn what_people_typed_is_escaped() {
    let mut page = campaigns().remove(0);
    page.campaigns[0].subject = text("<script>alert(1)</script>");
    let html = Templates::embedded().show(&page).unwrap().0;
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>alert"));
}
