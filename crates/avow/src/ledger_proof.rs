//! Gathers proofs and receipts from the store: chains, places in the log, policies as the gate knew them.
//!
//! Promises: what is gathered is verified before it is given away. Never: opens what an erasure closed.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use avow_ledger::{
    Digest, Head, LogVerifier, Payload, PermitUse, TileId, consistency_tiles, inclusion_tiles,
    prove_consistency, prove_inclusion,
};
use avow_model::{ContactId, EntryId};
use avow_policy::{Pack, SourceFile, Version, canonical_file};
use avow_proof::{Bundle, Link, PARTS_MAX, Receipt, Statement, Trust};
use avow_store::{AccountRow, AccountScope, ChainEntry, ChainOf};

use crate::ledger::Notary;
use crate::policies;
use crate::world::World;

/// Entries of a chain that are read at once.
const CHAIN_PAGE: u32 = 1_000;
/// Longest chain that is shown: two parts of a bundle for each entry, and room for the rest.
const CHAIN_MAX: usize = PARTS_MAX / 2 - 500;

/// A log that was numbered to its end and signed.
pub(crate) struct Prover<'w> {
    world: &'w World,
    account: AccountRow,
    scope: AccountScope,
    head: Head,
    note: String,
    key: String,
}

/// Decision and use, with their places in the person's chain.
struct Act {
    used: PermitUse,
    policies: Vec<Digest>,
    packs: Vec<Digest>,
    /// The decision's place in the log.
    index: u64,
    places: (u64, u64),
}

impl Act {
    /// The versions and packs that the gate was given.
    fn names(&self) -> impl Iterator<Item = &Digest> {
        self.policies.iter().chain(&self.packs)
    }

    /// What the gate folds, and this one act. Other mail to the person stays closed.
    const fn shows(&self, entry: &ChainEntry) -> bool {
        let (decision, used) = self.places;
        entry.kind.is_fact() || entry.n == decision || entry.n == used
    }
}

impl<'w> Prover<'w> {
    /// Numbers what waits and signs a checkpoint over it.
    pub(crate) async fn open(world: &'w World, account: AccountRow) -> Result<Self> {
        let scope = world.store.account(account.id);
        scope.sequence(u64::MAX).await?;
        let signed = Notary::open(world)?.sign(&account).await?;
        Ok(Self {
            world,
            account,
            scope,
            head: signed.head,
            note: signed.note,
            key: signed.key,
        })
    }

    /// The proof that a message to this person was permitted when it left.
    pub(crate) async fn bundle(&self, person: ContactId, message: &str) -> Result<Bundle> {
        let chain = self.chain(ChainOf::Person(person)).await?;
        if chain.is_empty() {
            bail!(
                "there is nothing to open: the person was erased, and the account can show nothing about \
                 them any more. Receipts that the person holds still prove what they show"
            );
        }
        let act = act(&chain, message)?;
        let upto = usize::try_from(act.places.1)
            .unwrap_or(usize::MAX)
            .min(chain.len());
        let account = self.chain(ChainOf::Policy).await?;
        let (policies, packs) = self.policies(&act).await?;
        let (first, checkpoint_first) = self.first(act.index).await?;
        let verifier = LogVerifier::parse(&self.key)?;
        Ok(Bundle {
            statement: Statement::new(
                verifier.origin().to_owned(),
                message.to_owned(),
                act.used.digest,
                act.used.at,
                act.places,
            ),
            person: self.links(&chain[..upto], |e| act.shows(e)).await?,
            account: self.links(&account, |_| true).await?,
            policies,
            packs,
            checkpoint_first,
            checkpoint: self.note.clone(),
            consistency: self.steps(first).await?,
            trust: Trust::log_alone(verifier).encode(),
            message: None,
        })
    }

    /// A receipt for every choice and collection of the person, in their order.
    pub(crate) async fn receipts(&self, person: ContactId) -> Result<Vec<Receipt>> {
        let mut chain = self.chain(ChainOf::Person(person)).await?;
        chain.retain(|entry| entry.kind.is_fact());
        let links = self.links(&chain, |_| true).await?;
        let receipt = |(link, entry): (Link, ChainEntry)| Receipt {
            leaf: link.leaf,
            opening: entry.opening,
            index: link.index,
            path: link.path,
            checkpoint: self.note.clone(),
        };
        Ok(links.into_iter().zip(chain).map(receipt).collect())
    }

