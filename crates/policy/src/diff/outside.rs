//! Cookies, hosts, rights and safeguards of two versions against each other.

use super::shift::{ceiling, fixed, floor, other, reworded, said};
use super::{About, Items};
use crate::emit::length_text;
use crate::version::{ChangeClass, Cookie, Host, Lifetime, Right, Safeguard, Said, Version};

const WIDER: ChangeClass = ChangeClass::Major;
const NARROWER: ChangeClass = ChangeClass::Minor;

pub(super) fn compare(old: &Version, new: &Version, items: &mut Items) {
    compare_cookies(old.cookies(), new.cookies(), items);
    compare_hosts(old.hosts(), new.hosts(), items);
    compare_rights(old.rights(), new.rights(), items);
    compare_safeguards(old.safeguards(), new.safeguards(), items);
}

fn compare_cookies(old: &[Cookie], new: &[Cookie], items: &mut Items) {
    pairs(
        old,
        new,
        |c| &c.name,
        |pair| match pair {
            Pair::Both(was, is) => compare_cookie(was, is, items),
            Pair::New(is) => items.add(
                WIDER,
                cookie(is, ""),
                format!("New cookie {}: {}.", is.name, is.title),
            ),
            Pair::Gone(was) => items.add(
                NARROWER,
                cookie(was, ""),
                format!("The cookie {} is no longer set.", was.name),
            ),
        },
    );
}

fn compare_hosts(old: &[Host], new: &[Host], items: &mut Items) {
    pairs(
        old,
        new,
        |h| &h.id,
        |pair| match pair {
            Pair::Both(was, is) => compare_host(was, is, items),
            Pair::New(is) => items.add(
                WIDER,
                host(is, ""),
                format!("Pages now also load from {}: {}.", is.origin, is.title),
            ),
            Pair::Gone(was) => items.add(
                NARROWER,
                host(was, ""),
                format!("Pages no longer load from {}.", was.origin),
            ),
        },
    );
}

fn compare_rights(old: &[Right], new: &[Right], items: &mut Items) {
    let name = |right: &Right| right.right.as_str().replace('_', " ");
    pairs(
        old,
        new,
        |r| r.right,
        |pair| match pair {
            Pair::Both(was, is) => compare_right(was, is, items),
            Pair::New(is) => {
                items.add(NARROWER, right(is, ""), format!("New right: {}.", name(is)));
            }
            Pair::Gone(was) => items.add(
                WIDER,
                right(was, ""),
                format!("No longer offered: the right to {}.", name(was)),
            ),
        },
    );
}

fn compare_safeguards(old: &[Safeguard], new: &[Safeguard], items: &mut Items) {
    pairs(
        old,
        new,
        |s| &s.id,
        |pair| match pair {
            Pair::Both(was, is) => compare_safeguard(was, is, items),
            Pair::New(is) => items.add(
                NARROWER,
                safeguard(is, ""),
                format!("New safeguard: {}", is.claim),
            ),
            Pair::Gone(was) => items.add(
                WIDER,
                safeguard(was, ""),
                format!("Safeguard no longer promised: {}", was.claim),
            ),
        },
    );
}

