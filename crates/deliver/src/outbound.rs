//! The only thing a worker takes: a message with the permit to send it.
//!
//! An `Outbound` cannot be made without a [`Pass`], a `Pass` holds a `Permit`, and only `policy::decide`
//! makes permits. It cannot be copied, and the row it stands for is in hand for as long as it lives.

use std::sync::{Mutex, MutexGuard, PoisonError};

use avow_compose::{Fields, RenderFault, RenderJob, Scratch};
use avow_model::{ContactId, EmailAddress, MessageId, Timestamp};
use avow_store::journal::JournalDot;

use crate::dkim::DkimFault;
use crate::engine::crew::Crew;
use crate::engine::gate::Pass;
use crate::engine::run::InHand;
use crate::engine::telling::sha256;
use crate::engine::turn::Attempt;
use crate::smtp::{BodyKind, Envelope};

/// Buffers kept for later: two for each of as many connections as write at once; more came from a burst.
const SPARE_MAX: usize = 128;

/// One message to one person, allowed, not yet rendered.
pub(crate) struct Outbound {
    pub(crate) pass: Pass,
    pub(crate) hand: InHand,
    pub(crate) person: Person,
    pub(crate) attempt: Attempt,
    /// True once its intent is in the journal.
    pub(crate) intended: bool,
    /// SHA-256 of the message as it goes over the wire, once it is written.
    pub(crate) digest: Option<[u8; 32]>,
}

/// Whom it is for.
pub(crate) struct Person {
    pub(crate) contact: ContactId,
    pub(crate) address: EmailAddress,
    /// The stored fields, as JSON.
    pub(crate) fields: String,
}

/// Why a message could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteFault {
    /// The content and this contact do not fit together.
    #[error(transparent)]
    Content(#[from] RenderFault),
    #[error(transparent)]
    Signature(#[from] DkimFault),
}

/// Buffers for one message, reused for the next.
#[derive(Default)]
pub(crate) struct Buffers {
    pub(crate) signatures: Vec<u8>,
    pub(crate) scratch: Scratch,
}

impl Buffers {
    /// What goes over the wire, in order.
    pub(crate) fn parts(&self) -> [&[u8]; 4] {
        let Scratch { headers, body, .. } = &self.scratch;
        [&self.signatures, headers, b"\r\n", body]
    }
}

/// Buffers that nobody writes into now, the warmest on top.
///
/// Shared by all workers: most wait for a connection, and two buffers for each of a thousand sites would be thirty
/// megabytes that no cache holds.
#[derive(Default)]
pub(crate) struct SpareBuffers(Mutex<Vec<Buffers>>);

impl SpareBuffers {
    pub(crate) fn take(&self) -> Buffers {
        self.lock().pop().unwrap_or_default()
    }

    pub(crate) fn give_back(&self, buffers: Buffers) {
        let mut spare = self.lock();
        if spare.len() < SPARE_MAX {
            spare.push(buffers);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Buffers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message written and ready for the wire.
pub(crate) struct Loaded {
    pub(crate) outbound: Box<Outbound>,
    pub(crate) buffers: Buffers,
    mail_from: String,
    rcpt_to: String,
}

impl Loaded {
    pub(crate) fn envelope(&self) -> Envelope<'_> {
        let parts = self.buffers.parts();
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        Envelope {
            mail_from: &self.mail_from,
            rcpt_to: &self.rcpt_to,
            size_bytes: Some(bytes as u64),
            utf8: self.outbound.needs_utf8(),
            body: BodyKind::of(&parts),
        }
    }
}

impl Outbound {
    /// Takes the row in hand and the leave to send it.
    pub(crate) fn new(pass: Pass, hand: InHand, person: Person, attempt: Attempt) -> Box<Self> {
        Box::new(Self {
            pass,
            hand,
            person,
            attempt,
            intended: false,
            digest: None,
        })
    }

    /// True when the server must know SMTPUTF8: an address in the envelope or the headers is written in UTF-8.
    fn needs_utf8(&self) -> bool {
        self.hand.run.brief.needs_utf8 || self.person.address.needs_utf8()
    }

    pub(crate) fn message(&self) -> MessageId {
        MessageId {
            campaign: self.hand.run.campaign,
            seq: self.hand.seq,
        }
    }

    /// What the journal calls this attempt.
    pub(crate) fn dot(&self) -> JournalDot {
        JournalDot {
            account: self.hand.run.brief.gate.scope.id(),
            campaign: self.hand.run.campaign,
            seq: self.hand.seq,
            attempt: self.attempt.before + 1,
        }
    }

    /// True when the permit is fresh: the last look before the envelope.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        self.pass.is_fresh(&self.hand.run.brief.gate.scope, now)
    }

    /// True when no restriction was recorded since: the last look before the content.
    pub(crate) fn is_untouched(&self) -> bool {
        self.pass.is_untouched(&self.hand.run.brief.gate.scope)
    }

    /// Writes and signs it. The same row gives the same bytes, whenever and however often.
    pub(crate) fn load(
        mut self: Box<Self>,
        crew: &Crew,
        mut buffers: Buffers,
    ) -> Result<Loaded, (Box<Self>, WriteFault)> {
        if let Err(fault) = self.write(crew, &mut buffers) {
            return Err((self, fault));
        }
        self.digest = Some(sha256(&buffers.parts()));
        let brief = &self.hand.run.brief;
        let account = brief.gate.scope.id();
        Ok(Loaded {
            mail_from: crew
                .urls
                .return_path(&crew.tokens, account, self.message(), &brief.domain),
            rcpt_to: self.person.address.expose_envelope(),
            outbound: self,
            buffers,
        })
    }

    /// The fields that may be read of this person.
    fn fields(&self) -> Result<Fields, RenderFault> {
        let unreadable = |fault: avow_compose::FieldsFault| RenderFault::Template {
            reason: fault.to_string(),
        };
        let all = Fields::from_json(&self.person.fields).map_err(unreadable)?;
        let brief = &self.hand.run.brief;
        let mut hidden = brief
            .gate
            .hidden(self.pass.held, self.pass.shape.redactions)
            .peekable();
        if hidden.peek().is_none() {
            return Ok(all);
        }
        let hidden: Vec<&String> = hidden.collect();
        let names = brief.compiled.fields().iter();
        let shown = names.filter(|name| !hidden.contains(name));
        Ok(shown
            .filter_map(|name| Some((name.clone(), all.get(name)?.to_owned())))
            .collect())
    }

    fn write(&self, crew: &Crew, out: &mut Buffers) -> Result<(), WriteFault> {
        let brief = &self.hand.run.brief;
        let fields = self.fields()?;
        let job = RenderJob {
            to: &self.person.address,
            fields: &fields,
            message: self.message(),
            account: brief.gate.scope.id(),
            contact: self.person.contact,
            date: self.attempt.first_at,
            sender_domain: &brief.domain,
            urls: &crew.urls,
            tokens: &crew.tokens,
            open_beacon: self.pass.open,
            track_clicks: self.pass.click,
            format: self.pass.shape.format,
        };
        brief.compiled.render(&job, &mut out.scratch)?;
        out.signatures.clear();
        if let Some(signer) = &brief.signer {
            let Scratch { headers, body, .. } = &out.scratch;
            signer.sign(headers, body, self.attempt.first_at, &mut out.signatures)?;
        }
        Ok(())
    }
}
