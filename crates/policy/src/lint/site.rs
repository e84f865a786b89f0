//! Cookies, visits and counting: what the site promises about being unknown, against what it does.

use super::linter::{
    Linter, Note, at, is_stable_by_name, points_at_device, points_at_person, promise,
};
use crate::pack::{Demand, Pack};
use crate::version::{
    CategoryRule, ChoiceRule, Claim, CookieContext, CookieMode, IdentifiedBy, Identifies, Kind,
    Lifetime, PurposeRule, Source,
};

/// Recording what a person does in mail.
const MAIL_HITS: [&str; 2] = ["track.open", "track.click"];

pub(super) fn check(linter: &mut Linter<'_>) {
    cookies_name_nobody(linter);
    visits_can_be_stopped(linter);
    profiles_follow_visits(linter);
    counting_names_nobody(linter);
    counting_can_be_declined(linter);
    looking_around_is_anonymous(linter);
    harmless_data_point_at_nobody(linter);
    cookies_fit_the_mode(linter);
    cookies_keep_their_promises(linter);
    cookies_are_there(linter);
}

/// X1, P98: cookies in no way linked to a person, yet a person is followed by one.
fn cookies_name_nobody(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::CookiesNotLinked) {
        return;
    }
    let follows = |p: &&PurposeRule| matches!(p.kind, Kind::Tracking | Kind::Profiling);
    for rule in linter.version.purposes().iter().filter(follows) {
        let Some(category) = linter.names_person(rule) else {
            continue;
        };
        let by = match rule.identified_by {
            Some(IdentifiedBy::Cookie) => "by a cookie",
            None => "in a way that it does not say",
            Some(_) if linter.cookie_of(rule).is_some() => "and has a cookie",
            Some(_) => continue,
        };
        let says = format!(
            "“{}” reads {} and follows people {by}",
            rule.id, category.id
        );
        linter.error("X1", Note {
            at: at(rule, "identified_by"),
            says,
            against: Some(promise(Claim::CookiesNotLinked)),
            instead: "write identified_by = \"token\" and let no cookie serve it, or drop the promise".to_owned(),
        });
    }
}

/// X3: every visit recorded, yet people may say no.
fn visits_can_be_stopped(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::VisitsAlwaysTracked) {
        return;
    }
    for rule in linter.doing(&["track.site"]) {
        linter.error(
            "X3",
            Note {
                at: format!("claims/{}", Claim::VisitsAlwaysTracked.as_str()),
                says: format!(
                    "not every visit is recorded: “{}” lets people say no",
                    rule.id
                ),
                against: Some((at(rule, "choice"), "the choice stands here".to_owned())),
                instead: "drop the claim: a visit with a no leaves nothing behind".to_owned(),
            },
        );
    }
}

/// X3: a profile must not read what a no to recording visits has stopped.
fn profiles_follow_visits(linter: &mut Linter<'_>) {
    let visits = linter.doing(&["track.site"]);
    let profiles = linter
        .version
        .purposes()
        .iter()
        .filter(|p| p.kind == Kind::Profiling);
    for profile in profiles {
        let shares = |v: &&&PurposeRule| v.reads.iter().any(|c| profile.reads.contains(c));
        let recorders: Vec<_> = visits.iter().filter(shares).collect();
        let hangs = recorders.iter().any(|v| profile.requires.contains(&v.id));
        let Some(visits) = recorders.first().filter(|_| !hangs) else {
            continue;
        };
        linter.warning(
            "X3",
            Note {
                at: at(profile, "requires"),
                says: format!(
                    "“{}” reads what “{}” records, and does not hang on it",
                    profile.id, visits.id
                ),
                against: Some((
                    at(visits, "choice"),
                    "who says no here is profiled all the same".to_owned(),
                )),
                instead: format!("write requires = [\"{}\"]", visits.id),
            },
        );
    }
}

/// X9, P119: cookies and counting pictures tell nothing about a person, yet single clicks are recorded.
fn counting_names_nobody(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::BeaconsAnonymous) {
        return;
    }
    for rule in linter.doing(&MAIL_HITS) {
        if rule.choice >= ChoiceRule::OptIn {
            continue;
        }
        linter.error(
            "X9",
            Note {
                at: at(rule, "choice"),
                says: format!("“{}” records single people who have not said yes", rule.id),
                against: Some(promise(Claim::BeaconsAnonymous)),
                instead: "write choice = \"opt_in\": without a yes only sums are counted"
                    .to_owned(),
            },
        );
    }
}

/// X11, P116: pictures that cannot be declined, where law lets people decline.
fn counting_can_be_declined(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::BeaconsUndeclinable) {
        return;
    }
    let overrides = |pack: &&Pack| {
        let named = linter.version.packs().iter().any(|p| pack.answers(p));
        named
            && pack.rules.iter().any(|r| {
                let about = r.kinds.is_empty() || r.kinds.contains(&Kind::Tracking);
                about && matches!(r.demand, Demand::Choice { .. } | Demand::HonourSignal(_))
            })
    };
    let pack = linter.packs.iter().find(overrides);
    let against = pack.map(|p| {
        (
            format!("packs/{}", p.name),
            format!("{} lets people decline", p.title),
        )
    });
    linter.warning(
        "X11",
        Note {
            at: format!("claims/{}", Claim::BeaconsUndeclinable.as_str()),
            says: "counting pictures can be declined wherever a law or a browser's signal says so"
                .to_owned(),
            against,
            instead: "drop the claim: a no to measuring is kept whatever the text says".to_owned(),
        },
    );
}

