//! People in the browser: a file from its arrival to stored contacts; added, changed, found, put on a list, written out.

use std::path::{Path, PathBuf};

use super::demo::Demo;
use super::driver::Browser;

const FILE: &str = "Email,First name,Shoe size,OPTIN_TIME,OPTIN_IP\n\
    zoe.import@example.org,Zoë,38,2026-01-02 10:00:00,192.0.2.1\n\
    yan.import@example.org,=1+1,40,,\n\
    nobody,x,1,,\n";

fn file(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// The page of a job renews itself: this waits until it says what is awaited.
async fn until(browser: &Browser, what: &str) -> String {
    for _ in 0..20_000 {
        // While the document changes there is none to ask.
        let main = "return document.querySelector('main')?.innerText ?? ''";
        if let Ok(answer) = browser.page.execute(main, Vec::new()).await {
            let text = answer.json().as_str().unwrap_or_default().to_owned();
            if text.contains(what) {
                return text;
            }
        }
    }
    panic!("the page never said: {what}");
}

#[tokio::test]
async fn a_file_is_looked_at_counted_taken_in_and_its_people_are_there() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let (browser, folder) = (&demo.browser, tempfile::tempdir().unwrap());
    demo.log_in().await;
    demo.go("/a/imark/imports").await;
    browser.look("contacts-imports").await;
    let program = file(folder.path(), "program.csv", b"\x7fELF\x02\x01\x01\0");
    browser.choose_file("input[type=file]", &program).await;
    browser.follow("form[data-upload] button").await;
    let told = browser.text("main").await;
    assert!(told.contains("This is not a CSV file"), "{told}");
    let people = file(folder.path(), "people.csv", FILE.as_bytes());
    browser.choose_file("input[type=file]", &people).await;
    browser.follow("form[data-upload] button").await;
    let told = until(browser, "Take in 2 people").await;
    assert!(told.contains("Your policy declares no such data"), "{told}");
    browser.look("contacts-import-mapping").await;
    browser.follow("button[value=run]").await;
    let told = until(browser, "2 people new").await;
    assert!(told.contains("The address is none"), "{told}");
    browser.look("contacts-import-done").await;
    demo.go("/a/imark/contacts?q=zoe.import@example.org").await;
    let told = browser.text("main").await;
    assert!(told.contains("Zoë"), "{told}");
    demo.close().await;
}
