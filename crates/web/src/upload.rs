//! Files that people send with a form: streamed to the disk below the data folder, never held in memory whole.
//!
//! Promises: a file of a kind has that kind's largest size and one of its types, told from its first bytes; it lies
//! under a name of ours, and is gone when nobody keeps it. Never: takes a name, or a type that the sender claims, for
//! more than words to show.

mod sniff;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use avow_model::Entropy;
use axum::body::Bytes;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::App;
use crate::templates::thousands;

pub(crate) use sniff::FileType;

/// Largest file of contacts: ten million rows of some 200 bytes.
const CONTACTS_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Largest picture: what a telephone takes, with room.
const PICTURE_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// Beside the file a form has some fields of text.
const FIELDS_MAX: usize = 200;
/// Longest text of one.
const FIELD_BYTES_MAX: usize = 64 * 1024;
/// Signs kept of the name that the sender gave.
const NAME_CHARS_MAX: usize = 200;
/// Pieces between the network and the disk: the network waits for the disk.
const PIECES_AHEAD: usize = 8;
/// What is looked at to tell the type.
const HEAD_BYTES: usize = 4096;
/// Of a file that is too large so much is read and thrown away before the answer, in parts of its largest size: a
/// browser that is cut off shows no page.
const DISCARDED: u64 = 2;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadKind {
    /// A table of people.
    Contacts,
    /// A picture for a message.
    #[expect(dead_code, reason = "the gallery of pictures takes it")]
    Picture,
}

impl UploadKind {
    /// Largest file.
    pub(crate) const fn bytes_max(self) -> u64 {
        match self {
            Self::Contacts => CONTACTS_BYTES_MAX,
            Self::Picture => PICTURE_BYTES_MAX,
        }
    }

    /// Largest request: the file, what is thrown away of one that is too large, and the fields.
    pub(crate) const fn body_bytes_max(self) -> usize {
        (self.bytes_max() * DISCARDED) as usize + FIELDS_MAX * FIELD_BYTES_MAX
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Picture => "pictures",
        }
    }

    const fn takes(self, file: FileType) -> bool {
        match self {
            Self::Contacts => matches!(file, FileType::Text | FileType::Zip),
            Self::Picture => matches!(
                file,
                FileType::Png | FileType::Jpeg | FileType::Gif | FileType::Webp
            ),
        }
    }

    const fn wanted(self) -> &'static str {
        match self {
            Self::Contacts => "a CSV file or an Excel workbook (.xlsx)",
            Self::Picture => "a PNG, JPEG, GIF or WebP picture",
        }
    }
}

/// Why a file was not taken; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadFault {
    #[error("Choose a file first.")]
    NoFile,
    #[error("The file is empty. Choose one with something in it.")]
    Empty,
    #[error("The file is larger than {}. Divide it and send the parts.", size(*max_bytes))]
    TooLarge { max_bytes: u64 },
    #[error("This is not {wanted}, whatever its name says. Choose another file.")]
    WrongType { wanted: &'static str },
    #[error("The file did not arrive whole. Send it again.")]
    Broken(#[source] MultipartError),
    #[error(
        "The form has more fields, or longer ones, than this page sends. Open the page again and repeat."
    )]
    Fields,
    #[error("This server keeps no files. Whoever runs it can give it a data folder.")]
    NoFolder,
    #[error(
        "The file could not be written on this server: its disk may be full. Tell whoever runs it."
    )]
    Disk(#[source] io::Error),
}

fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    format!("{} MB", thousands((bytes / MIB) as i64))
}

/// A file that goes when it is let go of, unless it is kept.
#[derive(Debug)]
pub(crate) struct Scrap {
    path: Option<PathBuf>,
}

impl Scrap {
    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        self.path
            .as_deref()
            .expect("invariant: gone only when kept")
    }

    /// From now on somebody else removes it.
    pub(crate) fn keep(mut self) -> PathBuf {
        self.path.take().expect("invariant: gone only when kept")
    }
}

impl Drop for Scrap {
    fn drop(&mut self) {
        if let Some(path) = &self.path
            && let Err(cause) = std::fs::remove_file(path)
        {
            tracing::warn!(%cause, "a file that nobody keeps could not be removed");
        }
    }
}

