//! Steps about the chains: what the entries say, and that none is missing.

use avow_ledger::{ChainHead, EntryKind, Subject};

use super::{Chains, Found, Read};
use crate::bundle::{Bundle, Link};

/// Opens every entry that is shown and reads it strictly.
pub(super) fn openings(bundle: &Bundle) -> Found<Chains<'_>> {
    let chains = Chains {
        person: read_all(&bundle.person)?,
        account: read_all(&bundle.account)?,
    };
    let all = || chains.person.iter().chain(&chains.account);
    let shown = all().filter(|read| read.payload.is_some()).count();
    let note = format!("{shown} of {} entries are shown", all().count());
    Ok((chains, note))
}

fn read_all(links: &[Link]) -> Result<Vec<Read<'_>>, String> {
    links.iter().map(read).collect()
}

fn read(link: &Link) -> Result<Read<'_>, String> {
    let place =
        |why: &dyn ToString| format!("entry {} of the log: {}", link.index, why.to_string());
    let Some(opening) = &link.opening else {
        let payload = None;
        return Ok(Read { link, payload });
    };
    if opening.kind != link.leaf.kind || opening.commitment() != link.leaf.commitment {
        return Err(place(
            &"the payload or its salt is not what was committed to",
        ));
    }
    let payload = opening.read().map_err(|why| place(&why))?;
    Ok(Read {
        link,
        payload: Some(payload),
    })
}

/// Both chains are whole from their first entry on, and show all that the gate folds.
pub(super) fn complete(chains: &Chains<'_>) -> Found<()> {
    whole(&chains.person, "person", may_be_of_a_person)?;
    whole(&chains.account, "policy", |kind| {
        kind.subject() == Subject::Policy
    })?;
    for read in &chains.person {
        if read.link.leaf.kind.is_fact() && read.payload.is_none() {
            return Err(format!(
                "entry {} of the log ({}) is not shown: it could be a withdrawal",
                read.link.index, read.link.leaf.kind
            ));
        }
    }
    if let Some(closed) = chains.account.iter().find(|read| read.payload.is_none()) {
        return Err(format!(
            "entry {} about the policy is not shown",
            closed.link.index
        ));
    }
    let note = format!(
        "{} entries about the person, {} about the policy, none missing",
        chains.person.len(),
        chains.account.len()
    );
    Ok(((), note))
}

const fn may_be_of_a_person(kind: EntryKind) -> bool {
    matches!(kind.subject(), Subject::Person)
}

/// Walks a chain: each link must commit to all before it, at a later place in the log.
fn whole(chain: &[Read<'_>], name: &str, kinds: fn(EntryKind) -> bool) -> Result<(), String> {
    let (mut head, mut after) = (ChainHead::START, None);
    for read in chain {
        let link = read.link;
        let place = format!("the {name} chain at entry {} of the log", link.index);
        if !kinds(link.leaf.kind) {
            return Err(format!("{place}: {} does not belong in it", link.leaf.kind));
        }
        if after.is_some_and(|after| link.index <= after) {
            return Err(format!("{place}: it is out of order"));
        }
        head = head.extend(&link.leaf.commitment);
        if head.commitment(&link.salt) != link.leaf.chain {
            return Err(format!(
                "{place}: an entry before it is missing or was changed"
            ));
        }
        after = Some(link.index);
    }
    Ok(())
}
