//! Hosted sign-up forms: what they ask, what came back, and the confirmation by mail.
//!
//! The way of a sign-up: `schema` (what the policy in force lets the form ask) -> the page, with a sealed
//! notice -> `check` (pure: what was typed against what was asked) -> `sign_up` (pending grants and the
//! confirmation mail, durable before the reply) -> `confirm` (the person pressed the button in that mail).

mod check;
mod confirm;
mod design;
mod guard;
mod mail;
mod schema;
mod sign_up;
mod standing;
mod theme;

pub use check::{FIELD_CHARS_MAX, Place, Problem, Submission, Wrong, check};
pub use confirm::{ConfirmFault, Pending, confirm, pending};
pub use design::{DesignFault, FormInput, FormPlace, design};
pub use guard::{FILL_TIME_MIN_S, NOTICE_LIFE_S, NoticeFault, Slots, notice_age};
pub use schema::{Ask, Field, FieldKind, Schema, schema};
pub use sign_up::{CONFIRM_LIFE, Desk, MailAllowance, Served, SignUpFault, Visit, sign_up};
pub use standing::{ask_gate, signal_says_no, wants_new_yes};
pub use theme::{Look, ThemeFault};
