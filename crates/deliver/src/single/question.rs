//! What a single message asks of the gate, what is known for the answer, and the duties that come with a yes.

use avow_compose::plain_only;
use avow_model::{ContactId, Facts, MailFormat, Timestamp};
use avow_policy::replay::decode_request;
use avow_policy::{CONFIRMATIONS_COUNT_FOR, Content, Obligation, Permit, PolicySet, Request};
use avow_store::{AccountRow, AccountScope, OutgoingKind, OutgoingRow, StoreError};

use crate::engine::brief::word;
use crate::engine::duty::{self, Means};
use crate::engine::gate::GateFault;
use crate::engine::known::Known;

/// The question of a message.
pub(super) fn request(account: &AccountRow, row: &OutgoingRow) -> Result<Request, GateFault> {
    let content = match row.kind {
        OutgoingKind::Confirmation => Content::Confirmation,
        // What one of the staff asked for: it answers them and nobody else.
        OutgoingKind::Test | OutgoingKind::Staff => Content::RightsReply,
        OutgoingKind::Message => {
            let question = row.question.as_deref().unwrap_or_default();
            return Ok(decode_request(question.as_bytes())?);
        }
    };
    Ok(Request {
        content,
        ..Request::new(
            account.slug.clone(),
            account.settings.brand.clone(),
            word("service"),
            word("send"),
        )
    })
}

/// What is known of whom it goes to.
pub(super) async fn facts(
    scope: &AccountScope,
    row: &OutgoingRow,
    (request, policies, now): (&Request, &PolicySet, Timestamp),
) -> Result<Facts, StoreError> {
    let Some(contact) = row.contact else {
        return Ok(Facts::default());
    };
    if row.kind != OutgoingKind::Message {
        return with_confirmations(scope, contact, now).await;
    }
    let known = Known {
        scope,
        policies,
        purpose: &request.purpose,
        now,
    };
    let facts = known.facts(&[contact]).await?;
    Ok(facts.into_iter().next().unwrap_or_default())
}

/// What is known of a person, with the confirmation mails that went to them of late.
async fn with_confirmations(
    scope: &AccountScope,
    contact: ContactId,
    now: Timestamp,
) -> Result<Facts, StoreError> {
    let since = now.checked_sub(CONFIRMATIONS_COUNT_FOR).unwrap_or(now);
    Ok(Facts {
        confirmations: scope.confirmations_sent(contact, since).await?,
        ..scope.facts(contact).await?
    })
}

/// Does what goes with the permit on a message that is written already; the duty that it cannot do.
pub(super) fn do_duties(permit: &Permit, row: &mut OutgoingRow) -> Result<(), Obligation> {
    if row.kind == OutgoingKind::Message {
        return do_all(permit, row);
    }
    for duty in permit.obligations().iter() {
        match duty {
            // Made by our own hands: no footer is without the address, and nothing in it measures.
            Obligation::PostalAddress | Obligation::NoPixel | Obligation::PlainLinks => {}
            Obligation::TextOnly => row.body = plain_only(&row.body).ok_or(duty)?,
            Obligation::Why
            | Obligation::WayOutLink
            | Obligation::WayOutHeaders
            | Obligation::PreferencesLink
            | Obligation::NameReferrer
            | Obligation::SendAsBrand
            | Obligation::Redact
            | Obligation::LeaveOutOffers => return Err(duty),
        }
    }
    Ok(())
}

/// What a program handed in was written under a permit of its own: this one may ask for no more than it carries.
/// It measures nothing, whatever is asked.
fn do_all(permit: &Permit, row: &mut OutgoingRow) -> Result<(), Obligation> {
    let shape = duty::shape(permit, Means::of_bits(row.means))?;
    if permit.obligations().has(Obligation::Redact) {
        return Err(Obligation::Redact);
    }
    if shape.format == MailFormat::TextOnly && !is_text(&row.body) {
        row.body = plain_only(&row.body).ok_or(Obligation::TextOnly)?;
    }
    Ok(())
}

/// True for a message of ours that was written as plain text.
fn is_text(message: &[u8]) -> bool {
    const KIND: &[u8] = b"\r\nContent-Type: text/plain;";
    let head = message.windows(4).position(|w| w == b"\r\n\r\n");
    let head = head.map_or(message, |end| &message[..end]);
    head.windows(KIND.len()).any(|w| w == KIND)
}
