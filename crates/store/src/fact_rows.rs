//! Facts to and from their columns. One row holds any of the kinds; what a kind does not use is NULL.

use avow_model::{
    AccountId, Act, ContactId, EvidenceId, Fact, FactId, FactKind, Grantor, Method, Purpose,
    PurposeSelector, Scope, Timestamp,
};

use crate::codes::selector_text;
use crate::error::StoreError;
use crate::row::Row;
use crate::value::{Value, params};

/// A fact to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    pub kind: FactKind,
    /// When it happened. It counts from the moment it is recorded.
    pub at: Timestamp,
    pub scope: Scope,
    pub evidence: Option<EvidenceId>,
    /// The person's network address at the act, where the policy keeps it.
    pub ip: Option<String>,
}

impl NewFact {
    /// A fact of any scope, with no evidence.
    pub fn new(kind: FactKind, at: Timestamp) -> Self {
        let scope = Scope::default();
        Self {
            kind,
            at,
            scope,
            evidence: None,
            ip: None,
        }
    }
}

/// The columns that `fact_at` reads, in its order.
macro_rules! fact_columns {
    () => {
        "f.kind, f.purpose, f.version, f.method, f.grantor, f.asked, f.double_opt_in, f.confirmed, \
         f.expires_at, f.scope_account, f.scope_brand, f.scope_list, f.at, f.recorded_at"
    };
}
pub(crate) use fact_columns;

/// How many columns `fact_columns!` names.
pub(crate) const FACT_COLUMNS: usize = 14;

/// The parameters for one row, in the order of the table's columns.
pub(crate) const FACT_ADD_TEXT: &str = "INSERT INTO fact (account, contact, id, kind, purpose, version, method, grantor, asked,
    double_opt_in, confirmed, expires_at, scope_account, scope_brand, scope_list, evidence, ip, at, recorded_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

/// True when a fact takes something away: senders must look again before the next message.
pub(crate) fn restricts(kind: &FactKind) -> bool {
    match kind {
        FactKind::Refuse { .. }
        | FactKind::Withdraw { .. }
        | FactKind::Object { .. }
        | FactKind::Complaint
        | FactKind::Erase
        | FactKind::Restrict
        | FactKind::AccountClosed
        | FactKind::Used { .. } => true,
        // A bounce is nobody's word, and sending makes them by the thousand: each would make every
        // permit stale. The second for which a permit is fresh is soon enough to see one.
        FactKind::Bounce
        | FactKind::Grant { .. }
        | FactKind::Confirm { .. }
        | FactKind::Notice { .. }
        | FactKind::ConfirmAddress
        | FactKind::Recollect
        | FactKind::AccountOpened
        | FactKind::Purchase
        | FactKind::Inquiry
        | FactKind::Unrestrict => false,
    }
}

/// What of a kind goes into columns beside its word.
#[derive(Default)]
struct Parts<'a> {
    word: &'static str,
    purpose: Option<&'a str>,
    version: Option<u32>,
    method: Option<Method>,
    grantor: Option<Grantor>,
    asked: Option<Act>,
    double_opt_in: Option<bool>,
    confirmed: Option<bool>,
    expires: Option<Timestamp>,
}

fn parts(kind: &FactKind) -> Parts<'_> {
    let plain = |word| Parts {
        word,
        ..Parts::default()
    };
    let of = |word, purpose| Parts {
        purpose: Some(selector_text(purpose)),
        ..plain(word)
    };
    match kind {
        FactKind::Grant {
            purpose,
            saw,
            method,
            by,
            asked,
            double_opt_in,
            confirmed,
            expires,
        } => Parts {
            version: *saw,
            method: Some(*method),
            grantor: Some(*by),
            asked: Some(*asked),
            double_opt_in: Some(*double_opt_in),
            confirmed: Some(*confirmed),
            expires: *expires,
            ..of("grant", purpose)
        },
        FactKind::Confirm { purpose } => Parts {
            purpose: purpose.as_ref().map(selector_text),
            ..plain("confirm")
        },
        FactKind::Refuse { purpose } => of("refuse", purpose),
        FactKind::Withdraw { purpose } => of("withdraw", purpose),
        FactKind::Object { purpose } => of("object", purpose),
        FactKind::Notice { version } => Parts {
            version: Some(*version),
            ..plain("notice")
        },
        FactKind::Used { purpose } => Parts {
            purpose: purpose.as_ref().map(Purpose::as_str),
            ..plain("used")
        },
        FactKind::Complaint => plain("complaint"),
        FactKind::Bounce => plain("bounce"),
        FactKind::ConfirmAddress => plain("confirm_address"),
        FactKind::Erase => plain("erase"),
        FactKind::Recollect => plain("recollect"),
        FactKind::Restrict => plain("restrict"),
        FactKind::Unrestrict => plain("unrestrict"),
        FactKind::AccountOpened => plain("account_opened"),
        FactKind::AccountClosed => plain("account_closed"),
        FactKind::Purchase => plain("purchase"),
        FactKind::Inquiry => plain("inquiry"),
    }
}

