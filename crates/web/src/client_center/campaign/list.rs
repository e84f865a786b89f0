//! The list of campaigns.

use std::sync::Arc;

use avow_compose::{Fields, fill_line};
use avow_model::{CampaignId, CampaignState, Outcome, Timestamp};
use avow_store::{CampaignFilter, CampaignLine as Row};
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;

use super::view::{CampaignLine, CampaignsPage, StateTab};
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::{Bar, Counts, When, campaign_badge};
use crate::error::encode;
use crate::language::Told;
use crate::{App, PageFault};

/// Campaigns on one page: each may cost a count of its rows the first time.
const PAGE: u32 = 30;

/// Which campaigns are shown, as the tabs above the list group them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Group {
    #[default]
    All,
    Drafts,
    Scheduled,
    UnderWay,
    Ended,
}

impl Group {
    const ALL: [Self; 5] = [
        Self::All,
        Self::Drafts,
        Self::Scheduled,
        Self::UnderWay,
        Self::Ended,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Drafts => "drafts",
            Self::Scheduled => "scheduled",
            Self::UnderWay => "under-way",
            Self::Ended => "ended",
        }
    }

    fn parse(word: &str) -> Self {
        let found = Self::ALL.into_iter().find(|g| g.word() == word);
        found.unwrap_or_default()
    }

    fn label(self) -> Told {
        match self {
            Self::All => told!("reports-list-all"),
            Self::Drafts => told!("reports-list-drafts"),
            Self::Scheduled => told!("reports-list-scheduled"),
            Self::UnderWay => told!("reports-list-under-way"),
            Self::Ended => told!("reports-list-ended"),
        }
    }

    fn filter(self, words: &str) -> CampaignFilter {
        use CampaignState as S;
        let (states, scheduled): (&[S], _) = match self {
            Self::All => (&S::ALL, None),
            Self::Drafts => (&[S::Draft], Some(false)),
            Self::Scheduled => (&[S::Draft], Some(true)),
            Self::UnderWay => (&[S::Preparing, S::Sending, S::Paused], None),
            Self::Ended => (&[S::Finished, S::Cancelled], None),
        };
        CampaignFilter {
            states: states.to_vec(),
            scheduled,
            words: Some(words.to_owned()).filter(|w| !w.is_empty()),
        }
    }
}

/// `?state=&q=&after=`: the last campaign of the page before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    q: String,
    after: Option<String>,
}

/// The address of the list, without where it begins.
fn address(group: Group, q: &str) -> String {
    let mut parts = Vec::new();
    if group != Group::All {
        parts.push(format!("state={}", group.word()));
    }
    if !q.is_empty() {
        parts.push(format!("q={}", encode(q)));
    }
    parts.push(String::new());
    format!("?{}", parts.join("&"))
}

fn sentence(row: &Row, counts: &Counts, now: Timestamp) -> String {
    let total = counts.total();
    match (row.starts_at, row.state) {
        (Some(at), CampaignState::Draft) => {
            say!("reports-leaves-in", when = When::new(at, now).text)
        }
        (None, CampaignState::Draft) => say!("reports-not-sent"),
        _ if total == 0 => say!("reports-judging"),
        _ => say!(
            "reports-delivered-of",
            delivered = counts.at(Outcome::Delivered),
            total = total
        ),
    }
}

async fn line(app: &App, member: &Member, row: Row) -> Result<CampaignLine, PageFault> {
    let counts = if row.state == CampaignState::Draft {
        Counts::default()
    } else {
        let ended = row.finished_at.is_some() || row.state == CampaignState::Finished;
        let counted = app
            .center
            .counts
            .rows_of(app, &member.account, (row.id, ended));
        counted.await?.counts()
    };
    let changed = row.finished_at.or(row.started_at);
    Ok(CampaignLine {
        id: row.id.to_string(),
        badge: campaign_badge(row.state),
        scheduled: row.starts_at.is_some(),
        bar: Bar::of(&counts),
        sentence: sentence(&row, &counts, app.now()),
        when: When::new(changed.unwrap_or(row.created_at), app.now()),
        name: row.name,
        notice: row.notice,
        subject: fill_line(&row.subject, &Fields::default()),
    })
}

/// Newest first.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageFault> {
    let (group, q) = (Group::parse(&asked.state), asked.q.trim());
    let before = asked.after.and_then(|id| id.parse::<CampaignId>().ok());
    let account = &member.account;
    let mut rows = account
        .campaign_lines(&group.filter(q), before, PAGE + 1)
        .await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let mut campaigns = Vec::with_capacity(rows.len());
    for row in rows {
        campaigns.push(line(&app, &member, row).await?);
    }
    let last = campaigns.last().filter(|_| more);
    let next = last.map(|last| format!("{}after={}", address(group, q), last.id));
    let tab = |g: Group| StateTab {
        label: g.label(),
        href: address(g, q),
        here: g == group,
    };
    app.templates.show(&CampaignsPage {
        shell: member.shell(Noun::Campaigns),
        narrowed: group != Group::All || !q.is_empty(),
        tabs: Group::ALL.into_iter().map(tab).collect(),
        state: group.word(),
        q: q.to_owned(),
        campaigns,
        next,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_in_one_group_and_addresses_lead_back() {
        for state in CampaignState::ALL {
            let of = |g: &Group| *g != Group::All && g.filter("").states.contains(&state);
            let groups = Group::ALL.iter().filter(|g| of(g)).count();
            // A draft is on the schedule or not.
            let wanted = if state == CampaignState::Draft { 2 } else { 1 };
            assert_eq!(groups, wanted, "{state:?}");
        }
        for group in Group::ALL {
            assert_eq!(Group::parse(group.word()), group);
        }
        assert_eq!(address(Group::Ended, "a b"), "?state=ended&q=a%20b&");
        assert_eq!(address(Group::All, ""), "?");
    }
}
