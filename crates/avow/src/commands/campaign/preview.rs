//! The message as one contact would get it: the same bytes that sending would make, unsigned.

use std::io::Write;

use anyhow::{Result, bail};
use avow_compose::{Fields, RenderJob, Scratch, Urls};
use avow_deliver::Ready;
use avow_model::{CampaignId, ContactId, EmailAddress, MessageId};
use avow_store::Campaign;
use serde::Serialize;

use super::{Call, find};
use crate::exit::{Exit, Form, answer};
use crate::fault::Usage;

#[derive(Debug, Serialize)]
struct Preview {
    to: String,
    headers: String,
    body: String,
}

/// Whom a message is filled in for.
pub(super) struct Reader {
    pub(super) address: EmailAddress,
    pub(super) contact: ContactId,
    pub(super) fields: Fields,
}

pub(super) async fn run(call: &Call, id: CampaignId, address: &str) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
    let address: EmailAddress = address
        .parse()
        .map_err(|fault| Usage(format!("--for {address}: {fault}")))?;
    let Some(contact) = scope.contact_by_address(&address).await? else {
        bail!("there is no contact with this address in the campaign's account");
    };
    let reader = Reader {
        address,
        contact: contact.id,
        fields: contact.fields.into(),
    };
    let message = render(call, &campaign, &reader).await?;
    match call.form {
        Form::Text => {
            let mut out = std::io::stdout().lock();
            out.write_all(&message.headers)?;
            out.write_all(b"\r\n")?;
            out.write_all(&message.body)?;
        }
        Form::Json => {
            let preview = Preview {
                to: reader.address.expose().to_owned(),
                headers: String::from_utf8_lossy(&message.headers).into_owned(),
                body: String::from_utf8_lossy(&message.body).into_owned(),
            };
            answer(call.form, &preview, |_| String::new())?;
        }
    }
    Ok(Exit::Done)
}

/// Renders a campaign's message for a reader, with no measuring in it.
pub(super) async fn render(call: &Call, campaign: &Campaign, reader: &Reader) -> Result<Scratch> {
    let world = &call.world;
    let now = world.clock.now();
    let ready = Ready::open(&world.store, &world.shelf, campaign, now).await?;
    let account = ready.account();
    let urls = Urls::new(&world.config.base_url);
    let job = RenderJob {
        to: &reader.address,
        fields: &reader.fields,
        message: MessageId {
            campaign: campaign.id,
            seq: 0,
        },
        account: account.id,
        contact: reader.contact,
        date: campaign.started_at.unwrap_or(now),
        sender_domain: &account.settings.sending_domain,
        urls: &urls,
        tokens: &world.tokens,
        open_beacon: false,
        track_clicks: false,
        format: avow_model::MailFormat::Any,
    };
    let mut scratch = Scratch::default();
    ready.compiled().render(&job, &mut scratch)?;
    Ok(scratch)
}
