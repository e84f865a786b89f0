//! Source files: named texts of a bounded size.

use std::ops::Range;

use crate::diagnostic::Diagnostic;

/// A policy is some pages of text; more than this is a mistake or an attack.
pub const SOURCE_BYTES_MAX: usize = 1 << 20;

/// A named text: a policy version or a rule pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

impl SourceFile {
    /// From bytes of any origin: refuses what is too large or is not UTF-8, saying where.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Diagnostic> {
        if bytes.len() > SOURCE_BYTES_MAX {
            return Err(Self::too_large(name));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                name: name.to_owned(),
                text: text.to_owned(),
            }),
            Err(fault) => Err(not_text(name, bytes, fault.valid_up_to())),
        }
    }

    /// True for a text that a policy may name, and not a policy or pack.
    pub fn is_markdown(&self) -> bool {
        std::path::Path::new(&self.name)
            .extension()
            .is_some_and(|e| e == "md")
    }

    pub(crate) fn too_large(name: &str) -> Diagnostic {
        let message =
            format!("the file is too large: a policy has at most {SOURCE_BYTES_MAX} bytes");
        Diagnostic::unshown(name, message).hint("is this the right file?")
    }

    /// A diagnostic at a byte range of this file. Ranges outside the text point at its end.
    pub(crate) fn fault(&self, span: Range<usize>, message: String) -> Diagnostic {
        Diagnostic::at(self, span, message)
    }
}

fn not_text(name: &str, bytes: &[u8], good: usize) -> Diagnostic {
    let head = SourceFile {
        name: name.to_owned(),
        text: String::from_utf8_lossy(&bytes[..good]).into_owned(),
    };
    let mut fault = head.fault(good..good, "the file is not UTF-8 text".to_owned());
    fault.hint = Some("save it as UTF-8; a policy is a TOML text file".to_owned());
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_or_too_many_are_refused_with_their_place() {
        let fault = SourceFile::from_bytes("p", b"a = 1\nb = \xff\xfe").unwrap_err();
        assert_eq!((fault.line, fault.col), (2, 5));
        let big = vec![b'#'; SOURCE_BYTES_MAX + 1];
        let fault = SourceFile::from_bytes("p", &big).unwrap_err();
        assert!(fault.message.contains("at most"), "{fault}");
    }
}
