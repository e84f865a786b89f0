//! Who gets data: what is promised about others, against the recipients that are declared.

use super::linter::{Linter, Note, at, promise};
use crate::version::{ChoiceRule, Claim, Kind, PurposeRule, RecipientRole, RecipientRule, Said};

pub(super) fn check(linter: &mut Linter<'_>) {
    nothing_leaves(linter);
    sharing_is_asked_first(linter);
    nobody_promotes(linter);
    others_are_affiliated(linter);
    courts_are_declared(linter);
    internal_data_stay(linter);
    contractors_are_bound(linter);
    recipients_are_described(linter);
    hosts_have_owners(linter);
}

fn disclosing<'f>(linter: &Linter<'f>) -> Vec<&'f PurposeRule> {
    linter
        .version
        .purposes()
        .iter()
        .filter(|p| p.discloses())
        .collect()
}

/// The declared recipients of a purpose.
fn recipients<'f>(linter: &Linter<'f>, rule: &PurposeRule) -> Vec<&'f RecipientRule> {
    let all = linter.version.recipients().iter();
    all.filter(|r| rule.recipients.contains(&r.id)).collect()
}

fn whom(recipient: &RecipientRule, key: &str) -> String {
    format!("recipient/{}/{key}", recipient.id)
}

/// P72: nothing goes out, yet a purpose gives data to others.
fn nothing_leaves(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::NeverShared) {
        return;
    }
    for rule in disclosing(linter) {
        linter.error(
            "P72",
            Note {
                at: at(rule, "recipients"),
                says: format!("“{}” gives data to others", rule.id),
                against: Some(promise(Claim::NeverShared)),
                instead: "write recipients = [\"self\"], or make the promise smaller".to_owned(),
            },
        );
    }
}

/// X6, P73: never without permission beforehand, yet silence is taken for a yes.
fn sharing_is_asked_first(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::NeverSharedWithoutPermission) {
        return;
    }
    for rule in disclosing(linter)
        .into_iter()
        .filter(|p| p.choice < ChoiceRule::OptIn)
    {
        linter.error(
            "X6",
            Note {
                at: at(rule, "choice"),
                says: format!("“{}” gives data to others before anybody said yes", rule.id),
                against: Some(promise(Claim::NeverSharedWithoutPermission)),
                instead:
                    "write choice = \"opt_in\": permission beforehand is a yes, not a missing no"
                        .to_owned(),
            },
        );
    }
}

/// X7, P81: no recipient promotes itself, yet others' offers are carried or data go to promoters.
fn nobody_promotes(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::NeverRecipientPromo) {
        return;
    }
    for rule in linter
        .version
        .purposes()
        .iter()
        .filter(|p| p.coop.is_some())
    {
        if rule.send_as.is_none() || rule.discloses() {
            linter.error("X7", Note {
                at: at(rule, "coop"),
                says: format!("“{}” carries offers of others, and nothing keeps the data from them", rule.id),
                against: Some(promise(Claim::NeverRecipientPromo)),
                instead: "send it under a brand of your own (send_as) to recipients = [\"self\"]: no data go out".to_owned(),
            });
        }
    }
    for rule in disclosing(linter) {
        for recipient in recipients(linter, rule) {
            if recipient.promotes.is_yes() {
                linter.error(
                    "X7",
                    Note {
                        at: whom(recipient, "promotes"),
                        says: format!(
                            "“{}” gives data to {}, who use them for their own promotion",
                            rule.id, recipient.id
                        ),
                        against: Some(promise(Claim::NeverRecipientPromo)),
                        instead: "write promotes = false and bind them to it, or drop the promise"
                            .to_owned(),
                    },
                );
            }
        }
    }
}

/// X12, P78: never to unaffiliated companies, yet recipients are, or are not said not to be.
fn others_are_affiliated(linter: &mut Linter<'_>) {
    if !linter.claims(Claim::NeverSharedUnaffiliated) {
        return;
    }
    for rule in disclosing(linter) {
        for recipient in recipients(linter, rule) {
            let inside =
                recipient.affiliated.is_yes() || recipient.role == Some(RecipientRole::Processor);
            if inside {
                continue;
            }
            let how = match recipient.affiliated {
                Said::No => "is not affiliated",
                _ => "is not said to be affiliated",
            };
            linter.error("X12", Note {
                at: whom(recipient, "affiliated"),
                says: format!("“{}” gives data to {}, which {how}", rule.id, recipient.id),
                against: Some(promise(Claim::NeverSharedUnaffiliated)),
                instead: "write affiliated = true where it is so, or role = \"processor\" with its contract".to_owned(),
            });
        }
    }
}

