//! What a row says of dealings with its person: purchases, inquiries, an account opened or closed.

use avow_model::FactKind;
use avow_store::NewFact;

use super::error::Reject;
use super::row::{Record, RowReader};

impl RowReader {
    /// One fact for each such column that has a time; a time that cannot be read, or is yet to come, rejects the row.
    pub(super) fn dealings(&self, record: &impl Record) -> Result<Vec<NewFact>, Reject> {
        let slots = &self.slots;
        let columns = [
            (slots.account_opened_time, FactKind::AccountOpened),
            (slots.purchase_time, FactKind::Purchase),
            (slots.inquiry_time, FactKind::Inquiry),
            (slots.account_closed_time, FactKind::AccountClosed),
        ];
        let mut out = Vec::new();
        for (slot, kind) in columns {
            if let Some(at) = self.time(record, slot)? {
                out.push(NewFact::new(kind, at));
            }
        }
        Ok(out)
    }
}
