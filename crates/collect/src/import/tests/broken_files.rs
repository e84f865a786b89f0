//! Files as people have them: every sort of breakage by name.

use std::io::{Read, Seek, SeekFrom};

use avow_model::EmailAddress;

use super::*;

#[tokio::test]
async fn addresses_are_folded_flagged_and_refused_with_a_reason() {
    let world = World::new().await;
    let file = "email\n  Ada@BÜCHER.example \ninfo@example.org\nx@mailinator.com\nno at\na..b@example.org\n";
    let report = world.import(file).await;
    assert_eq!((report.counts.created, report.counts.rejected), (3, 2));
    assert_eq!(
        (
            report.tally.role_addresses,
            report.tally.disposable_addresses
        ),
        (1, 1)
    );
    assert!(
        world
            .facts("ada@xn--bcher-kva.example")
            .await
            .events
            .is_empty()
    );
    assert_eq!(report.reasons["address"], 2);
}

#[tokio::test]
async fn duplicate_rows_in_the_file_are_one_contact() {
    let world = World::new().await;
    let file = "email,first name\nada@example.org,Ada\nADA@example.org,Augusta\n";
    let report = world.import(file).await;
    assert_eq!(
        (
            report.counts.rows,
            report.counts.created,
            world.count().await
        ),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn an_empty_file_says_so_and_a_header_alone_is_an_import_of_nobody() {
    let world = World::new().await;
    for empty in [b"".as_slice(), b"\xef\xbb\xbf", b"\n\r\n\n"] {
        assert!(matches!(
            world.run(world.plan(), empty).await,
            Err(ImportError::Empty)
        ));
    }
    let report = world.import("email\n").await;
    assert_eq!(report.counts.rows, 0);
}

#[tokio::test]
async fn a_byte_order_mark_utf_16_and_windows_1252_are_understood() {
    let world = World::new().await;
    let utf16: Vec<u8> = "\u{feff}email\tfirst name\na@example.org\tZoë\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (file, encoding) in [
        (
            b"\xef\xbb\xbfemail,first name\na@example.org,Zo\xc3\xab\n".to_vec(),
            "UTF-8",
        ),
        (utf16, "UTF-16LE"),
        (
            b"email;first name\r\na@example.org;Zo\xeb\r\n".to_vec(),
            "windows-1252",
        ),
    ] {
        let report = world.import(file).await;
        assert_eq!((report.encoding, report.counts.rejected), (encoding, 0));
        let address: EmailAddress = "a@example.org".parse().unwrap();
        let contact = world
            .scope
            .contact_by_address(&address)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(contact.fields["first_name"], "Zoë", "{encoding}");
    }
}

#[tokio::test]
async fn commas_semicolons_and_tabs_are_found_out() {
    let world = World::new().await;
    for delimiter in [",", ";", "\t", "|"] {
        let file = format!("email{delimiter}company\nx@example.org{delimiter}A\n");
        let report = world.import(file).await;
        assert_eq!(
            (report.counts.rejected, report.columns.len()),
            (0, 2),
            "{delimiter:?}"
        );
    }
}

#[tokio::test]
async fn a_quote_that_is_never_closed_costs_one_row() {
    let world = World::new().await;
    let file = "email,company\na@example.org,\"Open\nb@example.org,B\nc@example.org,\"C, \"\"Inc\"\"\nand more\"\nd@example.org,\"never closed\ne@example.org,E\n";
    let report = world.import(file).await;
    assert_eq!(
        (report.counts.created, report.counts.rejected),
        (3, 2),
        "{}",
        world.rejected()
    );
    let rejected = world.rejected();
    assert!(
        rejected.contains("2,a quote is opened here and not closed"),
        "{rejected}"
    );
    assert!(
        rejected.contains("6,a quote is opened here and not closed"),
        "{rejected}"
    );
    let address: EmailAddress = "c@example.org".parse().unwrap();
    let contact = world
        .scope
        .contact_by_address(&address)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(contact.fields["company"], "C, \"Inc\"\nand more");
}

#[tokio::test]
async fn a_wrong_number_of_columns_rejects_the_row_with_both_numbers() {
    let world = World::new().await;
    let report = world
        .import("email,company\na@example.org\nb@example.org,B,C\nc@example.org,C\n")
        .await;
    assert_eq!((report.counts.created, report.counts.rejected), (1, 2));
    assert!(
        world
            .rejected()
            .contains("2,\"the row has 1 columns, the header has 2\",a@example.org")
    );
}

#[tokio::test]
async fn a_nul_rejects_its_row_only() {
    let world = World::new().await;
    let report = world
        .import(b"email,company\na@example.org,\0\nb@example.org,B\n")
        .await;
    assert_eq!((report.counts.created, report.counts.rejected), (1, 1));
    assert!(world.rejected().contains("NUL"));
}

/// A header, a line of 100 MB, a good row: made while it is read, so that only the import's own
/// memory could grow.
struct LongLine {
    at: u64,
}

const LONG: u64 = 100_000_000;

impl LongLine {
    /// What stands at `at`: a part of the head, of the long line, or of the tail.
    fn part(&self) -> (&'static [u8], u64) {
        const HEAD: &[u8] = b"email,company\n";
        const TAIL: &[u8] = b"\nb@example.org,B\n";
        const LINE: &[u8] = &[b'x'; 65_536];
        let after_head = self.at.saturating_sub(HEAD.len() as u64);
        if self.at < HEAD.len() as u64 {
            return (&HEAD[self.at as usize..], u64::MAX);
        }
        match after_head.checked_sub(LONG) {
            None => (LINE, LONG - after_head),
            Some(after) => (&TAIL[(after as usize).min(TAIL.len())..], u64::MAX),
        }
    }
}

impl Read for LongLine {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (part, most) = self.part();
        let count = buffer.len().min(part.len()).min(most as usize);
        buffer[..count].copy_from_slice(&part[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for LongLine {
    fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
        self.at = 0;
        Ok(0)
    }
}

#[tokio::test]
async fn a_line_of_100_megabytes_is_rejected_and_the_rows_after_it_are_taken() {
    let world = World::new().await;
    let reader = LongLine { at: 0 };
    let report = run(world.plan(), &world.scope, &world.policies, reader, |_| {})
        .await
        .unwrap();
    assert_eq!((report.counts.created, report.counts.rejected), (1, 1));
    assert!(world.rejected().contains("longer than 262144 bytes"));
}
