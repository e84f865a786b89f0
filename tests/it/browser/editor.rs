//! A marketer writes a mail in blocks: by mouse, by keyboard, with undo; what was saved by itself is there again.

use thirtyfour::{By, Key};

use super::demo::Demo;

/// Looks at a page before a test gives up on it; each is a round trip to the browser.
const LOOKS_MAX: usize = 20_000;

impl Demo {
    /// Waits until the editor says what it says then.
    async fn until(&self, what: &str, script: &str) {
        for _ in 0..LOOKS_MAX {
            let said = self.browser.page.execute(script, vec![]).await;
            if said.is_ok_and(|s| s.json().as_bool() == Some(true)) {
                return;
            }
        }
        panic!("never: {what}");
    }

    async fn until_saved(&self) {
        let saved = "const s = document.querySelector('[data-bar] [data-state]'); return s.dataset.state === 'saved'";
        self.until("saved", saved).await;
    }

    /// The words of the blocks' lines, in their order.
    async fn blocks(&self) -> Vec<String> {
        let ask = "return [...document.querySelectorAll('.editor-kind')].map(e => e.innerText)";
        let said = self.browser.page.execute(ask, vec![]).await.unwrap();
        said.convert().unwrap()
    }

    async fn until_blocks(&self, wanted: &[&str]) {
        let ask = format!(
            "return JSON.stringify([...document.querySelectorAll('.editor-kind')].map(e => e.innerText)) === JSON.stringify({})",
            serde_json::to_string(wanted).unwrap()
        );
        for _ in 0..LOOKS_MAX {
            let said = self.browser.page.execute(&ask, vec![]).await;
            if said.is_ok_and(|s| s.json().as_bool() == Some(true)) {
                return;
            }
        }
        panic!("wanted {wanted:?}, there are {:?}", self.blocks().await);
    }

    /// Drags one thing onto the upper edge of another, as a hand does: by way of a point near it.
    async fn drag(&self, from: &str, onto: &str) {
        let page = &self.browser.page;
        let from = page.find(By::Css(from)).await.unwrap();
        let ask = "const e = document.querySelector(arguments[0]); e.scrollIntoView({ block: 'center' });
            const r = e.getBoundingClientRect(); return [Math.round(r.left + r.width / 2), Math.round(r.top + 8)]";
        let place = page.execute(ask, vec![onto.into()]).await.unwrap();
        let [x, y]: [i64; 2] = place.convert().unwrap();
        let chain = page
            .action_chain()
            .move_to_element_center(&from)
            .click_and_hold();
        let chain = chain.move_to(x, y + 6).move_to(x, y).release();
        chain.perform().await.unwrap();
    }
}

/// From the gallery to the editor.
async fn begin(demo: &Demo) {
    let browser = &demo.browser;
    demo.log_in().await;
    demo.go("/a/imark/campaigns/gallery").await;
    browser.look("gallery").await;
    browser.follow("a[href*='start=letter']").await;
    browser.type_in("input[name=name]", "Spring letter").await;
    browser.follow("main form button.main").await;
    demo.until(
        "the script runs",
        "return 'editorReady' in document.documentElement.dataset",
    )
    .await;
    browser.look("editor").await;
    let begun = demo.blocks().await;
    assert_eq!(begun, ["Text", "Text", "Text", "Quotation", "Text", "Text"]);
}

/// A heading is added at the end, written, and taken a place up.
async fn by_keyboard(demo: &Demo) {
    let browser = &demo.browser;
    let add = browser.find(".editor-palette button[value=heading]").await;
    add.send_keys(Key::Enter + "").await.unwrap();
    demo.until(
        "the new block's field has the cursor",
        "return document.activeElement.id === 'f-text'",
    )
    .await;
    let field = browser.page.active_element().await.unwrap();
    field.send_keys("Spring is <b>here</b>").await.unwrap();
    demo.until("it is saved by itself", "return document.querySelector('[data-open=\"7\"] .editor-excerpt')?.innerText.startsWith('Spring')").await;
    demo.until_saved().await;
    browser.look("editor-block-open").await;
    let name = browser.find("#b7 .editor-name").await;
    name.send_keys(Key::Alt + Key::Up).await.unwrap();
    demo.until_blocks(&[
        "Text",
        "Text",
        "Text",
        "Quotation",
        "Text",
        "Heading",
        "Text",
    ])
    .await;
    let said = browser.text("[data-say]").await;
    assert_eq!(said, "Heading moved: place 6 of 7.");
    let focus = "return document.activeElement.dataset.open === '7'";
    demo.until("the focus stays with the block", focus).await;
}

