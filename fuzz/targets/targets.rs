//! Prints the targets for `cargo xtask fuzz`: a name, the longest input, the folders of seeds.

use std::io::{self, Write};

use avow_fuzz::TARGETS;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for target in &TARGETS {
        let folders = target.folders().join(" ");
        writeln!(out, "{} {} {folders}", target.name, target.bytes_max)?;
    }
    Ok(())
}
