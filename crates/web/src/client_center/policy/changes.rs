//! What a version changed from the one before: its class, each change with its sentence, the text.

use std::sync::Arc;

use avow_policy::{Change, ChangeClass, ChangeItem, PolicySet, Version};
use axum::extract::{Path, State};
use axum::response::Html;

use super::super::gate;
use super::super::guard::Member;
use super::super::shell::{Noun, Shell};
use super::super::view::{ChangeLine, ChangesPage};
use super::super::words::{Badge, Tone};
use super::day;
use crate::{App, PageFault};

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Path((_, n)): Path<(String, u32)>,
) -> Result<Html<String>, PageFault> {
    let set = gate::policies(&app, &member.account).await?;
    let set = set.map_err(|_| PageFault::NotFound)?;
    let version = set.version(n).ok_or(PageFault::NotFound)?;
    let before = before(&set, n).ok_or(PageFault::NotFound)?;
    let change = set.change(before.n(), n).ok_or(PageFault::NotFound)?;
    let shell = member.shell(Noun::Policy);
    app.templates.show(&page(shell, (before, version), &change))
}

fn before(set: &PolicySet, n: u32) -> Option<&Version> {
    set.versions().filter(|v| v.n() < n).last()
}

/// How much a version changed; `None` for the first.
pub(super) fn class(set: &PolicySet, n: u32) -> Option<Badge> {
    let change = set.change(before(set, n)?.n(), n)?;
    Some(badge(change.class))
}

fn badge(class: ChangeClass) -> Badge {
    let (tone, label) = match class {
        ChangeClass::Patch => (Tone::Neutral, told!("change-patch")),
        ChangeClass::Minor => (Tone::Good, told!("change-minor")),
        ChangeClass::Major => (Tone::Notice, told!("change-major")),
    };
    Badge { tone, label }
}

fn page(shell: Shell, (before, version): (&Version, &Version), change: &Change) -> ChangesPage {
    let item = |i: &ChangeItem| ChangeLine {
        badge: badge(i.class),
        sentence: i.sentence.clone(),
        path: i.path.clone(),
    };
    ChangesPage {
        shell,
        n: version.n(),
        before: before.n(),
        class: badge(change.class),
        lead: lead(before, version, change),
        items: change.items.iter().map(item).collect(),
        lines: crate::public::changed_lines(before, version),
    }
}

fn lead(before: &Version, version: &Version, change: &Change) -> String {
    let (published, from) = (day(version.published_at()), day(version.effective_at()));
    let lead = if change.mails(before) {
        told!("diff-lead-mailed", published = published, from = from)
    } else {
        told!("diff-lead-silent", published = published, from = from)
    };
    if change.class == change.computed {
        return lead.into();
    }
    say!("diff-raised", lead = lead)
}

#[cfg(test)]
impl ChangesPage {
    /// A page with a change of each class.
    pub(crate) fn sample() -> Self {
        let line = |class, sentence: &str| ChangeLine {
            badge: badge(class),
            sentence: sentence.to_owned(),
            path: "purpose/newsletter/reads".to_owned(),
        };
        Self {
            shell: Shell::sample(Noun::Policy),
            n: 2,
            before: 1,
            class: badge(ChangeClass::Major),
            lead: "Published 1 May 2026, in effect from 8 May 2026.".to_owned(),
            items: vec![
                line(ChangeClass::Major, "The newsletter now reads job titles."),
                line(ChangeClass::Minor, "Visits are kept 30 days, not 90."),
                line(ChangeClass::Patch, "The text differs."),
            ],
            lines: Vec::new(),
        }
    }
}
