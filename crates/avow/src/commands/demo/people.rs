//! Generated people for the demo: the files of a Mailchimp export, with mixed consent.
//!
//! Promises: the same account and number give the same files; every address ends in `.example`,
//! so that no real person is ever written to. Never: reads a clock or a random source.

use std::io::{self, Write};

const FIRST: [&str; 40] = [
    "Ada", "Amina", "Anders", "Beatriz", "Björn", "Chen", "Chiara", "Daniel", "Dilek", "Edwin",
    "Elif", "Emma", "Farid", "Fiona", "Grace", "Hana", "Hugo", "Ines", "Ivo", "Jane", "Jonas",
    "Kemal", "Lena", "Liam", "Mei", "Mira", "Nadia", "Noah", "Olga", "Omar", "Pia", "Priya",
    "Rosa", "Samir", "Sofia", "Tariq", "Tove", "Yuki", "Zoë", "Zofia",
];
const LAST: [&str; 40] = [
    "Abbott",
    "Adeyemi",
    "Becker",
    "Bianchi",
    "Brandt",
    "Castro",
    "Chowdhury",
    "Dahl",
    "Diaz",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Hopper",
    "Ito",
    "Jansen",
    "Kaya",
    "Kim",
    "Kowalska",
    "Lindqvist",
    "Lovelace",
    "Marino",
    "Meyer",
    "Moreau",
    "Nakamura",
    "Novak",
    "O'Brien",
    "Okafor",
    "Park",
    "Petrov",
    "Quinn",
    "Rossi",
    "Sato",
    "Schäfer",
    "Silva",
    "Singh",
    "Tanaka",
    "Turner",
    "Weber",
    "Yilmaz",
];
const DOMAINS: [&str; 8] = [
    "mail.example",
    "post.example",
    "inbox.example",
    "letters.example",
    "büro.example",
    "firm.example",
    "shop.example",
    "home.example",
];

/// Out of a thousand: how a generated person stands. The rest opted in and confirmed.
const UNSUBSCRIBED_PERMILLE: u64 = 60;
const CLEANED_PERMILLE: u64 = 25;
const NO_EVIDENCE_PERMILLE: u64 = 40;
const UNCONFIRMED_PERMILLE: u64 = 50;
/// From here on they agreed to be measured as well.
const MEASURED_FROM_PERMILLE: u64 = 400;

/// The files that Mailchimp gives for one audience, with those who agreed to be measured in a file of their own.
pub(super) struct ExportFiles<W> {
    pub(super) subscribed: W,
    /// Subscribed, and agreed to the measuring of opens and clicks.
    pub(super) measured: W,
    pub(super) unsubscribed: W,
    pub(super) cleaned: W,
}

/// A small generator (SplitMix64): good enough for names, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len() as u64) as usize]
    }
}

struct Person {
    first: &'static str,
    last: &'static str,
    address: String,
    opt_in: String,
    confirm: String,
    ip: String,
}

const COLUMNS: &str = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED";

/// Writes `people` persons of the account, header lines included.
pub(super) fn write<W: Write>(
    account: &str,
    people: u64,
    files: &mut ExportFiles<W>,
) -> io::Result<()> {
    writeln!(files.subscribed, "{COLUMNS}")?;
    writeln!(files.measured, "{COLUMNS}")?;
    writeln!(files.unsubscribed, "{COLUMNS},UNSUB_TIME,UNSUB_REASON")?;
    writeln!(files.cleaned, "{COLUMNS},CLEAN_TIME")?;
    let seed = account
        .bytes()
        .fold(17_u64, |s, b| s.wrapping_mul(31).wrapping_add(u64::from(b)));
    let mut dice = Dice(seed);
    for n in 0..people {
        let person = person(&mut dice, n);
        let chance = dice.roll(1000);
        if chance < UNSUBSCRIBED_PERMILLE {
            let when = moment(&mut dice, 9);
            line(&mut files.unsubscribed, &person, &format!(",{when},NORMAL"))?;
        } else if chance < UNSUBSCRIBED_PERMILLE + CLEANED_PERMILLE {
            let when = moment(&mut dice, 9);
            line(&mut files.cleaned, &person, &format!(",{when}"))?;
        } else if chance >= MEASURED_FROM_PERMILLE {
            line(&mut files.measured, &person, "")?;
        } else {
            line(&mut files.subscribed, &weakened(person, chance), "")?;
        }
    }
    Ok(())
}

