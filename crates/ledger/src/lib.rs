//! The ledger of an account: what an entry is, how it is sealed, and the tree that keeps it.
//!
//! Promises: an entry's payload can be proved by whoever holds its opening, and by nobody else; an erasure
//! of one seed makes every opening about a person impossible while every proof of inclusion still holds;
//! a checkpoint that contradicts an earlier one is never signed (RFC 6962, C2SP tlog-tiles,
//! tlog-checkpoint, signed-note). Never: a file, a clock, randomness, SQL: seeds, keys and `now` are
//! arguments, hashes are read through tiles that the store fetched.

mod canonical;
mod chain;
mod checkpoint;
mod digest;
mod entry;
mod guard;
mod keys;
mod kind;
mod leaf;
mod payload;
mod seal;
mod tlog_proof;
mod tree;

pub use canonical::{CanonicalFault, from_canonical, to_canonical};
pub use chain::{ChainHead, Pending, sequence, sequence_orphan};
pub use checkpoint::{CheckpointFault, Head, LogKey, LogVerifier, Origin};
pub use digest::{DIGEST_BYTES, Digest, DigestFault};
pub use entry::{Appended, EntryFault, Opening, PAYLOAD_BYTES_MAX, append, commitment};
pub use guard::{SignRefusal, may_sign};
pub use keys::{AccountKey, KEY_BYTES, Salt, Seed, SubjectKey};
pub use kind::{EntryKind, Subject};
pub use leaf::{Hour, LEAF_BYTES, Leaf, LeafFault};
pub use payload::{
    Collected, Decided, Disclosed, Evidence, Freezing, FrozenState, KeyChange, KeyPurpose,
    MailState, NoticeMail, NoticePosting, NoticeServing, Payload, PermitUse, Published, Retracted,
    Reveal, RightsKind, RightsStage, RightsStep, SuppressionChange, SuppressionEntry, Tombstone,
};
pub use seal::Sealed;
pub use tlog_proof::{TlogProof, TlogProofFault};
pub use tree::{
    Edge, Path, TILE_HASHES, Tile, TileId, TileSet, TreeFault, consistency_tiles, entry_bundle,
    inclusion_tiles, leaf_hash, parse_entry_bundle, prove_consistency, prove_inclusion,
    record_hash, tree_tiles, verify_consistency, verify_inclusion,
};
