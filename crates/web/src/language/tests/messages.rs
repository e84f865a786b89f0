//! What messages say, in each language.

use avow_model::{Language, Timestamp};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use axum::response::Html;
use axum::routing::get;
use tower::ServiceExt as _;

use super::super::ambient::{among, layer};
use super::super::{chosen, current, day, exact, instant, short_day, thousands};

#[test]
fn thousands_have_the_marks_of_the_language() {
    use Language::{Arabic, English, French, German, Spanish};
    for (language, n, text) in [
        (English, 0, "0"),
        (English, 999, "999"),
        (English, 1_000, "1,000"),
        (English, -1_234_567, "-1,234,567"),
        (German, 9_688, "9.688"),
        (French, 9_688, "9\u{202f}688"),
        (Spanish, 9_688, "9688"),
        (Spanish, 19_688, "19.688"),
        (Arabic, 9_688, "9,688"),
    ] {
        assert_eq!(among(language, || thousands(n)), text, "{language:?}");
    }
}

#[test]
fn dates_are_written_as_the_language_writes_them() {
    let at: Timestamp = "2026-05-03T14:02:09Z".parse().unwrap();
    assert_eq!(instant(at), "3 May 2026 at 14:02 UTC");
    assert_eq!(exact(at), "3 May 2026 at 14:02:09 UTC");
    assert_eq!(among(Language::German, || day(at)), "3. Mai 2026");
    let autumn: Timestamp = "2026-10-03T14:02:09Z".parse().unwrap();
    assert_eq!(among(Language::French, || short_day(autumn)), "3 oct. 2026");
    let arabic = among(Language::Arabic, || day(at));
    assert!(arabic.contains("مايو"), "{arabic}");
}

#[test]
fn a_language_is_the_one_asked_for_else_the_best_accepted_else_english() {
    let de = Some("fr-CH;q=0.5, de-AT;q=0.9, tlh");
    assert_eq!(chosen(Some("ar"), de), Language::Arabic);
    assert_eq!(chosen(Some("tlh"), de), Language::German);
    for bad in [None, Some(""), Some("*"), Some(";;q=9,,"), Some("xx;q=1")] {
        assert_eq!(chosen(None, bad), Language::English, "{bad:?}");
    }
}

#[test]
fn a_key_that_no_catalogue_has_is_said_as_itself() {
    let told = super::super::Told::new("no-such-thing");
    assert_eq!(told.to_string(), "no-such-thing");
}

async fn page() -> Html<String> {
    Html(current().tag().to_owned())
}

#[tokio::test]
async fn an_answer_is_in_the_language_of_its_request_and_says_so() {
    let router: Router = Router::new()
        .route("/", get(page))
        .layer(axum::middleware::from_fn(layer));
    for (uri, accept, tag) in [
        ("/?x=1&lang=es", "de", "es"),
        ("/", "de, en", "de"),
        ("/", "", "en"),
    ] {
        let request = Request::builder().uri(uri).header(ACCEPT_LANGUAGE, accept);
        let answer = router.clone().oneshot(request.body(Body::empty()).unwrap());
        let answer = answer.await.unwrap();
        assert_eq!(answer.headers()[CONTENT_LANGUAGE], tag);
        let body = to_bytes(answer.into_body(), 99).await.unwrap();
        assert_eq!(body, tag);
    }
}
