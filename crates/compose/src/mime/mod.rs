//! The parts of a message's format: quoted-printable, header fields, dates.

mod date;
mod header;
mod qp;

pub(crate) use date::push_date;
pub(crate) use header::{push_display_name, push_field, push_unstructured};
pub(crate) use qp::{Encoded, Quoted};
