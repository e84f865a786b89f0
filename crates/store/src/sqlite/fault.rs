//! From SQLite's result codes to the store's errors.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::error::StoreError;

/// What a fault of SQLite means to a caller. Messages of SQLite name tables and columns, never values.
pub(super) fn lite_fault(fault: rusqlite::Error, query: &'static str) -> StoreError {
    let detail = fault.to_string();
    let Some(code) = fault.sqlite_error() else {
        return StoreError::Statement { query, detail };
    };
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Locked,
        ErrorCode::DiskFull => StoreError::DiskFull,
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
            StoreError::Denied { detail }
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { detail },
        ErrorCode::ConstraintViolation => constraint(code.extended_code, detail, query),
        ErrorCode::Unknown => StoreError::Statement { query, detail },
        _ => StoreError::Unavailable { detail },
    }
}

fn constraint(extended: i32, detail: String, query: &'static str) -> StoreError {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => StoreError::Duplicate {
            key: detail
                .rsplit_once(": ")
                .map_or(detail.as_str(), |(_, key)| key)
                .to_owned(),
        },
        _ => StoreError::Rule {
            query,
            rule: detail,
        },
    }
}
