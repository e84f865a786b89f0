//! Samples of every page of the settings, and of the doors.

use super::view::*;
use crate::client_center::samples::{add, text, when};
use crate::client_center::setup::samples::records;
use crate::client_center::shell::{Noun, Shell};
use crate::client_center::view::{
    CodePage, ForgotPage, InvitePage, Kept, LockedPage, ResetPage, WayOnPage,
};
use crate::client_center::words::{Badge, Tone};

type Pages = Vec<(&'static str, String)>;

fn frame(tab: &'static str) -> Frame {
    let tabs = [
        ("you", told!("settings-tab-you")),
        ("people", told!("settings-tab-people")),
    ];
    Frame {
        tabs: tabs.map(|(word, label)| Tab { word, label }).into(),
        tab,
    }
}

fn shell() -> Shell {
    Shell::sample(Noun::Settings)
}

fn you(codes: bool) -> YouPage {
    let device = |here| DeviceLine {
        word: text("00ff"),
        what: text("Firefox on Linux"),
        since: when(900_000),
        seen: when(60),
        here,
    };
    YouPage {
        shell: shell(),
        frame: frame("you"),
        role: told!("role-owner"),
        password_fault: codes.then(|| say!("you-wrong")),
        codes_fault: codes.then(|| told!("you-wrong")),
        languages: super::you::language::choices(None),
        codes: codes.then(|| when(90_000)),
        recovery_left: 1,
        devices: if codes {
            vec![device(true), device(false)]
        } else {
            vec![device(true)]
        },
        password_chars_min: 12,
    }
}

fn people(manages: bool) -> PeoplePage {
    let member = |fixed: bool| MemberLine {
        id: text("us_1"),
        address: text("grace@example.org"),
        name: text("Grace Hopper"),
        role: "owner",
        role_label: told!("role-owner"),
        seen: fixed.then(|| when(60)),
        codes: fixed,
        is_you: fixed,
        fixed,
    };
    let role = RoleChoice {
        word: "owner",
        label: told!("role-owner"),
        may: told!("staff-may-owner"),
    };
    let open = InvitationLine {
        address: text("ada@example.org"),
        role_label: told!("role-editor"),
        sent: when(60),
        ends: when(-90_000),
    };
    PeoplePage {
        shell: shell(),
        frame: frame("people"),
        manages,
        fault: manages.then(|| say!("staff-no-role")),
        typed: String::new(),
        typed_role: text("owner"),
        roles: vec![role],
        members: vec![member(true), member(false)],
        invitations: if manages { vec![open] } else { vec![] },
    }
}

fn keys(full: bool) -> KeysPage {
    let key = |in_use| KeyLine {
        name: text("shop"),
        scopes: text("send, read"),
        made: when(60),
        badge: Badge {
            tone: Tone::Good,
            label: told!("keys-in-use"),
        },
        in_use,
    };
    let scope = ScopeChoice {
        word: "send",
        may: told!("scope-send"),
        chosen: true,
    };
    KeysPage {
        shell: shell(),
        frame: frame("keys"),
        manages: full,
        fault: full.then(|| say!("keys-no-scope")),
        typed: String::new(),
        scopes: vec![scope],
        made: full.then(|| (text("shop"), text("avow_x"))),
        keys: if full {
            vec![key(true), key(false)]
        } else {
            vec![]
        },
    }
}

fn audit(acts: bool, first: bool) -> AuditPage {
    let act = ActLine {
        who: text("grace@example.org"),
        what: say!("act-logged-in"),
        when: when(60),
    };
    AuditPage {
        shell: shell(),
        frame: frame("audit"),
        acts: if acts { vec![act] } else { vec![] },
        first,
        next: acts.then(|| text("/a/acme/settings/audit?before=1-1")),
    }
}

fn doors(out: &mut Pages) {
    let kept = || {
        vec![Kept {
            name: text("kept.subject"),
            value: text("Hello"),
        }]
    };
    let invite = |known| InvitePage {
        rehearsal: true,
        fault: Some(say!("invite-name-fault", n = 100)),
        token: text("t"),
        account: text("Acme Garden Tools"),
        address: text("ada@example.org"),
        role: told!("role-editor"),
        known,
        name: String::new(),
    };
    let locked = |kept: Vec<Kept>| LockedPage {
        rehearsal: true,
        fault: Some(told!("locked-wrong")),
        address: text("ada@example.org"),
        back: text("/"),
        has_form: !kept.is_empty(),
        kept,
    };
    let code = CodePage {
        rehearsal: true,
        fault: Some(told!("code-wrong")),
        door: text("t"),
        back: text("/"),
    };
    let reset = ResetPage {
        rehearsal: true,
        fault: Some(say!("password-short", n = 12)),
        token: text("t"),
    };
    let way_on = WayOnPage {
        rehearsal: true,
        to: text("/a/acme/campaigns"),
        kept: kept(),
    };
    let forgot = |asked| ForgotPage {
        rehearsal: true,
        asked,
    };
    add(out, vec![invite(true), invite(false)]);
    add(out, vec![locked(kept()), locked(vec![])]);
    add(out, vec![code]);
    add(out, vec![reset]);
    add(out, vec![way_on]);
    add(out, vec![forgot(true), forgot(false)]);
}

fn domain(full: bool) -> DomainSettingsPage {
    let pair = |state| KeyPair {
        state,
        records: vec![(text("a._domainkey.acme.example"), text("v=DKIM1; p=AA"))],
    };
    DomainSettingsPage {
        shell: shell(),
        frame: frame("domain"),
        records: records(full),
        since: full.then(|| when(900_000)),
        has_next: full,
        pairs: if full {
            ["now", "next", "earlier"].map(pair).into()
        } else {
            vec![]
        },
        manages: full,
        typed: String::new(),
        fault: full.then(|| text("Write a domain.")),
        slug: text("acme"),
    }
}

/// All of them, rendered.
pub(crate) fn all(out: &mut Pages) {
    let line = SendingLine {
        label: told!("sending-domain"),
        value: text("acme.example"),
        note: say!("sending-domain-note", slug = "acme"),
    };
    let sending = SendingPage {
        shell: shell(),
        frame: frame("sending"),
        lines: vec![line],
    };
    let codes = CodesPage {
        shell: shell(),
        frame: frame("you"),
        fault: Some(told!("code-wrong")),
        path: text("M4 4h1v1h-1z"),
        width: 29,
        key: text("GEZD GNBV"),
    };
    let recovery = RecoveryPage {
        shell: shell(),
        frame: frame("you"),
        codes: vec![text("aaaa-bbbb-cccc-dddd")],
    };
    add(out, vec![you(true), you(false)]);
    add(out, vec![codes]);
    add(out, vec![recovery]);
    add(out, vec![people(true), people(false)]);
    add(out, vec![keys(true), keys(false)]);
    add(out, vec![sending]);
    add(out, vec![domain(true), domain(false)]);
    add(
        out,
        vec![audit(true, true), audit(false, true), audit(false, false)],
    );
    doors(out);
}
