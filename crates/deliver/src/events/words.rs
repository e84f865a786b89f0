//! What a server said, without the address that it said it of.

/// A reply with `…` in the place of each address: many servers repeat whom they refuse.
pub fn without_addresses(reply: &str) -> String {
    let parts = |c: char| c.is_whitespace() || "<>()[]\"',;:=".contains(c);
    let shown = reply.split_inclusive(parts).map(|piece| {
        let word = piece.trim_end_matches(parts);
        let hidden = if word.contains('@') { "…" } else { word };
        [hidden, &piece[word.len()..]].concat()
    });
    shown.collect()
}
