//! Form pages with sample contexts.

use avow_store::FormStanding;

use super::badge;
use super::view::*;
use crate::client_center::samples::{add, text, when};
use crate::client_center::shell::{Noun, Shell};

fn shell() -> Shell {
    Shell::sample(Noun::Forms)
}

fn list() -> Vec<ListPage> {
    let line = |standing| FormLine {
        id: text("fm_0000000000001"),
        name: text("signup"),
        title: text("Letters from Acme"),
        badge: badge(standing),
        sign_ups: 12,
        confirmed: 9,
        made: when(90_000),
    };
    let page = |forms, writes| ListPage {
        shell: shell(),
        forms,
        writes,
    };
    let all = [
        FormStanding::Open,
        FormStanding::Draft,
        FormStanding::Closed,
    ]
    .map(line);
    vec![
        page(all.into(), true),
        page(vec![], true),
        page(vec![], false),
    ]
}

fn edit() -> Vec<EditPage> {
    let offer = |id: &str, fixed| Offer {
        id: text(id),
        title: text("E-mail address"),
        note: text("Send me the newsletter."),
        chosen: fixed,
        place: 1,
        fixed,
    };
    let page = |is_new, bare, faults| EditPage {
        shell: shell(),
        heading: text("New form"),
        action: text("/a/acme/forms/new"),
        back: text("/a/acme/forms"),
        is_new,
        typed: Typed {
            name: text("signup"),
            title: text("Letters from Acme"),
            themed: !is_new,
            accent: text("#0f5040"),
            ground: text("#faf7f1"),
            font: text("sans"),
            ..Typed::default()
        },
        categories: vec![offer("email", true), offer("name", false)],
        purposes: vec![offer("newsletter", false)],
        lists: vec![ListChoice {
            id: text("ls_0000000000001"),
            name: text("Monthly"),
        }],
        faults,
        bare,
    };
    let fault = |field| Fault {
        field,
        text: text("Write it."),
    };
    let all = [
        "name",
        "title",
        "intro",
        "categories",
        "purposes",
        "button",
        "thanks",
        "theme",
        "sites",
    ]
    .map(fault);
    vec![
        page(true, false, vec![]),
        page(true, false, all.into()),
        page(false, true, vec![]),
    ]
}

fn show(full: bool) -> ShowPage {
    let number = Number {
        label: "sign-ups",
        note: "Sent, and taken in.",
        n: 12,
        href: full.then(|| text("/a/acme/forms/fm_0000000000001/people?who=all")),
    };
    let day = DayLine {
        day: text("3 May 2026"),
        views: 40,
        sign_ups: 4,
        refused: 1,
        width: 100,
    };
    ShowPage {
        shell: shell(),
        base: text("/a/acme/forms/fm_0000000000001"),
        name: text("signup"),
        title: text("Letters from Acme"),
        badge: badge(FormStanding::Open),
        standing: if full { "open" } else { "draft" },
        public: text("https://mail.acme.example/f/acme/signup"),
        frame: text("<iframe src=\"https://mail.acme.example/f/acme/signup?embed=1\"></iframe>"),
        html: text("<form method=\"post\"></form>"),
        sites: if full {
            vec![text("https://shop.example")]
        } else {
            vec![]
        },
        point: (!full).then(|| text("points = [\"signup\"]")),
        dropped: if full { vec![] } else { vec![text("job")] },
        sentence: text("12 people signed up, 9 of them confirmed."),
        numbers: vec![number],
        days: if full { vec![day] } else { vec![] },
        writes: true,
    }
}

fn people() -> Vec<PeoplePage> {
    let person = |confirmed: bool| PersonLine {
        id: text("ct_0000000000001"),
        address: text("ada@example.org"),
        at: when(9_000),
        confirmed: confirmed.then(|| when(8_000)),
    };
    let page = |people, confirmed: bool| PeoplePage {
        shell: shell(),
        base: text("/a/acme/forms/fm_0000000000001"),
        name: text("signup"),
        confirmed,
        people,
        next: confirmed.then(|| text("/a/acme/forms/fm_0000000000001/people?before=7")),
    };
    vec![
        page(vec![person(true), person(false)], true),
        page(vec![], false),
    ]
}

/// Every page with every sample.
pub(crate) fn all(out: &mut Vec<(&'static str, String)>) {
    add(out, list());
    add(out, edit());
    add(out, vec![show(true), show(false)]);
    add(out, people());
}
