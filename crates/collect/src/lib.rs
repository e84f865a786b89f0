//! How people and their permissions come in, by files and hosted forms, how data go to declared recipients, and how
//! what is past its time goes.
//!
//! Promises: what is stored is bound to the notice that was served or attested; what the policy does not
//! declare is refused; a person's no is never lifted by anybody but the person.
//! Never: sends mail itself, logs an address.

pub mod access;
pub mod disclose;
pub mod forms;
pub mod import;
pub mod retention;