    /// The log's public key, as trust files hold it.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    async fn chain(&self, of: ChainOf) -> Result<Vec<ChainEntry>> {
        let mut chain: Vec<ChainEntry> = Vec::new();
        loop {
            let after = chain.last().map_or(0, |entry| entry.n);
            let page = self.scope.chain(of, after, CHAIN_PAGE).await?;
            let more = page.len() == CHAIN_PAGE as usize;
            // What got its number after the checkpoint is not under it.
            chain.extend(page.into_iter().filter(|e| e.index < self.head.size));
            if chain.len() > CHAIN_MAX {
                bail!("the chain has more than {CHAIN_MAX} entries: more than a proof holds");
            }
            if !more {
                return Ok(chain);
            }
        }
    }

    /// The links of a chain; the payload is in those that `shown` names.
    async fn links(
        &self,
        chain: &[ChainEntry],
        shown: impl Fn(&ChainEntry) -> bool,
    ) -> Result<Vec<Link>> {
        let size = self.head.size;
        let mut wanted: Vec<TileId> = Vec::new();
        for entry in chain {
            wanted.extend(inclusion_tiles(size, entry.index)?);
        }
        wanted.sort_unstable();
        wanted.dedup();
        let tiles = self.scope.ledger_tiles(&wanted).await?;
        let mut links = Vec::with_capacity(chain.len());
        for entry in chain {
            let leaf = self.scope.leaves(entry.index, 1).await?;
            links.push(Link {
                index: entry.index,
                leaf: *leaf
                    .first()
                    .context("the ledger has lost a leaf; run avow ledger verify")?,
                salt: entry.link_salt,
                path: prove_inclusion(size, entry.index, &tiles)?,
                opening: shown(entry).then(|| entry.opening.clone()),
            });
        }
        Ok(links)
    }

    /// The first checkpoint that covers an entry, as it was signed.
    async fn first(&self, index: u64) -> Result<(u64, String)> {
        let latest = || (self.head.size, self.note.clone());
        let kept = self.scope.checkpoint_from(index + 1).await?;
        let kept = kept.filter(|kept| kept.size <= self.head.size);
        Ok(kept.map_or_else(latest, |kept| (kept.size, kept.note)))
    }

    async fn steps(&self, first: u64) -> Result<Vec<Digest>> {
        let wanted = consistency_tiles(first, self.head.size)?;
        let tiles = self.scope.ledger_tiles(&wanted).await?;
        Ok(prove_consistency(first, self.head.size, &tiles)?)
    }

    /// The canonical bytes of the versions and packs that the decision names.
    async fn policies(&self, act: &Act) -> Result<(Vec<Vec<u8>>, Vec<Vec<u8>>)> {
        let published = self.scope.published().await?;
        let set = match self.world.shelf.open(self.account.id, &published) {
            Ok(set) => set,
            Err(faults) => bail!(
                "the published policy does not compile:\n{}",
                policies::told(&faults)
            ),
        };
        let versions = set.versions().map(Version::canonical);
        let packs = set.packs().iter().map(Pack::canonical);
        let mut texts = hashed(versions.chain(packs));
        if act.names().any(|hash| !texts.contains_key(hash)) {
            texts.extend(self.past().await?);
        }
        Ok((named(&act.policies, &texts)?, named(&act.packs, &texts)?))
    }

    /// What the gate knew once and does not any more, each text by itself. One that this program cannot read
    /// any more is left out: whoever needs it is told by its hash.
    async fn past(&self) -> Result<BTreeMap<Digest, Vec<u8>>> {
        let sources = self.scope.past_sources().await?.into_iter();
        let file = |(name, text)| SourceFile { name, text };
        let canonical = |file| canonical_file(&file, &[]).ok();
        Ok(hashed(sources.map(file).filter_map(canonical)))
    }
}

fn hashed(texts: impl Iterator<Item = Vec<u8>>) -> BTreeMap<Digest, Vec<u8>> {
    texts.map(|text| (Digest::of(&text), text)).collect()
}

/// Those of the texts that have these hashes, in their order.
fn named(hashes: &[Digest], texts: &BTreeMap<Digest, Vec<u8>>) -> Result<Vec<Vec<u8>>> {
    let find = |hash: &Digest| {
        texts.get(hash).cloned().with_context(|| {
            format!("the policy or rule pack {hash} that the gate knew then is not in the database any more")
        })
    };
    hashes.iter().map(find).collect()
}

/// The use of the message's permit, and the decision that gave it.
fn act(chain: &[ChainEntry], message: &str) -> Result<Act> {
    let mut last: Option<(u64, PermitUse)> = None;
    for entry in chain {
        if let Payload::PermitUsed(used) = entry.opening.read()?
            && used.message == message
        {
            last = Some((entry.n, used));
        }
    }
    let Some((used_at, used)) = last else {
        bail!(
            "the ledger has no use of a permit for {message}: it was not sent yet, or it was refused; \
             avow report and avow explain say which"
        );
    };
    let (decision, index, decided) = decision(chain, used.decision)?;
    Ok(Act {
        used,
        policies: decided.policies,
        packs: decided.packs,
        index,
        places: (decision, used_at),
    })
}

fn decision(chain: &[ChainEntry], id: EntryId) -> Result<(u64, u64, avow_ledger::Decided)> {
    let entry = chain.iter().find(|entry| entry.id == id);
    let entry = entry.with_context(|| format!("the ledger does not show the decision {id}"))?;
    match entry.opening.read()? {
        Payload::Decision(decided) => Ok((entry.n, entry.index, *decided)),
        _ => bail!("the entry {id} is no decision; run avow ledger verify"),
    }
}
