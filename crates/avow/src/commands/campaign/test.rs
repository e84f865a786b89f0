//! A test send: one copy of a campaign to whoever writes it, outside of the audience and of every report.

use std::time::Duration;

use anyhow::Result;
use avow_compose::Fields;
use avow_model::{CampaignId, ContactId, EmailAddress, OutgoingId, RecipientState};
use avow_store::{AccountScope, NewOutgoing, OutgoingKind, OutgoingState};
use serde::Serialize;

use super::preview::{self, Reader};
use super::{Call, find};
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::sending::{self, Watch};

#[derive(Debug, Serialize)]
struct Tested {
    to: String,
    state: &'static str,
    reply: Option<String>,
}

pub(super) async fn run(call: &Call, id: CampaignId, to: &str) -> Result<Exit> {
    let (scope, campaign) = find(&call.world, id).await?;
    let address: EmailAddress = to
        .parse()
        .map_err(|fault| Usage(format!("--to {to}: {fault}")))?;
    let known = scope.contact_by_address(&address).await?;
    let reader = Reader {
        contact: known.as_ref().map_or(ContactId::from_i64(0), |c| c.id),
        fields: known.map_or_else(Fields::default, |c| c.fields.into()),
        address,
    };
    let message = preview::render(call, &campaign, &reader).await?;
    let mut body = message.headers;
    body.extend_from_slice(b"\r\n");
    body.extend_from_slice(&message.body);
    let sender = campaign.content.from_address.parse::<EmailAddress>()?;
    let outgoing = NewOutgoing {
        kind: OutgoingKind::Test,
        contact: None,
        mail_from: sender.expose_envelope(),
        rcpt_to: reader.address.expose_envelope(),
        body,
    };
    let queued = scope.outgoing_add(outgoing).await?;
    sending::until(
        &call.world,
        &Tried {
            scope: &scope,
            queued,
        },
    )
    .await?;
    let state = scope.outgoing_state(queued).await?;
    let tested = told(to, state);
    answer(call.form, &tested, |t| match &t.reply {
        Some(reply) => format!("The test message to {} is {}: {reply}\n", t.to, t.state),
        None => format!("The test message to {} is {}.\n", t.to, t.state),
    })?;
    Ok(match tested.state {
        "delivered" => Exit::Done,
        "waiting" | "deferred" => Exit::Unavailable,
        _ => Exit::Refused,
    })
}

fn told(to: &str, state: Option<OutgoingState>) -> Tested {
    Tested {
        to: to.to_owned(),
        state: state.as_ref().map_or("gone", |s| s.state.as_str()),
        reply: state.and_then(|s| s.reply),
    }
}

/// A single message that has been tried at least once.
struct Tried<'a> {
    scope: &'a AccountScope,
    queued: OutgoingId,
}

/// A receiving server that has not answered by then is looked after by the engine; the user need not sit by.
const PATIENCE: Duration = Duration::from_mins(1);

impl Watch for Tried<'_> {
    const PATIENCE: Option<Duration> = Some(PATIENCE);

    async fn over(&self, _: Option<&avow_deliver::engine::EngineHandle>) -> Result<bool> {
        let state = self.scope.outgoing_state(self.queued).await?;
        Ok(state.is_none_or(|s| s.state != RecipientState::Waiting || s.attempts > 0))
    }
}
