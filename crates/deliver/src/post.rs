//! A mail of the platform itself, outside every campaign: one message over a connection of its own.
//!
//! Promises: `Ok` means that the next server took the message; it is signed with the keys of its sending domain. Never:
//! tries again, keeps anything, counts the connection. Who calls knows what to do when it was not taken.

use std::path::Path;

use avow_model::{EmailAddress, Timestamp};

use crate::dkim::{DkimFault, KeyFault, KeyFolder, Signer};
use crate::route::{OpenFault, RouteFault, Transport};
use crate::smtp::{Begun, BodyKind, ClientOptions, Envelope, Sent, TextFault};

/// Why it was not taken. Shown without an address: that is no matter for a log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostFault {
    #[error(transparent)]
    Route(#[from] RouteFault),
    #[error(transparent)]
    Open(#[from] OpenFault),
    #[error(transparent)]
    Sign(#[from] DkimFault),
    #[error(transparent)]
    Text(#[from] TextFault),
    #[error("its mail server did not take it")]
    NotTaken,
}

/// What is asked of the TLS of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demanding {
    /// What the recipient's domain asks for.
    AsPublished,
    /// Nothing: the mail must arrive over broken TLS.
    Nothing,
}

/// The way out.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) transport: &'a Transport,
    pub(crate) client: &'a ClientOptions,
    pub(crate) demanding: Demanding,
}

/// One message. `headers` is without its ending empty line.
#[derive(Clone, Copy)]
pub(crate) struct Letter<'a> {
    /// The domain that it is from.
    pub(crate) sender: &'a str,
    /// Empty: nobody is told when it comes to nothing later.
    pub(crate) mail_from: &'a str,
    pub(crate) to: &'a EmailAddress,
    pub(crate) headers: &'a [u8],
    pub(crate) body: &'a [u8],
    pub(crate) at: Timestamp,
}

/// The signer of a domain for mail of this instant; `None` when it has no keys.
pub(crate) fn signer_in(
    keys: &Path,
    domain: &str,
    at: Timestamp,
) -> Result<Option<Signer>, KeyFault> {
    let keys = KeyFolder(keys).signing(domain, at)?;
    let signer = keys.map(|keys| Signer::new(domain, &keys));
    Ok(signer.transpose()?)
}

/// Hands one message to the next server.
pub(crate) async fn post(
    way: Way<'_>,
    signer: Option<&Signer>,
    letter: Letter<'_>,
) -> Result<(), PostFault> {
    let mut signature = Vec::new();
    if let Some(signer) = signer {
        signer.sign(letter.headers, letter.body, letter.at, &mut signature)?;
    }
    let parts: [&[u8]; 4] = [&signature, letter.headers, b"\r\n", letter.body];
    let rcpt_to = letter.to.expose_envelope();
    let envelope = Envelope {
        mail_from: letter.mail_from,
        rcpt_to: &rcpt_to,
        size_bytes: Some(parts.iter().map(|part| part.len() as u64).sum()),
        utf8: letter.to.needs_utf8(),
        body: BodyKind::of(&parts),
    };
    let (transport, mut tried) = (way.transport, Vec::new());
    let found = transport.destination(letter.sender, letter.to.domain());
    let destination = match way.demanding {
        Demanding::AsPublished => found.await?,
        Demanding::Nothing => found.await?.undemanding(),
    };
    let opened = transport.connect(&destination, way.client, &mut tried);
    let mut session = opened.await?;
    if session.begin(&envelope).await != Begun::Ready {
        session.quit().await;
        return Err(PostFault::NotTaken);
    }
    let sent = session.finish(&parts, None).await.sent;
    session.quit().await;
    match sent {
        Sent::Final(reply) if reply.code < 300 => Ok(()),
        Sent::Unsafe(fault) => Err(fault.into()),
        _ => Err(PostFault::NotTaken),
    }
}
