//! How people and their permissions come in: files and hosted forms.
//!
//! Promises: what is stored is bound to the notice that was served or attested; what the policy does not
//! declare is refused; a person's no is never lifted by anybody but the person.
//! Never: sends mail itself, logs an address.

pub mod forms;
pub mod import;
