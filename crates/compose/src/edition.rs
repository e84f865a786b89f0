//! Joint editions: the offers of others written into a campaign's body, those that may stand in it.
//!
//! A body says where with `{% offers %} ... {% endoffers %}`: what stands between is written once for each offer, with
//! `{{ offer.name }}`, `{{ offer.title }}`, `{{ offer.text }}` and `{{ offer.url }}` filled in. It is done before the body is
//! compiled, so that the links of offers are links like any.
//!
//! Promises: nothing of an offer is read as markup or as a template; an offer that is left out leaves no trace.
//! Never: decides which are left out.

use std::borrow::Cow;

use avow_model::{CampaignContent, EditionOffer};

use crate::fault::{ContentFault, Place};
use crate::markup::escape;

const BEGIN: &str = "{% offers %}";
const END: &str = "{% endoffers %}";
/// As many as a permit can tell apart.
const OFFERS_MAX: usize = 64;
/// A line, and a paragraph.
const LINE_BYTES_MAX: usize = 200;
const TEXT_BYTES_MAX: usize = 2_000;

/// The content with its offers written out: those for whose place `stays` is true. A content without offers and
/// without a place for them is as it was.
pub fn edition(
    content: &CampaignContent,
    stays: impl Fn(usize) -> bool,
) -> Result<Cow<'_, CampaignContent>, Vec<ContentFault>> {
    let text = content.text.as_deref().unwrap_or_default();
    let has_place = content.body.contains(BEGIN) || text.contains(BEGIN);
    if content.offers.is_empty() && !has_place {
        return Ok(Cow::Borrowed(content));
    }
    let mut faults = check(&content.offers);
    if !content.body.contains(BEGIN) {
        faults.push(ContentFault::NoPlaceForOffers);
    }
    let kept = content.offers.iter().enumerate();
    let kept: Vec<&EditionOffer> = kept.filter(|(n, _)| stays(*n)).map(|(_, o)| o).collect();
    let body = write(&content.body, Place::Body, &kept);
    let text = content.text.as_ref();
    let text = text.map(|text| write(text, Place::Text, &kept)).transpose();
    match (body, text) {
        (Ok(body), Ok(text)) if faults.is_empty() => Ok(Cow::Owned(CampaignContent {
            body,
            text,
            offers: Vec::new(),
            ..content.clone()
        })),
        (body, text) => {
            faults.extend(body.err().into_iter().chain(text.err()));
            Err(faults)
        }
    }
}

fn check(offers: &[EditionOffer]) -> Vec<ContentFault> {
    let mut faults = Vec::new();
    if offers.len() > OFFERS_MAX {
        faults.push(ContentFault::TooManyOffers { limit: OFFERS_MAX });
    }
    for offer in offers {
        if let Some(reason) = wrong(offer) {
            let advertiser = offer.advertiser.to_string();
            faults.push(ContentFault::BadOffer { advertiser, reason });
        }
    }
    faults
}

/// What stands in the way of writing an offer into a mail.
fn wrong(offer: &EditionOffer) -> Option<&'static str> {
    let lines = [&offer.name, &offer.title];
    let all = [&offer.name, &offer.title, &offer.text, &offer.url];
    if lines.iter().any(|line| line.trim().is_empty()) {
        return Some("it needs a name and a title");
    }
    if all
        .iter()
        .any(|t| t.contains(['{', '}']) || t.chars().any(char::is_control))
    {
        return Some("braces and line breaks have no place in it");
    }
    if lines.iter().any(|line| line.len() > LINE_BYTES_MAX) || offer.text.len() > TEXT_BYTES_MAX {
        return Some("name and title have at most 200 bytes, the text 2,000");
    }
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '\\');
    let leads = offer
        .url
        .strip_prefix("https://")
        .is_some_and(|rest| !rest.is_empty());
    (!leads || !offer.url.chars().all(plain))
        .then_some("its url must be one that begins with https://")
}

/// Each place in a template written out.
fn write(template: &str, place: Place, offers: &[&EditionOffer]) -> Result<String, ContentFault> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let line = 1 + template[..template.len() - after.len()]
            .matches('\n')
            .count();
        let fault = |reason: &str| ContentFault::Syntax {
            place,
            line,
            reason: reason.to_owned(),
        };
        let (each, after) = after
            .split_once(END)
            .ok_or_else(|| fault("{% offers %} has no {% endoffers %}"))?;
        if each.contains(BEGIN) {
            return Err(fault("{% offers %} stands inside another"));
        }
        out.push_str(before);
        for offer in offers {
            fill(each, (offer, place), &mut out).map_err(|tag| fault(&tag))?;
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// One offer; the error is what is wrong with a tag.
fn fill(
    each: &str,
    (offer, place): (&EditionOffer, Place),
    out: &mut String,
) -> Result<(), String> {
    let mut rest = each;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (tag, after) = after.split_once("}}").ok_or("{{ has no }}")?;
        match tag.trim().strip_prefix("offer.") {
            None => out.extend(["{{", tag, "}}"]),
            Some(name) => {
                let value = match name {
                    "name" => &offer.name,
                    "title" => &offer.title,
                    "text" => &offer.text,
                    "url" => &offer.url,
                    _ => {
                        return Err(format!(
                            "an offer has name, title, text and url, and no `{name}`"
                        ));
                    }
                };
                match place {
                    Place::Text => out.push_str(value),
                    Place::Body | Place::Subject | Place::Preheader => out.push_str(&escape(value)),
                }
            }
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(())
}
