//! A proof that an entry is in a log, as text that anybody can check (C2SP tlog-proof v1).
//!
//! Promises: reading is strict, and what was read writes the same bytes again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::digest::Digest;
use crate::tree::Path;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Longest path: a tree of 2^48 entries has 48 levels.
const PATH_MAX: usize = 48;
/// Longest text in bytes that is read: the longest checkpoint, an opening and a path fit.
const PROOF_BYTES_MAX: usize = 512 * 1024;

/// Index, path and the checkpoint that they lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes for the reader's use, authenticated by nothing in here.
    pub extra: Option<Vec<u8>>,
    pub index: u64,
    pub path: Path,
    /// A signed note.
    pub checkpoint: String,
}

/// Why a text is no such proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a proof in the form of c2sp.org/tlog-proof@v1")]
pub struct TlogProofFault;

impl TlogProof {
    /// The text.
    pub fn encode(&self) -> String {
        let mut lines = vec![FIRST_LINE.to_owned()];
        if let Some(extra) = &self.extra {
            lines.push(format!("extra {}", BASE64.encode(extra)));
        }
        lines.push(format!("index {}", self.index));
        lines.extend(self.path.iter().map(|hash| BASE64.encode(hash.as_bytes())));
        format!("{}\n\n{}", lines.join("\n"), self.checkpoint)
    }

    /// Reads the text; the checkpoint in it is not looked at.
    pub fn parse(text: &str) -> Result<Self, TlogProofFault> {
        if text.len() > PROOF_BYTES_MAX {
            return Err(TlogProofFault);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TlogProofFault)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(TlogProofFault);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra
            .map(|line| decoded(&line["extra ".len()..]))
            .transpose()?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.ok_or(TlogProofFault)?;
        let path: Result<Path, _> = lines.map(digest_line).collect();
        let proof = Self {
            extra,
            index: index.parse().map_err(|_| TlogProofFault)?,
            path: path?,
            checkpoint: checkpoint.to_owned(),
        };
        if proof.path.len() <= PATH_MAX && proof.encode() == text {
            Ok(proof)
        } else {
            Err(TlogProofFault)
        }
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, TlogProofFault> {
    BASE64.decode(text).map_err(|_| TlogProofFault)
}

fn digest_line(line: &str) -> Result<Digest, TlogProofFault> {
    Digest::from_slice(&decoded(line)?).ok_or(TlogProofFault)
}
