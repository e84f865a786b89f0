//! One recipient of a message that was handed in.

use std::collections::BTreeMap;
use std::sync::Arc;

use avow_compose::{Fields, RenderFault, RenderJob, Scratch, address_by_name};
use avow_model::{Category, Facts, OutgoingId, Purpose, Timestamp};
use avow_policy::{Asked, Audience, Decision, Permit, Reason, Request, decide};
use avow_store::{Contact, Injected, NewEntry, Standing};

use super::{Addressee, Desk, InjectFault, Judged, Refused};
use crate::engine::brief::Draft;
use crate::engine::duty::{self, Shape};
use crate::engine::gate::{Gate, Need, codes};
use crate::engine::telling::{self, Answer};
use crate::engine::turn::REASON_CONTENT;
use crate::reasons::explain_code;

/// Everything but the recipient.
pub(super) struct Bench<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) draft: &'a Draft,
    pub(super) known: Arc<telling::Known>,
    pub(super) purpose: &'a Purpose,
    pub(super) now: Timestamp,
}

/// A person to be written to.
struct Reader<'a> {
    to: &'a Addressee,
    contact: &'a Contact,
    id: OutgoingId,
    /// Which of the needed categories are read of what is stored.
    held: u32,
}

impl Bench<'_> {
    pub(super) fn judge(
        &self,
        to: &Addressee,
        person: Option<&(Contact, Facts)>,
        id: OutgoingId,
    ) -> Result<Judged, InjectFault> {
        let stranger = Facts::default();
        let (contact, facts) = match person {
            Some((contact, facts)) => (Some(contact), facts),
            None => (None, &stranger),
        };
        let held = self.read(to, facts);
        let request = self.gate().question(held);
        match (
            decide(&request, facts, self.now, &self.draft.policies),
            contact,
        ) {
            (Decision::Hold(_), _) => Err(InjectFault::Later),
            (Decision::Allow(permit), Some(contact)) => {
                let reader = Reader {
                    to,
                    contact,
                    id,
                    held,
                };
                self.allowed(&request, &permit, &reader)
            }
            (decision, contact) => self.denied((id, contact), (&request, facts), &decision),
        }
    }

    fn gate(&self) -> &Gate {
        &self.draft.gate
    }

    /// The needed categories that are read of what is stored: what was given with the message need not be.
    fn read(&self, to: &Addressee, facts: &Facts) -> u32 {
        let needs = self.gate().needs.iter().enumerate();
        let given = needs.filter(|(_, need)| is_given(need, to));
        given.fold(self.gate().held(facts), |held, (bit, _)| held & !(1 << bit))
    }

    fn denied(
        &self,
        (id, contact): (OutgoingId, Option<&Contact>),
        (request, facts): (&Request, &Facts),
        decision: &Decision,
    ) -> Result<Judged, InjectFault> {
        let question = telling::question(request)?;
        let answer = Answer {
            question: &question,
            facts,
            decision,
            now: self.now,
            known: &self.known,
        };
        let told = match contact {
            Some(contact) => Some(NewEntry::about(contact.id, answer.told(id)?)),
            None => None,
        };
        let asked = Asked {
            request,
            facts,
            now: self.now,
            policies: &self.draft.policies,
        };
        let refused = refused(&asked, decision);
        Ok(self.no((id, contact), (question, told), refused))
    }

    fn no(
        &self,
        (id, contact): (OutgoingId, Option<&Contact>),
        (question, told): (String, Option<NewEntry>),
        refused: Refused,
    ) -> Judged {
        Judged {
            message: Injected {
                id,
                contact: contact.map(|c| c.id),
                purpose: self.purpose.clone(),
                question,
                means: self.gate().means.bits(),
                standing: Standing::Refused(refused.codes.clone()),
                told,
            },
            refused: Some(refused),
        }
    }

    fn allowed(
        &self,
        request: &Request,
        permit: &Permit,
        reader: &Reader<'_>,
    ) -> Result<Judged, InjectFault> {
        let question = telling::question(&self.as_read(request, permit, reader.to))?;
        let written = match duty::shape(permit, self.gate().means) {
            Ok(shape) => self.written(reader, shape),
            Err(undone) => Err(by_code(duty::code(undone), None)),
        };
        let who = (reader.id, Some(reader.contact));
        Ok(match written {
            Ok(standing) => Judged {
                message: Injected {
                    id: reader.id,
                    contact: Some(reader.contact.id),
                    purpose: self.purpose.clone(),
                    question,
                    means: self.gate().means.bits(),
                    standing,
                    told: None,
                },
                refused: None,
            },
            Err(refused) => self.no(who, (question, None), refused),
        })
    }

    /// The question about the message as it is written: what it shows of the person it reads, and what was left out
    /// cannot come back.
    fn as_read(&self, request: &Request, permit: &Permit, to: &Addressee) -> Request {
        let left_out = permit.redactions();
        let spares = self.gate().spares.iter().enumerate();
        let shown = spares.filter(|(place, need)| !left_out.has(*place) && !is_given(need, to));
        let mut reads: Vec<Category> = request.reads.clone();
        for (_, need) in shown {
            if !reads.contains(&need.category) {
                reads.push(need.category.clone());
            }
        }
        Request {
            reads,
            fallbacks: Vec::new(),
            ..request.clone()
        }
    }

    fn written(&self, reader: &Reader<'_>, shape: Shape) -> Result<Standing, Refused> {
        let message = self.render(reader, shape);
        let body = message.map_err(|fault| by_code(REASON_CONTENT, Some(fault.to_string())))?;
        let account = &self.draft.account;
        let Desk { urls, tokens, .. } = self.desk;
        let domain = &account.settings.sending_domain;
        Ok(Standing::Queued {
            mail_from: urls.return_path(tokens, account.id, reader.id.message(), domain),
            rcpt_to: reader.to.address.expose_envelope(),
            body,
        })
    }

    fn render(&self, reader: &Reader<'_>, shape: Shape) -> Result<Vec<u8>, RenderFault> {
        let account = &self.draft.account;
        let job = RenderJob {
            to: &reader.to.address,
            fields: &self.fields(reader, shape),
            message: reader.id.message(),
            account: account.id,
            contact: reader.contact.id,
            date: self.now,
            sender_domain: &account.settings.sending_domain,
            urls: self.desk.urls,
            tokens: self.desk.tokens,
            open_beacon: false,
            track_clicks: false,
            format: shape.format,
        };
        let mut scratch = Scratch::default();
        self.draft.compiled.render(&job, &mut scratch)?;
        let mut message = scratch.headers;
        address_by_name(&mut message, &reader.to.name);
        message.extend_from_slice(b"\r\n");
        message.extend_from_slice(&scratch.body);
        Ok(message)
    }

    /// What is stored and may be read, and over it what came with the message.
    fn fields(&self, reader: &Reader<'_>, shape: Shape) -> Fields {
        let hidden: Vec<&String> = self.gate().hidden(reader.held, shape.redactions).collect();
        let stored = &reader.contact.fields;
        let names = self.draft.compiled.fields().iter();
        let shown = names.filter(|name| !hidden.contains(name));
        let mut fields: BTreeMap<String, String> = shown
            .filter_map(|name| Some((name.clone(), stored.get(name)?.clone())))
            .collect();
        fields.extend(reader.to.fields.clone());
        Fields::from(fields)
    }
}

fn is_given(need: &Need, to: &Addressee) -> bool {
    need.fields
        .iter()
        .all(|field| to.fields.contains_key(field))
}

pub(super) fn refused(asked: &Asked<'_>, decision: &Decision) -> Refused {
    let reasons: &[Reason] = decision.reasons();
    let first = asked
        .explain(decision, Audience::Marketer)
        .into_iter()
        .next();
    let (sentence, remedy) = first.map_or_else(Default::default, |s| (s.text, s.remedy));
    Refused {
        codes: codes(reasons),
        sentence,
        remedy,
    }
}

/// A refusal by the engine itself; `detail` says more than its title.
fn by_code(code: &str, detail: Option<String>) -> Refused {
    let (title, remedy) = explain_code(code).unwrap_or_default();
    Refused {
        codes: code.to_owned(),
        sentence: match detail {
            Some(detail) => format!("{title}: {detail}."),
            None => format!("{title}."),
        },
        remedy: remedy.to_owned(),
    }
}
