//! What the content of a campaign reads and loads, for checks that come before any audience.

use avow_compose::Footer;
use avow_model::{CampaignContent, Category, MessageClass};
use avow_policy::Version;

use crate::engine::brief::category_of;

/// What a content needs that a policy has to declare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentUses {
    /// The categories of data that its fields are, beside the address.
    pub categories: Vec<Category>,
    /// The hosts that it loads from.
    pub hosts: Vec<String>,
}

/// What a content uses. Nothing where it does not compile: the campaign's own check says why.
pub fn content_uses(content: &CampaignContent, version: &Version) -> ContentUses {
    let footer = Footer {
        sender_name: version.controller().name.clone(),
        postal_address: version.controller().post.clone(),
        ..Footer::default()
    };
    // Only fields and hosts count here; a confirmation's footer is the shortest.
    let whole = avow_compose::edition(content, |_| true);
    let compiled =
        whole.and_then(|c| avow_compose::compile(&c, &footer, MessageClass::Confirmation));
    let Ok(compiled) = compiled else {
        return ContentUses::default();
    };
    let mut categories: Vec<Category> = Vec::new();
    for field in compiled.fields() {
        let category = category_of(field, version);
        categories.extend(category.filter(|c| !categories.contains(c)));
    }
    ContentUses {
        categories,
        hosts: compiled.hosts().to_vec(),
    }
}
