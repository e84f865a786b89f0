//! The policy: the text people read, beside what the program enforces from it.

pub(super) mod changes;
mod notices;
pub(super) mod record;

use std::sync::Arc;

use avow_model::Action::{Acknowledge, Look};
use avow_model::{Category, PublishedPolicies, Purpose, Timestamp};
use avow_policy::{ChoiceRule, Claim, PolicySet, PurposeRule, Version, policy_text_html};
use avow_store::ActKind;
use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use jiff::SignedDuration;

use super::gate;
use super::guard::Member;
use super::route::Route;
use super::shell::{Noun, Shell};
use super::view::{Held, NoticeLine, PolicyPage, PurposeLine, VersionShown, VersionTab};
use super::words::Tone;
use crate::language::{Told, short_day};
use crate::{App, PageFault};

const DAY_HOURS: i64 = 24;

/// Paths and their pages.
pub(super) fn pages() -> Vec<Route> {
    let version = |rest: &str| format!("/a/{{account}}/policy/{{n}}{rest}");
    vec![
        Route::get("/a/{account}/policy", Look, get),
        Route::post(version("/acknowledge"), Acknowledge, acknowledge),
        Route::get(version(""), Look, self::version),
        Route::get(version("/record"), Look, record::page),
        Route::get(version("/record.json"), Look, record::json),
        Route::get(version("/changes"), Look, changes::get),
    ]
}

fn day(at: Timestamp) -> String {
    short_day(at)
}

/// "in force since …", "in force from …", "until …".
fn standing(version: &Version, set: &PolicySet, now: Timestamp) -> String {
    let later = set
        .versions()
        .find(|v| v.n() > version.n() && v.effective_at() <= now);
    if version.effective_at() > now {
        return say!(
            "center-policy-standing-from",
            day = day(version.effective_at())
        );
    }
    match later {
        None => say!(
            "center-policy-standing-since",
            day = day(version.effective_at())
        ),
        Some(next) => say!(
            "center-policy-standing-until",
            day = day(next.effective_at())
        ),
    }
}

fn choice(rule: ChoiceRule) -> (Tone, Told) {
    match rule {
        ChoiceRule::None => (Tone::Neutral, told!("choice-none")),
        ChoiceRule::OptOut => (Tone::Notice, told!("choice-opt-out")),
        ChoiceRule::OptIn => (Tone::Good, told!("choice-opt-in")),
        ChoiceRule::ConfirmedOptIn => (Tone::Good, told!("choice-confirmed")),
    }
}

fn days(length: SignedDuration) -> String {
    let days = length.as_hours() / DAY_HOURS;
    match days {
        n if n >= 360 && n % 365 == 0 => say!("length-years", n = n / 365),
        n => say!("length-days", n = n),
    }
}

fn detail(rule: &PurposeRule, version: &Version) -> String {
    let title = |id: &Category| {
        let declared = version.categories().iter().find(|c| c.id == *id);
        declared.map_or(id.to_string(), |c| c.title.clone())
    };
    let reads: Vec<_> = rule.reads.iter().map(title).collect();
    let mut out = vec![say!("purpose-reads", what = reads.join(", "))];
    out.extend(
        rule.retention
            .map(|kept| say!("purpose-kept", length = days(kept))),
    );
    out.extend(rule.uses_max.map(|max| say!("purpose-uses", n = max)));
    let measured = |m: &Purpose| say!("purpose-measured", purpose = m.to_string());
    out.extend(rule.measure.as_ref().map(measured));
    out.join(" ")
}

fn purpose(rule: &PurposeRule, version: &Version) -> PurposeLine {
    let (tone, choice) = choice(rule.choice);
    PurposeLine {
        tone,
        title: rule.title.clone(),
        choice: choice.into(),
        detail: detail(rule, version),
    }
}

/// What the program enforces from a version, purpose by purpose.
pub(super) fn purpose_lines(version: &Version) -> Vec<PurposeLine> {
    let rules = version.purposes().iter();
    rules.map(|rule| purpose(rule, version)).collect()
}

fn controller(version: &Version) -> Vec<Held> {
    let c = version.controller();
    let held = |label: Told, value: &str| Held {
        label: label.into(),
        value: value.to_owned(),
    };
    let mut out = vec![
        held(told!("center-policy-controller-name"), &c.name),
        held(told!("staff-address"), &c.post),
        held(told!("center-policy-controller-email"), &c.email),
    ];
    out.extend(
        c.phone
            .as_deref()
            .map(|phone| held(told!("center-policy-controller-phone"), phone)),
    );
    out
}

