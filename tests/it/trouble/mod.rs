//! A full disk, a locked database, a killed import: each is told clearly, and nothing acknowledged is lost.

mod disk;
mod full;
mod imports;
mod locked;
