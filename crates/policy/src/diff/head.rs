//! What a version promises of itself and of the next one: notice, ages, packs, claims, people.

use avow_model::Purpose;

use super::shift::{Shift, ceiling, fixed, floor, other, reworded, said};
use super::{About, Items};
use crate::emit::length_text;
use crate::version::{
    ChangeClass, Claim, Contact, ContactRole, ControllerRole, CookieMode, PackRef, Said, StaffRole,
    Version,
};

const WIDER: ChangeClass = ChangeClass::Major;
const NARROWER: ChangeClass = ChangeClass::Minor;

pub(super) fn compare(old: &Version, new: &Version, items: &mut Items) {
    compare_notice(old, new, items);
    compare_limits(old, new, items);
    compare_packs(old.packs(), new.packs(), items);
    compare_claims(old, new, items);
    compare_controller(old, new, items);
    compare_scope(old, new, items);
    compare_staff(old, new, items);
    for role in ContactRole::WORDS.map(|(_, role)| role) {
        compare_contact(role, (old.contact(role), new.contact(role)), items);
    }
}

fn promise(path: &str) -> (About, String) {
    (About::Promise, path.to_owned())
}

fn people(path: &str) -> (About, String) {
    (About::People, path.to_owned())
}

fn compare_notice(old: &Version, new: &Version, items: &mut Items) {
    let (was, is) = (old.notice(), new.notice());
    items.shift(
        floor(was.period, is.period),
        promise("notice/period"),
        || {
            let (now, then) = (length_text(is.period), length_text(was.period));
            format!("Changes are now published {now} before they take effect; before, {then}.")
        },
    );
    items.shift(floor(was.email, is.email), promise("notice/email"), || {
        format!(
            "We now write to you about changes: {}.",
            is.email.as_str().replace('_', " ")
        )
    });
    items.lists(
        (&was.post, &is.post),
        promise("notice/post"),
        (NARROWER, |p| {
            format!("Changes are now also announced here: {}.", p.as_str())
        }),
        (WIDER, |p| {
            format!("Changes are no longer announced here: {}.", p.as_str())
        }),
    );
    items.shift(
        ceiling(Some(was.acceptance), Some(is.acceptance)),
        promise("notice/acceptance"),
        || "What going on with our services means is now put otherwise.".to_owned(),
    );
}

fn compare_limits(old: &Version, new: &Version, items: &mut Items) {
    items.shift(
        floor(old.min_age(), new.min_age()),
        promise("min_age"),
        || {
            format!(
                "The least age is now {}; before, {}.",
                new.min_age(),
                old.min_age()
            )
        },
    );
    let children = said(old.child_directed(), new.child_directed(), Said::No);
    items.shift(children, promise("child_directed"), || {
        let word = if new.child_directed().is_yes() {
            "now"
        } else {
            "not"
        };
        format!("Our site is {word} meant for children.")
    });
    let lives = ceiling(Some(old.permit_life()), Some(new.permit_life()));
    items.shift(lives, promise("permit_life"), || {
        format!(
            "A mail may now wait {} after we asked for permission.",
            length_text(new.permit_life())
        )
    });
    items.shift(
        ceiling(old.cookie_mode(), new.cookie_mode()),
        (About::Site, "cookies".to_owned()),
        || {
            let most = new
                .cookie_mode()
                .map_or("what the list says", CookieMode::as_str);
            format!("Cookies that we set, at most: {most}.")
        },
    );
    let base = match (old.base(), new.base()) {
        (Some(was), Some(is)) if was != is => Shift::Reworded,
        (was, is) => fixed(was, is),
    };
    items.shift(base, promise("base"), || match new.base() {
        Some(base) => format!("This policy now stays within {base}."),
        None => "This policy no longer stays within another one.".to_owned(),
    });
}

/// Who of the staff may see people for what, where both promise a need to know; only what both versions do is compared,
/// the rest is told as new or gone.
fn compare_staff(old: &Version, new: &Version, items: &mut Items) {
    if ![old, new].iter().all(|v| v.claims_that(Claim::NeedToKnow)) {
        return;
    }
    for (word, role) in StaffRole::WORDS {
        let both = |version: &Version, other: &Version| -> Vec<Purpose> {
            let needs = version.needs_of(role).into_iter();
            needs.filter(|id| other.purpose(id).is_some()).collect()
        };
        let name = word.replace('_', " ");
        let title = |id: &Purpose| {
            let rule = new.purpose(id);
            rule.map_or_else(|| id.to_string(), |rule| rule.title.clone())
        };
        items.lists(
            (&both(old, new), &both(new, old)),
            promise(&format!("staff/{word}/needs")),
            (WIDER, |id| {
                format!(
                    "Our staff in the role “{name}” now also sees people for “{}”.",
                    title(id)
                )
            }),
            (NARROWER, |id| {
                format!(
                    "Our staff in the role “{name}” no longer sees people for “{}”.",
                    title(id)
                )
            }),
        );
    }
}

