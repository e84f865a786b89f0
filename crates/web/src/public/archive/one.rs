//! One campaign of the archive, as it stands for everybody. Sandboxed like every mail that is shown in a browser.

use std::sync::Arc;

use avow_compose::{Fields, MessageRef, RenderJob, Token};
use avow_deliver::Ready;
use avow_deliver::engine::BriefFault;
use avow_model::{CampaignId, ContactId, EmailAddress, MailFormat, MessageId};
use avow_store::Campaign;
use axum::extract::{Path, State};
use axum::response::Response;

use super::room;
use crate::App;
use crate::public::letter::Fault;
use crate::public::peer::Peer;
use crate::public::view::sandboxed;

/// Stands where a message names its reader's address (RFC 2606: nobody's).
const NOBODY: &str = "name@example.com";

/// Shows it, where the account published it.
pub(in crate::public) async fn get(
    State(app): State<Arc<App>>,
    Path((account, campaign)): Path<(String, String)>,
    peer: Peer,
) -> Response {
    app.answer(show(&app, (&account, &campaign), peer).await)
}

async fn show(app: &App, (account, id): (&str, &str), peer: Peer) -> Result<Response, Fault> {
    // Making a mail costs more than any other page here.
    if !app.limits.post(peer, app.now()) {
        return Err(Fault::TooMany);
    }
    let room = room(app, account).await?;
    let id: CampaignId = id.parse().map_err(|_| Fault::Gone)?;
    room.scope.archived(id).await?.ok_or(Fault::Gone)?;
    let campaign = room.scope.campaign(id).await?.ok_or(Fault::Gone)?;
    let list = super::base(&room);
    let html = page(app, &campaign, &list).await.map_err(|fault| {
        tracing::error!(campaign = %id, %fault, "a campaign of the archive does not compile");
        Fault::Gone
    })?;
    Ok(sandboxed(html))
}

/// Why a campaign cannot be shown to everybody.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotShown {
    #[error("the campaign does not compile: {0}")]
    Brief(#[from] BriefFault),
    /// A field that has nothing to stand for it.
    #[error("the message needs a reader: {0}")]
    Render(#[from] avow_compose::RenderFault),
}

/// The campaign with what stands in it for everybody. Links into a reader's own pages lead to `list` instead.
pub(crate) async fn page(app: &App, campaign: &Campaign, list: &str) -> Result<String, NotShown> {
    let at = campaign.started_at.unwrap_or(campaign.created_at);
    let ready = Ready::open(&app.store, &app.shelf, campaign, at).await?;
    let to: EmailAddress = NOBODY
        .parse()
        .expect("invariant: a constant that is an address");
    let nobody = MessageRef {
        account: campaign.account,
        campaign: campaign.id,
        seq: 0,
        contact: ContactId::from_i64(0),
    };
    let job = RenderJob {
        to: &to,
        fields: &Fields::default(),
        message: MessageId {
            campaign: campaign.id,
            seq: 0,
        },
        account: campaign.account,
        contact: nobody.contact,
        date: at,
        sender_domain: &ready.account().settings.sending_domain,
        urls: &app.urls,
        tokens: &app.tokens,
        // Whoever reads it here is not measured.
        open_beacon: false,
        track_clicks: false,
        format: MailFormat::Any,
    };
    let html = ready.compiled().page(&job)?.html;
    Ok(without_own_pages(app, nobody, html, list))
}

/// Nobody's choices stand behind the links at the foot: they lead to the list of the archive.
fn without_own_pages(app: &App, nobody: MessageRef, html: String, list: &str) -> String {
    let tokens = [
        Token::Unsubscribe(nobody),
        Token::Why(nobody),
        Token::View(nobody),
        Token::Preferences {
            account: nobody.account,
            contact: nobody.contact,
        },
    ];
    let list = format!("{}{list}", app.urls.base());
    tokens.iter().fold(html, |html, token| {
        let own = app.urls.of(&app.tokens, token);
        html.replace(&own, &list)
    })
}
