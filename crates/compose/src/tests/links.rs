//! Links and the beacon.

use super::world::{World, content, made, warnings};
use crate::{ContentWarning, Token};

const BODY: &str = "<a href='https://a.example/?x=1&amp;y=2'>A</a><a href=\"https://b.example/\">B</a>\
<a href='https://a.example/?x=1&amp;y=2'>again</a><map><area href='https://c.example/' alt='C'></map>\
<a href='mailto:a@example.com'>m</a><a href='#top'>t</a><a href='{{ unsubscribe_url }}'>leave</a>\
<a href='https://d.example/?who={{ id | fallback(0) }}'>personal</a>";

#[test]
fn links_are_counted_when_allowed_and_direct_when_not() {
    let world = World::default();
    let compiled = made(&content(BODY)).unwrap();
    assert_eq!(
        compiled.links(),
        [
            "https://a.example/?x=1&y=2",
            "https://b.example/",
            "https://c.example/"
        ]
    );
    let html = world.render(&content(BODY)).unwrap().html;
    let tokens: Vec<_> = html
        .split("https://mail.harbour.example/c/")
        .skip(1)
        .map(|rest| world.key.open(rest.split('"').next().unwrap()).unwrap())
        .collect();
    let message = world.job().message_ref();
    let click = |link| Token::Click { message, link };
    assert_eq!(tokens, [click(0), click(1), click(0), click(2)]);
    assert!(html.contains("mailto:a@example.com") && html.contains("href=\"#top\""));

    let unmeasured = World {
        measured: false,
        ..World::default()
    };
    let html = unmeasured.render(&content(BODY)).unwrap().html;
    assert!(
        html.contains("href=\"https://a.example/?x=1&amp;y=2\""),
        "{html}"
    );
    assert!(!html.contains("/c/") && !html.contains("/o/"));
}

#[test]
fn our_own_addresses_can_be_put_anywhere_and_are_not_counted() {
    let world = World::default();
    let html = world.render(&content(BODY)).unwrap().html;
    let leave = world
        .urls
        .unsubscribe(&world.key, world.job().message_ref());
    assert!(
        html.contains(&format!("<a href=\"{leave}\">leave")),
        "{html}"
    );
}

#[test]
fn a_link_with_personal_parts_is_left_direct_and_named() {
    let warned = warnings(BODY);
    let expected = ContentWarning::PersonalLink {
        url: "https://d.example/?who={{ id | fallback(0) }}".to_owned(),
    };
    assert!(warned.contains(&expected), "{warned:?}");
    let html = World::with(&[("id", "7&8")])
        .render(&content(BODY))
        .unwrap()
        .html;
    assert!(html.contains("https://d.example/?who=7&amp;8"), "{html}");
}

#[test]
fn the_text_part_shows_where_links_lead() {
    let text = World::default().render(&content(BODY)).unwrap().text;
    assert!(text.contains("https://a.example/?x=1&y=2"), "{text}");
    assert!(!text.contains("/c/"));
}

#[test]
fn the_beacon_is_there_only_when_allowed() {
    let world = World::default();
    let html = world.render(&content("<p>x</p>")).unwrap().html;
    let token = html
        .split("/o/")
        .nth(1)
        .unwrap()
        .split(".gif")
        .next()
        .unwrap();
    assert_eq!(
        world.key.open(token),
        Ok(Token::Open(world.job().message_ref()))
    );
}

#[test]
fn what_to_look_at_is_told() {
    use ContentWarning as W;
    let warned = warnings(
        "<img src='http://a.example/i.png'><a href='http://a.example/'>x</a><a href='/b'>y</a>\
         <script>alert(1)</script><form action='https://a.example'></form>\
         <link rel=stylesheet href='https://f.example/c.css'>",
    );
    for expected in [
        W::ImageWithoutAlt {
            source_url: "http://a.example/i.png".to_owned(),
        },
        W::InsecureLink {
            url: "http://a.example/".to_owned(),
        },
        W::DeadLink {
            url: "/b".to_owned(),
        },
        W::ScriptRemoved,
        W::NotForMail {
            element: "form".to_owned(),
        },
        W::RemoteStyle {
            url: "https://f.example/c.css".to_owned(),
        },
    ] {
        assert!(warned.contains(&expected), "{expected}: {warned:?}");
    }
    let import = warnings("<style>@import url('https://f.example/c.css');</style><p>x</p>");
    assert!(
        import.iter().any(|w| matches!(w, W::RemoteStyle { .. })),
        "{import:?}"
    );
    let heavy = warnings(&format!("<p>{}</p>", "word ".repeat(30_000)));
    assert!(heavy.iter().any(|w| matches!(w, W::TooHeavy { .. })));
    let unguarded = warnings("<p>{{ nick }}</p>");
    assert!(unguarded.contains(&W::NoFallback {
        field: "nick".to_owned()
    }));
    let images = warnings("<img src='https://a.example/i.png' alt=''>");
    assert!(images.contains(&W::NoText), "{images:?}");
}
