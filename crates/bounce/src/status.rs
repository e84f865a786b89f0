//! What an enhanced status code or a bare reply code means by itself (RFC 3463, RFC 5248, IANA's registry).

use crate::{Class, Enhanced, Phase};

/// The class that an enhanced code tells when the words do not.
pub(crate) fn by_status(code: Enhanced) -> Option<Class> {
    match code.subject {
        1 => address(code.detail),
        2 => mailbox(code.detail),
        3 => system(code.detail),
        4 => network(code.detail),
        5 => protocol(code.detail),
        6 => content(code.detail),
        7 => Some(security(code.detail)),
        _ => None,
    }
}

const fn address(detail: u16) -> Option<Class> {
    Some(match detail {
        1 => Class::UserUnknown,
        2 => Class::HostUnknown,
        6 => Class::HasMoved,
        7 | 8 => Class::Rejected,
        10 => Class::NullMx,
        3 | 4 => Class::Filtered,
        _ => return None,
    })
}

const fn mailbox(detail: u16) -> Option<Class> {
    Some(match detail {
        1 => Class::Suspend,
        2 => Class::MailboxFull,
        3 => Class::ExceedLimit,
        0 | 4 => Class::Filtered,
        _ => return None,
    })
}

const fn system(detail: u16) -> Option<Class> {
    Some(match detail {
        1 => Class::SystemFull,
        2 => Class::NotAccept,
        4 => Class::MessageTooBig,
        0 | 3 | 5 => Class::SystemError,
        _ => return None,
    })
}

const fn network(detail: u16) -> Option<Class> {
    Some(match detail {
        1 | 2 | 7 => Class::Expired,
        3 => Class::SystemError,
        5 => Class::SystemFull,
        310 | 311 => Class::HostUnknown,
        4 | 6 | 14 | 300..=399 => Class::NetworkError,
        _ => return None,
    })
}

const fn protocol(detail: u16) -> Option<Class> {
    Some(match detail {
        1 | 2 | 4 | 5 => Class::SyntaxError,
        3 => Class::TooManyConnections,
        6 => Class::MessageTooBig,
        _ => return None,
    })
}

const fn content(detail: u16) -> Option<Class> {
    match detail {
        0..=99 => Some(Class::ContentError),
        _ => None,
    }
}

/// X.7.x is about the sender. The numbers above 100 are Microsoft's, from its public list.
const fn security(detail: u16) -> Class {
    match detail {
        20..=24 | 26 | 29..=32 | 40 | 509 | 515 => Class::AuthFailure,
        13 | 17 => Class::Suspend,
        25 => Class::RequirePtr,
        28 => Class::Speeding,
        2 | 12 | 27 | 133..=136 | 193 => Class::Rejected,
        511 | 600..=699 | 703 | 705 | 708 | 750 => Class::Blocked,
        506..=508 | 510 | 512..=514 => Class::PolicyViolation,
        _ => Class::SecurityError,
    }
}

/// The class that a bare reply code tells.
pub(crate) const fn by_reply(code: u16, phase: Option<Phase>) -> Option<Class> {
    Some(match (code, phase) {
        (550..=554, Some(Phase::Mail)) => Class::Rejected,
        (550..=554, Some(Phase::Greeting | Phase::Hello)) => Class::Blocked,
        (552, _) => Class::MailboxFull,
        (556, _) => Class::NotAccept,
        (421, _) => Class::Expired,
        (500..=504, _) => Class::SyntaxError,
        _ => return None,
    })
}
