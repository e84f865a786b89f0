//! Every template: read, compiled, light, finished, with words for whoever reads plain text.

use avow_model::{BodyKind, CampaignContent, MessageClass};

use super::{ALL, PLAINEST, Template, template};
use crate::blocks::Document;
use crate::footer::{Footer, WayOut};
use crate::{Compiled, compile};

/// Gmail cuts a message off at 102 KB; with the footer each stays well below.
const HTML_BYTES_MAX: usize = 100_000;
/// Words that filters and people take for shouting.
const SHOUTS: [&str; 8] = [
    "free!",
    "act now",
    "click here",
    "100%",
    "!!",
    "guarantee",
    "winner",
    "urgent",
];

fn compiled(template: &Template, document: &Document) -> Compiled {
    let content = CampaignContent {
        subject: template.subject.to_owned(),
        preheader: template.preheader.to_owned(),
        from_name: "Example".to_owned(),
        from_address: "news@example.com".to_owned(),
        reply_to: None,
        body_kind: BodyKind::Mjml,
        body: document.to_mjml(),
        text: Some(document.to_text()),
        about: None,
        offers: Vec::new(),
    };
    let footer = Footer {
        sender_name: "Example".to_owned(),
        postal_address: "1 Example Road".to_owned(),
        why: "You asked for it.".to_owned(),
        stream: "newsletter".to_owned(),
        way_out: WayOut::OfClass,
    };
    let compiled = compile(&content, &footer, MessageClass::Marketing);
    compiled.unwrap_or_else(|faults| panic!("{}: {faults:?}", template.slug))
}

#[test]
fn there_are_at_least_eight_templates_with_names_of_their_own() {
    let mut slugs: Vec<&str> = ALL.iter().map(|t| t.slug).collect();
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), ALL.len());
    assert!(slugs.len() >= 8);
    assert!(template(PLAINEST).is_some());
}

#[test]
fn every_template_compiles_without_a_warning_and_loads_nothing_from_anybody() {
    for template in ALL {
        let document = template.document();
        let compiled = compiled(template, &document);
        let warnings: Vec<String> = compiled
            .warnings()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(warnings.is_empty(), "{}: {warnings:?}", template.slug);
        assert!(compiled.hosts().is_empty(), "{}", template.slug);
        assert!(document.unfinished().is_empty(), "{}", template.slug);
    }
}

#[test]
fn every_template_is_light_and_its_links_lead_to_examples_only() {
    for template in ALL {
        let document = template.document();
        let html = crate::markup::to_html(&document.to_mjml()).unwrap().0;
        assert!(
            html.len() < HTML_BYTES_MAX / 2,
            "{}: {} bytes",
            template.slug,
            html.len()
        );
        for link in document.links() {
            let fine = link.starts_with("https://www.example.com/") || link.starts_with("{{ ");
            assert!(fine, "{}: {link}", template.slug);
        }
    }
}

#[test]
fn every_template_reads_well_as_plain_text_and_shouts_at_nobody() {
    for template in ALL {
        let text = template.document().to_text();
        assert!(text.len() > 300, "{}", template.slug);
        for line in text
            .lines()
            .filter(|l| !l.contains("://") && !l.contains("{{"))
        {
            assert!(line.chars().count() <= 76, "{}: {line}", template.slug);
        }
        let all = format!("{} {} {text}", template.subject, template.preheader).to_lowercase();
        for shout in SHOUTS {
            assert!(!all.contains(shout), "{}: {shout}", template.slug);
        }
        let capitals = template
            .subject
            .chars()
            .filter(|c| c.is_uppercase())
            .count();
        assert!(capitals <= 4, "{}", template.subject);
    }
}

#[test]
fn every_picture_of_a_template_has_its_place_and_none_is_needed() {
    for template in ALL {
        assert_eq!(
            template.document().pictures().count(),
            0,
            "{}",
            template.slug
        );
    }
}
