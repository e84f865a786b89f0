//! One entry of a chain as a bundle shows it: leaf, place in the log, place in the chain, opening.

use avow_ledger::{
    Digest, Leaf, Opening, Path, Salt, TlogProof, from_canonical, leaf_hash, to_canonical,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::BundleFault;
use crate::archive::Part;

/// An entry with what proves it. Its payload is shown only where `opening` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub index: u64,
    pub leaf: Leaf,
    /// Opens the chain commitment.
    pub salt: Salt,
    pub path: Path,
    pub opening: Option<Opening>,
}

/// The readable part; fields in the order of their names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkText {
    leaf: String,
    link: Digest,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    salt: Option<Digest>,
}

impl Link {
    /// The hash of its leaf in the tree.
    pub fn leaf_hash(&self) -> Digest {
        leaf_hash(&self.leaf)
    }

    pub(super) fn encode(&self) -> Result<String, BundleFault> {
        let salt = |salt: &Salt| Digest::from_bytes(*salt.as_bytes());
        let text = LinkText {
            leaf: BASE64.encode(self.leaf.encode()),
            link: salt(&self.salt),
            payload: self.opening.as_ref().map(|o| o.payload.clone()),
            salt: self.opening.as_ref().map(|o| salt(&o.salt)),
        };
        to_canonical(&text).map_err(|why| BundleFault::part("of an entry", why))
    }

    pub(super) fn proof(&self, checkpoint: &str) -> String {
        let proof = TlogProof {
            extra: None,
            index: self.index,
            path: self.path.clone(),
            checkpoint: checkpoint.to_owned(),
        };
        proof.encode()
    }

    pub(super) fn parse(opening: &Part, proof: &Part) -> Result<Self, BundleFault> {
        let (name, bytes) = opening;
        let fault = |why: &dyn ToString| BundleFault::part(name, why.to_string());
        let text = std::str::from_utf8(bytes).map_err(|why| fault(&why))?;
        let text: LinkText = from_canonical(text).map_err(|why| fault(&why))?;
        let leaf = BASE64.decode(&text.leaf).map_err(|why| fault(&why))?;
        let leaf = Leaf::parse(&leaf).map_err(|why| fault(&why))?;
        let placed = std::str::from_utf8(&proof.1)
            .map_err(|_| BundleFault::part(&proof.0, "is not text"))?;
        let placed = TlogProof::parse(placed).map_err(|why| BundleFault::part(&proof.0, why))?;
        let salt = |digest: Digest| Salt::from_bytes(*digest.as_bytes());
        let opening = match (text.payload, text.salt) {
            (None, None) => None,
            (Some(payload), Some(opens)) => Some(Opening {
                kind: leaf.kind,
                salt: salt(opens),
                payload,
            }),
            _ => {
                return Err(fault(
                    &"has a payload without its salt, or a salt without its payload",
                ));
            }
        };
        Ok(Self {
            index: placed.index,
            leaf,
            salt: salt(text.link),
            path: placed.path,
            opening,
        })
    }
}
