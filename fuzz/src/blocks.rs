//! A message as blocks, as the editor and programs send it.

use avow_compose::blocks::{Change, Document, Way};

use crate::templates;

/// What is read is written as JSON that reads back as the same; it becomes MJML that compiles, without a foreign host
/// and without a script, the same bytes each time; no change of it panics. What is refused has a sentence.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(json) = std::str::from_utf8(bytes) else {
        return;
    };
    let document = match Document::read(json) {
        Err(fault) => return assert!(!fault.to_string().is_empty()),
        Ok(document) => document,
    };
    assert_eq!(Document::read(&document.written()).as_ref(), Ok(&document));
    let mjml = document.to_mjml();
    assert_eq!(mjml, document.to_mjml());
    assert!(!mjml.to_ascii_lowercase().contains("<script"), "{mjml}");
    // A text part by hand is a template of its own, with faults of its own.
    match templates::compiled(&mjml, &document.made_text()) {
        Ok(hosts) => assert!(hosts.is_empty(), "{hosts:?}"),
        Err(faults) => panic!("{faults:?}\n{mjml}"),
    }
    let ids: Vec<_> = document.all().map(|block| block.id).collect();
    for id in ids {
        for way in [Way::Up, Way::Down] {
            if let Ok((next, _)) = document.change(Change::Step { id, way }) {
                assert_eq!(next.all().count(), document.all().count());
            }
        }
    }
}
