//! The keys of a purpose that most purposes leave out.

use std::collections::BTreeMap;

use avow_model::{Category, Purpose, Slug};
use jiff::SignedDuration;

use super::Known;
use crate::reader::{At, Table};
use crate::version::{
    Anchor, Basis, Channel, Competitors, Coop, Frequency, IdentifiedBy, Kind, Near, Purge, Said,
};

pub(super) struct Extra {
    pub basis: BTreeMap<Slug, Basis>,
    pub channels: Vec<Channel>,
    pub frequency: Option<Frequency>,
    pub unsubscribable: Said,
    pub clause: Option<Anchor>,
    pub purge: Option<Purge>,
    pub marker_ttl: Option<SignedDuration>,
    pub requires: Vec<At<Purpose>>,
    pub interest: Option<At<Category>>,
    pub unrelated: Said,
    pub messages: Vec<Slug>,
    pub send_as: Option<Slug>,
    pub coop: Option<Coop>,
    pub traits: Vec<Slug>,
    pub identified_by: Option<IdentifiedBy>,
}

impl Extra {
    pub(super) fn read(table: &mut Table<'_, '_>, known: &Known) -> Self {
        let interest: Option<At<Category>> = table.name("interest");
        if let Some(category) = &interest {
            known.category(table, category);
        }
        Self {
            basis: read_basis(table),
            channels: read_channels(table),
            frequency: table.value("frequency").map(|f| f.value),
            unsubscribable: table.said("unsubscribable"),
            clause: table.value("clause").map(|c| c.value),
            purge: table.value("purge").map(|p| p.value),
            marker_ttl: table.duration("marker_ttl"),
            requires: table.names("requires"),
            interest,
            unrelated: table.said("unrelated"),
            messages: values(table.names("messages")),
            send_as: table.name("send_as").map(|s| s.value),
            coop: read_coop(table),
            traits: values(table.names("traits")),
            identified_by: table
                .word("identified_by", &IdentifiedBy::WORDS)
                .map(|i| i.value),
        }
    }

    /// Keys that mean something only for some kinds; elsewhere they would promise what nothing keeps.
    pub(super) fn check(&self, table: &Table<'_, '_>, kind: Kind) {
        let misplaced = [
            (
                "messages",
                !self.messages.is_empty() && kind != Kind::Service,
                "service",
            ),
            (
                "traits",
                !self.traits.is_empty() && kind != Kind::Profiling,
                "profiling",
            ),
            (
                "coop",
                self.coop.is_some() && kind != Kind::Marketing,
                "marketing",
            ),
        ];
        for (key, wrong, needed) in misplaced {
            if wrong {
                let message = format!("`{key}` is for purposes of kind {needed}");
                let span = table.key_span(key);
                table.reader.fault_hint(&span, message, "leave it out here");
            }
        }
    }
}

fn values<T>(found: Vec<At<T>>) -> Vec<T> {
    found.into_iter().map(|at| at.value).collect()
}

fn read_basis(table: &mut Table<'_, '_>) -> BTreeMap<Slug, Basis> {
    let mut out = BTreeMap::new();
    for (place, basis) in table.entries("basis") {
        let place = table.reader.name(place);
        let basis = table.reader.word(basis, "basis", &Basis::WORDS);
        if let (Some(place), Some(basis)) = (place, basis) {
            out.insert(place.value, basis.value);
        }
    }
    out
}

/// The ways to reach people; where the file names none, e-mail alone.
fn read_channels(table: &mut Table<'_, '_>) -> Vec<Channel> {
    let channels = table.words("channels", &Channel::WORDS);
    if channels.is_empty() {
        return vec![Channel::Email];
    }
    channels
}

fn read_coop(table: &mut Table<'_, '_>) -> Option<Coop> {
    let mut coop = table.table("coop")?;
    let near = coop.needed_word("near", &Near::WORDS);
    let competitors = coop.needed_word("competitors", &Competitors::WORDS);
    coop.finish();
    Some(Coop {
        near: near?.value,
        competitors: competitors?.value,
    })
}
