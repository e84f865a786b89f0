//! Whom which pack rules reach, worked out once: the gate asks for every person.

use avow_model::Jurisdiction;

use crate::pack::Pack;

/// A jurisdiction with the numbers of the rules that protect its people.
type Rules = (Jurisdiction, Vec<u16>);

/// The numbers of rules by jurisdiction.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Of what packs name, and of the countries of the subdivisions that they name.
    named: Vec<Rules>,
    /// By country: of its people in subdivisions that no pack names.
    elsewhere: Vec<Rules>,
}

impl Reach {
    /// Of these packs, whose rules are numbered from `first` on.
    pub(crate) fn of(packs: &[Pack], first: u16) -> Self {
        let all = || packs.iter().flat_map(|p| &p.jurisdictions);
        let countries = sorted(all().map(|j| j.country()));
        let named = sorted(all().copied().chain(countries.iter().copied()));
        let numbers =
            |person: Jurisdiction| (person, numbers(packs, first, |law| law.protects(person)));
        let elsewhere =
            |country: Jurisdiction| (country, numbers_of_country(packs, first, country));
        Self {
            named: named.into_iter().map(numbers).collect(),
            elsewhere: countries.into_iter().map(elsewhere).collect(),
        }
    }

    /// The numbers of the rules that protect somebody of this jurisdiction.
    pub(crate) fn rules_for(&self, person: Jurisdiction) -> &[u16] {
        let named = find(&self.named, person);
        named
            .or_else(|| find(&self.elsewhere, person.country()))
            .unwrap_or_default()
    }
}

fn find(all: &[Rules], jurisdiction: Jurisdiction) -> Option<&[u16]> {
    let place = all.binary_search_by_key(&jurisdiction, |(j, _)| *j).ok()?;
    Some(&all[place].1)
}

fn sorted(all: impl Iterator<Item = Jurisdiction>) -> Vec<Jurisdiction> {
    let mut all: Vec<Jurisdiction> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn numbers_of_country(packs: &[Pack], first: u16, country: Jurisdiction) -> Vec<u16> {
    numbers(packs, first, |law| law == country)
}

/// The numbers of the rules of every pack with a law that fits.
fn numbers(packs: &[Pack], first: u16, fits: impl Fn(Jurisdiction) -> bool) -> Vec<u16> {
    let mut number = first;
    let mut out = Vec::new();
    for pack in packs {
        let reaches = pack.jurisdictions.iter().any(|law| fits(*law));
        for _ in &pack.rules {
            if reaches {
                out.push(number);
            }
            number += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn pack(name: &str, jurisdictions: &str, rules: usize) -> Pack {
        let rule = "[[rule]]\nforbid = true\nwhy = \"w\"\n".repeat(rules);
        let text =
            format!("pack = \"{name}\"\ntitle = \"T\"\njurisdictions = [{jurisdictions}]\n{rule}");
        let name = format!("{name}.toml");
        crate::pack::parse(&SourceFile { name, text }).unwrap()
    }

    #[test]
    fn every_person_gets_the_rules_of_the_country_the_subdivision_and_what_may_be_theirs() {
        let packs = [
            pack("nation", "\"us\"", 2),
            pack("coast", "\"us-ca\", \"us-or\"", 1),
            pack("plain", "\"us-tx\"", 1),
            pack("union", "\"de\", \"fr\"", 1),
        ];
        let reach = Reach::of(&packs, 10);
        let rows: [(&str, &[u16]); 8] = [
            ("us", &[10, 11, 12, 13]),
            ("us-ca", &[10, 11, 12]),
            ("us-or", &[10, 11, 12]),
            ("us-tx", &[10, 11, 13]),
            ("us-ny", &[10, 11]),
            ("de", &[14]),
            ("de-by", &[14]),
            ("zz", &[]),
        ];
        for (person, wanted) in rows {
            let person = Jurisdiction::parse(person).unwrap();
            assert_eq!(reach.rules_for(person), wanted, "{person:?}");
        }
        // The rule stated plainly, for every pair.
        for law in ["us", "us-ca", "de"].map(|t| Jurisdiction::parse(t).unwrap()) {
            let reach = Reach::of(&[pack("one", &format!("\"{}\"", law.as_str()), 1)], 0);
            for person in ["us", "us-ca", "us-ny", "de", "de-by", "zz"] {
                let person = Jurisdiction::parse(person).unwrap();
                let reached = !reach.rules_for(person).is_empty();
                assert_eq!(reached, law.protects(person), "{law:?} {person:?}");
            }
        }
    }
}
