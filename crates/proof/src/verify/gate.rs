//! The last steps: build what the gate was given from the entries alone, and ask it again.

use avow_ledger::{Digest, Payload, SuppressionChange};
use avow_model::{Datum, Fact, Facts, Slug, Suppression, Timestamp};
use avow_policy::replay::{self, ENGINE, encode_facts};
use avow_policy::{Fold, PolicySet};

use super::act::Said;
use super::dealings::backed;
use super::{Chains, Found, Read};

/// What the entries up to the decision say, in the order of the chain.
#[derive(Default)]
struct Gathered {
    data: Vec<(Timestamp, Datum)>,
    events: Vec<Fact>,
    suppressions: Vec<Suppression>,
}

/// The canonical bytes of the facts, where they are the ones that the gate was given.
pub(super) fn facts(chains: &Chains<'_>, said: &Said<'_>) -> Found<Vec<u8>> {
    let request = replay::decode_request(said.decided.request.as_bytes());
    let account = request.map_err(|why| why.to_string())?.account;
    let before = &chains.person[..said.decided_at];
    let gathered = gather(before, &account);
    let count = gathered.events.len() + gathered.data.len() + gathered.suppressions.len();
    let attributes = attributes(&said.decided.contact)?;
    backed(&gathered.events, &attributes, said.decided.at)?;
    for facts in candidates(&gathered, &attributes, said.decided.at) {
        let bytes = encode_facts(&facts).map_err(|why| why.to_string())?;
        if Digest::of(&bytes) == said.decided.inputs {
            return Ok((bytes, format!("{count} facts and data")));
        }
    }
    Err("the entries about the person do not give the facts that the gate was given".to_owned())
}

/// What the decision says of the person beside the entries; history may come from entries only.
fn attributes(text: &str) -> Result<Facts, String> {
    let facts = replay::decode_facts(text.as_bytes()).map_err(|why| why.to_string())?;
    if facts.data.is_empty() && facts.events.is_empty() && facts.suppressions.is_empty() {
        Ok(facts)
    } else {
        Err("the decision brings facts of its own: they count only as entries".to_owned())
    }
}

/// All that stood when the gate was asked. An entry that was recorded after that instant may have been
/// written before the decision's: with it and without it, whole and folded, are the same history.
fn candidates(gathered: &Gathered, attributes: &Facts, now: Timestamp) -> Vec<Facts> {
    let cut = Gathered {
        data: gathered
            .data
            .iter()
            .filter(|(at, _)| *at <= now)
            .cloned()
            .collect(),
        events: gathered
            .events
            .iter()
            .filter(|f| f.recorded_at <= now)
            .cloned()
            .collect(),
        suppressions: gathered.suppressions.clone(),
    };
    let both = |gathered: &Gathered| {
        let folded = Fold::of(gathered.events.iter().cloned(), now).into_events();
        [gathered.events.clone(), folded].map(|events| Facts {
            data: gathered
                .data
                .iter()
                .map(|(_, datum)| datum.clone())
                .collect(),
            events,
            suppressions: gathered.suppressions.clone(),
            ..attributes.clone()
        })
    };
    [gathered, &cut].into_iter().flat_map(both).collect()
}

fn gather(chain: &[Read<'_>], account: &Slug) -> Gathered {
    let mut out = Gathered::default();
    for payload in chain.iter().filter_map(|read| read.payload.as_ref()) {
        match payload {
            Payload::Collection(collected) => {
                let datum = |category: &_| Datum {
                    category: Clone::clone(category),
                    version: collected.version,
                    how: collected.how,
                    account: account.clone(),
                };
                let data = collected.categories.iter().map(datum);
                out.data.extend(data.map(|d| (collected.recorded_at, d)));
            }
            Payload::Choice(fact) => out.events.push(fact.clone()),
            Payload::Suppression(entry) => {
                let suppression = entry.suppression();
                match entry.change {
                    SuppressionChange::Added => out.suppressions.push(suppression),
                    SuppressionChange::Lifted => out.suppressions.retain(|s| *s != suppression),
                }
            }
            _ => {}
        }
    }
    out
}

/// Asks the gate again, with the policies built from canonical bytes; demands the recorded answer.
pub(super) fn answer(set: &PolicySet, facts: &[u8], said: &Said<'_>) -> Found<()> {
    let decided = said.decided;
    if decided.engine != ENGINE {
        return Err(format!(
            "the gate {} decided; this program has {ENGINE}: verify with the Avow of that time",
            decided.engine
        ));
    }
    let request = decided.request.as_bytes();
    let again = replay::replay(request, facts, decided.at.as_microsecond(), set);
    let again = again.map_err(|why| why.to_string())?;
    if again != decided.answer.as_bytes() {
        return Err("the gate, asked again, gives another answer than the recorded one".to_owned());
    }
    match serde_json::from_slice::<serde_json::Value>(&again) {
        Ok(value) if value["effect"] == "ALLOW" => Ok(((), format!("ALLOW by {ENGINE}"))),
        _ => Err("the gate did not permit the message".to_owned()),
    }
}
