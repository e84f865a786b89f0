//! Segments through HTTP: built of rows by forms alone, written as text, counted, kept, removed; what is no segment.

use avow_deliver::read_segment;
use avow_model::SegmentId;
use avow_policy::segment::rows::Group;
use avow_store::SegmentText;
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};

use super::draft::{DraftGroup, DraftPart, Press};
use super::ops;
use crate::client_center::gate;
use crate::client_center::walk_test::{World, text};
use crate::error::encode;

/// The fields of a form that holds these rows.
fn fields(group: &DraftGroup, out: &mut Vec<(String, String)>) {
    let mut put = |name: &str, value: &str| out.push((name.to_owned(), value.to_owned()));
    put("group", group.word());
    for part in &group.parts {
        match part {
            DraftPart::Group(group) => fields(group, out),
            DraftPart::Row(row) => {
                let mut put =
                    |name: &str, value: &str| out.push((name.to_owned(), value.to_owned()));
                put("what", &row.what.word());
                put("op", &row.op);
                put("value", &row.value);
                put("days", &row.days);
            }
        }
    }
    out.push(("add".to_owned(), "list".to_owned()));
    out.push(("end".to_owned(), String::new()));
}

fn body(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", encode(value));
    let all: Vec<String> = pairs.iter().map(pair).collect();
    all.join("&")
}

/// Words, each of which rows can show.
const WORDS: [&str; 9] = [
    "first_name = \"Ada\"",
    "not name in (\"Oslo, N\", 7, yes)",
    "name is known and not email contains \"7\"",
    "name < 2026-05-31 or not name > 9",
    "opened any within 30 days and not clicked cp_0000000000007",
    "on list monthly and (permits newsletter or not (name = \"a\" or name = \"\"))",
    "not (name = \"a\" and name = \"b\")",
    "name starts with \" a\"",
    "name = \"a\" or (name = \"b\" and (name = \"c\" or (name = \"d\" and name = \"e\")))",
];

#[tokio::test]
async fn words_go_through_the_fields_of_a_form_and_back() {
    let world = World::new().await;
    world.readers(&[]).await;
    let set = gate::policies(&world.app, &world.ours())
        .await
        .unwrap()
        .unwrap();
    let version = set.in_force(world.app.now()).unwrap();
    for words in WORDS {
        let segment = read_segment(words, version).unwrap_or_else(|f| panic!("{words}: {}", f[0]));
        let draft = ops::shown(&Group::of(segment.expr()).unwrap()).unwrap();
        let mut pairs = Vec::new();
        fields(&draft, &mut pairs);
        let (again, chosen) = DraftGroup::of_fields(&pairs);
        assert_eq!(again, draft, "{words}");
        assert!(chosen.iter().all(|word| word == "list"), "{words}");
        let read = ops::read(&again, version).unwrap_or_else(|f| panic!("{words}: {f:?}"));
        assert_eq!(read.expr().to_string(), words);
    }
}

