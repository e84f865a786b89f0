//! Samples of the pages about people.

use avow_model::Timestamp;
use avow_store::JobState;

use super::bulk::Moved;
use super::query::Query;
use super::view::*;
use super::work::badge;
use crate::client_center::samples::{add, text, when};
use crate::client_center::shell::{Noun, Shell};
use crate::client_center::words::Tone;

fn shell() -> Shell {
    Shell::sample(Noun::Contacts)
}

fn option(value: &str, label: &str, chosen: bool) -> Option_ {
    Option_ {
        value: text(value),
        label: text(label),
        chosen,
    }
}

fn undo() -> Option<Undo> {
    let now = Timestamp::from_second(1_780_000_000).unwrap();
    let moved = Moved {
        act: text("put"),
        on: text("ls_0000000000001"),
        name: text("Spring"),
        n: 3,
        at: now.as_microsecond(),
        who: text("ct_0000000000001"),
    };
    Undo::of(&moved, now)
}

fn table(people: Vec<PersonLine>, is_empty: bool) -> TablePage {
    TablePage {
        shell: shell(),
        query: Query::default(),
        filter: Filter {
            lists: vec![option("ls_0000000000001", "Spring", true)],
            states: vec![option("may", "May be written to", false)],
            origins: vec![option("form", "From a form", false)],
            orders: vec![option("", "Newest first", true)],
            open: false,
        },
        is_empty,
        keeps: true,
        exports: true,
        total_text: text("10,000 people in this account"),
        people,
        shown: text("1 contact here"),
        next: Some(text("?after=ct_0000000000001")),
        next_label: "Next page",
        whom: text("?state=may"),
        back: text("?state=may"),
        undo: undo(),
    }
}

fn tables() -> Vec<TablePage> {
    let line = |tone, standing: &str| PersonLine {
        id: text("ct_0000000000001"),
        address: text("ada@example.org"),
        name: text("Ada Lovelace"),
        flags: text("role address"),
        since: when(900_000),
        tone,
        standing: text(standing),
        purposes: text("Newsletter"),
    };
    let full = vec![line(Tone::Good, "Newsletter"), line(Tone::Bad, "Said no")];
    vec![
        table(full, false),
        table(vec![], false),
        table(vec![], true),
    ]
}

fn evidence() -> EvidenceForm {
    EvidenceForm {
        attested: true,
        source: text("https://acme.example/news"),
        wording: text("Yes, write to me once a month."),
        date: text("2026-05-01"),
        soft_opt_in: false,
        purposes: vec![PurposeChoice {
            id: text("newsletter"),
            title: text("Send the newsletter"),
            chosen: true,
        }],
    }
}

fn persons() -> Vec<PersonPage> {
    let page = |contact: Option<String>, faults: Vec<Fault>| PersonPage {
        shell: shell(),
        heading: text("Add a contact"),
        action: text("/a/acme/contacts/new"),
        back: text("/a/acme/contacts"),
        contact,
        address: text("ada@example.org"),
        fields: vec![Typed {
            name: text("first_name"),
            label: text("First name"),
            value: text("Ada"),
            category: text("Your name"),
        }],
        country: text("gb"),
        lists: vec![option("ls_0000000000001", "Spring", false)],
        evidence: evidence(),
        version: Some(2),
        origin: String::new(),
        known: (!faults.is_empty()).then(|| text("/a/acme/contacts/ct_0000000000001")),
        faults,
    };
    let names = [
        "email", "fields", "source", "date", "wording", "purpose", "origin",
    ];
    let faults = names.map(|name| Fault::new(name, "Mend this."));
    let changed = page(Some(text("ct_0000000000001")), vec![]);
    vec![page(None, vec![]), page(None, faults.into()), changed]
}

fn lists() -> Vec<ListsPage> {
    let line = ListLine {
        id: text("ls_0000000000001"),
        slug: text("spring"),
        name: text("Spring"),
        about: text("For those who plant early"),
        size: 9_688,
        made: when(900_000),
    };
    let page = |lists, faults| ListsPage {
        shell: shell(),
        keeps: true,
        lists,
        typed: ListTyped::default(),
        faults,
    };
    let faults = ["name", "slug", "about"].map(|name| Fault::new(name, "Mend this."));
    vec![page(vec![line], vec![]), page(vec![], faults.into())]
}

fn list() -> ListPage {
    ListPage {
        shell: shell(),
        id: text("ls_0000000000001"),
        typed: ListTyped {
            name: text("Spring"),
            slug: text("spring"),
            about: String::new(),
        },
        faults: vec![Fault::new("name", "Give the list a name.")],
    }
}

