//! Which hosts a body loads from.

use super::world::{content, faults, made, shared};
use crate::ContentFault;

fn hosts(body: &str) -> Vec<String> {
    let compiled = made(&content(body));
    compiled
        .unwrap_or_else(|faults| panic!("{body}: {faults:?}"))
        .hosts()
        .to_vec()
}

#[test]
fn whatever_is_fetched_without_a_click_has_its_host_told() {
    for body in [
        "<img src='https://far.example/a.png' alt=''>",
        "<img src=//far.example/a.png alt=''>",
        "<img alt='' src='&#104;ttps://far.example/a'>",
        "<IMG ALT='' SRC='HTTPS://FAR.EXAMPLE/A'>",
        "<img alt='' srcset='a.png 1x, https://far.example/b.png 2x'>",
        "<img alt='' srcset='a.png,https://far.example/b.png 2x'>",
        "<img alt='' lowsrc='https://far.example/a'>",
        "<picture><source srcset='https://far.example/a'><img src='cid:a' alt=''></picture>",
        "<video poster='https://far.example/a'></video>",
        "<video><source src='https://far.example/a.mp4'></video>",
        "<audio src='https://far.example/a.mp3'></audio>",
        "<video><track src='https://far.example/a.vtt'></video>",
        "<iframe src='https://far.example/'></iframe>",
        "<iframe srcdoc='<img src=https://far.example/a>'></iframe>",
        "<iframe srcdoc='&lt;img src=&quot;&amp;#104;ttps://far.example/a&quot;&gt;'></iframe>",
        "<object data='https://far.example/a'></object>",
        "<embed src='https://far.example/a'>",
        "<input type=image src='https://far.example/a' alt=''>",
        "<table background='https://far.example/a.png'><tr><td>x</table>",
        "<table><tr><td background='https://far.example/a.png'>x</table>",
        "<p style='background:url(https://far.example/a)'>x</p>",
        "<p style=\"background:url(&quot;https://far.example/a&quot;)\">x</p>",
        "<p style='background:u\\72l(https://far.example/a)'>x</p>",
        "<style>p{background:url(https://far.example/a)}</style><p>x</p>",
        "<style>@media print{p{background:url(https://far.example/a)}}</style><p>x</p>",
        "<style>@import 'https://far.example/a.css';</style><p>x</p>",
        "<style>@font-face{font-family:x;src:url(//far.example/a.woff2)}</style><p>x</p>",
        "<link rel=stylesheet href='https://far.example/a.css'><p>x</p>",
        "<link rel='dns-prefetch' href='//far.example'><p>x</p>",
        "<svg><image href='https://far.example/a'/></svg>",
        "<svg><use xlink:href='https://far.example/a#b'/></svg>",
        "<svg><rect fill='url(https://far.example/a#b)'/></svg>",
        "<svg><style>rect{fill:url(&quot;https://far.example/a&quot;)}</style></svg>",
        "<!--[if mso]><v:fill src='https://far.example/a' /><![endif]--><p>x</p>",
        "<!--[IF gte mso 9]><v:image src='&#x68;ttps://far.example/a'/><![endif]--><p>x</p>",
        "<!--[if mso]><style>p{background:url(https://far.example/a)}</style><![endif]--><p>x</p>",
        "<noscript><img src='https://far.example/a' alt=''></noscript><p>x</p>",
        "<p>{% if city %}<img src='https://far.example/a' alt=''>{% endif %}</p>",
        "<p>{% raw %}<img src='https://far.example/{{a' alt=''>{% endraw %}</p>",
        "<img alt='' src='https://far.example/{{ city }}.png'>",
        "<img alt='' src='{% if city %}https://far.example/a{% else %}cid:a{% endif %}'>",
        "<p style='background:url(https://far.example/{{ city }})'>x</p>",
        "<base href='https://elsewhere.example/'><img src='https://far.example/a' alt=''>",
        "<mjml><mj-body><mj-section><mj-column><mj-image src='https://far.example/a' alt=''/></mj-column></mj-section></mj-body></mjml>",
        "<mjml><mj-body><mj-section background-url='https://far.example/a'><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>",
    ] {
        assert_eq!(hosts(body), ["far.example"], "{body}");
    }
}

#[test]
fn what_waits_for_a_click_or_comes_with_the_mail_has_no_host() {
    for body in [
        "<a href='https://far.example/'>x</a>",
        "<map><area href='https://far.example/' alt=''></map>",
        "<form action='https://far.example/'><button>x</button></form>",
        "<img src='cid:logo' alt='see (https://far.example/)'>",
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' alt=''>",
        "<img src='pictures/{{ city }}.png' alt=''>",
        "<link rel=canonical href='https://far.example/'><p>x</p>",
        "<!-- <img src='https://far.example/'> --><p>x</p>",
        "<script src='https://far.example/a.js'></script><p>x</p>",
        "<p>https://far.example/a.png</p>",
        "<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>",
    ] {
        assert_eq!(hosts(body), [""; 0], "{body}");
    }
}