/// Where a new row goes, and from when it counts.
#[derive(Clone, Copy)]
pub(crate) struct FactPlace {
    pub(crate) account: AccountId,
    pub(crate) contact: ContactId,
    pub(crate) id: FactId,
    pub(crate) now: Timestamp,
}

/// The parameters of `FACT_ADD_TEXT`.
pub(crate) fn fact_params(place: FactPlace, new: &NewFact) -> Vec<Value> {
    let parts = parts(&new.kind);
    params![
        place.account,
        place.contact,
        place.id,
        Value::Word(parts.word),
        parts.purpose,
        parts.version,
        parts.method,
        parts.grantor,
        parts.asked,
        parts.double_opt_in,
        parts.confirmed,
        parts.expires,
        new.scope.account.as_ref(),
        new.scope.brand.as_ref(),
        new.scope.list.as_ref(),
        new.evidence,
        new.ip.as_deref(),
        new.at,
        place.now.max(new.at)
    ]
}

/// The microsecond that an instant lies in: as tables keep it, and as the gate will see it again.
pub(crate) fn whole_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The fact as it will be read again from its row: what the ledger tells.
pub(crate) fn as_kept(place: FactPlace, new: &NewFact) -> Fact {
    let mut kind = new.kind.clone();
    if let FactKind::Grant { expires, .. } = &mut kind {
        *expires = expires.map(whole_micros);
    }
    Fact {
        kind,
        at: whole_micros(new.at),
        recorded_at: whole_micros(place.now.max(new.at)),
        scope: new.scope.clone(),
    }
}

/// Reads a fact from `FACT_COLUMNS` columns beginning at `first`.
pub(crate) fn fact_at(row: &Row<'_>, first: usize) -> Result<Fact, StoreError> {
    Ok(Fact {
        kind: kind_at(row, first)?,
        scope: Scope {
            account: row.get(first + 9)?,
            brand: row.get(first + 10)?,
            list: row.get(first + 11)?,
        },
        at: row.get(first + 12)?,
        recorded_at: row.get(first + 13)?,
    })
}

fn kind_at(row: &Row<'_>, first: usize) -> Result<FactKind, StoreError> {
    let word: String = row.get(first)?;
    let purpose = || row.get::<PurposeSelector>(first + 1);
    Ok(match word.as_str() {
        "grant" => grant_at(row, first)?,
        "confirm" => FactKind::Confirm {
            purpose: row.get(first + 1)?,
        },
        "refuse" => FactKind::Refuse {
            purpose: purpose()?,
        },
        "withdraw" => FactKind::Withdraw {
            purpose: purpose()?,
        },
        "object" => FactKind::Object {
            purpose: purpose()?,
        },
        "notice" => FactKind::Notice {
            version: row.get(first + 2)?,
        },
        "used" => FactKind::Used {
            purpose: row.get(first + 1)?,
        },
        "complaint" => FactKind::Complaint,
        "bounce" => FactKind::Bounce,
        "confirm_address" => FactKind::ConfirmAddress,
        "erase" => FactKind::Erase,
        "recollect" => FactKind::Recollect,
        "restrict" => FactKind::Restrict,
        "unrestrict" => FactKind::Unrestrict,
        "account_opened" => FactKind::AccountOpened,
        "account_closed" => FactKind::AccountClosed,
        "purchase" => FactKind::Purchase,
        "inquiry" => FactKind::Inquiry,
        _ => return Err(row.corrupt(first, "a kind of fact that this version does not know")),
    })
}

fn grant_at(row: &Row<'_>, first: usize) -> Result<FactKind, StoreError> {
    Ok(FactKind::Grant {
        purpose: row.get(first + 1)?,
        saw: row.get(first + 2)?,
        method: row.get(first + 3)?,
        by: row.get(first + 4)?,
        asked: row.get(first + 5)?,
        double_opt_in: row.get(first + 6)?,
        confirmed: row.get(first + 7)?,
        expires: row.get(first + 8)?,
    })
}