fn job(state: JobState) -> JobLine {
    JobLine {
        id: text("jb_0000000000001"),
        title: text("people.csv"),
        badge: badge(state),
        people: 9_688,
        who: text("grace@example.org"),
        when: when(4_000),
        told: text("9,688 people new."),
        has_file: true,
    }
}

fn imports() -> Vec<ImportsPage> {
    let page = |jobs, runs, fault| ImportsPage {
        shell: shell(),
        keeps: true,
        jobs,
        runs,
        fault,
        max_text: text("2,048 MB"),
        max_bytes: 2_147_483_648,
    };
    let run = RunLine {
        file: text("subscribed_members_export.csv"),
        badge: badge(JobState::Finished),
        told: text("312 people new"),
        when: when(900_000),
    };
    let fault = Some(text("This is not a CSV file."));
    vec![
        page(
            vec![job(JobState::Finished), job(JobState::Failed)],
            vec![run],
            None,
        ),
        page(vec![], vec![], fault),
    ]
}

fn part(state: &'static str) -> WorkPart {
    WorkPart {
        base: text("/a/acme/imports/jb_0000000000001"),
        state,
        told: text("41,000"),
        share: 410,
        percent: text("41 %"),
        rate: Some(text("12,000 a second")),
        left: Some(text("2 minutes")),
        stopping: state == "stopping",
    }
}

fn form() -> ImportForm {
    ImportForm {
        columns: vec![ColumnLine {
            index: 0,
            header: text("E-mail"),
            roles: vec![option("address", "E-mail address", true)],
            values: vec![text("ada@example.org"), text("<b>bob</b>")],
            undeclared: true,
        }],
        encoding: text("UTF-8"),
        lists: vec![option("ls_0000000000001", "Spring", false)],
        everyone: vec![option("subscribed", "What their columns say", true)],
        evidence: evidence(),
        version: Some(2),
        faults: vec![Fault::new("columns", "Mend this.")],
        go: Some(text("Take in 9,688 people")),
    }
}

fn import(state: JobState, part: Option<WorkPart>, form: Option<ImportForm>) -> ImportPage {
    let ended = state == JobState::Finished;
    ImportPage {
        shell: shell(),
        id: text("jb_0000000000001"),
        title: text("people.csv"),
        badge: badge(state),
        part,
        form,
        sentence: text("9,688 people new, 12 changed, 300 as before; 4 rows rejected."),
        figures: vec![Figure {
            n: 9_688,
            label: text("by their own act"),
            help: text("The row has the time of their yes."),
            href: ended.then(|| text("/a/acme/contacts")),
        }],
        reasons: vec![(text("The address is none"), 4)],
        undeclared: text("Shoe size"),
        rejects: ended.then_some(4),
        can_go_on: state == JobState::Stopped,
        fault: (state == JobState::Failed).then(|| text("The file is gone.")),
    }
}

fn exports() -> Vec<ExportsPage> {
    let page = |jobs, veiled| ExportsPage {
        shell: shell(),
        jobs,
        is_everybody: false,
        query: Query {
            state: text("may"),
            ..Query::default()
        },
        veiled,
    };
    vec![
        page(vec![job(JobState::Finished)], false),
        page(vec![], true),
    ]
}

fn export(state: JobState, part: Option<WorkPart>) -> ExportPage {
    ExportPage {
        shell: shell(),
        id: text("jb_0000000000001"),
        title: text("All contacts, CSV"),
        badge: badge(state),
        part,
        sentence: text("9,688 people written."),
        has_file: state == JobState::Finished,
        fault: (state == JobState::Failed).then(|| text("The disk is full.")),
    }
}

/// Adds every page with every sample.
pub(crate) fn add_all(out: &mut Vec<(&'static str, String)>) {
    add(out, tables());
    add(out, persons());
    add(out, lists());
    add(out, vec![list()]);
    add(out, imports());
    add(out, vec![part("running"), part("stopping")]);
    add(
        out,
        vec![
            import(JobState::Draft, None, Some(form())),
            import(JobState::Running, Some(part("running")), None),
            import(JobState::Stopped, None, None),
            import(JobState::Failed, None, None),
            import(JobState::Finished, None, None),
        ],
    );
    add(out, exports());
    add(
        out,
        vec![
            export(JobState::Running, Some(part("waiting"))),
            export(JobState::Finished, None),
            export(JobState::Failed, None),
        ],
    );
}
