//! Who gets in.

use serde_json::json;

use super::{Scene, http, key, news};

#[tokio::test(flavor = "multi_thread")]
async fn no_key_a_wrong_one_and_a_revoked_one_open_nothing() {
    let scene = Scene::set().await;
    let body = news(&["ada@example.com"]).to_string();
    let old = key(&scene.avow, "old", &["send"]);
    let address = scene.address();
    let with = |header: &str| http(&address, "POST /api/v1/messages", header, &body);
    assert_eq!(
        with(&format!("Authorization: Bearer {old}\r\n")).status,
        202
    );
    let words = [
        "account",
        "api-key",
        "revoke",
        "--account",
        "imark",
        "--name",
        "old",
    ];
    scene.avow.json(&words);
    let changed = format!("{}x", &scene.key[..scene.key.len() - 1]);
    for header in [
        String::new(),
        format!("Authorization: Bearer {old}\r\n"),
        format!("Authorization: Bearer {changed}\r\n"),
        format!("Authorization: Basic {}\r\n", scene.key),
        "Authorization: Bearer avow_\r\n".to_owned(),
    ] {
        let refused = with(&header);
        assert_eq!(refused.status, 401, "{header}: {}", refused.body);
        assert!(
            refused
                .head
                .to_lowercase()
                .contains("www-authenticate: bearer")
        );
        assert_eq!(refused.problem().0, "key");
    }
    assert!(
        scene
            .avow
            .fails(1, &words)
            .contains("no key of this name is in use")
    );
    let again = [
        "account",
        "api-key",
        "add",
        "--account",
        "imark",
        "--name",
        "old",
    ];
    assert!(
        scene
            .avow
            .fails(1, &again)
            .contains("choose another --name")
    );
    let keys = scene
        .avow
        .json(&["account", "api-key", "list", "--account", "imark"]);
    assert_eq!(keys.as_array().unwrap().len(), 2, "{keys}");
    assert!(
        !keys.to_string().contains("avow_"),
        "a key is shown once: {keys}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_account_sees_and_reaches_nobody_of_this_one() {
    let scene = Scene::set().await;
    scene.with_second_account();
    let id = scene.sent(&news(&["ada@example.com"]))[0]["id"].clone();
    let words = [
        "account",
        "api-key",
        "add",
        "--account",
        "dynamics",
        "--name",
        "shop",
    ];
    let other = scene.avow.json(&words)["key"].as_str().unwrap().to_owned();
    let header = format!("Authorization: Bearer {other}\r\n");
    let address = scene.address();
    let path = format!("GET /api/v1/messages/{}", id.as_str().unwrap());
    let looked = http(&address, &path, &header, "");
    assert_eq!(looked.status, 404, "{}", looked.body);
    let mut body = news(&["ada@example.com"]);
    let posted = http(
        &address,
        "POST /api/v1/messages",
        &header,
        &body.to_string(),
    );
    let fate = &posted.json()["recipients"][0];
    assert_eq!(fate["status"], "refused", "{fate}");
    assert!(fate["codes"].to_string().contains("D_NO_BINDING"), "{fate}");
    body["from"] = json!({ "email": "news@imark.example" });
    let posted = http(
        &address,
        "POST /api/v1/messages",
        &header,
        &body.to_string(),
    );
    assert_eq!(
        posted.problem(),
        ("field".to_owned(), "from.email".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_the_scope_is_told_which_it_lacks() {
    let scene = Scene::set().await;
    let reader = format!(
        "Authorization: Bearer {}\r\n",
        key(&scene.avow, "reader", &["read"])
    );
    let body = news(&["ada@example.com"]).to_string();
    let address = scene.address();
    for (line, scope) in [
        ("POST /api/v1/messages", "send"),
        ("POST /api/v1/messages/batch", "send"),
        ("PUT /api/v1/relationships", "attest"),
    ] {
        let refused = http(&address, line, &reader, &body);
        assert_eq!((refused.status, &*refused.problem().0), (403, "scope"));
        assert!(
            refused.body.contains(&format!("`{scope}`")),
            "{}",
            refused.body
        );
    }
    let wrong = [
        "account",
        "api-key",
        "add",
        "--account",
        "imark",
        "--name",
        "x",
        "--scope",
        "all",
    ];
    assert!(scene.avow.fails(2, &wrong).contains("send, read, attest"));
}
