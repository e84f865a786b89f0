//! The fixture of `cargo xtask bench decide`: ten categories, five versions, twenty choices, all packs.

use avow_model::{
    Act, Datum, Fact, FactKind, Facts, Grantor, How, Jurisdiction, Method, PurposeSelector, Scope,
    Timestamp,
};

use crate::request::{Promotion, Request};
use crate::set::PolicySet;
use crate::source::SourceFile;

const CATEGORIES: usize = 10;
const VERSIONS: usize = 5;
const CHOICES: usize = 20;

/// A question with full facts whose answer is Allow.
#[derive(Debug)]
pub struct BenchFixture {
    pub policies: PolicySet,
    pub request: Request,
    pub facts: Facts,
    pub now: Timestamp,
}

/// Builds it. Panics only if the policy language changed under it.
pub fn bench_fixture() -> BenchFixture {
    let files: Vec<SourceFile> = (1..=VERSIONS).map(version).chain([pack()]).collect();
    let policies = PolicySet::compile(&files).unwrap_or_else(|faults| {
        let told: String = faults.iter().map(ToString::to_string).collect();
        panic!("invariant: the bench policy compiles\n{told}")
    });
    BenchFixture {
        policies,
        request: request(),
        facts: facts(),
        now: at(200),
    }
}

fn category(n: usize) -> String {
    if n == 0 {
        "email".to_owned()
    } else {
        format!("field{n}")
    }
}

fn version(n: usize) -> SourceFile {
    let names: Vec<String> = (0..CATEGORIES)
        .map(|c| format!("\"{}\"", category(c)))
        .collect();
    let mut declared = String::new();
    for c in 0..CATEGORIES {
        declared += "[category.";
        declared += &category(c);
        declared += "]\ntitle = \"Field\"\n";
    }
    let text = format!(
        r#"policy = "bench/main"
version = {n}
published = 2026-0{n}-01T00:00:00Z
effective = 2026-0{n}-08T00:00:00Z
notice = {{ period = "7d" }}
controller = {{ name = "Bench", post = "1 Bench Road", email = "privacy@bench.example" }}
{declared}
[purpose.newsletter]
kind = "marketing"
choice = "opt_in"
verbs = ["send"]
reads = [{reads}]
retention = "730d after last_activity"
title = "Newsletter"
ask = "Send it"
why = "You asked for it"
[purpose.offers]
kind = "marketing"
choice = "opt_out"
verbs = ["send"]
reads = ["email"]
title = "Offers"
ask = "Send it"
why = "You asked for it"
[text.en]
markdown = "Text."
"#,
        reads = names.join(", "),
    );
    SourceFile {
        name: format!("v{n}.toml"),
        text,
    }
}

fn pack() -> SourceFile {
    SourceFile {
        name: "pack.toml".to_owned(),
        text: "pack = \"de\"\ntitle = \"Pack\"\njurisdictions = [\"de\"]\n[[rule]]\nkinds = [\"marketing\"]\nneeds = \"confirmed_opt_in\"\nor_soft_opt_in = true\nwhy = \"Rule.\"\n".to_owned(),
    }
}

fn name<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("invariant: the bench names are names")
}

/// So many days into 2026.
fn at(day: i64) -> Timestamp {
    const NEW_YEAR_2026_S: i64 = 1_767_225_600;
    Timestamp::from_second(NEW_YEAR_2026_S + day * 86_400)
        .expect("invariant: a day of 2026 is an instant")
}

fn request() -> Request {
    Request {
        reads: (0..CATEGORIES).map(|c| name(&category(c))).collect(),
        promotion: Promotion::Carried,
        ..Request::new(
            name("bench"),
            name("bench"),
            name("newsletter"),
            name("send"),
        )
    }
}

fn facts() -> Facts {
    let datum = |c: usize| Datum {
        category: name(&category(c)),
        version: Some(1 + (c % VERSIONS) as u32),
        how: How::Direct,
        account: name("bench"),
    };
    let mut events: Vec<Fact> = (0..CHOICES - 2).map(choice).collect();
    let confirm = FactKind::Confirm {
        purpose: Some(PurposeSelector::One(name("newsletter"))),
    };
    events.push(fact(grant("newsletter", true), 100));
    events.push(fact(confirm, 101));
    Facts {
        data: (0..CATEGORIES).map(datum).collect(),
        events,
        jurisdiction: Jurisdiction::parse("de").unwrap_or_default(),
        last_activity: Some(at(150)),
        ..Facts::default()
    }
}

fn choice(n: usize) -> Fact {
    let purpose = if n.is_multiple_of(2) {
        "newsletter"
    } else {
        "offers"
    };
    let kind = if n.is_multiple_of(3) {
        FactKind::Withdraw {
            purpose: PurposeSelector::One(name(purpose)),
        }
    } else {
        grant(purpose, false)
    };
    fact(kind, 10 + n as i64)
}

fn grant(purpose: &str, double_opt_in: bool) -> FactKind {
    FactKind::Grant {
        purpose: PurposeSelector::One(name(purpose)),
        saw: Some(1),
        method: Method::Click,
        by: Grantor::Person,
        asked: Act::Fair,
        double_opt_in,
        confirmed: false,
        expires: None,
    }
}

fn fact(kind: FactKind, day: i64) -> Fact {
    Fact {
        kind,
        at: at(day),
        recorded_at: at(day),
        scope: Scope::default(),
    }
}
