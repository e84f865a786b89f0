//! Every page of an account, from the table of its routes: a page that nobody says how to reach fails.

use serde_json::Value;

use super::demo::Demo;

/// Where the program lists its pages: debug builds only.
const PAGES: &str = "/styleguide/pages.json";

/// What is no page to look at, and why.
const NO_PAGE: [(&str, &str); 8] = [
    ("/events", "a stream"),
    (".json", "for programs"),
    ("/frame", "a message, in the frame of its page"),
    ("/html", "a message, in the frame of its page"),
    ("/setup", "first_run.rs goes through it"),
    ("/export", "a file"),
    ("/part", "a part of a page"),
    ("/picture", "a picture"),
];

/// What stands in the places of a path in the account of the demo.
struct Places(Vec<(&'static str, String)>);

impl Places {
    async fn of(demo: &Demo) -> Self {
        let browser = &demo.browser;
        demo.go("/a/imark/campaigns").await;
        let campaign = demo.last_part("tr[data-row] a").await;
        demo.go("/a/imark/contacts").await;
        let contact = demo.last_part("tr[data-row] a").await;
        demo.go("/a/imark/rehearsal").await;
        let mail = demo.last_part("tr[data-row] a").await;
        browser.find("main").await;
        Self(vec![
            ("{account}", "imark".to_owned()),
            ("{campaign}", campaign),
            ("{contact}", contact),
            ("{mail}", mail),
            ("{seq}", "1".to_owned()),
            ("{n}", "1".to_owned()),
        ])
    }

    /// The path with something in each place; `None` where a place has nothing in the demo.
    fn fill(&self, path: &str) -> Option<String> {
        let put = |path: String, (place, value): &(&str, String)| path.replace(place, value);
        let filled = self.0.iter().fold(path.to_owned(), put);
        (!filled.contains('{')).then_some(filled)
    }
}

impl Demo {
    /// The last part of the path that a link leads to.
    async fn last_part(&self, css: &str) -> String {
        let href = self.browser.attribute(css, "href").await;
        let path = href.split('?').next().unwrap();
        path.rsplit('/').next().unwrap().to_owned()
    }
}

/// Pages with a place that the demo has nothing for: other journeys make it, and look at them.
const ELSEWHERE: [&str; 12] = [
    "{message}",
    "{list}",
    "{import}",
    "{segment}",
    "{form}",
    "{image}",
    "{job}",
    "{export}",
    "{template}",
    "{key}",
    "{revision}",
    "{id}",
];

fn name_of(path: &str) -> String {
    let parts = path.split('/').skip(3).filter(|p| !p.starts_with('{'));
    format!("every-{}", parts.collect::<Vec<_>>().join("-"))
}

#[tokio::test]
async fn every_page_of_an_account_is_looked_at() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    let browser = &demo.browser;
    demo.go(PAGES).await;
    let listed: Value = serde_json::from_str(&browser.text("pre").await).unwrap();
    let paths: Vec<String> = serde_json::from_value(listed).unwrap();
    demo.go("/styleguide").await;
    browser.look("styleguide").await;
    demo.log_in().await;
    let places = Places::of(&demo).await;
    let mut looked = 0;
    for path in &paths {
        if NO_PAGE.iter().any(|(part, _)| path.contains(part)) {
            continue;
        }
        let Some(filled) = places.fill(path) else {
            let known = ELSEWHERE.iter().any(|place| path.contains(place));
            assert!(known, "say in Places what stands in {path}");
            continue;
        };
        demo.go(&filled).await;
        if browser.has("main").await {
            browser.look(&name_of(path)).await;
            looked += 1;
        }
    }
    assert!(looked > 20, "{looked} pages of {}", paths.len());
    demo.close().await;
}
