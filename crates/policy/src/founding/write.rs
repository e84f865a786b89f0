//! From the answers to the text of a policy that compiles without a fault or a warning.

use avow_model::Timestamp;
use minijinja::{AutoEscape, Environment, context};

use super::answers::{Answers, Choice as _, Kind, Measure, Sharing};
use super::packs::own_pack;
use crate::{Diagnostic, PolicySet, SourceFile, lint};

/// Template files by the name that `include` uses.
const TEMPLATES: [(&str, &str); 9] = [
    (
        "newsletter",
        include_str!("../../../../policies/templates/newsletter.toml.j2"),
    ),
    (
        "shop",
        include_str!("../../../../policies/templates/shop.toml.j2"),
    ),
    (
        "b2b",
        include_str!("../../../../policies/templates/b2b.toml.j2"),
    ),
    (
        "agency",
        include_str!("../../../../policies/templates/agency.toml.j2"),
    ),
    (
        "nonprofit",
        include_str!("../../../../policies/templates/nonprofit.toml.j2"),
    ),
    (
        "cookieless",
        include_str!("../../../../policies/templates/cookieless.toml.j2"),
    ),
    (
        "parts/head.toml.j2",
        include_str!("../../../../policies/templates/parts/head.toml.j2"),
    ),
    (
        "parts/measure.toml.j2",
        include_str!("../../../../policies/templates/parts/measure.toml.j2"),
    ),
    (
        "parts/text.md.j2",
        include_str!("../../../../policies/templates/parts/text.md.j2"),
    ),
];

/// A first policy: its text, and what it means.
#[derive(Debug)]
pub struct FirstPolicy {
    /// The file.
    pub file: SourceFile,
    /// The ids of its purposes, in the order of the text.
    pub purposes: Vec<String>,
    /// The rule packs that it names, with their texts.
    pub packs: Vec<(String, String)>,
    /// The file and its packs, compiled: one version.
    pub set: PolicySet,
}

/// Why the answers make no policy: a fault of the templates, or a name that no template can take.
#[derive(Debug, thiserror::Error)]
pub enum FoundingFault {
    /// The template failed.
    #[error("the template cannot be filled in: {0}")]
    Template(#[from] minijinja::Error),
    /// What it made does not compile; each fault with its place.
    #[error("the policy is not right yet:\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    NotRight(Vec<Diagnostic>),
}

/// Writes the policy and compiles it. `now` becomes the instant of publication and of effect: there is no version
/// before. Never: a policy with an error.
pub fn first_policy(answers: &Answers, now: Timestamp) -> Result<FirstPolicy, FoundingFault> {
    let file = SourceFile {
        name: format!("{}.toml", answers.account),
        text: render(answers, now)?,
    };
    let named = answers.places.packs().iter();
    let packs: Vec<(String, String)> = named
        .filter_map(|name| Some(((*name).to_owned(), own_pack(name)?.to_owned())))
        .collect();
    let pack = |(name, text): &(String, String)| SourceFile {
        name: format!("pack {name}"),
        text: text.clone(),
    };
    let mut all = vec![file.clone()];
    all.extend(packs.iter().map(pack));
    let set = PolicySet::compile(&all).map_err(FoundingFault::NotRight)?;
    let wrong: Vec<Diagnostic> = lint(&all)
        .into_iter()
        .filter(Diagnostic::is_error)
        .collect();
    if !wrong.is_empty() {
        return Err(FoundingFault::NotRight(wrong));
    }
    let purposes = set.versions().flat_map(|v| v.purposes().iter());
    Ok(FirstPolicy {
        purposes: purposes.map(|p| p.id.to_string()).collect(),
        packs,
        set,
        file,
    })
}

fn render(answers: &Answers, now: Timestamp) -> Result<String, minijinja::Error> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.add_filter("toml", |value: minijinja::Value| toml_text(&value));
    engine.add_filter("inside", inside);
    // `{#` begins a comment of the template language.
    engine.add_filter("anchor", |name: &str| format!("{{#{name}}}"));
    for (name, text) in TEMPLATES {
        engine.add_template(name, text)?;
    }
    let (name, title) = template(answers.kind);
    // Never rounded up: it would be in force a moment later.
    let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let text = engine.get_template(name)?.render(context! {
        title,
        account => answers.account.as_str(),
        name => answers.name.as_str(),
        post => answers.post.as_str(),
        email => answers.email.as_str(),
        domains => domains(answers),
        packs => answers.places.packs().to_vec(),
        claims => claims(answers),
        points => ["signup"],
        measure => answers.measure == Measure::Ask && answers.kind != Kind::Cookieless,
        sharing => answers.sharing.word(),
        published => second.to_string(),
    })?;
    Ok(text + "\n")
}

