//! The file of rejected rows: the header with `line` and `reason` before it, then each row as it came.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::ImportError;

/// Of a row that cannot even be cut into columns, this much is kept.
const RAW_BYTES_MAX: usize = 4_096;

/// Writes rejected rows; the file is made with the first of them.
pub(super) struct Rejects {
    path: Option<PathBuf>,
    file: Option<BufWriter<File>>,
}

impl Rejects {
    /// Removes what an earlier run left at `path`: every run writes all rejects of the file again.
    pub(super) fn new(path: Option<PathBuf>) -> Result<Self, ImportError> {
        if let Some(path) = &path
            && let Err(fault) = std::fs::remove_file(path)
            && fault.kind() != io::ErrorKind::NotFound
        {
            return Err(cannot(path, fault));
        }
        Ok(Self { path, file: None })
    }

    /// Adds a row: its line in the file, the reason, its columns.
    pub(super) fn add<'a>(
        &mut self,
        header: &[String],
        line: u64,
        reason: &str,
        columns: impl Iterator<Item = &'a str>,
    ) -> Result<(), ImportError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let begun = begin(path, header).map_err(|fault| cannot(path, fault))?;
                none.insert(begun)
            }
        };
        let written = write_line(file, &line.to_string(), reason, columns);
        written.map_err(|fault| cannot(path, fault))
    }

    /// Ends the file; its path, when a row was rejected.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, ImportError> {
        let (Some(path), Some(mut file)) = (self.path, self.file) else {
            return Ok(None);
        };
        file.flush().map_err(|fault| cannot(&path, fault))?;
        Ok(Some(path))
    }
}

fn cannot(path: &Path, source: io::Error) -> ImportError {
    ImportError::Rejects {
        path: path.to_owned(),
        source,
    }
}

fn begin(path: &Path, header: &[String]) -> io::Result<BufWriter<File>> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    // Addresses: for the owner's eyes only.
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path).map(BufWriter::new)?;
    write_line(
        &mut file,
        "line",
        "reason",
        header.iter().map(String::as_str),
    )?;
    Ok(file)
}

fn write_line<'a>(
    file: &mut impl Write,
    line: &str,
    reason: &str,
    columns: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    write!(file, "{line},")?;
    write_value(file, reason)?;
    for column in columns {
        file.write_all(b",")?;
        write_value(file, column)?;
    }
    file.write_all(b"\n")
}

/// A value, in quotes where it must be.
fn write_value(file: &mut impl Write, value: &str) -> io::Result<()> {
    let value = &value[..value.floor_char_boundary(RAW_BYTES_MAX)];
    if value.contains(['"', ',', '\n', '\r']) {
        write!(file, "\"{}\"", value.replace('"', "\"\""))
    } else {
        file.write_all(value.as_bytes())
    }
}