#[test]
fn buttons_add_nest_and_remove_what_their_number_names() {
    let mut group = DraftGroup::empty();
    let chosen = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    group.press(&Press::Add(0), &chosen(&["field:city"]));
    group.press(&Press::Nest(0), &[]);
    group.press(&Press::Add(2), &chosen(&["field:city", "list"]));
    group.press(&Press::Add(0), &chosen(&["permit", "list"]));
    let shape = |group: &DraftGroup| {
        let mut pairs = Vec::new();
        fields(group, &mut pairs);
        let shown = pairs
            .iter()
            .filter(|(name, _)| name == "what" || name == "group");
        shown
            .map(|(_, value)| value.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(shape(&group), "all field:city any list permit");
    // A row is no group, and what is not there changes nothing.
    for press in [
        Press::Add(1),
        Press::Nest(99),
        Press::Remove(99),
        Press::Remove(0),
    ] {
        group.press(&press, &chosen(&["list", "list"]));
        assert_eq!(shape(&group), "all field:city any list permit", "{press:?}");
    }
    group.press(&Press::Remove(3), &[]);
    assert_eq!(shape(&group), "all field:city any permit");
    group.press(&Press::Remove(2), &[]);
    assert_eq!(shape(&group), "all field:city permit");
    group.press(&Press::Remove(1), &[]);
    assert_eq!(shape(&group), "all permit");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, step by step")]
async fn a_segment_is_built_by_forms_counted_kept_and_used() {
    let world = World::new().await;
    world
        .readers(&[Some("Ada"), Some("Bea"), Some("Ada"), None])
        .await;
    let new = "/a/ours/segments/new";
    let page = text(world.get(new, &world.member).await).await;
    assert!(
        page.contains("Add a condition") && page.contains("May be reached for"),
        "{page}"
    );
    let start = [
        ("mode", "rows"),
        ("group", "all"),
        ("add", "field:first_name"),
        ("end", ""),
    ];
    let mut pressed = start.to_vec();
    pressed.push(("do", "add-0"));
    let page = text(
        world
            .ask(Method::POST, new, &world.member, &body(&pressed))
            .await,
    )
    .await;
    assert!(
        page.contains("name=\"what\" value=\"field:first_name\"") && page.contains("autofocus"),
        "{page}"
    );

    let row = [
        ("mode", "rows"),
        ("name", "adas"),
        ("for", "newsletter"),
        ("group", "all"),
        ("what", "field:first_name"),
        ("op", "is"),
        ("value", "ada"),
        ("end", ""),
    ];
    let mut look = row.to_vec();
    look.push(("do", "look"));
    let page = text(
        world
            .ask(Method::POST, new, &world.member, &body(&look))
            .await,
    )
    .await;
    assert!(page.contains("Of 4 people, 2 are in it."), "{page}");
    assert!(
        page.contains("What the segment asks about is not held of them"),
        "{page}"
    );

    let mut save = row.to_vec();
    save.push(("do", "save"));
    let answer = world
        .ask(Method::POST, new, &world.member, &body(&save))
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let kept = world.ours().segments().await.unwrap().remove(0);
    assert_eq!(kept.canonical, "first_name = \"ada\"");
    let base = format!("/a/ours/segments/{}", kept.id);
    let to = answer.headers()[LOCATION].to_str().unwrap();
    assert!(to.starts_with(&base), "{to}");
    let page = text(world.get(to, &world.member).await).await;
    assert!(
        page.contains("The segment is saved") && page.contains("who=untold"),
        "{page}"
    );
    for (who, there) in [
        ("meant", "reader0@example.org"),
        ("outside", "reader1@"),
        ("untold", "reader3@"),
    ] {
        let path = format!("{base}/people?for=newsletter&who={who}");
        let page = text(world.get(&path, &world.member).await).await;
        assert!(page.contains(there), "{who}: {page}");
    }
    // A second of the same name is refused, and what was typed stays.
    let answer = world
        .ask(Method::POST, new, &world.member, &body(&save))
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(answer).await;
    assert!(
        page.contains("There is a segment adas already") && page.contains("value=\"ada\""),
        "{page}"
    );
}

/// Keeps a segment and a draft that is to be sent to it.
async fn held(world: &World) -> (SegmentId, avow_model::CampaignId) {
    let words = SegmentText {
        text: "name is known".to_owned(),
        canonical: "name is known".to_owned(),
    };
    let id = world
        .ours()
        .segment_create(&"named".parse().unwrap(), &words)
        .await
        .unwrap();
    let draft = avow_store::NewCampaign {
        segment: Some(id),
        ..crate::client_center::walk_test::draft()
    };
    let campaign = world.ours().campaign_create(draft).await.unwrap();
    (id, campaign)
}

#[tokio::test]
async fn what_a_draft_uses_is_not_removed_and_the_page_names_the_draft() {
    let world = World::new().await;
    world.readers(&[Some("Ada")]).await;
    let (id, campaign) = held(&world).await;
    let base = format!("/a/ours/segments/{id}");
    let page = text(world.get(&base, &world.member).await).await;
    assert!(
        page.contains("A draft is to be sent to it") && page.contains(&campaign.to_string()),
        "{page}"
    );
    let answer = world
        .ask(Method::POST, &format!("{base}/remove"), &world.member, "")
        .await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let free = crate::client_center::walk_test::draft();
    world
        .ours()
        .campaign_update_draft(campaign, free)
        .await
        .unwrap();
    let answer = world
        .ask(Method::POST, &format!("{base}/remove"), &world.member, "")
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = text(world.get("/a/ours/segments", &world.member).await).await;
    assert!(page.contains("No segments yet"), "{page}");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, step by step")]
async fn what_is_no_segment_is_not_kept_and_says_where_it_is_wrong() {
    let world = World::new().await;
    world.readers(&[Some("Ada")]).await;
    let new = "/a/ours/segments/new";
    let deep = format!("{}name = a{}", "(".repeat(99), ")".repeat(99));
    let long = vec!["name = a"; 501].join(" or ");
    for (words, told) in [
        ("salary > 9", "no category of data for `salary`"),
        (deep.as_str(), "nested too deep"),
        (long.as_str(), "at most 500 conditions"),
        ("", "there is no condition"),
        ("on list nowhere", "there is no list `nowhere`"),
        (
            "opened cp_0000000000009",
            "there is no campaign cp_0000000000009",
        ),
    ] {
        let form = body(&[
            ("mode", "text"),
            ("name", "x"),
            ("words", words),
            ("do", "save"),
        ]);
        let answer = world.ask(Method::POST, new, &world.member, &form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        let page = text(answer).await;
        assert!(
            page.contains(told) || page.contains(&told.replace('`', "&#x60;")),
            "{told}: {page}"
        );
    }
    // Rows: an undeclared field, no value, an empty group, more than a segment holds, deeper than a page shows.
    let row = [("what", "field:name"), ("op", "is"), ("value", "a")];
    let mut many = vec![("mode", "rows"), ("name", "x"), ("group", "any")];
    for _ in 0..501 {
        many.extend(row);
    }
    let mut nested = vec![("mode", "rows"), ("name", "x")];
    nested.extend([("group", "all"); 60]);
    nested.extend(row);
    for (mut form, told) in [
        (
            vec![("group", "all"), ("what", "field:salary"), ("value", "9")],
            "declares no such data",
        ),
        (
            vec![("group", "all"), ("what", "field:name"), ("op", "is")],
            "Write what it is compared with",
        ),
        (vec![("group", "all")], "This group is empty"),
        (
            vec![("group", "all"), ("what", "deed"), ("days", "soon")],
            "whole number",
        ),
        (many, "at most 500 conditions"),
    ] {
        form.extend([("name", "x"), ("do", "save")]);
        let answer = world
            .ask(Method::POST, new, &world.member, &body(&form))
            .await;
        let status = answer.status();
        let page = text(answer).await;
        assert!(page.contains(told), "{told}: {page}");
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY, "{told}");
    }
    nested.push(("do", "look"));
    let answer = world
        .ask(Method::POST, new, &world.member, &body(&nested))
        .await;
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "deeper groups fold into the last that a page shows"
    );
    assert!(world.ours().segments().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_rows_cannot_show_opens_as_text_and_rows_become_text() {
    let world = World::new().await;
    world.readers(&[Some("Ada")]).await;
    for (slug, words, mode) in [
        ("a", "name = \"a\"", "rows"),
        ("b", "not not name = \"a\"", "text"),
        ("c", "opened any at least 3 times", "text"),
    ] {
        let words = SegmentText {
            text: words.to_owned(),
            canonical: words.to_owned(),
        };
        let id = world
            .ours()
            .segment_create(&slug.parse().unwrap(), &words)
            .await
            .unwrap();
        let page = text(
            world
                .get(&format!("/a/ours/segments/{id}/edit"), &world.member)
                .await,
        )
        .await;
        assert!(
            page.contains(&format!("name=\"mode\" value=\"{mode}\"")),
            "{slug}: {page}"
        );
    }
    let row = [
        ("mode", "rows"),
        ("group", "all"),
        ("what", "field:name"),
        ("op", "not_in"),
        ("value", "a, \"b, c\""),
        ("end", ""),
        ("do", "text"),
    ];
    let answer = world
        .ask(
            Method::POST,
            "/a/ours/segments/new",
            &world.member,
            &body(&row),
        )
        .await;
    let page = text(answer).await;
    assert!(
        page.contains("not name in (&quot;a&quot;, &quot;b, c&quot;)</textarea>"),
        "{page}"
    );
}
