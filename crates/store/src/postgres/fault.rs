//! From PostgreSQL's SQLSTATE codes to the store's errors.

use deadpool_postgres::PoolError;
use tokio_postgres::error::{DbError, SqlState};

use crate::error::StoreError;

/// What a fault means to a caller. Server messages name tables and constraints; the DETAIL line,
/// which holds values, is left out.
pub(super) fn postgres_fault(fault: &tokio_postgres::Error, query: &'static str) -> StoreError {
    if let Some(server) = fault.as_db_error() {
        return server_fault(server, query);
    }
    let detail = source_text(fault);
    if fault.is_closed() || detail.contains("connect") || detail.contains("os error") {
        return StoreError::Unavailable { detail };
    }
    StoreError::Statement { query, detail }
}

/// The error and what caused it, in one line.
fn source_text(fault: &tokio_postgres::Error) -> String {
    match std::error::Error::source(fault) {
        Some(source) => format!("{fault}: {source}"),
        None => fault.to_string(),
    }
}

fn server_fault(server: &DbError, query: &'static str) -> StoreError {
    let code = server.code();
    let detail = server.message().to_owned();
    match code.code().get(..2).unwrap_or("") {
        _ if *code == SqlState::DISK_FULL => StoreError::DiskFull,
        _ if *code == SqlState::LOCK_NOT_AVAILABLE || is_retry(code) => StoreError::Locked,
        _ if *code == SqlState::UNIQUE_VIOLATION => StoreError::Duplicate {
            key: server.constraint().unwrap_or("the key").to_owned(),
        },
        "23" => StoreError::Rule {
            query,
            rule: server.constraint().unwrap_or(&detail).to_owned(),
        },
        "25" | "28" | "3D" => StoreError::Denied { detail },
        "22" | "42" => StoreError::Statement { query, detail },
        "XX" => StoreError::Damaged { detail },
        _ => StoreError::Unavailable { detail },
    }
}

/// Two transactions got in each other's way: the server undid one of them.
fn is_retry(code: &SqlState) -> bool {
    *code == SqlState::T_R_DEADLOCK_DETECTED || *code == SqlState::T_R_SERIALIZATION_FAILURE
}

/// True for the answer of a statement that came after one that failed.
pub(super) fn is_echo(fault: &tokio_postgres::Error) -> bool {
    fault.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
}

/// No connection could be had.
pub(super) fn pool_fault(fault: PoolError) -> StoreError {
    match fault {
        PoolError::Backend(fault) => match postgres_fault(&fault, "CONNECT") {
            StoreError::Statement { detail, .. } => StoreError::Unavailable { detail },
            told => told,
        },
        other => StoreError::Unavailable {
            detail: other.to_string(),
        },
    }
}
