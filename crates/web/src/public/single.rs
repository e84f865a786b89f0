//! Messages that programs handed in, as the pages behind their links need them.

use avow_compose::MessageRef;
use avow_model::{OutgoingId, Purpose};
use avow_store::MessageRow;
use mail_parser::MessageParser;

use super::letter::{Fault, Room};
use super::why::About;

/// What a message is for; `Gone` where there is none.
pub(super) async fn purpose_of(room: &Room, message: MessageRef) -> Result<Purpose, Fault> {
    if let Some(id) = OutgoingId::of_message(message.message()) {
        return Ok(find(room, message, id).await?.purpose);
    }
    let campaign = room.scope.campaign(message.campaign).await?;
    Ok(campaign.ok_or(Fault::Gone)?.purpose)
}

async fn find(room: &Room, message: MessageRef, id: OutgoingId) -> Result<MessageRow, Fault> {
    let row = room.scope.message(id).await?;
    let hers = |row: &MessageRow| row.contact == Some(message.contact);
    row.filter(hers).ok_or(Fault::Gone)
}

/// What is on record of it.
pub(super) async fn about(
    room: &Room,
    message: MessageRef,
    id: OutgoingId,
) -> Result<About, Fault> {
    let row = find(room, message, id).await?;
    let body = room.scope.message_body(id).await?.unwrap_or_default();
    let written = MessageParser::default().parse(&body);
    let subject = written.as_ref().and_then(|m| m.subject());
    Ok(About {
        subject: subject.unwrap_or(row.purpose.as_str()).to_owned(),
        purpose: row.purpose,
        notice: None,
        started_at: Some(row.created_at),
        state: row.state,
        updated_at: row.updated_at,
        reasons: String::new(),
    })
}

/// The message as it was sent, as HTML; `Gone` once it was let go of.
pub(super) async fn html(
    room: &Room,
    message: MessageRef,
    id: OutgoingId,
) -> Result<String, Fault> {
    find(room, message, id).await?;
    let body = room.scope.message_body(id).await?.unwrap_or_default();
    let written = MessageParser::default().parse(&body).ok_or(Fault::Gone)?;
    let html = written.body_html(0).ok_or(Fault::Gone)?;
    Ok(html.into_owned())
}
