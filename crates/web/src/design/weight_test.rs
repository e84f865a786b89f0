//! What a first visit to each page costs: page, sheet, scripts and fonts, as they travel.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT_ENCODING, COOKIE};
use axum::http::{Method, Request, StatusCode};
use tower::ServiceExt as _;

use crate::client_center::World;
use crate::client_center::account_pages;
use crate::router;

/// The bar of issue 5.
const FIRST_LOAD_BYTES_MAX: usize = 150 * 1024;
/// The smallest that a browser takes today.
const TRAVELS_AS: &str = "br, gzip";

async fn travels(world: &World, path: &str, cookie: &str) -> (StatusCode, Vec<u8>, usize) {
    let ask = |encoding: &str| {
        Request::builder()
            .uri(path)
            .header("host", "avow.test")
            .header(COOKIE, cookie)
            .header(ACCEPT_ENCODING, encoding)
            .body(Body::empty())
            .unwrap()
    };
    let plain = router(world.app.clone())
        .oneshot(ask("identity"))
        .await
        .unwrap();
    let status = plain.status();
    let plain = to_bytes(plain.into_body(), 1 << 24).await.unwrap().to_vec();
    let packed = router(world.app.clone())
        .oneshot(ask(TRAVELS_AS))
        .await
        .unwrap();
    let packed = to_bytes(packed.into_body(), 1 << 24).await.unwrap().len();
    (status, plain, packed)
}

/// The files of ours that a page, or a sheet, names.
fn named(text: &str) -> Vec<String> {
    let parts = text.split("/assets/").skip(1);
    let ends = |c: char| "\"'#) ".contains(c);
    let path = |part: &str| format!("/assets/{}", part.split(ends).next().unwrap_or_default());
    let mut paths: Vec<String> = parts.map(path).collect();
    paths.sort();
    paths.dedup();
    paths
}

#[tokio::test]
async fn the_first_load_of_each_page_is_small() {
    let world = World::new().await;
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    let mut looked = 0;
    let own = account_pages().into_iter();
    let own = own.filter(|r| r.asks.iter().any(|(m, _)| *m == Method::GET));
    let paths = own
        .map(|r| world.fill(&r.path))
        .filter(|p| !p.ends_with("/events"));
    let others = [
        "/login",
        "/forgot",
        "/accounts",
        "/accounts/new",
        "/styleguide",
    ];
    let all: Vec<String> = paths.chain(others.map(str::to_owned)).collect();
    for path in all {
        let (status, page, mut bytes) = travels(&world, &path, world.owner()).await;
        let page = String::from_utf8_lossy(&page).into_owned();
        if status != StatusCode::OK || !page.contains("<!doctype") {
            continue;
        }
        for file in named(&page) {
            if !files.contains_key(&file) {
                let (_, _, packed) = travels(&world, &file, "").await;
                files.insert(file.clone(), packed);
            }
            bytes += files[&file];
        }
        looked += 1;
        assert!(bytes <= FIRST_LOAD_BYTES_MAX, "{path}: {bytes} bytes");
    }
    assert!(looked > 20, "{looked} pages");
}
