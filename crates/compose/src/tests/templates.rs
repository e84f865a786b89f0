//! Other people's templates, and our own: none may panic, all of ours must compile.

use avow_model::{BodyKind, MessageClass};

use super::world::{World, content, footer, shared};
use crate::{Scratch, compile};

fn files(folder: &str, end: &str) -> Vec<std::path::PathBuf> {
    let Some(root) = shared(folder) else {
        return Vec::new();
    };
    let mut open = vec![root];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn survives(body: &str, kind: BodyKind) -> bool {
    let mut content = content(body);
    content.body_kind = kind;
    match compile(&content, &footer(), MessageClass::Marketing) {
        Ok(compiled) => {
            let mut scratch = Scratch::default();
            // A missing field is an answer; a panic is not.
            let rendered = compiled.render(&World::default().job(), &mut scratch);
            rendered.is_err() || scratch.body.ends_with(b"--\r\n")
        }
        Err(faults) => faults.iter().all(|f| !f.to_string().is_empty()),
    }
}

#[test]
fn html_of_other_senders_compiles_or_says_why_not() {
    for path in files("html", ".html") {
        let body = std::fs::read_to_string(&path).unwrap();
        assert!(survives(&body, BodyKind::Html), "{}", path.display());
    }
}

#[test]
fn html_of_other_senders_renders_once_its_tags_are_ours() {
    let mut done = 0;
    for path in files("html", ".raw.html") {
        let body = std::fs::read_to_string(&path).unwrap();
        let body = body
            .replace("{{", "{% raw %}{{")
            .replace("}}", "}}{% endraw %}");
        let mut content = content(&body);
        content.body_kind = BodyKind::Html;
        let compiled = compile(&content, &footer(), MessageClass::Marketing)
            .unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display()));
        let page = compiled.page(&World::default().job()).unwrap();
        assert!(page.text.len() > 200, "{}: {}", path.display(), page.text);
        done += 1;
    }
    assert!(done == 10 || done == 0, "{done}");
}

#[test]
fn mjml_of_other_senders_compiles_or_says_why_not() {
    for path in files("mjml", ".mjml") {
        let body = std::fs::read_to_string(&path).unwrap();
        assert!(survives(&body, BodyKind::Mjml), "{}", path.display());
    }
}

#[test]
fn our_demo_campaigns_are_light_complete_and_without_warnings() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/demo");
    for name in [
        "imark",
        "exacttarget",
        "leadgenius",
        "strongmail",
        "dynamics",
    ] {
        let body = std::fs::read_to_string(root.join(format!("{name}.mjml"))).unwrap();
        let compiled = compile(&content(&body), &footer(), MessageClass::Marketing)
            .unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert!(
            compiled.warnings().is_empty(),
            "{name}: {:?}",
            compiled.warnings()
        );
        assert!((4..=6).contains(&compiled.links().len()), "{name}");
        let page = compiled.page(&World::default().job()).unwrap();
        assert!(
            page.html.contains("Ada") && page.text.contains("Ada"),
            "{name}"
        );
        let mut scratch = Scratch::default();
        compiled
            .render(&World::default().job(), &mut scratch)
            .unwrap();
        assert!(
            (8_000..24_000).contains(&scratch.body.len()),
            "{name}: {}",
            scratch.body.len()
        );
    }
}