/// X15, P109: anonymous, yet a device or a person is known again.
fn looking_around_is_anonymous(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::AnonymousBrowsing) {
        return;
    }
    for rule in linter.doing(&["track.site"]) {
        if let Some(by) = rule.identified_by.filter(|by| *by != IdentifiedBy::Nothing) {
            linter.error(
                "X15",
                Note {
                    at: at(rule, "identified_by"),
                    says: format!("“{}” knows visitors again by {}", rule.id, by.as_str()),
                    against: Some(promise(Claim::AnonymousBrowsing)),
                    instead: "write identified_by = \"nothing\", or drop the promise".to_owned(),
                },
            );
        }
        let reads = |c: &&CategoryRule| rule.reads.contains(&c.id);
        for category in linter.version.categories().iter().filter(reads) {
            marked_visit(linter, category);
        }
    }
}

fn marked_visit(linter: &mut Linter<'_>, category: &CategoryRule) {
    let marked = points_at_person(category) || points_at_device(category);
    if !marked || category.coarse.is_yes() {
        return;
    }
    linter.error(
        "X15",
        Note {
            at: format!("category/{}", category.id),
            says: format!("“{}” singles a visitor out", category.id),
            against: Some(promise(Claim::AnonymousBrowsing)),
            instead:
                "write coarse = true (a cut IP address, a browser's family), or drop the promise"
                    .to_owned(),
        },
    );
}

/// P93: data that are said to point at nobody, and are a lasting mark by their name.
fn harmless_data_point_at_nobody(linter: &mut Linter<'_>) {
    let said = |c: &&CategoryRule| c.identifies == Some(Identifies::Nobody);
    for category in linter.version.categories().iter().filter(said) {
        if is_stable_by_name(category) && !category.coarse.is_yes() {
            linter.error("P93", Note {
                at: format!("category/{}/identifies", category.id),
                says: format!("“{}” can be joined to somebody, so it does point at them", category.id),
                against: None,
                instead: "write identifies = \"device\" or \"person\", or coarse = true where it is cut".to_owned(),
            });
        }
    }
}

/// P105, P110: what the list declares, against the most that `cookies` allows.
fn cookies_fit_the_mode(linter: &mut Linter<'_>) {
    let Some(mode) = linter.version.cookie_mode() else {
        return;
    };
    for cookie in linter.version.cookies() {
        let needed = match cookie.lifetime {
            Lifetime::Session => CookieMode::Session,
            Lifetime::For(_) => CookieMode::Lasting,
        };
        if needed > mode {
            linter.error(
                "P105",
                Note {
                    at: format!("cookie/{}/lifetime", cookie.name),
                    says: format!("the cookie {} is more than `cookies` allows", cookie.name),
                    against: Some(("cookies".to_owned(), "the limit stands here".to_owned())),
                    instead: format!(
                        "write cookies = \"{}\", or take the cookie out",
                        needed.as_str()
                    ),
                },
            );
        }
    }
}

/// P99, P110, P111: promises about cookies, against the list.
fn cookies_keep_their_promises(linter: &mut Linter<'_>) {
    for cookie in linter.version.cookies() {
        let lasts = cookie.lifetime != Lifetime::Session;
        let in_mail = cookie.context.contains(&CookieContext::Mail);
        let broken = [
            (Claim::NoCookies, true, "", "P110", "take it out"),
            (
                Claim::SessionCookiesOnly,
                lasts,
                "/lifetime",
                "P99",
                "write lifetime = \"session\"",
            ),
            (
                Claim::NoCookiesInMail,
                in_mail,
                "/context",
                "P111",
                "write context = [\"site\"]",
            ),
        ];
        for (claim, broken, key, rule, instead) in broken {
            if broken && linter.claims(claim) {
                linter.error(
                    rule,
                    Note {
                        at: format!("cookie/{}{key}", cookie.name),
                        says: format!("the cookie {} breaks a promise", cookie.name),
                        against: Some(promise(claim)),
                        instead: format!("{instead}, or drop the promise"),
                    },
                );
            }
        }
    }
    let mode = linter.version.cookie_mode();
    if linter.claims(Claim::NoCookies) && mode != Some(CookieMode::None) {
        linter.error(
            "P110",
            Note {
                at: "cookies".to_owned(),
                says: "no cookies are promised, and nothing keeps the site from setting them"
                    .to_owned(),
                against: Some(promise(Claim::NoCookies)),
                instead: "write cookies = \"none\": then every Set-Cookie is stripped".to_owned(),
            },
        );
    }
}

/// P105: a purpose that knows people by a cookie needs one in the list.
fn cookies_are_there(linter: &mut Linter<'_>) {
    for rule in linter.version.purposes() {
        let by_cookie = rule.identified_by == Some(IdentifiedBy::Cookie);
        if by_cookie && linter.cookie_of(rule).is_none() {
            linter.error(
                "P105",
                Note {
                    at: at(rule, "identified_by"),
                    says: format!(
                        "“{}” knows people by a cookie, and no cookie is declared for it",
                        rule.id
                    ),
                    against: None,
                    instead: format!(
                        "declare it: [cookie.NAME] with purpose = \"{}\" and a lifetime",
                        rule.id
                    ),
                },
            );
        }
    }
    let derived = |c: &&CategoryRule| c.source == [Source::Derived];
    for category in linter.version.categories().iter().filter(derived) {
        let profiled =
            |p: &PurposeRule| p.kind == Kind::Profiling && p.reads.contains(&category.id);
        if !linter.version.purposes().iter().any(profiled) {
            linter.warning(
                "P94",
                Note {
                    at: format!("category/{}/source", category.id),
                    says: format!(
                        "“{}” is worked out, and no purpose of kind profiling does that",
                        category.id
                    ),
                    against: None,
                    instead: "declare the profiling purpose that reads it".to_owned(),
                },
            );
        }
    }
}
