//! The categories and recipients of a policy file.

use avow_model::{Category, RecipientClass};

use super::limit;
use crate::reader::{At, Table};
use crate::version::{CategoryRule, Identifies, RecipientRole, RecipientRule, Source};

pub(super) fn read_categories(root: &mut Table<'_, '_>) -> Vec<CategoryRule> {
    let tables = root.tables("category");
    if tables.is_empty() {
        root.missing("category", "declare each kind of data: [category.email]");
    }
    limit(root, "categories", tables.len());
    let read = |(name, table)| read_category(name, table);
    tables.into_iter().filter_map(read).collect()
}

fn read_category(name: At<&str>, mut table: Table<'_, '_>) -> Option<CategoryRule> {
    let id: Option<At<Category>> = table.reader.name(name);
    let title = table.needed_spoken("title", "how pages call this kind of data");
    let source = table.words("source", &Source::WORDS);
    let optional = table.said("optional");
    let internal_only = table.said("internal_only");
    let sensitive = table.said("sensitive");
    let coarse = table.said("coarse");
    let identifies = table.word("identifies", &Identifies::WORDS);
    let retention = table.value("retention");
    let topics = table.names("topics");
    limit(&table, "topics", topics.len());
    table.finish();
    Some(CategoryRule {
        id: id?.value,
        title: title?.value.to_owned(),
        source,
        optional,
        internal_only,
        sensitive,
        coarse,
        identifies: identifies.map(|i| i.value),
        retention: retention.map(|r| r.value),
        topics: topics.into_iter().map(|topic| topic.value).collect(),
    })
}

pub(super) fn read_recipients(root: &mut Table<'_, '_>) -> Vec<RecipientRule> {
    let tables = root.tables("recipient");
    limit(root, "recipients", tables.len());
    let read = |(name, table)| read_recipient(name, table);
    tables.into_iter().filter_map(read).collect()
}

fn read_recipient(name: At<&str>, mut table: Table<'_, '_>) -> Option<RecipientRule> {
    let reader = table.reader;
    let title = table.needed_spoken("title", "who these recipients are");
    let role = table.word("role", &RecipientRole::WORDS);
    let affiliated = table.said("affiliated");
    let contract = table.line("contract");
    let until = table.instant_if_any("until", "write until = 2027-12-31T00:00:00Z");
    let own_use = table.said("own_use");
    let confidential = table.said("confidential");
    let promotes = table.said("promotes");
    table.finish();
    if name.value == "self" {
        let hint = "`self` is the controller and needs no declaration";
        reader.fault_hint(&name.span, "`self` cannot be declared", hint);
        return None;
    }
    let id: Option<At<RecipientClass>> = reader.name(name);
    Some(RecipientRule {
        id: id?.value,
        title: title?.value.to_owned(),
        role: role.map(|r| r.value),
        affiliated,
        contract: contract.map(|c| c.value.to_owned()),
        until: until.map(|u| u.value),
        own_use,
        confidential,
        promotes,
    })
}