/// The domains that the policy speaks for, each once.
fn domains(answers: &Answers) -> Vec<String> {
    let mut domains = vec![answers.email.domain().to_lowercase()];
    let sending = answers.sender.as_ref().map(|s| s.domain().to_lowercase());
    domains.extend(sending.filter(|d| *d != domains[0]));
    domains
}

const fn template(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Newsletter => ("newsletter", "Newsletter"),
        Kind::Shop => ("shop", "Shop"),
        Kind::B2b => ("b2b", "Business to business"),
        Kind::Agency => ("agency", "Agency with a joint edition"),
        Kind::Nonprofit => ("nonprofit", "Non-profit"),
        Kind::Cookieless => ("cookieless", "Newsletter that measures nothing"),
    }
}

/// Promises that the answers make true; the compiler holds the rest of the file to them.
fn claims(answers: &Answers) -> Vec<&'static str> {
    let mut claims = vec!["no_cookies", "opt_out_any_time", "terms_of_collection"];
    // Soft opt-in to customers is no permission given beforehand.
    if answers.kind != Kind::Shop {
        claims.push("permission_only");
    }
    if answers.sharing == Sharing::Nobody && answers.kind != Kind::Agency {
        claims.push("never_shared");
    }
    if answers.sharing == Sharing::Processors && answers.kind != Kind::Agency {
        claims.push("never_recipient_promo");
    }
    claims
}

/// A TOML value: a quoted text, or an array of them.
fn toml_text(value: &minijinja::Value) -> String {
    let text = |v: &minijinja::Value| toml::Value::String(v.to_string()).to_string();
    match value.try_iter() {
        Ok(items) if value.kind() == minijinja::value::ValueKind::Seq => {
            let items: Vec<String> = items.map(|v| text(&v)).collect();
            format!("[{}]", items.join(", "))
        }
        _ => text(value),
    }
}

/// For the inside of a basic TOML string, which Markdown reads afterwards.
fn inside(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(kind: Kind, measure: Measure, sharing: Sharing) -> Answers {
        Answers {
            account: "tea".parse().unwrap(),
            name: "Tea \"&\" \\ Sons".parse().unwrap(),
            post: "1 Quay, Bristol".parse().unwrap(),
            email: "privacy@tea.example".parse().unwrap(),
            sender: None,
            kind,
            places: "everywhere".parse().unwrap(),
            measure,
            sharing,
        }
    }

    fn every_answer() -> Vec<Answers> {
        let mut all = Vec::new();
        for (kind, ..) in Kind::ALL {
            for (measure, ..) in Measure::ALL {
                for (sharing, ..) in Sharing::ALL {
                    all.push(answers(*kind, *measure, *sharing));
                }
            }
        }
        all
    }

    fn now() -> Timestamp {
        "2026-05-01T10:00:00.25Z".parse().unwrap()
    }

    #[test]
    fn every_combination_of_answers_makes_a_policy_that_compiles() {
        for answers in every_answer() {
            let made = first_policy(&answers, now());
            let made = made.unwrap_or_else(|fault| panic!("{answers:?}: {fault}"));
            assert!(
                made.purposes.contains(&"newsletter".to_owned()),
                "{answers:?}"
            );
        }
    }

    #[test]
    fn no_combination_of_answers_makes_a_policy_with_errors_or_warnings() {
        for answers in every_answer() {
            let made = first_policy(&answers, now()).unwrap();
            let mut all = vec![made.file];
            all.extend(
                made.packs
                    .into_iter()
                    .map(|(name, text)| SourceFile { name, text }),
            );
            let found = lint(&all);
            let told: String = found.iter().map(ToString::to_string).collect();
            assert!(told.is_empty(), "{answers:?}\n{told}");
        }
    }

    #[test]
    fn the_name_survives_quotes_and_backslashes() {
        let shop = answers(Kind::Shop, Measure::Ask, Sharing::Nobody);
        let text = first_policy(&shop, now()).unwrap().file.text;
        let read: toml::Table = text.parse().unwrap();
        assert_eq!(
            read["controller"]["name"].as_str(),
            Some("Tea \"&\" \\ Sons")
        );
        let markdown = read["text"]["en"]["markdown"].as_str().unwrap();
        assert!(
            markdown.contains("# How Tea \"&\" \\ Sons treats"),
            "{markdown}"
        );
    }

    #[test]
    fn a_policy_without_cookies_measures_nothing_whatever_was_answered() {
        let made = first_policy(
            &answers(Kind::Cookieless, Measure::Ask, Sharing::Nobody),
            now(),
        )
        .unwrap();
        assert_eq!(made.purposes, ["newsletter"]);
    }
}
