//! The catalogues, the keys that sources use, and text that nobody put into a catalogue.

mod catalogues;
mod messages;
pub(super) mod pseudo;
mod sources;
mod untranslated;
