//! Mail: permission, the ways out of it, friends, joint editions.

use super::linter::{Linter, Note, at, promise};
use crate::version::{Acceptance, ChoiceRule, Claim, Kind, NoticeMail, PurposeRule};

pub(super) fn check(linter: &mut Linter<'_>) {
    friends_are_forgotten(linter);
    service_mail_is_bounded(linter);
    a_no_to_everything_is_kept(linter);
    everybody_means_everybody_permitted(linter);
    mail_needs_permission(linter);
    choices_are_told_apart(linter);
}

fn of_kind<'f>(linter: &Linter<'f>, kind: Kind) -> Vec<&'f PurposeRule> {
    linter
        .version
        .purposes()
        .iter()
        .filter(|p| p.kind == kind)
        .collect()
}

/// X2, P65, P66: nothing of a friend is kept, yet a second invitation must not go out.
fn friends_are_forgotten(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::FriendSingleUse) {
        return;
    }
    for rule in of_kind(linter, Kind::Referral) {
        let duties = [
            (rule.uses_max == Some(1), "uses = 1"),
            (rule.purge.is_some(), "purge = \"after final_status\""),
            (
                rule.marker_ttl.is_some(),
                "marker_ttl = \"365d\" (a mark that cannot be read back)",
            ),
            (
                rule.clause.is_some(),
                "clause = \"#friends\" (where the text tells of the mark)",
            ),
        ];
        let lacking: Vec<&str> = duties
            .iter()
            .filter(|(done, _)| !done)
            .map(|(_, key)| *key)
            .collect();
        if !lacking.is_empty() {
            linter.error(
                "X2",
                Note {
                    at: format!("purpose/{}", rule.id),
                    says: format!(
                        "“{}” cannot both forget a friend and never write again",
                        rule.id
                    ),
                    against: Some(promise(Claim::FriendSingleUse)),
                    instead: format!("write {}", lacking.join(", ")),
                },
            );
        }
    }
}

/// X4, P34, P60: mail that nobody can leave must be bounded.
fn service_mail_is_bounded(linter: &mut Linter<'_>) {
    let claims = [Claim::OnlyForInterests, Claim::ServiceMailStays];
    if let Some(claim) = claims.into_iter().find(|c| linter.claims(*c)) {
        for rule in of_kind(linter, Kind::Service) {
            if rule.messages.is_empty() {
                linter.error(
                    "X4",
                    Note {
                        at: at(rule, "messages"),
                        says: format!("“{}” can carry anything, and nobody can leave it", rule.id),
                        against: Some(promise(claim)),
                        instead: "list what it may carry: messages = [\"receipt\", \"outage\"]"
                            .to_owned(),
                    },
                );
            }
        }
    }
    if linter.claims(Claim::OnlyForInterests) {
        let silent = |p: &&PurposeRule| p.choice < ChoiceRule::OptIn && p.interest.is_none();
        for rule in of_kind(linter, Kind::Marketing).into_iter().filter(silent) {
            linter.error("X4", Note {
                at: at(rule, "interest"),
                says: format!("“{}” writes unasked, and about anything", rule.id),
                against: Some(promise(Claim::OnlyForInterests)),
                instead: "write interest = \"…\" (the category with the topics), or choice = \"opt_in\"".to_owned(),
            });
        }
    }
}

/// X5, P19, P29: one no stops all mail, yet everybody is mailed about a change.
fn a_no_to_everything_is_kept(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::NoStopsAnyMail) {
        return;
    }
    if linter.claims(Claim::ServiceMailStays) {
        linter.error(
            "X5",
            Note {
                at: format!("claims/{}", Claim::ServiceMailStays.as_str()),
                says: "service mail cannot both stay and be stopped".to_owned(),
                against: Some(promise(Claim::NoStopsAnyMail)),
                instead: "drop one of the two".to_owned(),
            },
        );
    }
    let notice = linter.version.notice();
    let unseen = notice.email != NoticeMail::Never && notice.post.is_empty();
    let bound = notice.acceptance == Acceptance::ContinuedUse;
    if unseen || bound {
        linter.error("X5", Note {
            at: "notice".to_owned(),
            says: "who stopped all mail gets no notice of a change, so it cannot bind them".to_owned(),
            against: Some(promise(Claim::NoStopsAnyMail)),
            instead: "announce it elsewhere, too: post = [\"homepage\"], and acceptance = \"new_data_only\"".to_owned(),
        });
    }
}

/// X8, P67: everybody in every list, yet everybody may leave.
fn everybody_means_everybody_permitted(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::CoopToEveryone) {
        return;
    }
    let joint = linter.version.purposes().iter().find(|p| p.coop.is_some());
    let against = match joint {
        Some(rule) => Some((at(rule, "choice"), "people may say no here".to_owned())),
        None => linter
            .claims(Claim::OptOutAnyTime)
            .then(|| promise(Claim::OptOutAnyTime)),
    };
    linter.error(
        "X8",
        Note {
            at: format!("claims/{}", Claim::CoopToEveryone.as_str()),
            says: "a joint edition goes to those who may get it, not to everybody in a list"
                .to_owned(),
            against,
            instead: "drop the claim: the edition reaches all who are permitted".to_owned(),
        },
    );
}

/// X17, P46: permission only, yet silence is enough.
fn mail_needs_permission(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::PermissionOnly) {
        return;
    }
    let silent = |p: &&PurposeRule| p.choice < ChoiceRule::OptIn;
    for rule in of_kind(linter, Kind::Marketing).into_iter().filter(silent) {
        linter.error(
            "X17",
            Note {
                at: at(rule, "choice"),
                says: format!("“{}” writes to people who have not said yes", rule.id),
                against: Some(promise(Claim::PermissionOnly)),
                instead: "write choice = \"opt_in\"".to_owned(),
            },
        );
    }
}

/// P06: two choices that read the same are one tick for two things.
fn choices_are_told_apart(linter: &mut Linter<'_>) {
    let asked: Vec<&PurposeRule> = linter
        .version
        .purposes()
        .iter()
        .filter(|p| p.ask.is_some())
        .collect();
    for (n, rule) in asked.iter().enumerate() {
        let Some(first) = asked[..n].iter().find(|p| p.ask == rule.ask) else {
            continue;
        };
        linter.warning(
            "P06",
            Note {
                at: at(rule, "ask"),
                says: format!("“{}” is asked in the same words as “{}”", rule.id, first.id),
                against: Some((at(first, "ask"), "the same question stands here".to_owned())),
                instead: "ask for one thing in each question".to_owned(),
            },
        );
    }
}
