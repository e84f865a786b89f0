//! Who answers, for what, under which terms and laws; and whether all that is declared is used.

use super::linter::{Linter, Note, promise};
use crate::pack::{Demand, Pack};
use crate::version::{
    Acceptance, CategoryRule, Claim, ControllerRole, Identifies, PackStatus, RightKind, Source, Way,
};

pub(super) fn check(linter: &mut Linter<'_>) {
    the_owner_is_one(linter);
    data_come_from_where_they_are_said_to(linter);
    terms_of_collection_hold(linter);
    proposed_laws_are_named(linter);
    law_permits_what_is_declared(linter);
    categories_have_purposes(linter);
    safeguards_are_backed(linter);
    mistakes_can_be_corrected(linter);
    roles_are_asked_about(linter);
}

/// P124: a table of who needs what, which nobody asks about.
fn roles_are_asked_about(linter: &mut Linter<'_>) {
    let said = linter.version.staff().roles().next();
    if let Some(role) = said.filter(|_| !linter.claims(Claim::NeedToKnow)) {
        linter.warning(
            "P124",
            Note {
                at: format!("staff/{}", role.as_str()),
                says:
                    "what each role needs is said, and yet everybody of the staff sees everything"
                        .to_owned(),
                against: None,
                instead: "write claims = [\"need_to_know\"]".to_owned(),
            },
        );
    }
}

/// X10, P44, P45: whose the data are.
fn the_owner_is_one(linter: &mut Linter<'_>) {
    let controller = linter.version.controller();
    let sole = linter.claims(Claim::SoleOwner);
    let says = match (controller.role, controller.joint.is_empty()) {
        (None, _) if sole => "who alone owns the data is promised, but not said of the controller",
        (Some(ControllerRole::Joint | ControllerRole::Processor), _) | (_, false) if sole => {
            "the controller is not the only one responsible"
        }
        (Some(ControllerRole::Sole | ControllerRole::Processor), false) => {
            "others are responsible, too, so the controller is not `role` alone"
        }
        (Some(ControllerRole::Joint), true) => {
            "with whom the controller is responsible is not said"
        }
        (None, _) => {
            return linter.warning(
                "P44",
                Note {
                    at: "controller".to_owned(),
                    says: "what the controller is to the data is not said".to_owned(),
                    against: None,
                    instead:
                        "write role = \"sole\", \"joint\" or \"processor\": “and/or” is no answer"
                            .to_owned(),
                },
            );
        }
        _ => return,
    };
    let rule = if sole { "X10" } else { "P44" };
    linter.error(rule, Note {
        at: "controller/role".to_owned(),
        says: says.to_owned(),
        against: sole.then(|| promise(Claim::SoleOwner)),
        instead: "write role = \"sole\", or role = \"joint\" with joint = [\"…\"] and no such promise".to_owned(),
    });
}

/// X13, P01: only what came through the site, yet other sources feed it.
fn data_come_from_where_they_are_said_to(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::WebsiteDataOnly) {
        return;
    }
    if linter.version.scope().points.is_empty() {
        linter.error(
            "X13",
            Note {
                at: "scope".to_owned(),
                says: "only data from the site are meant, and the site's forms are not named"
                    .to_owned(),
                against: Some(promise(Claim::WebsiteDataOnly)),
                instead:
                    "write points = [\"signup\"]: what comes in elsewhere is then bound to nothing"
                        .to_owned(),
            },
        );
    }
    let foreign = |c: &&CategoryRule| c.source.contains(&Source::ThirdParty);
    for category in linter.version.categories().iter().filter(foreign) {
        linter.error(
            "X13",
            Note {
                at: format!("category/{}/source", category.id),
                says: format!("“{}” also comes from others", category.id),
                against: Some(promise(Claim::WebsiteDataOnly)),
                instead: "take \"third_party\" out, or drop the promise".to_owned(),
            },
        );
    }
}

/// X14, P22: terms of collection, yet going on means agreeing.
fn terms_of_collection_hold(linter: &mut Linter<'_>) {
    if linter.version.notice().acceptance != Acceptance::ContinuedUse {
        return;
    }
    let note = |says: &str, against| Note {
        at: "notice/acceptance".to_owned(),
        says: says.to_owned(),
        against,
        instead: "write acceptance = \"new_data_only\"".to_owned(),
    };
    if linter.claims(Claim::TermsOfCollection) {
        let says = "going on with a site changes no terms of what was collected before";
        linter.error("X14", note(says, Some(promise(Claim::TermsOfCollection))));
    } else {
        let says = "going on with a site binds only what is collected from then on, whatever the text says";
        linter.warning("X14", note(says, None));
    }
}