/// X12: "for any reason" is false while a court may ask.
fn courts_are_declared(linter: &mut Linter<'_>) {
    let claims = [Claim::NeverSharedUnaffiliated, Claim::NeverShared];
    let Some(claim) = claims.into_iter().find(|c| linter.claims(*c)) else {
        return;
    };
    let authority = |r: &RecipientRule| r.role == Some(RecipientRole::Authority);
    if !linter.version.recipients().iter().any(authority) {
        linter.error("X12", Note {
            at: format!("claims/{}", claim.as_str()),
            says: "never, for no reason at all: but a court may order it".to_owned(),
            against: None,
            instead: "declare [recipient.court] with role = \"authority\": then the promise says what it leaves out".to_owned(),
        });
    }
}

/// P77: data that never leave, read by a purpose that gives them away.
fn internal_data_stay(linter: &mut Linter<'_>) {
    for rule in disclosing(linter) {
        for id in &rule.reads {
            let internal = linter
                .version
                .category(id)
                .is_some_and(|c| c.internal_only.is_yes());
            if internal {
                linter.error(
                    "P77",
                    Note {
                        at: format!("{}/{id}", at(rule, "reads")),
                        says: format!("“{}” gives away {id}, which never leaves", rule.id),
                        against: Some((
                            format!("category/{id}/internal_only"),
                            "it is internal by this line".to_owned(),
                        )),
                        instead: format!("take \"{id}\" out of `reads`"),
                    },
                );
            }
        }
    }
}

/// P83: those who work for the controller are bound by contract, to no use of their own and to silence.
fn contractors_are_bound(linter: &mut Linter<'_>) {
    let contracted = |r: &&RecipientRule| r.role == Some(RecipientRole::Processor);
    for recipient in linter.version.recipients().iter().filter(contracted) {
        let duties = [
            (recipient.contract.is_some(), "contract = \"…\""),
            (recipient.own_use.is_no(), "own_use = false"),
            (recipient.confidential.is_yes(), "confidential = true"),
        ];
        let lacking: Vec<&str> = duties
            .iter()
            .filter(|(done, _)| !done)
            .map(|(_, key)| *key)
            .collect();
        if !lacking.is_empty() {
            linter.error(
                "P83",
                Note {
                    at: format!("recipient/{}", recipient.id),
                    says: format!(
                        "{} work for you, and the contract that binds them is not shown",
                        recipient.id
                    ),
                    against: None,
                    instead: format!("write {} (GDPR, Article 28)", lacking.join(", ")),
                },
            );
        }
    }
}

/// P05: who gets data, and why.
fn recipients_are_described(linter: &mut Linter<'_>) {
    for recipient in linter.version.recipients() {
        let purposes = linter.version.purposes();
        let user = purposes
            .iter()
            .find(|p| p.recipients.contains(&recipient.id));
        let hosted = linter
            .version
            .hosts()
            .iter()
            .any(|h| h.recipient.as_ref() == Some(&recipient.id));
        let authority = recipient.role == Some(RecipientRole::Authority);
        if user.is_none() && !hosted && !authority {
            linter.warning(
                "P05",
                Note {
                    at: format!("recipient/{}", recipient.id),
                    says: format!(
                        "{} are declared, and no purpose or host gives them anything",
                        recipient.id
                    ),
                    against: None,
                    instead: "name them in a purpose's `recipients`, or take them out".to_owned(),
                },
            );
        } else if recipient.role.is_none() {
            linter.warning(
                "P05",
                Note {
                    at: format!("recipient/{}", recipient.id),
                    says: format!("what {} are to you is not said", recipient.id),
                    against: user.map(|p| (at(p, "recipients"), "they get data here".to_owned())),
                    instead:
                        "write role = \"processor\", \"partner\", \"controller\" or \"authority\""
                            .to_owned(),
                },
            );
        }
    }
    let unkept = |p: &&&PurposeRule| p.kind == Kind::Sharing && !p.discloses();
    for rule in linter
        .version
        .purposes()
        .iter()
        .collect::<Vec<_>>()
        .iter()
        .filter(unkept)
    {
        linter.warning(
            "P05",
            Note {
                at: format!("purpose/{}", rule.id),
                says: format!("“{}” is sharing, and nobody outside gets anything", rule.id),
                against: None,
                instead: "name the recipients".to_owned(),
            },
        );
    }
}

/// P31, P118: loading from a host shows it the visitor.
fn hosts_have_owners(linter: &mut Linter<'_>) {
    for host in linter.version.hosts() {
        if host.recipient.is_none() {
            linter.warning(
                "P31",
                Note {
                    at: format!("host/{}", host.id),
                    says: format!(
                        "{} sees every visitor whose browser loads from it",
                        host.origin
                    ),
                    against: None,
                    instead: "say whose host it is: recipient = \"…\", or \"self\"".to_owned(),
                },
            );
        }
    }
}
