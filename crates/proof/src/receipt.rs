//! The receipt that a person keeps: one entry, opened, with its proof. It holds after an erasure, when
//! the account itself can show nothing any more.
//!
//! The file is a C2SP tlog-proof whose `extra` is canonical JSON: leaf, payload, salt.

use avow_ledger::{
    Digest, Leaf, Opening, Path, Payload, Salt, TlogProof, from_canonical, leaf_hash, to_canonical,
    verify_inclusion,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::trust::Trust;

/// One entry, opened, with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub leaf: Leaf,
    pub opening: Opening,
    pub index: u64,
    pub path: Path,
    pub checkpoint: String,
}

/// What a receipt proves: the account's log held this at this place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub payload: Payload,
    pub leaf: Leaf,
    pub index: u64,
    /// The log's name.
    pub origin: String,
}

/// Why a receipt is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    #[error("the file is no receipt: {0}")]
    Form(String),
    #[error("{0}")]
    Signature(String),
    #[error("the entry is not in the log")]
    Inclusion,
    #[error("the entry does not say what the receipt shows: {0}")]
    Opening(String),
}

/// Fields in the order of their names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    leaf: String,
    payload: String,
    salt: Digest,
}

impl Receipt {
    /// The file's text.
    pub fn encode(&self) -> Result<String, ReceiptFault> {
        let extra = Extra {
            leaf: BASE64.encode(self.leaf.encode()),
            payload: self.opening.payload.clone(),
            salt: Digest::from_bytes(*self.opening.salt.as_bytes()),
        };
        let extra = to_canonical(&extra).map_err(|why| ReceiptFault::Form(why.to_string()))?;
        let proof = TlogProof {
            extra: Some(extra.into_bytes()),
            index: self.index,
            path: self.path.clone(),
            checkpoint: self.checkpoint.clone(),
        };
        Ok(proof.encode())
    }

    /// Reads the file's text; judges nothing.
    pub fn parse(text: &str) -> Result<Self, ReceiptFault> {
        let form = |why: &dyn ToString| ReceiptFault::Form(why.to_string());
        let proof = TlogProof::parse(text).map_err(|why| form(&why))?;
        let extra = proof.extra.ok_or_else(|| form(&"it shows no entry"))?;
        let extra = String::from_utf8(extra).map_err(|why| form(&why))?;
        let extra: Extra = from_canonical(&extra).map_err(|why| form(&why))?;
        let leaf = BASE64.decode(&extra.leaf).map_err(|why| form(&why))?;
        let leaf = Leaf::parse(&leaf).map_err(|why| form(&why))?;
        Ok(Self {
            opening: Opening {
                kind: leaf.kind,
                salt: Salt::from_bytes(*extra.salt.as_bytes()),
                payload: extra.payload,
            },
            leaf,
            index: proof.index,
            path: proof.path,
            checkpoint: proof.checkpoint,
        })
    }
}

/// Checks a receipt: signature, place in the log, payload. Needs nothing from the account.
pub fn verify_receipt(text: &str, trust: &Trust) -> Result<Received, ReceiptFault> {
    let receipt = Receipt::parse(text)?;
    let trusted = trust
        .open(&receipt.checkpoint)
        .map_err(ReceiptFault::Signature)?;
    let hash = leaf_hash(&receipt.leaf);
    verify_inclusion(&trusted.head, receipt.index, &hash, &receipt.path)
        .map_err(|_| ReceiptFault::Inclusion)?;
    if receipt.opening.commitment() != receipt.leaf.commitment {
        let why = "its commitment is another";
        return Err(ReceiptFault::Opening(why.to_owned()));
    }
    let payload = receipt.opening.read();
    Ok(Received {
        payload: payload.map_err(|why| ReceiptFault::Opening(why.to_string()))?,
        leaf: receipt.leaf,
        index: receipt.index,
        origin: trusted.log.origin().to_owned(),
    })
}
