//! Quoted-printable (RFC 2045 6.7), in pieces: what never changes is encoded once, what changes is encoded
//! between. A soft line break joins pieces wherever a line would become too long; it leaves no trace when decoded.

/// Longest encoded line without its ending `=` (RFC 2045 6.7 rule 5: 76 with it).
const LINE_MAX: usize = 75;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A text encoded on its own: begins at column 0 of a line of its own, may be appended at any column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    bytes: Vec<u8>,
    /// Length up to the first line break, soft break's `=` not counted.
    first_line: usize,
    /// Column behind it when it has more than one line.
    last_column: Option<usize>,
}

impl Encoded {
    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + text.len() / 20);
        let column = {
            let mut quoted = Quoted::new(&mut bytes);
            quoted.text(text.as_bytes());
            quoted.column
        };
        let first = bytes.windows(2).position(|w| w == b"\r\n");
        let first_line = first.map_or(bytes.len(), |at| at - usize::from(soft_before(&bytes, at)));
        Self {
            first_line,
            last_column: first.map(|_| column),
            bytes,
        }
    }
}

fn soft_before(bytes: &[u8], line_break: usize) -> bool {
    line_break > 0 && bytes[line_break - 1] == b'='
}

/// Appends quoted-printable to a buffer, keeping lines short.
#[derive(Debug)]
pub(crate) struct Quoted<'a> {
    out: &'a mut Vec<u8>,
    column: usize,
}

impl<'a> Quoted<'a> {
    /// Begins at column 0: the buffer must be empty or end a line.
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, column: 0 }
    }

    /// Bytes written so far to the buffer.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Encodes text; line feeds become line ends, carriage returns are dropped.
    pub(crate) fn text(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some((byte, after)) = rest.split_first() {
            match byte {
                b'\n' => self.line_end(),
                b'\r' => {}
                b' ' | b'\t' if matches!(after.first(), None | Some(b'\n' | b'\r')) => {
                    self.hex(*byte);
                }
                b' ' | b'\t' => self.plain(*byte),
                33..=126 if *byte != b'=' => self.plain(*byte),
                _ => self.hex(*byte),
            }
            rest = after;
        }
    }

    /// Appends a text that was encoded before.
    pub(crate) fn encoded(&mut self, piece: &Encoded) {
        if self.column + piece.first_line > LINE_MAX {
            self.soft_break();
        }
        self.out.extend_from_slice(&piece.bytes);
        self.column = piece.last_column.unwrap_or(self.column + piece.first_line);
    }

    fn plain(&mut self, byte: u8) {
        self.room(1);
        self.out.push(byte);
        self.column += 1;
    }

    fn hex(&mut self, byte: u8) {
        self.room(3);
        let digits = [
            b'=',
            HEX[usize::from(byte >> 4)],
            HEX[usize::from(byte & 15)],
        ];
        self.out.extend_from_slice(&digits);
        self.column += 3;
    }

    fn room(&mut self, needed: usize) {
        if self.column + needed > LINE_MAX {
            self.soft_break();
        }
    }

    fn soft_break(&mut self) {
        self.out.extend_from_slice(b"=\r\n");
        self.column = 0;
    }

    fn line_end(&mut self) {
        self.out.extend_from_slice(b"\r\n");
        self.column = 0;
    }
}

#[cfg(test)]
pub(crate) fn decode(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < encoded.len() {
        match encoded[i] {
            b'=' if encoded[i + 1..].starts_with(b"\r\n") => i += 3,
            b'=' => {
                let digits = std::str::from_utf8(&encoded[i + 1..i + 3]).unwrap();
                out.push(u8::from_str_radix(digits, 16).unwrap());
                i += 3;
            }
            b'\r' => i += 1,
            byte => {
                out.push(byte);
                i += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(pieces: &[(bool, String)]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut quoted = Quoted::new(&mut out);
        for (encoded_before, text) in pieces {
            if *encoded_before {
                quoted.encoded(&Encoded::new(text));
            } else {
                quoted.text(text.as_bytes());
            }
        }
        out
    }

    fn assert_sound(encoded: &[u8], text: &str) {
        let shown = String::from_utf8(decode(encoded)).unwrap();
        assert_eq!(shown, text);
        for line in encoded.split(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            assert!(line.len() <= 76);
            assert!(!line.ends_with(b" ") && !line.ends_with(b"\t"));
            assert!(line.iter().all(|b| (32..127).contains(b) || *b == b'\t'));
        }
    }

    #[test]
    fn lines_stay_short_and_spaces_at_line_ends_survive() {
        for text in [
            "",
            "a = b",
            "trailing \nspaces\t\n \n",
            "schöne Grüße ❤",
            &"x".repeat(75),
            &"x".repeat(76),
            &"ä".repeat(100),
            "\n\n",
        ] {
            assert_sound(&joined(&[(true, text.to_owned())]), text);
            assert_sound(&joined(&[(false, text.to_owned())]), text);
        }
    }

    proptest! {
        #[test]
        fn pieces_join_to_the_text_whatever_was_encoded_before(
            pieces in prop::collection::vec((any::<bool>(), "[ -~\n\tä❤=]{0,120}"), 0..8)
        ) {
            let text: String = pieces.iter().map(|(_, t)| t.as_str()).collect();
            assert_sound(&joined(&pieces), &text);
        }
    }
}
