//! Steps about the policies: which were published, when, and which of them the gate knew.

use avow_ledger::{Digest, Payload, Published};
use avow_policy::{PolicySet, Version};

use super::act::Said;
use super::{Chains, Found, Read};
use crate::bundle::Bundle;

/// A decision may be made with policies that were read this long before.
const POLICIES_AGE_SECONDS_MAX: i64 = 60;

/// A version's entry in the log.
struct Logged<'c> {
    published: &'c Published,
    read: &'c Read<'c>,
}

/// Publications that stood when the decision was logged: not taken back before their effect.
fn standing<'c>(chains: &'c Chains<'c>, said: &Said<'_>) -> Vec<Logged<'c>> {
    let before = || {
        chains
            .account
            .iter()
            .filter(|read| read.link.index < said.index)
    };
    let publication = |read: &'c Read<'c>| match &read.payload {
        Some(Payload::Publication(published)) => Some(Logged { published, read }),
        _ => None,
    };
    let retracted = |logged: &Logged<'_>| {
        before().any(|read| match &read.payload {
            Some(Payload::Retraction(back)) => {
                let later = read.link.index > logged.read.link.index;
                let early = back.at < logged.published.effective;
                later && early && back.version == logged.published.version
            }
            _ => false,
        })
    };
    before()
        .filter_map(publication)
        .filter(|logged| !retracted(logged))
        .collect()
}

/// The canonical bytes shown are those of the decision, and the decision knew every version that stood.
pub(super) fn known(bundle: &Bundle, chains: &Chains<'_>, said: &Said<'_>) -> Found<PolicySet> {
    let hashes =
        |texts: &[Vec<u8>]| -> Vec<Digest> { texts.iter().map(|t| Digest::of(t)).collect() };
    if hashes(&bundle.policies) != said.decided.policies {
        return Err("the policies shown are not those that the decision names".to_owned());
    }
    if hashes(&bundle.packs) != said.decided.packs {
        return Err("the rule packs shown are not those that the decision names".to_owned());
    }
    let standing = standing(chains, said);
    for (hash, bytes) in said.decided.policies.iter().zip(&bundle.policies) {
        matching(hash, bytes, &standing)?;
    }
    for logged in &standing {
        let age = said.decided.at.as_second() - logged.published.published.as_second();
        if age > POLICIES_AGE_SECONDS_MAX
            && !said.decided.policies.contains(&logged.published.policy)
        {
            let version = logged.published.version;
            return Err(format!(
                "version {version} was published, but the gate was not given it"
            ));
        }
    }
    let versions: Vec<&[u8]> = bundle.policies.iter().map(Vec::as_slice).collect();
    let packs: Vec<&[u8]> = bundle.packs.iter().map(Vec::as_slice).collect();
    let set = PolicySet::from_canonical(&versions, &packs).map_err(|why| why.to_string())?;
    let note = format!("{} versions, {} rule packs", versions.len(), packs.len());
    Ok((set, note))
}

/// A version of the decision was published under this hash, with these dates.
fn matching(hash: &Digest, bytes: &[u8], standing: &[Logged<'_>]) -> Result<(), String> {
    let version = Version::from_canonical(bytes).map_err(|why| why.to_string())?;
    let logged = standing
        .iter()
        .find(|logged| logged.published.policy == *hash);
    let Some(logged) = logged else {
        return Err(format!(
            "version {} was never published in this log",
            version.n()
        ));
    };
    let said = logged.published;
    let dates =
        said.published == version.published_at() && said.effective == version.effective_at();
    if said.version == version.n() && dates {
        Ok(())
    } else {
        let n = version.n();
        Err(format!(
            "version {n} says another number or other dates than its publication"
        ))
    }
}

/// Each version was in the log as long before its effect as the version being left promises. Time counts
/// from the entry's hour where the entry is later than the publication says: nobody can date back.
pub(super) fn notice(set: &PolicySet, chains: &Chains<'_>, said: &Said<'_>) -> Found<()> {
    let standing = standing(chains, said);
    let versions: Vec<&Version> = set.versions().collect();
    for pair in versions.windows(2) {
        let (left, new) = (pair[0], pair[1]);
        let logged = standing.iter().find(|l| l.published.version == new.n());
        let logged = logged.ok_or_else(|| format!("version {} is not in the log", new.n()))?;
        let given = new.effective_at().as_second() - counted_from(logged);
        let promised = left.notice_period().as_secs();
        if given < promised {
            return Err(format!(
                "version {} was in the log {given} seconds before its effect; version {} promised {promised}",
                new.n(),
                left.n()
            ));
        }
    }
    Ok(((), format!("{} versions", versions.len())))
}

/// The later of what the publication says and the beginning of its entry's hour.
fn counted_from(logged: &Logged<'_>) -> i64 {
    let said = logged.published.published.as_second();
    said.max(logged.read.link.leaf.hour.starts_at_second())
}