/// Takes the evidence away from those whose lot says so.
fn weakened(mut person: Person, chance: u64) -> Person {
    let bare = UNSUBSCRIBED_PERMILLE + CLEANED_PERMILLE + NO_EVIDENCE_PERMILLE;
    if chance < bare {
        person.opt_in.clear();
        person.confirm.clear();
        person.ip.clear();
    } else if chance < bare + UNCONFIRMED_PERMILLE {
        person.confirm.clear();
    }
    person
}

fn person(dice: &mut Dice, n: u64) -> Person {
    let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
    let domain = dice.pick(&DOMAINS);
    let local = format!("{first}.{last}{n}")
        .to_lowercase()
        .replace('\'', "");
    let opt_in = moment(dice, 3);
    let confirm = format!("{}:{:02}", &opt_in[..16], 30 + dice.roll(30));
    let ip = format!("192.0.2.{}", dice.roll(254) + 1);
    Person {
        first,
        last,
        address: format!("{local}@{domain}"),
        opt_in,
        confirm,
        ip,
    }
}

/// A moment of 2026, in the months from `first_month` on, before today's demo.
fn moment(dice: &mut Dice, first_month: u64) -> String {
    let month = first_month + dice.roll(11 - first_month);
    let (day, hour, minute) = (1 + dice.roll(28), dice.roll(24), dice.roll(60));
    format!(
        "2026-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}",
        dice.roll(30)
    )
}

fn line(out: &mut impl Write, p: &Person, tail: &str) -> io::Result<()> {
    let confirm_ip = if p.confirm.is_empty() {
        ""
    } else {
        p.ip.as_str()
    };
    let last_changed = if p.opt_in.is_empty() {
        "2026-03-01 00:00:00"
    } else {
        p.opt_in.as_str()
    };
    writeln!(
        out,
        "{},{},{},2,{},{},{},{confirm_ip},{last_changed}{tail}",
        p.address, p.first, p.last, p.opt_in, p.ip, p.confirm
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(people: u64) -> [String; 4] {
        let mut files = ExportFiles {
            subscribed: Vec::new(),
            measured: Vec::new(),
            unsubscribed: Vec::new(),
            cleaned: Vec::new(),
        };
        write("imark", people, &mut files).unwrap();
        [
            files.subscribed,
            files.measured,
            files.unsubscribed,
            files.cleaned,
        ]
        .map(|f| String::from_utf8(f).unwrap())
    }

    #[test]
    fn the_same_account_gives_the_same_people_and_every_address_is_reserved() {
        let (once, again) = (files(500), files(500));
        assert_eq!(once, again);
        let rows: Vec<&str> = once.iter().flat_map(|f| f.lines().skip(1)).collect();
        assert_eq!(rows.len(), 500);
        assert!(
            rows.iter()
                .all(|r| r.split(',').next().unwrap().ends_with(".example"))
        );
    }

    #[test]
    fn consent_is_mixed() {
        let [subscribed, measured, unsubscribed, cleaned] = files(2_000);
        assert!(measured.lines().count() > 1_000);
        assert!(unsubscribed.lines().count() > 50 && cleaned.lines().count() > 20);
        let bare = subscribed
            .lines()
            .skip(1)
            .filter(|l| l.contains(",2,,,,,"))
            .count();
        assert!(bare > 40, "{bare} people without evidence");
    }
}