/// It is dragged to the top; what is removed comes back.
async fn by_mouse(demo: &Demo) {
    let browser = &demo.browser;
    demo.drag("#b7 [data-grip]", "#b1").await;
    demo.until_blocks(&[
        "Heading",
        "Text",
        "Text",
        "Text",
        "Quotation",
        "Text",
        "Text",
    ])
    .await;
    browser.toggle("#b4 button[value=remove]").await;
    demo.until_blocks(&["Heading", "Text", "Text", "Text", "Text", "Text"])
        .await;
    browser.toggle("[data-undo]").await;
    demo.until_blocks(&[
        "Heading",
        "Text",
        "Text",
        "Text",
        "Quotation",
        "Text",
        "Text",
    ])
    .await;
    demo.until_saved().await;
}

/// A link that runs something is not kept, and says so beside its field.
async fn bad_link(demo: &Demo) {
    let browser = &demo.browser;
    browser.toggle("#b2 .editor-name, #b1 .editor-name").await;
    demo.until(
        "the first text is open",
        "return !!document.querySelector('#b1 .editor-form [data-rich]')",
    )
    .await;
    browser
        .type_in("#f-text", "[win](javascript:alert(1))")
        .await;
    demo.until("it is refused", "return document.querySelector('#f-text-fault').innerText.includes('cannot stand in a mail')").await;
    browser.look("editor-fault").await;
    browser
        .type_in("#f-text", "Dear {{ first_name | fallback(\"friend\") }}")
        .await;
    demo.until(
        "it is taken",
        "return document.querySelector('#f-text-fault').innerText === ''",
    )
    .await;
    demo.until_saved().await;
}

/// What was saved is there again; as MJML, too.
async fn comes_back(demo: &Demo) {
    let browser = &demo.browser;
    let here = demo.here().await;
    demo.go(&here).await;
    let again = demo.blocks().await;
    assert_eq!(
        again,
        [
            "Heading",
            "Text",
            "Text",
            "Text",
            "Quotation",
            "Text",
            "Text"
        ]
    );
    let content = here.split(['?', '#']).next().unwrap().to_owned();
    demo.go(&format!("{content}/frame")).await;
    let shown = browser.text("body").await;
    assert!(
        shown.contains("Spring is <b>here</b>") && shown.contains("Dear friend"),
        "{shown}"
    );

    // What goes on as MJML is what was made from the blocks.
    demo.go(&content).await;
    browser.toggle("details:has(.editor-mode) summary").await;
    browser
        .toggle(".editor-mode:has([value=mjml]) input[type=checkbox]")
        .await;
    browser
        .follow(".editor-mode:has([value=mjml]) button")
        .await;
    browser.look("editor-mjml").await;
    let kept = browser
        .find("#body")
        .await
        .prop("value")
        .await
        .unwrap()
        .unwrap();
    assert!(
        kept.starts_with("<mjml") && kept.contains("Spring is &lt;b&gt;here&lt;/b&gt;"),
        "{kept}"
    );
}

#[tokio::test]
async fn a_mail_is_written_in_blocks_by_mouse_and_by_keyboard_and_comes_back_as_it_was_saved() {
    let Some(demo) = Demo::open().await else {
        return;
    };
    begin(&demo).await;
    by_keyboard(&demo).await;
    by_mouse(&demo).await;
    bad_link(&demo).await;
    comes_back(&demo).await;
    demo.close().await;
}