fn compare_packs(old: &[PackRef], new: &[PackRef], items: &mut Items) {
    for pack in new {
        match old.iter().find(|p| p.name == pack.name) {
            None => items.add(
                NARROWER,
                promise("packs"),
                format!("We now promise to keep the rules “{pack}”."),
            ),
            Some(was) => items.shift(reworded(was == pack), promise("packs"), || {
                format!("The rules “{was}” are now “{pack}”.")
            }),
        }
    }
    for pack in old.iter().filter(|p| new.iter().all(|n| n.name != p.name)) {
        items.add(
            WIDER,
            promise("packs"),
            format!("We no longer promise to keep the rules “{pack}”."),
        );
    }
}

fn compare_claims(old: &Version, new: &Version, items: &mut Items) {
    let class = |claim: &Claim, gained: bool| {
        if claim.protects() == gained {
            NARROWER
        } else {
            WIDER
        }
    };
    for claim in new.claims().iter().filter(|c| !old.claims_that(**c)) {
        let sentence = format!("New promise: {}.", claim.as_str().replace('_', " "));
        items.add(
            class(claim, true),
            promise(&format!("claims/{}", claim.as_str())),
            sentence,
        );
    }
    for claim in old.claims().iter().filter(|c| !new.claims_that(**c)) {
        let sentence = format!("No longer promised: {}.", claim.as_str().replace('_', " "));
        items.add(class(claim, false), promise("claims"), sentence);
    }
}

fn compare_controller(old: &Version, new: &Version, items: &mut Items) {
    let (was, is) = (old.controller(), new.controller());
    items.shift(
        other(was.name == is.name),
        people("controller/name"),
        || format!("Responsible is now {}; before, {}.", is.name, was.name),
    );
    let role = match (was.role, is.role) {
        (None, Some(_)) => Shift::Reworded,
        (was, is) => fixed(was.as_ref(), is.as_ref()),
    };
    items.shift(role, people("controller/role"), || {
        let role = is.role.map_or("not said", ControllerRole::as_str);
        format!("What {} is to your data: {role}.", is.name)
    });
    items.lists(
        (&was.joint, &is.joint),
        people("controller/joint"),
        (WIDER, |who| format!("{who} is now responsible, too.")),
        (NARROWER, |who| format!("{who} is no longer responsible.")),
    );
    let reach = (&was.post, &was.email, &was.phone) == (&is.post, &is.email, &is.phone);
    items.shift(reworded(reach), people("controller"), || {
        format!(
            "{} is reached in another way: {}, {}.",
            is.name, is.post, is.email
        )
    });
    items.shift(
        reworded(old.business() == new.business()),
        people("business"),
        || "What we deal in is described otherwise.".to_owned(),
    );
}

fn compare_scope(old: &Version, new: &Version, items: &mut Items) {
    let (was, is) = (old.scope(), new.scope());
    items.lists(
        (&was.domains, &is.domains),
        people("scope/domains"),
        (WIDER, |d| format!("This policy now also speaks for {d}.")),
        (NARROWER, |d| {
            format!("This policy no longer speaks for {d}.")
        }),
    );
    items.lists(
        (&was.brands, &is.brands),
        people("scope/brands"),
        (WIDER, |b| {
            format!("This policy now also speaks for the brand {b}.")
        }),
        (NARROWER, |b| {
            format!("This policy no longer speaks for the brand {b}.")
        }),
    );
    items.lists(
        (&was.points, &is.points),
        people("scope/points"),
        (WIDER, |p| format!("Data are now also collected here: {p}.")),
        (NARROWER, |p| {
            format!("Data are no longer collected here: {p}.")
        }),
    );
}

fn compare_contact(
    role: ContactRole,
    (was, is): (Option<&Contact>, Option<&Contact>),
    items: &mut Items,
) {
    let shift = match (was, is) {
        (Some(_), None) => Shift::Looser,
        (None, Some(_)) => Shift::Stricter,
        (was, is) => reworded(was == is),
    };
    let at = people(&format!("contacts/{}", role.as_str()));
    items.shift(shift, at, || match is {
        None => format!("There is no longer a contact for {}.", role.as_str()),
        Some(_) => format!("The contact for {} has changed.", role.as_str()),
    });
}
