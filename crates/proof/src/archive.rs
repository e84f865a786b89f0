//! The bundle's container: a tar file (POSIX ustar) with nothing in it that could be otherwise.
//!
//! Promises: the same parts give the same bytes; only those bytes are read back, so that a flipped bit
//! anywhere in the container is a fault; any tar program unpacks it. Limits come before memory is taken.

/// Tar's unit.
const BLOCK_BYTES: usize = 512;
/// Longest name of a part: what a ustar header holds without its prefix field.
const NAME_BYTES_MAX: usize = 100;
/// Most parts: a person with ten thousand entries needs two for each.
pub const PARTS_MAX: usize = 25_000;
/// Longest part in bytes: a policy with all its texts, or a message with pictures.
pub const PART_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest bundle in bytes.
pub const BUNDLE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// A part: its name and its bytes.
pub(crate) type Part = (String, Vec<u8>);

/// Why bytes are no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    #[error("the file is longer than {BUNDLE_BYTES_MAX} bytes")]
    TooLong,
    #[error("the file has more than {PARTS_MAX} parts")]
    TooMany,
    #[error("a part is longer than {PART_BYTES_MAX} bytes")]
    PartTooLong,
    #[error("the container is not as `avow prove` writes it, from byte {0} on")]
    Form(usize),
    #[error("a part's name `{0}` is not allowed, or not in order")]
    Name(String),
}

/// Writes the parts; their names must be sound and in order.
pub(crate) fn write(parts: &[Part]) -> Result<Vec<u8>, ArchiveFault> {
    let mut out = Vec::new();
    check_names(parts)?;
    for (name, bytes) in parts {
        if bytes.len() > PART_BYTES_MAX {
            return Err(ArchiveFault::PartTooLong);
        }
        out.extend_from_slice(&header(name, bytes.len()));
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(BLOCK_BYTES), 0);
    }
    out.extend_from_slice(&[0; 2 * BLOCK_BYTES]);
    if out.len() > BUNDLE_BYTES_MAX {
        return Err(ArchiveFault::TooLong);
    }
    Ok(out)
}

/// Reads the parts back; refuses every byte that `write` would not have written.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Part>, ArchiveFault> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(ArchiveFault::TooLong);
    }
    let (mut parts, mut at) = (Vec::new(), 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (block, rest) = rest
            .split_first_chunk::<BLOCK_BYTES>()
            .ok_or(ArchiveFault::Form(at))?;
        if block == &[0; BLOCK_BYTES] {
            let end = rest == [0; BLOCK_BYTES];
            return if end {
                checked(parts)
            } else {
                Err(ArchiveFault::Form(at))
            };
        }
        let (name, length) = read_header(block).ok_or(ArchiveFault::Form(at))?;
        if length > PART_BYTES_MAX {
            return Err(ArchiveFault::PartTooLong);
        }
        if parts.len() >= PARTS_MAX {
            return Err(ArchiveFault::TooMany);
        }
        let padded = length.next_multiple_of(BLOCK_BYTES);
        let whole = rest.get(..padded).ok_or(ArchiveFault::Form(at))?;
        let (content, padding) = whole.split_at(length);
        if padding.iter().any(|b| *b != 0) {
            return Err(ArchiveFault::Form(at + BLOCK_BYTES + length));
        }
        parts.push((name, content.to_vec()));
        at += BLOCK_BYTES + padded;
    }
}

fn checked(parts: Vec<Part>) -> Result<Vec<Part>, ArchiveFault> {
    check_names(&parts)?;
    Ok(parts)
}

/// Names are relative, plain and in strictly growing order: one order, no name twice.
fn check_names(parts: &[Part]) -> Result<(), ArchiveFault> {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/');
    let mut before = "";
    for (name, _) in parts {
        let plain = name.bytes().all(sound) && name.len() <= NAME_BYTES_MAX;
        let inside = name
            .split('/')
            .all(|step| !step.is_empty() && !step.starts_with('.'));
        if !plain || !inside || name.as_str() <= before {
            return Err(ArchiveFault::Name(
                name.chars().take(NAME_BYTES_MAX).collect(),
            ));
        }
        before = name;
    }
    if parts.len() > PARTS_MAX {
        return Err(ArchiveFault::TooMany);
    }
    Ok(())
}

/// A header with every field fixed but name and length: mode 0644, owner 0, time 0.
fn header(name: &str, length: usize) -> [u8; BLOCK_BYTES] {
    let mut block = [0; BLOCK_BYTES];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{length:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Name and length, where the header is one that `header` writes.
fn read_header(block: &[u8; BLOCK_BYTES]) -> Option<(String, usize)> {
    let name = block[..NAME_BYTES_MAX].split(|b| *b == 0).next()?;
    let name = String::from_utf8(name.to_vec()).ok()?;
    let length = std::str::from_utf8(&block[124..135]).ok()?;
    let length = usize::from_str_radix(length, 8).ok()?;
    (header(&name, length) == *block).then_some((name, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Vec<Part> {
        vec![
            ("a.json".into(), b"{}".to_vec()),
            ("b/0001.txt".into(), vec![b'x'; 512]),
            ("b/0002.txt".into(), Vec::new()),
        ]
    }

    #[test]
    fn parts_come_back_as_they_were_written() {
        let bytes = write(&parts()).unwrap();
        assert_eq!(bytes.len() % BLOCK_BYTES, 0);
        assert_eq!(read(&bytes), Ok(parts()));
    }

    #[test]
    fn names_that_leave_the_folder_or_are_out_of_order_are_refused() {
        for name in ["", "/a", "../a", "a//b", "a/../b", ".a", "a b", "ü", "a\\b"] {
            let part = (name.to_owned(), Vec::new());
            assert!(
                matches!(write(&[part]), Err(ArchiveFault::Name(_))),
                "{name}"
            );
        }
        let twice = [("a".to_owned(), Vec::new()), ("a".to_owned(), Vec::new())];
        assert!(write(&twice).is_err());
    }

    #[test]
    fn every_byte_outside_the_parts_counts() {
        let bytes = write(&parts()).unwrap();
        let content = [512..514, 1536..2048];
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x41;
            let inside = content.iter().any(|c| c.contains(&at));
            let read = read(&changed);
            assert_ne!(read, Ok(parts()), "byte {at}");
            assert!(inside || read.is_err(), "byte {at} was not noticed");
        }
        assert!(read(&bytes[..bytes.len() - 1]).is_err());
        assert!(read(&[&bytes[..], &[0; 512]].concat()).is_err());
        assert!(read(&[]).is_err());
    }
}
