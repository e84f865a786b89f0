//! SMTP sessions of our listeners: whatever a client says, in whatever pieces it arrives.

use avow_deliver::{Heard, TrialDoor, converse};

/// RFC 5321 4.5.3.1.5.
const REPLY_LINE_BYTES_MAX: usize = 512;

/// The first byte says how the door is and how the rest is cut into reads. The pieces change nothing; every reply is
/// whole lines; what is taken was taken with a 250, went to somebody who is admitted and holds no bare line end; and
/// behind a locked door nothing is taken from who has not signed in.
pub(crate) fn run(bytes: &[u8]) {
    let Some((first, session)) = bytes.split_first() else {
        return;
    };
    let door = match first % 3 {
        0 => TrialDoor::Open,
        1 => TrialDoor::LockedInClear,
        _ => TrialDoor::Locked,
    };
    let whole = heard(door, &[session]);
    let pieces: Vec<&[u8]> = session.chunks(usize::from(first / 3) + 1).collect();
    assert_eq!(whole, heard(door, &pieces));
    replies_are_whole_lines(&whole.said);
    let signed_in = says(&whole, "235 2.7.0") > 0;
    assert!(whole.taken.is_empty() || door == TrialDoor::Open || signed_in);
    assert!(door != TrialDoor::LockedInClear || !signed_in);
    assert_eq!(says(&whole, "250 2.0.0 Taken"), whole.taken.len());
    for mail in &whole.taken {
        assert!(!mail.to.is_empty() && mail.to.iter().all(|to| to.starts_with("b@")));
        assert!(!has_bare_line_end(&mail.content));
    }
}

fn has_bare_line_end(content: &[u8]) -> bool {
    let bare = |(at, byte): (usize, &u8)| match byte {
        b'\n' => at == 0 || content[at - 1] != b'\r',
        b'\r' => content.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    content.iter().enumerate().any(bare)
}

fn heard(door: TrialDoor, reads: &[&[u8]]) -> Heard {
    converse(door, reads).expect("a runtime without a network needs nothing")
}

fn replies_are_whole_lines(said: &[u8]) {
    let text = std::str::from_utf8(said).expect("replies are text");
    let text = text.strip_suffix("\r\n").expect("the last line is whole");
    for line in text.split("\r\n") {
        assert!(line.len() + 2 <= REPLY_LINE_BYTES_MAX && !line.contains(['\r', '\n']));
        let (code, rest) = line.split_at(3);
        assert!(code.bytes().all(|b| b.is_ascii_digit()) && rest.starts_with([' ', '-']));
    }
}

/// How many replies begin so.
fn says(heard: &Heard, words: &str) -> usize {
    let text = String::from_utf8_lossy(&heard.said);
    text.split("\r\n")
        .filter(|line| line.starts_with(words))
        .count()
}