/// Something and its like in the other version.
enum Pair<'v, T> {
    Both(&'v T, &'v T),
    New(&'v T),
    Gone(&'v T),
}

/// Each of both lists with its like in the other one, the newer list first.
fn pairs<'v, T, K: PartialEq>(
    old: &'v [T],
    new: &'v [T],
    key: impl Fn(&'v T) -> K,
    mut with: impl FnMut(Pair<'v, T>),
) {
    for is in new {
        match old.iter().find(|was| key(was) == key(is)) {
            Some(was) => with(Pair::Both(was, is)),
            None => with(Pair::New(is)),
        }
    }
    for was in old
        .iter()
        .filter(|was| new.iter().all(|is| key(is) != key(was)))
    {
        with(Pair::Gone(was));
    }
}

fn path(group: &str, id: &str, key: &str) -> String {
    format!("{group}/{id}/{key}")
        .trim_end_matches('/')
        .to_owned()
}

fn cookie(cookie: &Cookie, key: &str) -> (About, String) {
    (About::Site, path("cookie", cookie.name.as_str(), key))
}

fn host(host: &Host, key: &str) -> (About, String) {
    (About::Site, path("host", host.id.as_str(), key))
}

fn right(right: &Right, key: &str) -> (About, String) {
    (About::Promise, path("right", right.right.as_str(), key))
}

fn safeguard(safeguard: &Safeguard, key: &str) -> (About, String) {
    (
        About::Promise,
        path("safeguard", safeguard.id.as_str(), key),
    )
}

fn compare_cookie(was: &Cookie, is: &Cookie, items: &mut Items) {
    let name = &is.name;
    let lives = |lifetime| match lifetime {
        Lifetime::Session => jiff::SignedDuration::ZERO,
        Lifetime::For(time) => time,
    };
    let lifetime = ceiling(Some(lives(was.lifetime)), Some(lives(is.lifetime)));
    items.shift(lifetime, cookie(is, "lifetime"), || match is.lifetime {
        Lifetime::Session => format!("The cookie {name} now ends with the browser."),
        Lifetime::For(time) => format!("The cookie {name} now stays {}.", length_text(time)),
    });
    items.shift(
        said(was.necessary, is.necessary, Said::No),
        cookie(is, "necessary"),
        || {
            let word = if is.necessary.is_yes() {
                "without asking"
            } else {
                "only as you choose"
            };
            format!("The cookie {name} is now set {word}.")
        },
    );
    items.shift(
        other(was.purpose == is.purpose),
        cookie(is, "purpose"),
        || match &is.purpose {
            Some(purpose) => format!("The cookie {name} now serves “{purpose}”."),
            None => format!("The cookie {name} no longer serves a purpose that you can choose."),
        },
    );
    items.lists(
        (&was.context, &is.context),
        cookie(is, "context"),
        (WIDER, |c| {
            format!("The cookie {name} is now also set here: {}.", c.as_str())
        }),
        (NARROWER, |c| {
            format!("The cookie {name} is no longer set here: {}.", c.as_str())
        }),
    );
    items.shift(reworded(was.title == is.title), cookie(is, "title"), || {
        format!("The cookie {name} is described otherwise: {}.", is.title)
    });
}

fn compare_host(was: &Host, is: &Host, items: &mut Items) {
    items.shift(other(was.origin == is.origin), host(is, "origin"), || {
        format!(
            "Pages now load from {} in the place of {}.",
            is.origin, was.origin
        )
    });
    items.lists(
        (&was.loads, &is.loads),
        host(is, "loads"),
        (WIDER, |l| {
            format!(
                "Pages now also load this from {}: {}.",
                is.origin,
                l.as_str()
            )
        }),
        (NARROWER, |l| {
            format!(
                "Pages no longer load this from {}: {}.",
                is.origin,
                l.as_str()
            )
        }),
    );
    items.shift(
        fixed(was.purpose.as_ref(), is.purpose.as_ref()),
        host(is, "purpose"),
        || match &is.purpose {
            Some(purpose) => format!(
                "Loading from {} now needs your word on “{purpose}”.",
                is.origin
            ),
            None => format!("Loading from {} no longer needs your word.", is.origin),
        },
    );
    items.shift(
        fixed(was.recipient.as_ref(), is.recipient.as_ref()),
        host(is, "recipient"),
        || format!("Whose host {} is has changed.", is.origin),
    );
    items.shift(reworded(was.title == is.title), host(is, "title"), || {
        format!("{} is described otherwise: {}.", is.origin, is.title)
    });
}

fn compare_right(was: &Right, is: &Right, items: &mut Items) {
    let name = is.right.as_str().replace('_', " ");
    items.lists(
        (&was.how, &is.how),
        right(is, "how"),
        (NARROWER, |w| {
            format!(
                "You can now also ask for the right to {name} by {}.",
                w.as_str()
            )
        }),
        (WIDER, |w| {
            format!(
                "You can no longer ask for the right to {name} by {}.",
                w.as_str()
            )
        }),
    );
    items.shift(
        ceiling(was.answer_within, is.answer_within),
        right(is, "answer_within"),
        || {
            let time = is
                .answer_within
                .map_or("no set time".to_owned(), length_text);
            format!("The right to {name} is answered within {time}.")
        },
    );
    items.shift(reworded(was.title == is.title), right(is, "title"), || {
        format!("The right to {name} is called otherwise.")
    });
    items.shift(reworded(was.path == is.path), right(is, "path"), || {
        format!("The page for the right to {name} has moved.")
    });
}

fn compare_safeguard(was: &Safeguard, is: &Safeguard, items: &mut Items) {
    items.shift(
        ceiling(Some(was.review_every), Some(is.review_every)),
        safeguard(is, "review_every"),
        || {
            format!(
                "Reviewed every {}: {}",
                length_text(is.review_every),
                is.claim
            )
        },
    );
    let same = (&was.claim, &was.owner, &was.evidence) == (&is.claim, &is.owner, &is.evidence);
    items.shift(reworded(same), safeguard(is, "claim"), || {
        format!("A safeguard is described otherwise: {}", is.claim)
    });
    items.shift(
        floor(was.reviewed, is.reviewed),
        safeguard(is, "reviewed"),
        || {
            format!(
                "Last reviewed on {}: {}",
                crate::explain::date(is.reviewed),
                is.claim
            )
        },
    );
}
