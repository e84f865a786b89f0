//! Every page with sample contexts: each template is rendered under strict undefined, and its HTML is sound.

use avow_model::{CampaignState, Timestamp};

use super::campaign::samples::{
    bar, campaign, campaigns, check, edit, live, message, people, preview, report,
};
use super::campaign::{GalleryPage, content_samples, schedule_samples};
use super::delivery;
use super::forms;
use super::segments;
use super::settings;
use super::setup;
use super::shell::{Noun, Shell};
use super::view::*;
use super::words::{Badge, Tone, When, campaign_badge};
use crate::{Page, Templates};

const NOW_S: i64 = 1_780_000_000;

pub(crate) fn when(ago_s: i64) -> When {
    let at = |s| Timestamp::from_second(s).unwrap();
    When::new(at(NOW_S - ago_s), at(NOW_S))
}

pub(crate) fn text(words: &str) -> String {
    words.to_owned()
}

fn sent() -> MessageLine {
    MessageLine {
        href: text("/a/acme/messages/og_0000000000001"),
        what: text("Message of a program: newsletter"),
        badge: campaign_badge(CampaignState::Finished),
        when: when(5_000),
    }
}

fn on_list() -> OnList {
    OnList {
        id: text("ls_0000000000001"),
        name: text("Spring"),
        tone: Tone::Good,
        standing: text("Spring"),
        since: when(5_000),
    }
}

fn bare_contact() -> ContactPage {
    ContactPage {
        shell: Shell::sample(Noun::Contacts),
        id: text("ct_0000000000002"),
        address: text("bob@example.org"),
        name: String::new(),
        keeps: false,
        lists: vec![],
        may: vec![],
        may_note: text("No policy is in force yet: nothing may be done."),
        holds: vec![],
        data: vec![],
        messages: vec![],
        ledger: vec![],
        ledger_more: None,
    }
}

fn contact() -> Vec<ContactPage> {
    let held = |label: &str, value: &str| Held {
        label: text(label),
        value: text(value),
    };
    let full = ContactPage {
        shell: Shell::sample(Noun::Contacts),
        id: text("ct_0000000000001"),
        address: text("ada@example.org"),
        name: text("Ada Lovelace"),
        keeps: true,
        lists: vec![on_list()],
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
        messages: vec![sent()],
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
    vec![full, bare_contact()]
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
                class: Some(Badge {
                    tone: Tone::Notice,
                    label: told!("change-major"),
                }),
                n: 2,
                note: text("in force"),
            },
            VersionTab {
                class: None,
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
        notices: vec![NoticeLine {
            n: 2,
            badge: campaign_badge(CampaignState::Sending),
            base: text("/a/acme/campaigns/cp_0000000000001"),
            bar: bar(),
            sentence: text("7,931 of 10,000 people have it."),
        }],
        to_acknowledge: Some(3),
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
        notices: vec![],
        to_acknowledge: None,
    };
    vec![full, none]
}

fn record() -> RecordPage {
    RecordPage {
        shell: Shell::sample(Noun::Policy),
        n: 1,
        record: text("<section><h2>Activities</h2></section>"),
        recipients: text("<section><h2>Who else gets data</h2></section>"),
        cookies: text("<section><h2>Cookies</h2></section>"),
        retention: vec![text("Visits are erased 30 days after collection")],
    }
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
            label: told!("server-fault-latency-label"),
            help: told!("server-fault-latency-help"),
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
                label: told!("mail-view-html"),
            },
            ViewTab {
                word: "text",
                label: told!("mail-view-text"),
            },
            ViewTab {
                word: "links",
                label: told!("setup-mail-links"),
            },
            ViewTab {
                word: "headers",
                label: told!("mail-headers"),
            },
            ViewTab {
                word: "source",
                label: told!("mail-view-source"),
            },
        ],
        view,
        frame: text("/a/acme/rehearsal/1/html"),
        headers: vec![HeaderLine {
            name: text("DKIM-Signature"),
            value: text("v=1; a=rsa-sha256; d=acme.example; s=a; b=Zm9v"),
        }],
        links: vec![text("https://acme.example/spring")],
        body: text("Dear Ada,\n\nit is time to sow."),
        cut: Some(say!("mail-cut", n = 256)),
    };
    ["html", "text", "links", "headers", "source"]
        .map(page)
        .into()
}

fn login() -> Vec<LoginPage> {
    [None, Some(told!("login-wrong"))]
        .map(|fault| LoginPage {
            rehearsal: fault.is_none(),
            said: fault.clone(),
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
        role: told!("role-owner"),
    };
    let page = |accounts: Vec<AccountLine>, may_found| AccountsPage {
        rehearsal: true,
        may_found,
        user: text("grace@example.org"),
        accounts,
    };
    vec![
        page(vec![account], true),
        page(vec![], true),
        page(vec![], false),
    ]
}

pub(crate) fn add<P: Page>(out: &mut Vec<(&'static str, String)>, pages: Vec<P>) {
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
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    add(&mut out, login());
    add(&mut out, accounts());
    add(&mut out, campaigns());
    add(&mut out, CampaignState::ALL.map(campaign).into());
    add(&mut out, vec![check(false), check(true)]);
    add(&mut out, schedule_samples::pages());
    add(&mut out, preview());
    add(&mut out, vec![report(true), report(false)]);
    add(&mut out, people());
    add(&mut out, vec![message()]);
    add(&mut out, contact());
    add(&mut out, policy());
    add(&mut out, vec![record()]);
    add(&mut out, vec![ChangesPage::sample()]);
    super::people::samples::add_all(&mut out);
    add(&mut out, rehearsal());
    add(&mut out, mail());
    add(&mut out, edit());
    add(&mut out, vec![GalleryPage::sample()]);
    add(&mut out, content_samples::works());
    add(&mut out, content_samples::blocks());
    add(&mut out, content_samples::sources());
    add(&mut out, vec![live()]);
    add(&mut out, delivery::sample_pages());
    add(&mut out, delivery::sample_parts());
    settings::samples::all(&mut out);
    add(&mut out, crate::api::reference_pages());
    setup::samples::all(&mut out);
    add(&mut out, vec![crate::design::GuidePage::of_this_build()]);
    segments::samples::all(&mut out);
    forms::samples::all(&mut out);
    out
}

#[test]
fn every_template_of_the_center_renders_with_every_sample_under_strict_undefined() {
    let rendered = all();
    for name in Templates::names().filter(|n| n.starts_with("center/")) {
        let parts = [
            "center/contacts/tabs.html",
            "center/contacts/evidence.html",
            "center/contacts/job_part.html",
            "center/layout.html",
            "center/plain.html",
            "center/campaign_head.html",
            "center/campaign_archive.html",
            "center/setup/layout.html",
            "center/segments/told.html",
        ];
        let part = parts.contains(&name.as_str());
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
