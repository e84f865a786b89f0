//! What the content of a campaign reads, for checks that come before any audience.

use avow_compose::Footer;
use avow_model::{CampaignContent, Category, MessageClass};
use avow_policy::Version;

use crate::engine::brief::category_of;

/// The categories of data that the content's fields are, beside the address. Empty where the content does
/// not compile: the campaign's own check says why.
pub fn categories_read(content: &CampaignContent, version: &Version) -> Vec<Category> {
    let footer = Footer {
        sender_name: version.controller().name.clone(),
        ..Footer::default()
    };
    // Only the fields count here; a confirmation's footer is the shortest.
    let compiled = avow_compose::compile(content, &footer, MessageClass::Confirmation);
    let Ok(compiled) = compiled else {
        return Vec::new();
    };
    let mut all: Vec<Category> = Vec::new();
    for field in compiled.fields() {
        let category = category_of(field, version);
        all.extend(category.filter(|c| !all.contains(c)));
    }
    all
}