/// X16, P143: proposed law is kept, but which.
fn proposed_laws_are_named(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::KeepsProposedLaw) {
        return;
    }
    let promised = linter.version.packs();
    let found = |pack: &&Pack| promised.iter().any(|p| pack.answers(p));
    let known: Vec<&Pack> = linter.packs.iter().filter(found).collect();
    let all_known = known.len() == promised.len();
    if all_known && known.iter().all(|p| p.status != PackStatus::Proposed) {
        linter.error(
            "X16",
            Note {
                at: "packs".to_owned(),
                says: "proposals contradict each other, so which ones are kept must be said"
                    .to_owned(),
                against: Some(promise(Claim::KeepsProposedLaw)),
                instead:
                    "name the packs, one at least with status = \"proposed\", or drop the promise"
                        .to_owned(),
            },
        );
    }
}

/// X16: the union of what the promised packs forbid, against the purposes.
fn law_permits_what_is_declared(linter: &mut Linter<'_>) {
    let promised = linter.version.packs();
    for pack in linter
        .packs
        .iter()
        .filter(|pack| promised.iter().any(|p| pack.answers(p)))
    {
        for rule in pack.rules.iter().filter(|r| r.demand == Demand::Forbid) {
            let hit = linter
                .version
                .purposes()
                .iter()
                .find(|p| rule.concerns(p.kind, p.choice));
            let Some(purpose) = hit else { continue };
            // A use that one country forbids is refused there and nowhere else: nothing to mend.
            if pack.jurisdictions.len() > 1 || linter.claims(Claim::KeepsProposedLaw) {
                linter.warning(
                    "X16",
                    Note {
                        at: format!("purpose/{}", purpose.id),
                        says: format!(
                            "“{}” is never allowed by the pack {}: {}",
                            purpose.id, pack.name, rule.why
                        ),
                        against: Some((
                            format!("packs/{}", pack.name),
                            "the pack is promised here".to_owned(),
                        )),
                        instead: "take the purpose out, or know that people there are refused"
                            .to_owned(),
                    },
                );
            }
        }
    }
}

/// P04: everything collected has a use.
fn categories_have_purposes(linter: &mut Linter<'_>) {
    // What points at nobody is no personal data and needs no purpose.
    let personal = |c: &&CategoryRule| c.identifies != Some(Identifies::Nobody);
    for category in linter.version.categories().iter().filter(personal) {
        let read = linter
            .version
            .purposes()
            .iter()
            .any(|p| p.reads.contains(&category.id));
        if !read {
            linter.warning(
                "P04",
                Note {
                    at: format!("category/{}", category.id),
                    says: format!(
                        "“{}” is collected for nothing: no purpose reads it",
                        category.id
                    ),
                    against: None,
                    instead: "name it in a purpose's `reads`, or take it out".to_owned(),
                },
            );
        }
    }
}

/// P07: claims about security have somebody behind them.
fn safeguards_are_backed(linter: &mut Linter<'_>) {
    if linter.version.safeguards().is_empty() {
        linter.warning(
            "P07",
            Note {
                at: "safeguard".to_owned(),
                says: "how the data are protected is not said".to_owned(),
                against: None,
                instead:
                    "declare it: [safeguard.backups] with claim, owner, reviewed, review_every"
                        .to_owned(),
            },
        );
    }
    for safeguard in linter.version.safeguards() {
        if safeguard.expires_at() <= linter.version.published_at() {
            linter.warning(
                "P07",
                Note {
                    at: format!("safeguard/{}/reviewed", safeguard.id),
                    says: format!(
                        "the review of “{}” was overdue when this was published",
                        safeguard.id
                    ),
                    against: None,
                    instead: format!("have {} review it, and write the day", safeguard.owner),
                },
            );
        }
    }
}

/// P08: people can correct what is wrong.
fn mistakes_can_be_corrected(linter: &mut Linter<'_>) {
    let right = linter.version.right(RightKind::Correct);
    let note = |at: &str, says: &str, instead: &str| Note {
        at: at.to_owned(),
        says: says.to_owned(),
        against: None,
        instead: instead.to_owned(),
    };
    match right {
        None => linter.warning(
            "P08",
            note(
                "right",
                "how people correct what is wrong is not said",
                "declare it: [right.correct] with how = [\"page\"] and path = \"/preferences\"",
            ),
        ),
        Some(right) if !right.how.contains(&Way::Page) && !right.how.contains(&Way::Email) => {
            linter.warning(
                "P08",
                note(
                    "right/correct/how",
                    "people can correct what is wrong only on paper or by phone",
                    "write how = [\"page\", \"email\"]",
                ),
            );
        }
        Some(_) => {}
    }
}
