//! Cookies, hosts, rights and safeguards of a policy file.

use avow_model::{Purpose, RecipientClass, Slug};

use super::limit;
use super::purpose::Known;
use crate::reader::{At, Table};
use crate::version::{
    Cookie, CookieContext, CookieName, Host, Load, PurposeRule, Right, RightKind, Safeguard, Way,
};

pub(super) struct Surface {
    pub cookies: Vec<Cookie>,
    pub hosts: Vec<Host>,
    pub rights: Vec<Right>,
    pub safeguards: Vec<Safeguard>,
}

pub(super) fn read(root: &mut Table<'_, '_>, purposes: &[PurposeRule], known: &Known) -> Surface {
    Surface {
        cookies: read_all(root, "cookie", |name, table| {
            read_cookie(name, table, purposes)
        }),
        hosts: read_all(root, "host", |name, table| {
            read_host(name, table, purposes, known)
        }),
        rights: read_all(root, "right", read_right),
        safeguards: read_all(root, "safeguard", read_safeguard),
    }
}

fn read_all<'r, 'a, T>(
    root: &mut Table<'r, 'a>,
    key: &'static str,
    read: impl Fn(At<&'r str>, Table<'r, 'a>) -> Option<T>,
) -> Vec<T> {
    let tables = root.tables(key);
    limit(root, key, tables.len());
    tables
        .into_iter()
        .filter_map(|(name, table)| read(name, table))
        .collect()
}

fn read_purpose(table: &mut Table<'_, '_>, purposes: &[PurposeRule]) -> Option<Purpose> {
    let named: At<Purpose> = table.name("purpose")?;
    if !purposes.iter().any(|p| p.id == named.value) {
        let message = format!("the purpose \"{}\" is not declared", named.value);
        let hint = format!("declare it: [purpose.{}]", named.value);
        table.reader.fault_hint(&named.span, message, &hint);
    }
    Some(named.value)
}

fn read_cookie(
    name: At<&str>,
    mut table: Table<'_, '_>,
    purposes: &[PurposeRule],
) -> Option<Cookie> {
    let name: Option<At<CookieName>> = table.reader.name(name);
    let title = table.needed_spoken("title", "what the cookie is for, in one sentence");
    if !table.has("lifetime") {
        table.missing(
            "lifetime",
            "write lifetime = \"session\", or a time such as \"30d\"",
        );
    }
    let lifetime = table.value("lifetime");
    let necessary = table.said("necessary");
    if !table.has("purpose") && !necessary.is_yes() {
        let hint = "a cookie is necessary = true, or serves one purpose that people can choose";
        table.missing("purpose", hint);
    }
    let purpose = read_purpose(&mut table, purposes);
    let mut context = table.words("context", &CookieContext::WORDS);
    if context.is_empty() {
        context.push(CookieContext::Site);
    }
    table.finish();
    Some(Cookie {
        name: name?.value,
        title: title?.value.to_owned(),
        lifetime: lifetime?.value,
        purpose,
        necessary,
        context,
    })
}

fn read_host(
    name: At<&str>,
    mut table: Table<'_, '_>,
    purposes: &[PurposeRule],
    known: &Known,
) -> Option<Host> {
    let id: Option<At<Slug>> = table.reader.name(name);
    let title = table.needed_spoken("title", "whose host it is and what it gives");
    if !table.has("origin") {
        table.missing("origin", "write origin = \"https://images.example.com\"");
    }
    let origin = table.value("origin");
    let loads = table.words("loads", &Load::WORDS);
    if loads.is_empty() {
        table.missing(
            "loads",
            "what pages load from it, for example loads = [\"image\"]",
        );
    }
    let purpose = read_purpose(&mut table, purposes);
    let recipient: Option<At<RecipientClass>> = table.name("recipient");
    if let Some(recipient) = &recipient {
        known.recipient(&table, recipient);
    }
    table.finish();
    Some(Host {
        id: id?.value,
        title: title?.value.to_owned(),
        origin: origin?.value,
        loads,
        purpose,
        recipient: recipient.map(|r| r.value),
    })
}

fn read_right(name: At<&str>, mut table: Table<'_, '_>) -> Option<Right> {
    let right = table.reader.word(name, "right", &RightKind::WORDS);
    let title = table.spoken("title");
    let how = table.words("how", &Way::WORDS);
    if how.is_empty() {
        table.missing(
            "how",
            "the ways to ask, for example how = [\"page\", \"email\"]",
        );
    }
    let path = table.line("path");
    if path.is_none() && how.contains(&Way::Page) {
        table.missing(
            "path",
            "the page, from the root of the site: path = \"/preferences\"",
        );
    }
    if let Some(path) = path.as_ref().filter(|p| !p.value.starts_with('/')) {
        let message = "`path` begins at the root of the site";
        table
            .reader
            .fault_hint(&path.span, message, "write for example \"/preferences\"");
    }
    let answer_within = table.duration("answer_within");
    table.finish();
    Some(Right {
        right: right?.value,
        title: title.map(|t| t.value.to_owned()),
        how,
        path: path.map(|p| p.value.to_owned()),
        answer_within,
    })
}

fn read_safeguard(name: At<&str>, mut table: Table<'_, '_>) -> Option<Safeguard> {
    let id: Option<At<Slug>> = table.reader.name(name);
    let claim = table.needed_spoken("claim", "what is done, as people may read it");
    let owner = table.needed_text("owner", "the person or office that stands for it");
    let evidence = table.line("evidence");
    let reviewed = table.instant(
        "reviewed",
        "the day of the last review: reviewed = 2026-01-01",
    );
    if !table.has("review_every") {
        table.missing("review_every", "write review_every = \"365d\"");
    }
    let review_every = table.duration("review_every");
    table.finish();
    Some(Safeguard {
        id: id?.value,
        claim: claim?.value.to_owned(),
        owner: owner?.value.to_owned(),
        evidence: evidence.map(|e| e.value.to_owned()),
        reviewed: reviewed?.value,
        review_every: review_every?,
    })
}
