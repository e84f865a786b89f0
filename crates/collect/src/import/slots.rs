//! Where in a record each thing is.

use super::columns::{Columns, Role};

/// Fields kept of one person: more is no address book.
pub(super) const FIELDS_MAX: usize = 64;

/// Where the columns are that have one place.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) fields: Vec<(usize, String)>,
    pub(super) json: Option<usize>,
    pub(super) country: Option<usize>,
    pub(super) region: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) blacklisted: Option<usize>,
    pub(super) opt_in: Option<usize>,
    pub(super) double_opt_in: Option<usize>,
    pub(super) opt_in_time: Option<usize>,
    pub(super) opt_in_ip: Option<usize>,
    pub(super) confirm_time: Option<usize>,
    pub(super) confirm_ip: Option<usize>,
    pub(super) unsubscribe_time: Option<usize>,
    pub(super) unsubscribe_reason: Option<usize>,
    pub(super) clean_time: Option<usize>,
    pub(super) purchase_time: Option<usize>,
    pub(super) inquiry_time: Option<usize>,
    pub(super) account_opened_time: Option<usize>,
    pub(super) account_closed_time: Option<usize>,
    pub(super) source: Option<usize>,
    pub(super) wording: Option<usize>,
    pub(super) version: Option<usize>,
}

impl Slots {
    pub(super) fn of(columns: &Columns) -> Self {
        let mut slots = Self::default();
        for (index, role) in columns.roles.iter().enumerate() {
            match role {
                Role::Field { name, .. } => slots.fields.push((index, name.clone())),
                Role::Address | Role::Ignored => {}
                one => *slots.slot(one) = Some(index),
            }
        }
        slots.fields.truncate(FIELDS_MAX);
        slots
    }

    fn slot(&mut self, role: &Role) -> &mut Option<usize> {
        match role {
            Role::Fields => &mut self.json,
            Role::Country => &mut self.country,
            Role::Region => &mut self.region,
            Role::Status => &mut self.status,
            Role::Blacklisted => &mut self.blacklisted,
            Role::OptIn => &mut self.opt_in,
            Role::DoubleOptIn => &mut self.double_opt_in,
            Role::OptInTime => &mut self.opt_in_time,
            Role::OptInIp => &mut self.opt_in_ip,
            Role::ConfirmTime => &mut self.confirm_time,
            Role::ConfirmIp => &mut self.confirm_ip,
            Role::UnsubscribeTime => &mut self.unsubscribe_time,
            Role::UnsubscribeReason => &mut self.unsubscribe_reason,
            Role::CleanTime => &mut self.clean_time,
            Role::PurchaseTime => &mut self.purchase_time,
            Role::InquiryTime => &mut self.inquiry_time,
            Role::AccountOpenedTime => &mut self.account_opened_time,
            Role::AccountClosedTime => &mut self.account_closed_time,
            Role::Source => &mut self.source,
            Role::Wording => &mut self.wording,
            Role::PolicyVersion | Role::Address | Role::Field { .. } | Role::Ignored => {
                &mut self.version
            }
        }
    }
}
