//! Writes what a document of blocks becomes: `blocks DOCUMENT.json` makes `DOCUMENT.mjml` and `DOCUMENT.txt` beside it.

use std::path::Path;

use avow_compose::blocks::Document;

fn main() -> Result<(), std::io::Error> {
    let other = |words: String| std::io::Error::other(words);
    for argument in std::env::args().skip(1) {
        let path = Path::new(&argument);
        let document = Document::read(&std::fs::read_to_string(path)?);
        let document = document.map_err(|fault| other(fault.to_string()))?;
        std::fs::write(path.with_extension("mjml"), document.to_mjml())?;
        std::fs::write(path.with_extension("txt"), document.to_text())?;
    }
    Ok(())
}
