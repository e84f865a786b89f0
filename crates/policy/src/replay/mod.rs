//! The canonical form of a question, of the facts and of the answer, for a verifier who asks again.
//!
//! Promises: one value has one byte string (RFC 8785 JSON: sorted keys, no white space, integers,
//! strings and booleans; instants in whole microseconds since 1970 UTC; what is absent or usual is left
//! out, so that a field added later changes no older bytes); reading is strict: an unknown field, another
//! format, or bytes that this module would not write are a fault.
//! Never: makes a `Permit`; only asking the gate again does.

mod actor;
mod decision;
mod event;
mod facts;
mod fault;
mod micros;
mod request;
mod uses;

use avow_model::{Fact, Facts, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::decide::decide;
use crate::decision::Decision;
use crate::request::Request;
use crate::set::PolicySet;

pub use fault::ReplayFault;
pub use micros::whole_micros;

/// Which gate answers. The number is raised whenever some question that could be asked before would get
/// other bytes for its answer; `docs/gate.md` says when and how.
pub const ENGINE: &str = "avow-gate/1";

/// Longest text that is read: a person with ten thousand events is far below it.
const REPLAY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a piece of wire data is, and how it turns into the value.
trait Form: Serialize + DeserializeOwned {
    /// Name and number of the form; stands in the bytes.
    const FORMAT: &'static str;
    type Value;
    fn from_value(value: &Self::Value) -> Result<Self, ReplayFault>;
    fn into_value(self) -> Result<Self::Value, ReplayFault>;
    fn format(&self) -> &str;
}

fn encode<F: Form>(value: &F::Value) -> Result<Vec<u8>, ReplayFault> {
    bytes(&F::from_value(value)?)
}

fn decode<F: Form>(text: &[u8]) -> Result<F::Value, ReplayFault> {
    if text.len() > REPLAY_BYTES_MAX {
        return Err(ReplayFault::TooLong {
            bytes_max: REPLAY_BYTES_MAX,
        });
    }
    let form: F = serde_json::from_slice(text).map_err(|why| ReplayFault::Malformed {
        format: F::FORMAT,
        why: why.to_string(),
    })?;
    if form.format() != F::FORMAT {
        return Err(ReplayFault::Format {
            wanted: F::FORMAT,
            found: form.format().to_owned(),
        });
    }
    if bytes(&form)? != text {
        return Err(ReplayFault::NotCanonical { format: F::FORMAT });
    }
    form.into_value()
}

/// Compact JSON. Canonical because every form declares its fields in the order of their names.
fn bytes(form: &impl Serialize) -> Result<Vec<u8>, ReplayFault> {
    serde_json::to_vec(form).map_err(|why| ReplayFault::Malformed {
        format: "a form",
        why: why.to_string(),
    })
}

/// The question. A fault only for an instant that is no whole microsecond (see [`whole_micros`]).
pub fn encode_request(request: &Request) -> Result<Vec<u8>, ReplayFault> {
    encode::<request::RequestForm>(request)
}

/// The question from its bytes.
pub fn decode_request(text: &[u8]) -> Result<Request, ReplayFault> {
    decode::<request::RequestForm>(text)
}

/// All facts about a person, in the order they are held: a reason names its fact by its place.
pub fn encode_facts(facts: &Facts) -> Result<Vec<u8>, ReplayFault> {
    encode::<facts::FactsForm>(facts)
}

/// What is told of a person beside the history: all facts but data, events and suppressions. A ledger has an
/// entry for each of those; the rest may change, so the entry of a decision keeps it.
pub fn encode_attributes(facts: &Facts) -> Result<Vec<u8>, ReplayFault> {
    encode_facts(&Facts {
        data: Vec::new(),
        events: Vec::new(),
        suppressions: Vec::new(),
        ..facts.clone()
    })
}

/// All facts from their bytes.
pub fn decode_facts(text: &[u8]) -> Result<Facts, ReplayFault> {
    decode::<facts::FactsForm>(text)
}

/// One fact by itself, as an entry of a ledger holds it.
pub fn encode_fact(fact: &Fact) -> Result<Vec<u8>, ReplayFault> {
    encode::<event::LoneFact>(fact)
}

/// One fact from its bytes.
pub fn decode_fact(text: &[u8]) -> Result<Fact, ReplayFault> {
    decode::<event::LoneFact>(text)
}

/// The answer, with the gate that gave it.
pub fn encode_decision(decision: &Decision) -> Result<Vec<u8>, ReplayFault> {
    bytes(&decision::DecisionForm::of(decision)?)
}

/// Asks the gate again and gives the bytes of its answer: equal to the recorded ones, or the record
/// is not what this gate said. The instant is in microseconds since 1970 UTC.
pub fn replay(
    request: &[u8],
    facts: &[u8],
    now_micros: i64,
    policies: &PolicySet,
) -> Result<Vec<u8>, ReplayFault> {
    let (request, facts) = (decode_request(request)?, decode_facts(facts)?);
    let now: Timestamp = micros::Micros(now_micros).instant()?;
    encode_decision(&decide(&request, &facts, now, policies))
}
