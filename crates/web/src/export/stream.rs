//! From pages of rows to a download or a file: the rows are written on a thread of their own, a page ahead at most.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use avow_store::StoreError;
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{ExportFault, Row, RowWriter, Sheet};

/// Pages of rows between the store and the writer.
const PAGES_AHEAD: usize = 1;
/// Pieces between the writer and the network: the writer waits for a slow reader.
const PIECES_AHEAD: usize = 4;
/// Bytes of one piece.
const PIECE_BYTES: usize = 64 * 1024;

enum Step {
    Rows(Vec<Row>),
    /// All rows came: without it the table is a part of one.
    End,
}

/// Hands what is written to the network, in pieces.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        // Nobody reads any more: the writer ends.
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write<W: Write + Send>(
    sheet: &Sheet,
    out: W,
    mut steps: mpsc::Receiver<Step>,
) -> Result<u64, ExportFault> {
    let mut writer = RowWriter::new(sheet, BufWriter::with_capacity(PIECE_BYTES, out))?;
    let mut n = 0;
    while let Some(step) = steps.blocking_recv() {
        match step {
            Step::Rows(rows) => {
                n += rows.len() as u64;
                rows.iter().try_for_each(|row| writer.row(row))?;
            }
            Step::End => return writer.finish().map(|()| n),
        }
    }
    Err(ExportFault::BrokenOff)
}

async fn feed<S>(pages: S, steps: mpsc::Sender<Step>)
where
    S: Stream<Item = Result<Vec<Row>, StoreError>> + Send,
{
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.next().await {
        let rows = match page {
            Ok(rows) => rows,
            Err(cause) => {
                tracing::error!(%cause, "the rows of an export could not be read");
                return;
            }
        };
        if steps.send(Step::Rows(rows)).await.is_err() {
            return;
        }
    }
    // A reader that left needs no end.
    drop(steps.send(Step::End).await);
}

/// A name for a file: letters, digits and dashes.
fn file_name(sheet: &Sheet) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = sheet.name.chars().map(kept).collect();
    let words = name.split('-').filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    let name = if name.is_empty() {
        "table".to_owned()
    } else {
        name
    };
    format!("{name}.{}", sheet.format.as_str())
}

/// The heads of a download of this name: letters, digits, dashes and a dot.
pub(crate) fn attached(name: &str, media_type: &'static str) -> [(HeaderName, String); 3] {
    let disposition = format!("attachment; filename=\"{name}\"");
    [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// A table as a download that begins at once. A fault on the way breaks the download off.
pub(crate) fn download<S>(sheet: Sheet, pages: S) -> Response
where
    S: Stream<Item = Result<Vec<Row>, StoreError>> + Send + 'static,
{
    let heads = attached(&file_name(&sheet), sheet.format.media_type());
    let (pieces, read) = mpsc::channel(PIECES_AHEAD);
    let (steps, rows) = mpsc::channel(PAGES_AHEAD);
    let mut tasks = JoinSet::new();
    tasks.spawn(feed(pages, steps));
    tasks.spawn_blocking(move || {
        let written = write(&sheet, Pieces(pieces.clone()), rows);
        if let Err(fault) = written {
            // To a reader that left there is nothing to say.
            drop(pieces.blocking_send(Err(io::Error::other(fault))));
        }
    });
    // The tasks end with the body.
    let body = stream::unfold((read, tasks), |(mut read, tasks)| async move {
        let piece = read.recv().await?;
        Some((piece, (read, tasks)))
    });
    (heads, Body::from_stream(body)).into_response()
}

/// A file as the body of an answer, read as it is sent.
pub(crate) fn body_of(path: PathBuf) -> Body {
    let (pieces, read) = mpsc::channel(PIECES_AHEAD);
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(move || {
        let copied = File::open(path).and_then(|mut file| {
            let mut out = BufWriter::with_capacity(PIECE_BYTES, Pieces(pieces.clone()));
            io::copy(&mut file, &mut out)?;
            out.flush()
        });
        if let Err(fault) = copied {
            drop(pieces.blocking_send(Err(fault)));
        }
    });
    Body::from_stream(stream::unfold(
        (read, tasks),
        |(mut read, tasks)| async move {
            let piece = read.recv().await?;
            Some((piece, (read, tasks)))
        },
    ))
}

/// A table as a file. Gives the number of rows; on a fault the file is a part, and the caller's to remove.
pub(crate) async fn save<S>(sheet: Sheet, path: PathBuf, pages: S) -> Result<u64, ExportFault>
where
    S: Stream<Item = Result<Vec<Row>, StoreError>> + Send,
{
    let (steps, rows) = mpsc::channel(PAGES_AHEAD);
    let mut tasks = JoinSet::new();
    tasks.spawn_blocking(move || {
        let mut file = File::create(&path)?;
        let written = write(&sheet, &mut file, rows)?;
        file.sync_all()?;
        Ok(written)
    });
    feed(pages, steps).await;
    match tasks.join_next().await {
        Some(Ok(written)) => written,
        _ => Err(ExportFault::BrokenOff),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::super::{Cell, Format};
    use super::*;

    fn sheet(format: Format) -> Sheet {
        Sheet {
            format,
            name: "Our people, 2026".to_owned(),
            columns: vec!["n".to_owned()],
        }
    }

    fn page(from: i64) -> Vec<Row> {
        (from..from + 1000).map(|n| vec![Cell::Count(n)]).collect()
    }

    #[tokio::test]
    async fn pages_of_rows_become_one_table_in_their_order() {
        let pages = stream::iter((0..30).map(|n| Ok(page(n * 1000))));
        let answer = download(sheet(Format::Csv), pages);
        let head = answer.headers()[CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(head, "attachment; filename=\"our-people-2026.csv\"");
        let bytes = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        let lines: Vec<_> = std::str::from_utf8(&bytes).unwrap().lines().collect();
        assert_eq!(lines.len(), 30_001);
        assert_eq!((lines[1], lines[30_000]), ("0", "29999"));
    }

    #[tokio::test]
    async fn a_download_that_breaks_off_is_no_whole_file() {
        for format in [Format::Csv, Format::Xlsx] {
            let broken = Err(StoreError::Missing("there is no such account"));
            let pages = stream::iter([Ok(page(0)), broken]);
            let answer = download(sheet(format), pages);
            assert!(to_bytes(answer.into_body(), 1 << 24).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_table_is_saved_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.xlsx");
        let pages = stream::iter([Ok(page(0)), Ok(page(1000))]);
        let n = save(sheet(Format::Xlsx), path.clone(), pages)
            .await
            .unwrap();
        assert_eq!(n, 2000);
        assert_eq!(&std::fs::read(path).unwrap()[..4], b"PK\x03\x04");
    }
}