/// A file that arrived.
#[derive(Debug)]
pub(crate) struct Upload {
    pub file: Scrap,
    pub file_type: FileType,
    pub bytes: u64,
    /// What the sender calls it, without folders: to be shown, never to be opened.
    pub name: String,
    /// The texts that came with it.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the form of the gallery has some")
    )]
    pub fields: Vec<(String, String)>,
}

/// The last part of a name, without signs that a page or a log would stumble over.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().filter(|c| !c.is_control());
    kept.take(NAME_CHARS_MAX).collect()
}

/// A new file under a name that nobody can guess, in the folder of its kind.
pub(crate) fn fresh(root: &Path, kind: &str, entropy: &dyn Entropy) -> io::Result<(Scrap, File)> {
    let folder = root.join(kind);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    let mut seed = [0; 16];
    entropy.fill(&mut seed);
    let path = folder.join(format!("{:032x}", u128::from_be_bytes(seed)));
    let file = OpenOptions::new()
        .write(true)
        .read(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    Ok((Scrap { path: Some(path) }, file))
}

/// The file and the fields of a form. Only the first file counts.
pub(crate) async fn receive(
    app: &App,
    kind: UploadKind,
    mut form: Multipart,
) -> Result<Upload, UploadFault> {
    let root = app.files.as_deref().ok_or(UploadFault::NoFolder)?;
    let mut file = None;
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await.map_err(UploadFault::Broken)? {
        let named = field.file_name().map(shown_name);
        match named {
            Some(name) if file.is_none() && !name.is_empty() => {
                let place = fresh(root, kind.folder(), app.entropy.as_ref());
                let place = place.map_err(UploadFault::Disk)?;
                file = Some((name, take(field, kind, place).await?));
            }
            Some(_) => {}
            None if fields.len() < FIELDS_MAX => fields.push(text(field).await?),
            None => return Err(UploadFault::Fields),
        }
    }
    let (name, taken) = file.ok_or(UploadFault::NoFile)?;
    Ok(Upload {
        file: taken.file,
        file_type: taken.file_type,
        bytes: taken.bytes,
        name,
        fields,
    })
}

async fn text(mut field: Field<'_>) -> Result<(String, String), UploadFault> {
    let name = field.name().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(UploadFault::Broken)? {
        if bytes.len() + piece.len() > FIELD_BYTES_MAX {
            return Err(UploadFault::Fields);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((name, String::from_utf8_lossy(&bytes).into_owned()))
}

struct Taken {
    file: Scrap,
    file_type: FileType,
    bytes: u64,
}

/// Writes a file on a thread of its own, as it comes.
async fn take(
    mut field: Field<'_>,
    kind: UploadKind,
    (scrap, file): (Scrap, File),
) -> Result<Taken, UploadFault> {
    let max_bytes = kind.bytes_max();
    let (pieces, arriving) = mpsc::channel::<Bytes>(PIECES_AHEAD);
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(move || write(file, arriving));
    let (mut bytes, mut head) = (0, Vec::new());
    while let Some(piece) = field.chunk().await.map_err(UploadFault::Broken)? {
        bytes += piece.len() as u64;
        let room = HEAD_BYTES - head.len().min(HEAD_BYTES);
        head.extend_from_slice(&piece[..piece.len().min(room)]);
        // What is too large, or cannot be written, is read on and thrown away: then the page can say so.
        if bytes <= max_bytes && pieces.send(piece).await.is_err() {
            break;
        }
        if bytes > max_bytes.saturating_mul(DISCARDED) {
            break;
        }
    }
    drop(pieces);
    let written = tasks.join_next().await;
    let written = written
        .and_then(Result::ok)
        .unwrap_or(Err(io::ErrorKind::BrokenPipe.into()));
    written.map_err(UploadFault::Disk)?;
    if bytes > max_bytes {
        return Err(UploadFault::TooLarge { max_bytes });
    }
    if bytes == 0 {
        return Err(UploadFault::Empty);
    }
    let wanted = UploadFault::WrongType {
        wanted: kind.wanted(),
    };
    let file_type = sniff::sniff(&head).filter(|found| kind.takes(*found));
    Ok(Taken {
        file: scrap,
        file_type: file_type.ok_or(wanted)?,
        bytes,
    })
}

fn write(mut file: File, mut pieces: mpsc::Receiver<Bytes>) -> io::Result<()> {
    while let Some(piece) = pieces.blocking_recv() {
        file.write_all(&piece)?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests;