fn page(
    shell: Shell,
    (set, notices): (&PolicySet, Vec<NoticeLine>),
    version: &Version,
    now: Timestamp,
) -> PolicyPage {
    let tab = |v: &Version| VersionTab {
        class: changes::class(set, v.n()),
        n: v.n(),
        note: standing(v, set, now),
    };
    let mut versions: Vec<_> = set.versions().map(tab).collect();
    versions.reverse();
    PolicyPage {
        shell,
        version: Some(VersionShown {
            n: version.n(),
            standing: standing(version, set, now),
        }),
        versions,
        faults: vec![],
        text: policy_text_html(version),
        purposes: purpose_lines(version),
        controller: controller(version),
        notice: say!(
            "center-policy-notice-period",
            length = days(version.notice_period())
        ),
        notices,
        to_acknowledge: None,
    }
}

/// No version, or a publication that does not compile.
fn bare(shell: Shell, published: &PublishedPolicies, faults: Vec<String>) -> PolicyPage {
    let last = published.versions.last().map(|v| v.n);
    let version = last.filter(|_| !faults.is_empty());
    PolicyPage {
        shell,
        version: version.map(|n| VersionShown {
            n,
            standing: say!("center-policy-standing-not"),
        }),
        versions: vec![],
        faults,
        text: String::new(),
        purposes: vec![],
        controller: vec![],
        notice: String::new(),
        notices: vec![],
        to_acknowledge: None,
    }
}

async fn show(app: &App, member: &Member, n: Option<u32>) -> Result<Html<String>, PageFault> {
    let shell = member.shell(Noun::Policy);
    let now = app.now();
    let published = member.account.published().await?;
    let set = match gate::policies(app, &member.account).await? {
        Ok(set) => set,
        Err(faults) => {
            let faults = faults.iter().map(ToString::to_string).collect();
            return app.templates.show(&bare(shell, &published, faults));
        }
    };
    let version = match n {
        Some(n) => Some(set.version(n).ok_or(PageFault::NotFound)?),
        None => set.in_force(now).or_else(|| set.versions().next()),
    };
    match version {
        Some(version) => {
            let notices = notices::lines(app, member, &set).await?;
            app.templates.show(&PolicyPage {
                to_acknowledge: to_acknowledge(&set, member, now).filter(|n| *n == version.n()),
                ..page(shell, (&set, notices), version, now)
            })
        }
        None => app.templates.show(&bare(shell, &published, vec![])),
    }
}

/// The version in force, while the member has not said that they read it and the policy claims it of its staff.
fn to_acknowledge(set: &PolicySet, member: &Member, now: Timestamp) -> Option<u32> {
    let version = set.in_force(now)?;
    let new = member.membership.acknowledged < Some(version.n());
    (new && version.claims().contains(&Claim::NeedToKnow)).then(|| version.n())
}

/// Notes that the member read the version in force; any other has nothing to be confirmed.
pub(crate) async fn acknowledge(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, n)): Path<(String, u32)>,
) -> Result<Redirect, PageFault> {
    let set = gate::policies(&app, &member.account).await?.ok();
    let in_force = set.as_ref().and_then(|set| set.in_force(app.now()));
    if in_force.is_none_or(|v| v.n() != n) {
        return Err(PageFault::Conflict("this version is not the one in force"));
    }
    let act = member.act(ActKind::PolicyRead, n.to_string());
    let user = member.visitor.user;
    member.account.member_acknowledged(user, n, act).await?;
    Ok(Redirect::to(&format!(
        "{}/policy?said=acknowledged",
        member.base()
    )))
}

/// The version in force.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    show(&app, &member, None).await
}

/// One version.
pub(crate) async fn version(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, n)): Path<(String, u32)>,
) -> Result<Html<String>, PageFault> {
    show(&app, &member, Some(n)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_told_in_the_unit_people_use() {
        assert_eq!(days(SignedDuration::from_hours(168)), "7 days");
        assert_eq!(days(SignedDuration::from_hours(24)), "1 day");
        assert_eq!(days(SignedDuration::from_hours(24 * 730)), "2 years");
    }
}