#[test]
fn a_host_that_a_field_makes_is_a_fault_that_names_its_line() {
    for body in [
        "\n<img alt='' src='{{ picture }}'>",
        "\n<img alt='' src='https://{{ city }}.far.example/a'>",
        "\n<img alt='' src='https://far.example{{ city }}/a'>",
        "\n<img alt='' src='ht{{ city }}'>",
        "\n<img alt='' src='/{{ city }}'>",
        "\n<img alt='' src='https:{% if city %}//far.example/{% endif %}'>",
        "\n<img alt='' srcset='{{ picture }} 2x'>",
        "\n<p style='background:url({{ picture }})'>x</p>",
    ] {
        let found = faults(&content(body));
        assert_eq!(found, [ContentFault::HostFromField { line: 2 }], "{body}");
    }
}

#[test]
fn hosts_come_sorted_and_once_and_too_many_are_a_fault() {
    let image = |host: &str| format!("<img alt='' src='https://{host}/a'>");
    let body = ["b.example", "a.example", "B.example:444"]
        .map(image)
        .concat();
    assert_eq!(hosts(&body), ["a.example", "b.example"]);
    let many = |n: usize| {
        (0..n)
            .map(|n| image(&format!("h{n}.example")))
            .collect::<String>()
    };
    assert_eq!(hosts(&many(50)).len(), 50);
    let found = faults(&content(&many(51)));
    assert_eq!(found, [ContentFault::TooManyHosts { limit: 50 }]);
}

#[test]
fn documents_inside_documents_are_looked_at_only_so_deep() {
    let nest = |times: usize| {
        let inner = "<img src=\"https://far.example/a\">".to_owned();
        (0..times).fold(inner, |inner, _| {
            let escaped = inner.replace('&', "&amp;").replace('"', "&quot;");
            format!("<iframe srcdoc=\"{escaped}\"></iframe>")
        })
    };
    assert_eq!(hosts(&nest(3)), ["far.example"]);
    let found = faults(&content(&nest(4)));
    assert!(
        matches!(found[..], [ContentFault::TooDeep { .. }]),
        "{found:?}"
    );
}

#[test]
fn mails_of_others_have_the_hosts_that_a_search_finds_in_them() {
    let Some(folder) = shared("html") else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "html") {
            continue;
        }
        // Their tags are of another language.
        let body = std::fs::read_to_string(&path)
            .unwrap()
            .replace("{{", "")
            .replace("}}", "");
        let Ok(compiled) = made(&content(&body)) else {
            continue;
        };
        let plain = body.to_ascii_lowercase();
        let fetches = [
            "<img src=\"http",
            "url(\"http",
            "url('http",
            "url(http",
            "background=\"http",
        ];
        let any = fetches.iter().any(|f| plain.contains(f));
        assert_eq!(
            !compiled.hosts().is_empty(),
            any,
            "{}: {:?}",
            path.display(),
            compiled.hosts()
        );
        read += 1;
    }
    assert!(read > 10, "only {read} mails could be read");
}

#[test]
fn sheets_of_nothing_but_starts_are_read_to_their_end() {
    for start in [
        "url(", "url('", "\"", "'", "\\", "url(//", "@import ", "\"//",
    ] {
        let sheet = start.repeat(100_000 / start.len());
        let body =
            format!("<style>{sheet}</style><p>x</p><img alt='' src='https://far.example/a'>");
        match made(&content(&body)) {
            Ok(compiled) => assert!(
                compiled.hosts().contains(&"far.example".to_owned()),
                "{start}"
            ),
            // A parser may refuse it, too.
            Err(faults) => assert!(!faults.is_empty()),
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever stands around a picture, its host is found or the body is refused.
    #[test]
    fn a_picture_is_found_in_any_surroundings(
        before in "([<>&;'\"=/!a-z -]|<!--|-->|<p>|</p>|<style>|</style>|url\\(|\\\\){0,20}",
        after in "([<>&;'\"=/!a-z -]|<!--|-->|<p>|</p>|</style>){0,20}",
    ) {
        let body = format!("<p>{before}</p><img alt='' src='https://far.example/a'>{after}");
        let Ok(compiled) = made(&content(&body)) else { return Ok(()) };
        let page = compiled.page(&super::world::World::default().job()).unwrap();
        // It is there as an element, and not as text, a comment or an attribute of something else.
        let shown = page.html.contains("<img alt=\"\" src=\"https://far.example/a\">");
        let told = compiled.hosts().contains(&"far.example".to_owned());
        let hidden = page.html.contains("<!--") || page.html.contains("<style");
        proptest::prop_assert!(told || !shown || hidden, "{}", page.html);
    }
}
