//! Files as browsers and as bad programs send them.

use axum::body::Body;
use axum::extract::FromRequest as _;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;

use super::*;
use crate::client_center::World;

fn part(head: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n");
    [head.as_bytes(), content, b"\r\n"].concat()
}

async fn form(parts: Vec<Vec<u8>>, end: &str) -> Multipart {
    let body = [parts.concat(), end.as_bytes().to_vec()].concat();
    let request = Request::post("/")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .unwrap();
    Multipart::from_request(request, &()).await.unwrap()
}

async fn sent(world: &World, name: &str, content: &[u8]) -> Result<Upload, UploadFault> {
    let head = format!("name=\"file\"; filename=\"{name}\"");
    let parts = vec![part("name=\"list\"", b"spring"), part(&head, content)];
    let form = form(parts, "--b--\r\n").await;
    receive(&world.app, UploadKind::Contacts, form).await
}

fn left(world: &World) -> usize {
    let folder = world.files().join("contacts");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_file_lies_under_a_name_of_ours_and_goes_when_nobody_keeps_it() {
    let world = World::new().await;
    let upload = sent(&world, "../../etc/people.csv", b"email\n")
        .await
        .unwrap();
    assert_eq!(upload.name, "people.csv");
    assert_eq!(upload.fields, [("list".to_owned(), "spring".to_owned())]);
    assert_eq!(std::fs::read(upload.file.path()).unwrap(), b"email\n");
    assert!(upload.file.path().starts_with(world.files()));
    assert_eq!(left(&world), 1);
    drop(upload);
    assert_eq!(left(&world), 0);
}

#[tokio::test]
async fn a_program_named_csv_is_refused_and_nothing_of_it_stays() {
    let world = World::new().await;
    let fault = sent(&world, "people.csv", b"MZ\x90\0\x03")
        .await
        .unwrap_err();
    assert!(matches!(fault, UploadFault::WrongType { .. }), "{fault:?}");
    let fault = sent(&world, "people.csv", b"").await.unwrap_err();
    assert!(matches!(fault, UploadFault::Empty), "{fault:?}");
    let fault = sent(&world, "", b"email\n").await.unwrap_err();
    assert!(matches!(fault, UploadFault::NoFile), "{fault:?}");
    assert_eq!(left(&world), 0);
}

#[tokio::test]
async fn a_form_that_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let parts = vec![part("name=\"file\"; filename=\"x.csv\"", b"email\nada@exa")];
    let form = form(parts, "").await;
    let fault = receive(&world.app, UploadKind::Contacts, form).await;
    assert!(matches!(fault, Err(UploadFault::Broken(_))), "{fault:?}");
    assert_eq!(left(&world), 0);
}

#[tokio::test]
async fn a_form_with_too_many_or_too_long_fields_is_refused() {
    let world = World::new().await;
    let long = vec![part("name=\"x\"", &vec![b'x'; FIELD_BYTES_MAX + 1])];
    let many = (0..=FIELDS_MAX).map(|_| part("name=\"x\"", b"")).collect();
    for parts in [long, many] {
        let form = form(parts, "--b--\r\n").await;
        let fault = receive(&world.app, UploadKind::Contacts, form).await;
        assert!(matches!(fault, Err(UploadFault::Fields)), "{fault:?}");
    }
}
