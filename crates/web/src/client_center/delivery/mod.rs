//! What leaves at this moment, and what holds it: campaigns under way, receiving sites, single messages.
//!
//! Promises: an account's members see its own counts alone; the whole instance is shown only to who is a member of
//! every account. The sites are those of `avow queue`. Never: an address, or another account's names.

mod hooks;
mod sites;
mod view;

use std::sync::Arc;

use avow_deliver::engine::EngineHandle;
use avow_model::Action::Look;
use avow_model::Timestamp;
use avow_store::{AccountScope, OutgoingKind, OutgoingOpen};
use axum::extract::State;
use axum::response::{Html, Response};

pub(crate) use sites::lines;
pub(crate) use view::SiteLine;

use self::view::{DeliveryPage, DeliveryPart, HookLine, Moving, SingleLine};
use super::campaign::live_part;
use super::guard::Member;
use super::route::Route;
use super::shell::Noun;
use super::words::{When, campaign_badge, people};
use crate::{App, PageFault};

/// Campaigns on the page: each may cost a count of its rows; who has more under way finds them in their list.
const CAMPAIGNS_MAX: u32 = 12;
/// Kinds of replies shown with each; its own page has more.
const REPLIES_MAX: usize = 3;

/// Paths and their pages.
pub(super) fn pages() -> Vec<Route> {
    vec![
        Route::get("/a/{account}/delivery", Look, page),
        Route::get("/a/{account}/delivery/events", Look, events),
    ]
}

/// What somebody may see.
struct Sight {
    app: Arc<App>,
    account: AccountScope,
    /// `/a/<account>`.
    base: String,
    /// Every account is theirs.
    whole: bool,
}

impl Sight {
    async fn of(app: Arc<App>, member: &Member) -> Result<Self, PageFault> {
        let own = app.store.memberships(member.visitor.user).await?;
        let all = app.store.accounts().await?;
        let whole = all.iter().all(|a| own.iter().any(|m| m.account == a.id));
        Ok(Self {
            account: member.account.clone(),
            base: member.base(),
            // With one account there is nothing beside it.
            whole: whole && all.len() > 1,
            app,
        })
    }

    async fn part(&self) -> Result<DeliveryPart, PageFault> {
        let app = &self.app;
        let campaigns = self.moving().await?;
        let singles = self.account.outgoing_open().await?;
        let figures = app.engine.as_ref().map(EngineHandle::figures);
        let now = app.now();
        let own = figures.as_ref().map(|f| f.of_account(self.account.id()));
        let whole = figures.filter(|_| self.whole);
        Ok(DeliveryPart {
            base: self.base.clone(),
            sentence: sentence(&campaigns, &singles),
            campaigns,
            sends_here: own.is_some(),
            sites: lines(&own.unwrap_or_default(), now),
            singles: singles.iter().map(|open| single(open, now)).collect(),
            hooks: self.hooks(now).await?,
            whole: whole.map(|figures| lines(&figures.sites, now)),
        })
    }

    async fn hooks(&self, now: Timestamp) -> Result<Vec<HookLine>, PageFault> {
        let rows = self.account.webhooks().await?;
        Ok(rows.iter().map(|row| hooks::line(row, now)).collect())
    }

    async fn moving(&self) -> Result<Vec<Moving>, PageFault> {
        let under_way = self.account.campaigns_under_way(CAMPAIGNS_MAX).await?;
        let mut moving = Vec::with_capacity(under_way.len());
        for campaign in under_way {
            let book = &self.app.center.counts;
            let counted = book.rows(&self.app, &self.account, &campaign).await?;
            let base = format!("{}/campaigns/{}", self.base, campaign.id);
            let mut part = live_part(&self.app, &campaign, base, &counted);
            part.replies.truncate(REPLIES_MAX);
            moving.push(Moving {
                open: counted.tally.waiting + counted.tally.deferred,
                badge: campaign_badge(campaign.state),
                name: campaign.name,
                part,
            });
        }
        Ok(moving)
    }
}

/// What is on its way, in a sentence.
fn sentence(campaigns: &[Moving], singles: &[OutgoingOpen]) -> String {
    let waiting: u64 = campaigns.iter().map(|c| c.open).sum();
    let single: u32 = singles.iter().map(|s| s.waiting + s.deferred).sum();
    let people = || people(waiting as i64);
    let of_campaigns = match campaigns.len() {
        0 => None,
        n => Some(say!("delivery-campaigns", n = n, people = people())),
    };
    let of_singles = (single > 0).then(|| say!("delivery-single-wait", n = single));
    let told: Vec<String> = of_campaigns.into_iter().chain(of_singles).collect();
    if told.is_empty() {
        return say!("delivery-nothing");
    }
    told.join(" ")
}

fn single(open: &OutgoingOpen, now: Timestamp) -> SingleLine {
    SingleLine {
        what: match open.kind {
            OutgoingKind::Confirmation => told!("single-confirmation"),
            OutgoingKind::Test => told!("single-test"),
            OutgoingKind::Message => told!("single-message"),
            OutgoingKind::Staff => told!("single-staff"),
        },
        waiting: open.waiting.into(),
        deferred: open.deferred.into(),
        next: When::new(open.next_at, now),
    }
}

/// The page.
async fn page(State(app): State<Arc<App>>, member: Member) -> Result<Html<String>, PageFault> {
    let sight = Sight::of(Arc::clone(&app), &member).await?;
    app.templates.show(&DeliveryPage {
        shell: member.shell(Noun::Delivery),
        part: sight.part().await?,
    })
}

/// The part that renews itself, told as it changes.
async fn events(State(app): State<Arc<App>>, member: Member) -> Result<Response, PageFault> {
    let sight = Arc::new(Sight::of(Arc::clone(&app), &member).await?);
    let member = Arc::new(member);
    let look = move || told(Arc::clone(&sight), Arc::clone(&member));
    Ok(app.streams.open(look))
}

async fn told(sight: Arc<Sight>, member: Arc<Member>) -> Result<String, PageFault> {
    member.must_be_in_still(&sight.app).await?;
    let part = sight.part().await?;
    Ok(sight.app.templates.show(&part)?.0)
}

#[cfg(test)]
pub(crate) use view::sample::{
    pages as sample_pages, parts as sample_parts, sites as sample_sites,
};

#[cfg(test)]
mod tests;
