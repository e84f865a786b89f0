//! Whether a checkpoint may be signed: the rule that keeps a restored backup from signing a fork.
//!
//! The last signed checkpoint lies outside the database, is compared before each signature and replaced
//! after it. A tree that went back, or that differs where it was signed before, is refused for good: two
//! signed trees that contradict each other would make every proof of the account worthless.

use crate::checkpoint::Head;
use crate::digest::Digest;
use crate::tree::verify_consistency;

/// Why a checkpoint is not signed. Each needs a person to look; none passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignRefusal {
    #[error(
        "the ledger has {new} entries, but a checkpoint of {signed} was signed: the database is older \
         than the checkpoint (restored from a backup?); bring the missing entries back"
    )]
    Behind { signed: u64, new: u64 },
    #[error(
        "the ledger's {0} entries are not those that were signed: it was changed or is another one"
    )]
    Fork(u64),
    #[error("the ledger of {new} entries does not go on from the {signed} that were signed")]
    Inconsistent { signed: u64, new: u64 },
}

/// Decides whether `new` may be signed after `signed`. `proof` is the consistency proof from one to the
/// other; it is not read when there is nothing signed yet, or nothing new.
pub fn may_sign(signed: Option<&Head>, new: &Head, proof: &[Digest]) -> Result<(), SignRefusal> {
    let Some(signed) = signed.filter(|head| head.size > 0) else {
        return Ok(());
    };
    if new.size < signed.size {
        return Err(SignRefusal::Behind {
            signed: signed.size,
            new: new.size,
        });
    }
    if new.size == signed.size {
        let same = new.root == signed.root;
        return if same {
            Ok(())
        } else {
            Err(SignRefusal::Fork(new.size))
        };
    }
    verify_consistency(signed, new, proof).map_err(|_| SignRefusal::Inconsistent {
        signed: signed.size,
        new: new.size,
    })
}
