//! Steps about the log: who is trusted, what was signed, what is in it.

use avow_ledger::{Head, verify_consistency, verify_inclusion};

use super::Found;
use crate::bundle::{Bundle, Link};
use crate::trust::Trust;

/// Both tree heads, and by which key.
pub(super) struct Signed {
    pub(super) first: Head,
    pub(super) latest: Head,
    pub(super) key: String,
}

/// The verifier's own keys, or those of the bundle. The bundle's must be sound either way.
pub(super) fn trust(bundle: &Bundle, own: Option<&Trust>) -> Found<Trust> {
    let inside = Trust::parse(&bundle.trust).map_err(|why| why.to_string())?;
    if inside.encode() != bundle.trust {
        return Err("the bundle's trust file is not as `avow prove` writes it".to_owned());
    }
    match own {
        Some(own) => Ok((own.clone(), "your own trust file".to_owned())),
        None => Ok((
            inside,
            "the keys came with the bundle: compare them with those that the account publishes"
                .to_owned(),
        )),
    }
}

/// Both checkpoints are signed by one trusted log: the one that the statement and the bundle name.
pub(super) fn signatures(bundle: &Bundle, trust: &Trust) -> Found<Signed> {
    let latest = trust.open(&bundle.checkpoint)?;
    let first = trust.open(&bundle.checkpoint_first)?;
    let key = latest.log.as_str();
    if first.log.as_str() != key {
        return Err("the two checkpoints are of different logs".to_owned());
    }
    if latest.log.origin() != bundle.statement.origin {
        return Err(format!(
            "the statement is about the log {}, the checkpoints are of {}",
            bundle.statement.origin,
            latest.log.origin()
        ));
    }
    let inside = Trust::parse(&bundle.trust).map_err(|why| why.to_string())?;
    if !inside.logs().iter().any(|log| log.as_str() == key) {
        return Err(
            "the bundle's trust file names another key than the one that signed".to_owned(),
        );
    }
    let signed = Signed {
        first: first.head,
        latest: latest.head,
        key: key.to_owned(),
    };
    Ok((signed, format!("{key}, {} entries", latest.head.size)))
}

pub(super) fn consistency(bundle: &Bundle, signed: &Signed) -> Found<()> {
    let (first, latest) = (&signed.first, &signed.latest);
    let held = verify_consistency(first, latest, &bundle.consistency);
    held.map_err(|why| format!("from {} to {} entries: {why}", first.size, latest.size))?;
    Ok(((), format!("{} to {} entries", first.size, latest.size)))
}

/// Every entry shown is in the latest tree, and the decision was in the first already.
pub(super) fn inclusion(bundle: &Bundle, signed: &Signed) -> Found<()> {
    let links = || bundle.person.iter().chain(&bundle.account);
    for link in links() {
        included(link, &signed.latest)?;
    }
    let place = usize::try_from(bundle.statement.decision).unwrap_or(0);
    let decision = place.checked_sub(1).and_then(|at| bundle.person.get(at));
    match decision {
        None => Err("the entry of the decision is not shown".to_owned()),
        Some(link) if link.index >= signed.first.size => {
            Err("the first checkpoint does not cover the decision".to_owned())
        }
        Some(_) => Ok(((), format!("{} entries", links().count()))),
    }
}

fn included(link: &Link, head: &Head) -> Result<(), String> {
    let held = verify_inclusion(head, link.index, &link.leaf_hash(), &link.path);
    held.map_err(|why| format!("entry {} of the log: {why}", link.index))
}
