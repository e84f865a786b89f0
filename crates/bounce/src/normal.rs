//! Text made comparable: lower case, one space, addresses and host names taken out.
//!
//! An address or a host can hold any word (`no-such-user@`, `spam.example`), so none of its words may count.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

/// What a rule looks at is at most this long: a sentence that tells is at the front.
const TEXT_BYTES_MAX: usize = 8 * 1024;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"<?[^\s<>"'(),;:\[\]|]+@[^\s<>"'(),;:\[\]|]+>?"#;
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"https?://\S+").expect("invariant: a fixed pattern"));
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\b(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+\b";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});

static IP: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});
/// "host mx.example.org[192.0.2.1] said:" names the speaker, nobody's fault.
static SPEAKER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\b(?:remote |mail )?(?:host|server|mta) (?:\S+ ?)?(?:[\[(][^\])]{0,80}[\])] ?)?(?:said|responded|replied|returned|answered)|\b(?:remote |smtp |mail )*(?:server|host) (?:\S+ )?(?:has )?rejected (?:the )?(?:address|recipient)";
    Regex::new(pattern).expect("invariant: a fixed pattern")
});

/// Dotted words that are no host: Exchange names its parts so.
const PARTS: [&str; 8] = [
    "resolver.",
    "storedrv.",
    "queue.",
    "routing.",
    "smtpsend.",
    "transport.",
    "submission.",
    "agent.",
];
/// Hosts that mean a list of blocked senders.
const LISTS: [&str; 8] = [
    "spamhaus",
    "spamcop",
    "sorbs",
    "barracuda",
    "dnsbl",
    "rbl",
    "uribl",
    "surbl",
];

/// The comparable form of a text: an address becomes `@`, a host `host`, a blocking list `dnsbl`.
pub(crate) fn normal(text: &str) -> String {
    let text = cut(text);
    let text = fold(&text.to_lowercase()).replace('`', "'");
    let text = LINK.replace_all(&text, " ");
    let text = ADDRESS.replace_all(&text, "@");
    let text = HOST.replace_all(&text, |found: &regex::Captures<'_>| host(&found[0]));
    let text = IP.replace_all(&text, "ip");
    let text = plain_words(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    SPEAKER.replace_all(&words.join(" "), "said").into_owned()
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn host(word: &str) -> String {
    if PARTS.iter().any(|part| word.starts_with(part)) {
        return word.to_owned();
    }
    let list = LISTS.iter().any(|list| word.contains(list));
    if list { "dnsbl" } else { "host" }.to_owned()
}

/// Letters with marks and Cyrillic ones, and the plain letter that stands for each in texts and patterns alike:
/// patterns over plain letters are a hundred times faster, and a mark forgotten makes no difference.
const FOLDED: [(&str, char); 34] = [
    ("áàâäãåąаā", 'a'),
    ("éèêëęěеёэē", 'e'),
    ("íìîïıиійїī", 'i'),
    ("óòôöõøőо", 'o'),
    ("úùûüůűуюū", 'u'),
    ("ñńнň", 'n'),
    ("çćčц", 'c'),
    ("śšşс", 's'),
    ("žźżз", 'z'),
    ("ýы", 'y'),
    ("łл", 'l'),
    ("řр", 'r'),
    ("ďд", 'd'),
    ("ťт", 't'),
    ("ğгґ", 'g'),
    ("ß", 's'),
    ("б", 'b'),
    ("в", 'v'),
    ("ж", 'j'),
    ("к", 'k'),
    ("м", 'm'),
    ("п", 'p'),
    ("ф", 'f'),
    ("х", 'h'),
    ("ч", '4'),
    ("ш", 'w'),
    ("щ", 'q'),
    ("ъь", 'x'),
    ("я", '9'),
    ("є", 'e'),
    ("“”„", '"'),
    ("–—‐‑", '-'),
    ("’‘`´", '\''),
    ("\u{a0}\u{3000}", ' '),
];

static FOLDS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pairs = FOLDED
        .iter()
        .flat_map(|(marked, plain)| marked.chars().map(|c| (c, *plain)));
    pairs.collect()
});

/// A text or a pattern in plain letters.
pub(crate) fn fold(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii() {
            c
        } else {
            FOLDS.get(&c).copied().unwrap_or(c)
        }
    };
    text.chars().map(plain).collect()
}

/// "can't" and "isn't" become "can not" and "is not"; decoration goes.
fn plain_words(text: &str) -> String {
    let text = text
        .replace("can't", "can not")
        .replace("cannot", "can not")
        .replace("won't", "will not")
        .replace("n't", " not")
        .replace("e-mail", "email")
        .replace("black list", "blacklist")
        .replace("spamhaus", "dnsbl")
        .replace("spamcop", "dnsbl")
        .replace("block list", "blocklist")
        // An alternative that is always named, and so tells nothing.
        .replace(" or access denied", "");
    text.replace(['*', '=', '"', '_', '«', '»', '“', '”', '>', '<'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_an_address_or_a_host_is_left() {
        let text =
            "550 5.1.1 <no-such-user@spam.example.org>: can’t deliver, see https://a.test/unknown";
        assert_eq!(normal(text), "550 5.1.1 @: can not deliver, see");
        assert_eq!(normal("refused by mx.unknown.example."), "refused by host.");
        assert_eq!(normal("Listed at ZEN.spamhaus.org"), "listed at dnsbl");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        assert!(normal(&"é".repeat(9_000)).len() <= TEXT_BYTES_MAX);
    }
}
