//! The account of a campaign: one sentence, the sum to the unit, opens and clicks, reasons, links.

use std::sync::Arc;

use avow_model::Outcome;
use avow_store::HitTally;
use axum::extract::State;
use axum::response::Html;

use super::counts::{Counted, Seen};
use super::head::View;
use super::load::Loaded;
use super::reasons;
use super::view::{LinkLine, ReasonLine, ReportPage};
use crate::client_center::shell::Noun;
use crate::client_center::words::{Bar, Counts, people, share};
use crate::language::thousands;
use crate::{App, PageFault};

/// Reasons shown; every person has one, so the rest is a click away in the list of people.
const REASONS_MAX: usize = 20;

fn sentence(counts: &Counts, hits: &HitTally) -> String {
    let delivered = counts.at(Outcome::Delivered);
    let got = format!(
        "{} of {} got it.",
        thousands(delivered),
        people(counts.total())
    );
    let opened = share(hits.human_openers as i64, delivered);
    let clicked = thousands(hits.human_clickers as i64);
    match (hits.human_openers, hits.human_clickers) {
        (0, _) => got,
        (_, 0) => format!("{got} {opened} of them opened it."),
        _ => format!("{got} {opened} of them opened it, {clicked} clicked."),
    }
}

/// `10,000 = 9,688 delivered + …`, and what has not been tried yet, where there is some.
fn sum(counts: &Counts) -> String {
    let term = |o: Outcome| format!("{} {o}", thousands(counts.at(o)));
    let mut terms: Vec<_> = Outcome::ALL.into_iter().map(term).collect();
    let waiting = counts.of(avow_model::RecipientState::Waiting);
    if waiting > 0 {
        terms.push(format!("{} waiting", thousands(waiting)));
    }
    format!("{} = {}", thousands(counts.total()), terms.join(" + "))
}

fn reason_lines(base: &str, counted: &Counted) -> Vec<ReasonLine> {
    let line = |g: reasons::Caused| {
        let (title, note) = g.cause.words(g.state);
        ReasonLine {
            title,
            note,
            n: g.n,
            href: format!("{base}/people{}", g.cause.query(g.state)),
        }
    };
    let groups = reasons::group(&counted.reasons).into_iter();
    groups.take(REASONS_MAX).map(line).collect()
}

fn link_lines(urls: Vec<String>, seen: &Seen) -> Vec<LinkLine> {
    let line = |(n, url): (usize, String)| {
        let of = |c: &&avow_store::LinkCount| usize::from(c.link) == n;
        let count = seen.links.iter().find(of);
        LinkLine {
            url,
            people: count.map_or(0, |c| c.clickers as i64),
            clicks: count.map_or(0, |c| c.clicks as i64),
        }
    };
    let mut lines: Vec<_> = urls.into_iter().enumerate().map(line).collect();
    lines.sort_by_key(|l| std::cmp::Reverse((l.people, l.clicks)));
    lines
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Html<String>, PageFault> {
    let account = &loaded.member.account;
    let counted = app
        .center
        .counts
        .rows(&app, account, &loaded.campaign)
        .await?;
    let seen = app
        .center
        .counts
        .hits(&app, account, loaded.campaign.id)
        .await?;
    let urls = account.campaign_links(loaded.campaign.id).await?;
    let counts = counted.counts();
    let delivered = counts.at(Outcome::Delivered);
    let hits = &seen.hits;
    app.templates.show(&ReportPage {
        shell: loaded.member.shell(Noun::Campaigns),
        head: loaded.head(View::Report),
        sentence: sentence(&counts, hits),
        bar: Bar::of(&counts),
        sum: sum(&counts),
        openers: hits.human_openers as i64,
        machine_opens: hits.machine_opens as i64,
        clickers: hits.human_clickers as i64,
        machine_clicks: hits.machine_clicks as i64,
        open_share: share(hits.human_openers as i64, delivered),
        click_share: share(hits.human_clickers as i64, delivered),
        measure_note: "Only people who permit it are counted. Mail programs that fetch pictures for everyone and scanners that follow links are counted apart, as machines.",
        reasons: reason_lines(&loaded.base(), &counted),
        links: link_lines(urls, &seen),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_comes_first_and_the_sum_is_written_out() {
        let counts = Counts {
            by_code: [0, 9_688, 0, 20, 4, 288, 0],
        };
        let hits = HitTally {
            human_openers: 3_972,
            human_clickers: 612,
            ..HitTally::default()
        };
        assert_eq!(
            sentence(&counts, &hits),
            "9,688 of 10,000 people got it. 41 % of them opened it, 612 clicked."
        );
        assert_eq!(
            sum(&counts),
            "10,000 = 9,688 delivered + 0 deferred + 20 bounced + 4 expired + 288 refused + 0 unknown"
        );
    }
}
