//! From the answers to the text of a policy that compiles without a fault or a warning.

use anyhow::{Context, Result, bail};
use avow_model::Timestamp;
use avow_policy::SourceFile;
use minijinja::{AutoEscape, Environment, context};

use super::answers::{Answers, Kind, Measure, Sharing};
use crate::policies;

/// Template files by the name that `include` uses.
const TEMPLATES: [(&str, &str); 9] = [
    (
        "newsletter",
        include_str!("../../../../../policies/templates/newsletter.toml.j2"),
    ),
    (
        "shop",
        include_str!("../../../../../policies/templates/shop.toml.j2"),
    ),
    (
        "b2b",
        include_str!("../../../../../policies/templates/b2b.toml.j2"),
    ),
    (
        "agency",
        include_str!("../../../../../policies/templates/agency.toml.j2"),
    ),
    (
        "nonprofit",
        include_str!("../../../../../policies/templates/nonprofit.toml.j2"),
    ),
    (
        "cookieless",
        include_str!("../../../../../policies/templates/cookieless.toml.j2"),
    ),
    (
        "parts/head.toml.j2",
        include_str!("../../../../../policies/templates/parts/head.toml.j2"),
    ),
    (
        "parts/measure.toml.j2",
        include_str!("../../../../../policies/templates/parts/measure.toml.j2"),
    ),
    (
        "parts/text.md.j2",
        include_str!("../../../../../policies/templates/parts/text.md.j2"),
    ),
];

/// A policy as text, and what it declares.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) text: String,
    pub(super) purposes: Vec<String>,
    pub(super) packs: Vec<String>,
}

/// Writes the policy. `now` becomes the instant of publication and of effect: there is no version before.
pub(super) fn policy(answers: &Answers, now: Timestamp) -> Result<Policy> {
    let text = render(answers, now).context("the template cannot be filled in")?;
    let file = SourceFile {
        name: format!("{}.toml", answers.account),
        text: text.clone(),
    };
    let packs: Vec<String> = answers
        .places
        .packs()
        .iter()
        .map(|p| (*p).to_owned())
        .collect();
    let files = policies::with_own_packs(file, &packs);
    let set = policies::compile(&files)?;
    let Some(version) = set.versions().last() else {
        bail!("the template makes no version");
    };
    let purposes = version.purposes().iter().map(|p| p.id.to_string());
    Ok(Policy {
        purposes: purposes.collect(),
        packs,
        text,
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
    let second = now.round(jiff::Unit::Second).unwrap_or(now);
    let text = engine.get_template(name)?.render(context! {
        title,
        account => answers.account.as_str(),
        name => answers.name.as_str(),
        post => answers.post.as_str(),
        email => answers.email.as_str(),
        domain => answers.email.domain(),
        packs => answers.places.packs().to_vec(),
        claims => claims(answers),
        points => ["signup"],
        measure => answers.measure == Measure::Ask && answers.kind != Kind::Cookieless,
        sharing => answers.sharing.as_str(),
        published => second.to_string(),
    })?;
    Ok(text + "\n")
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
    use clap::ValueEnum;

    fn answers(kind: Kind, measure: Measure, sharing: Sharing) -> Answers {
        Answers {
            account: "tea".parse().unwrap(),
            name: "Tea \"&\" \\ Sons".parse().unwrap(),
            post: "1 Quay, Bristol".parse().unwrap(),
            email: "privacy@tea.example".parse().unwrap(),
            kind,
            places: "everywhere".parse().unwrap(),
            measure,
            sharing,
        }
    }

    fn every_answer() -> Vec<Answers> {
        let mut all = Vec::new();
        for kind in Kind::value_variants() {
            for measure in Measure::value_variants() {
                for sharing in Sharing::value_variants() {
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
            let made = policy(&answers, now());
            let made = made.unwrap_or_else(|fault| panic!("{answers:?}: {fault:#}"));
            assert!(
                made.purposes.contains(&"newsletter".to_owned()),
                "{answers:?}"
            );
        }
    }

    #[test]
    fn no_combination_of_answers_makes_a_policy_with_errors_or_warnings() {
        for answers in every_answer() {
            let file = avow_policy::SourceFile {
                name: "new.toml".to_owned(),
                text: policy(&answers, now()).unwrap().text,
            };
            let mut all = vec![file];
            all.extend(crate::policies::own_packs_for(&all));
            let found = avow_policy::lint(&all);
            let told: String = found.iter().map(ToString::to_string).collect();
            assert!(told.is_empty(), "{answers:?}\n{told}");
        }
    }

    #[test]
    fn the_name_survives_quotes_and_backslashes() {
        let text = policy(&answers(Kind::Shop, Measure::Ask, Sharing::Nobody), now())
            .unwrap()
            .text;
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
        let made = policy(
            &answers(Kind::Cookieless, Measure::Ask, Sharing::Nobody),
            now(),
        )
        .unwrap();
        assert_eq!(made.purposes, ["newsletter"]);
    }
}
