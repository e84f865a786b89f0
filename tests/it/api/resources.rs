//! What programs do beyond single messages, each answer held against the served description: no status and no part that it
//! does not name.

use serde_json::{Value, json};

use super::described::scopes;
use super::webhooks::Rehearsal;
use super::{http, key};

/// A server, a key that may do everything, and the description that it serves.
struct Desk {
    scene: Rehearsal,
    key: String,
    document: Value,
}

/// Finds what is not described; references are followed.
fn undescribed(value: &Value, schema: &Value, document: &Value) -> Option<String> {
    let at = schema["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
    let schema = at.map_or(schema, |at| document.pointer(at).unwrap());
    match value {
        Value::Object(map) => map.iter().find_map(|(name, one)| {
            let part = schema["properties"].get(name);
            let part = part.or_else(|| schema.get("additionalProperties"));
            match part {
                Some(part) => undescribed(one, part, document),
                None if schema.get("properties").is_none_or(|p| p == &json!({})) => None,
                None => Some(name.clone()),
            }
        }),
        Value::Array(all) => {
            let mut all = all.iter();
            all.find_map(|one| undescribed(one, &schema["items"], document))
        }
        _ => None,
    }
}

impl Desk {
    fn new() -> Self {
        let scene = Rehearsal::new();
        let all = scopes(&scene.avow);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let key = key(&scene.avow, "desk", &all);
        let document = http(&scene.address(), "GET /api/v1/openapi.json", "", "").json();
        Self {
            scene,
            key,
            document,
        }
    }

    fn send(&self, line: &str, body: &Value) -> (u16, Value, String) {
        let header = format!("Authorization: Bearer {}\r\n", self.key);
        self.send_as(&header, line, body)
    }

    fn send_as(&self, header: &str, line: &str, body: &Value) -> (u16, Value, String) {
        let text = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let answer = http(&self.scene.address(), line, header, &text);
        let told = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        (answer.status, told, answer.head)
    }

    /// Makes a call; its answer is one that the description has.
    fn ask(&self, (method, path): (&str, &str), places: &[&str], body: &Value) -> (u16, Value) {
        let mut at = path.split('?').next().unwrap().to_owned();
        let mut line = path.to_owned();
        for place in places {
            let start = line.find('{').unwrap();
            let end = line.find('}').unwrap();
            line.replace_range(start..=end, place);
        }
        let operation = &self.document["paths"][at.as_str()][method.to_lowercase()];
        assert!(operation.is_object(), "{method} {at} is not described");
        let (status, told, _) = self.send(&format!("{method} {line}"), body);
        at = format!("{method} {line}: {status} {told}");
        let answer = &operation["responses"][status.to_string()];
        assert!(answer.is_object(), "{at}");
        if status < 300 && status != 204 {
            let schema = &answer["content"]["application/json"]["schema"];
            assert_eq!(undescribed(&told, schema, &self.document), None, "{at}");
        }
        (status, told)
    }

    fn got(&self, path: &str, places: &[&str]) -> Value {
        let (status, told) = self.ask(("GET", path), places, &Value::Null);
        assert_eq!(status, 200, "{path}: {told}");
        told
    }

    fn person(&self, address: &str) -> String {
        let found = self.got(&format!("/api/v1/contacts?search={address}"), &[]);
        found["contacts"][0]["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_program_reads_people_and_pages_through_them() {
    let desk = Desk::new();
    let first = desk.got("/api/v1/contacts?limit=4", &[]);
    assert_eq!(first["contacts"].as_array().unwrap().len(), 4, "{first}");
    let next = first["next"].as_str().unwrap();
    let second = desk.got(&format!("/api/v1/contacts?limit=200&after={next}"), &[]);
    assert_eq!(second["contacts"].as_array().unwrap().len(), 5, "{second}");
    assert_eq!(second["next"], Value::Null);
    let ada = desk.person("ada@example.com");
    let whole = desk.got("/api/v1/contacts/{contact}", &[&ada]);
    assert_eq!(whole["email"], "ada@example.com");
    assert_eq!(whole["fields"]["first_name"], "Ada");
    assert_eq!(whole["collections"][0]["policy_version"], 1, "{whole}");
    let lines = desk.got("/api/v1/contacts/{contact}/history", &[&ada]);
    assert!(lines["lines"].as_array().unwrap().len() > 1, "{lines}");
    for bad in [
        "after=x",
        "limit=0",
        "limit=201",
        "limit=x",
        "search=",
        "list=none",
        "what=1",
    ] {
        let (status, told) = desk.ask(
            ("GET", &format!("/api/v1/contacts?{bad}")),
            &[],
            &Value::Null,
        );
        assert!(status == 422 || status == 400, "{bad}: {told}");
    }
}

#[test]
fn a_no_that_a_program_tells_of_binds_from_its_answer_on() {
    let desk = Desk::new();
    let ada = desk.person("ada@example.com");
    let newsletter = |told: &Value| {
        let mut all = told["purposes"].as_array().unwrap().iter();
        all.find(|one| one["purpose"] == "newsletter")
            .unwrap()
            .clone()
    };
    let explain = || newsletter(&desk.got("/api/v1/contacts/{contact}/explain", &[&ada]));
    assert_eq!(explain()["allowed"], true);
    let no = json!({ "source": "ticket 4711", "purposes": ["newsletter"] });
    let note = || desk.ask(("POST", "/api/v1/contacts/{contact}/no"), &[&ada], &no);
    assert_eq!(note(), (200, json!({ "contact": ada, "added": true })));
    assert_eq!(note(), (200, json!({ "contact": ada, "added": false })));
    let now = explain();
    assert_eq!(now["allowed"], false, "{now}");
    let strange = json!({ "source": "x", "purposes": ["nothing"] });
    let (status, told) = desk.ask(("POST", "/api/v1/contacts/{contact}/no"), &[&ada], &strange);
    assert_eq!((status, &told["field"]), (422, &json!("purposes[0]")));
    // Barred by her address, a stranger to the account.
    let bar =
        json!({ "email": "zoe@example.com", "source": "a court's order", "why": "protection" });
    assert_eq!(desk.ask(("POST", "/api/v1/suppressions"), &[], &bar).0, 204);
    let bea = desk.person("bea@example.com");
    let wish = json!({ "source": "letter of 3 May" });
    let erase = || {
        desk.ask(("POST", "/api/v1/contacts/{contact}/erase"), &[&bea], &wish)
            .0
    };
    assert_eq!((erase(), erase()), (204, 204));
    assert_eq!(
        desk.got("/api/v1/contacts/{contact}", &[&bea])["email"],
        Value::Null
    );
    let found = desk.got("/api/v1/contacts?search=bea@example.com", &[]);
    assert_eq!(found["contacts"], json!([]));
}

#[test]
fn somebody_is_taken_in_with_what_is_attested_and_with_nothing_more() {
    let desk = Desk::new();
    let add = |body: Value| desk.ask(("POST", "/api/v1/contacts"), &[], &body);
    let may = |id: &Value| {
        let told = desk.got(
            "/api/v1/contacts/{contact}/explain",
            &[id.as_str().unwrap()],
        );
        let all = told["purposes"].as_array().unwrap().clone();
        let one = all.into_iter().find(|one| one["purpose"] == "newsletter");
        one.unwrap()["allowed"].clone()
    };
    let vouched = json!({
        "at": "2026-03-01T10:00:00Z", "source": "The fair in Berlin", "wording": "Send me the newsletter.",
        "purposes": ["newsletter"],
    });
    let (status, zoe) = add(json!({
        "email": "zoe@example.com", "fields": { "first_name": "Zoe" }, "attestation": vouched,
    }));
    assert_eq!(status, 201, "{zoe}");
    assert_eq!(zoe["fields"]["first_name"], "Zoe");
    assert_eq!(zoe["collections"][0]["how"], "import_attested", "{zoe}");
    // Nobody vouches: they are known, and nothing is permitted. A field's name makes no yes.
    let (status, yan) = add(json!({ "email": "yan@example.com" }));
    assert_eq!((status, may(&yan["id"])), (201, json!(false)));
    let sly =
        json!({ "email": "xia@example.com", "fields": { "OPTIN_TIME": "2026-03-01 10:00:00" } });
    let (status, told) = add(sly);
    assert!(status == 422, "{told}");
    for (part, value) in [
        ("at", json!("2999-01-01T00:00:00Z")),
        ("purposes", json!([])),
        ("source", json!(" ")),
    ] {
        let mut bad = vouched.clone();
        bad[part] = value;
        let (status, told) = add(json!({ "email": "wim@example.com", "attestation": bad }));
        assert_eq!(
            (status, &told["field"]),
            (422, &json!(format!("attestation.{part}")))
        );
    }
    // A no stays a no, whatever is attested.
    let no = json!({ "source": "ticket" });
    let id = zoe["id"].as_str().unwrap();
    assert_eq!(
        desk.ask(("POST", "/api/v1/contacts/{contact}/no"), &[id], &no)
            .0,
        200
    );
    let (status, _) = add(json!({ "email": "zoe@example.com", "attestation": vouched }));
    assert_eq!((status, may(&zoe["id"])), (201, json!(false)));
    let wish = json!({ "source": "letter" });
    assert_eq!(
        desk.ask(("POST", "/api/v1/contacts/{contact}/erase"), &[id], &wish)
            .0,
        204
    );
    let (status, told) = add(json!({ "email": "zoe@example.com", "attestation": vouched }));
    assert_eq!(
        (status, &told["type"]),
        (409, &json!("urn:avow:problem:state"))
    );
}

#[test]
fn what_a_call_makes_is_made_once_under_its_name() {
    let desk = Desk::new();
    let header = format!(
        "Authorization: Bearer {}\r\nIdempotency-Key: one\r\n",
        desk.key
    );
    let make = |body: Value| desk.send_as(&header, "POST /api/v1/lists", &body);
    let list = json!({ "slug": "readers", "name": "Readers" });
    let (status, first, head) = make(list.clone());
    assert_eq!(status, 201, "{first}");
    assert!(head.contains("ratelimit: \"calls\";r="), "{head}");
    assert!(head.contains("cache-control: no-store"), "{head}");
    let (status, again, head) = make(list.clone());
    assert_eq!((status, &again), (201, &first));
    assert!(head.contains("idempotent-replayed: true"), "{head}");
    let (status, told, _) = make(json!({ "slug": "others", "name": "Others" }));
    assert_eq!(
        (status, &told["type"]),
        (409, &json!("urn:avow:problem:idempotency-key"))
    );
    // A call that makes nothing leaves its name free.
    let header = format!(
        "Authorization: Bearer {}\r\nIdempotency-Key: two\r\n",
        desk.key
    );
    let bad = desk.send_as(&header, "POST /api/v1/lists", &list);
    assert_eq!(
        (bad.0, &bad.1["type"]),
        (409, &json!("urn:avow:problem:taken"))
    );
    let good = json!({ "slug": "others", "name": "Others" });
    assert_eq!(desk.send_as(&header, "POST /api/v1/lists", &good).0, 201);
    let lists = desk.got("/api/v1/lists", &[]);
    assert_eq!(lists["lists"].as_array().unwrap().len(), 2, "{lists}");
}

#[test]
fn lists_segments_and_forms_are_made_and_a_place_that_was_left_stays_the_persons() {
    let desk = Desk::new();
    let ada = desk.person("ada@example.com");
    let list = json!({ "slug": "readers", "name": "Readers" });
    assert_eq!(desk.ask(("POST", "/api/v1/lists"), &[], &list).0, 201);
    let place = "/api/v1/lists/{list}/contacts/{contact}";
    let put = |method: &str| desk.ask((method, place), &["readers", &ada], &Value::Null);
    assert_eq!(put("PUT").1["state"], "confirmed");
    assert_eq!(
        desk.got("/api/v1/lists/{list}", &["readers"])["confirmed"],
        1
    );
    let on = desk.got("/api/v1/lists/{list}/contacts", &["readers"]);
    assert_eq!(on["contacts"][0]["id"], json!(ada));
    let segment = json!({ "slug": "known", "where": "on list readers" });
    assert_eq!(desk.ask(("POST", "/api/v1/segments"), &[], &segment).0, 201);
    let counted = desk.got(
        "/api/v1/segments/{segment}/count?purpose=newsletter",
        &["known"],
    );
    assert_eq!(
        (&counted["meant"], &counted["looked_at"]),
        (&json!(1), &json!(9)),
        "{counted}"
    );
    let strange = json!({ "where": "on list nothing" });
    let (status, told) = desk.ask(("PUT", "/api/v1/segments/{segment}"), &["known"], &strange);
    assert_eq!((status, &told["field"]), (422, &json!("where")));
    assert_eq!(put("DELETE").1["state"], "ended");
    assert_eq!(put("PUT").0, 409);
    assert_eq!(
        desk.ask(
            ("DELETE", "/api/v1/segments/{segment}"),
            &["known"],
            &Value::Null
        )
        .0,
        204
    );
    let form = json!({
        "slug": "join", "title": "Our newsletter", "purposes": ["newsletter"], "categories": ["email"],
        "list": "readers", "button": "Subscribe", "thanks": "Look into your mailbox.",
    });
    let (status, made) = desk.ask(("POST", "/api/v1/forms"), &[], &form);
    assert_eq!(status, 201, "{made}");
    assert_eq!(desk.got("/api/v1/forms/{form}", &["join"]), made);
    let mut asks_more = form;
    asks_more["slug"] = json!("more");
    asks_more["categories"] = json!(["email", "blood_type"]);
    assert_eq!(desk.ask(("POST", "/api/v1/forms"), &[], &asks_more).0, 422);
}

#[test]
fn a_campaign_goes_from_draft_to_report_by_calls_alone() {
    let desk = Desk::new();
    let draft = json!({
        "name": "Spring", "purpose": "newsletter", "subject": "Hello {{ first_name | fallback('you') }}",
        "html": "<p>Hello, <a href=\"https://example.org/\">look</a>.</p>",
    });
    let (status, made) = desk.ask(("POST", "/api/v1/campaigns"), &[], &draft);
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    let one = "/api/v1/campaigns/{campaign}";
    let mut better = draft;
    better["subject"] = json!("Hello");
    assert_eq!(desk.ask(("PUT", one), &[id], &better).1["subject"], "Hello");
    better["from_address"] = json!("news@elsewhere.example");
    let (status, told) = desk.ask(("PUT", one), &[id], &better);
    assert_eq!((status, &told["field"]), (422, &json!("from_address")));
    let checked = desk.got("/api/v1/campaigns/{campaign}/check", &[id]);
    assert_eq!(checked["ready"], true, "{checked}");
    assert_eq!(checked["forecast"]["allowed"], 7, "{checked}");
    let plan = json!({ "at": "2000-01-01T09:00", "zone": "Europe/Berlin" });
    let schedule = "/api/v1/campaigns/{campaign}/schedule";
    let (status, told) = desk.ask(("PUT", schedule), &[id], &plan);
    assert_eq!((status, &told["field"]), (422, &json!("at")));
    let step = |word: &str| desk.ask(("POST", &format!("{one}/{word}")), &[id], &Value::Null);
    assert_eq!(step("start").0, 200);
    assert_eq!(step("start").0, 409);
    for _ in 0..super::LOOKS_MAX {
        if desk.got(one, &[id])["state"] == "finished" {
            break;
        }
        desk.scene.avow.json(&["account", "list"]);
    }
    let report = desk.got("/api/v1/campaigns/{campaign}/report", &[id]);
    assert_eq!(report["outcomes"]["delivered"], 7, "{report}");
    assert_eq!(report["outcomes"]["audience"], 9, "{report}");
    let refused = desk.got(
        "/api/v1/campaigns/{campaign}/recipients?outcome=refused",
        &[id],
    );
    assert_eq!(
        refused["recipients"].as_array().unwrap().len(),
        2,
        "{refused}"
    );
    let seq = refused["recipients"][0]["seq"].to_string();
    desk.got("/api/v1/campaigns/{campaign}/recipients/{seq}", &[id, &seq]);
    let links = desk.got("/api/v1/campaigns/{campaign}/links", &[id]);
    assert_eq!(links["links"][0]["url"], "https://example.org/", "{links}");
    assert_eq!(step("cancel").0, 409);
    let acts = desk.got("/api/v1/audit?limit=1", &[]);
    assert_eq!(acts["acts"][0]["who"], "the key desk", "{acts}");
    assert!(acts["next"].is_string(), "{acts}");
    desk.got("/api/v1/campaigns", &[]);
    desk.got("/api/v1/delivery", &[]);
}

#[test]
fn the_policy_and_the_account_are_read_and_nothing_secret_is_told() {
    let desk = Desk::new();
    let all = desk.got("/api/v1/policy", &[]);
    assert_eq!(
        (&all["in_force"], &all["versions"][0]["state"]),
        (&json!(1), &json!("in_force"))
    );
    let one = desk.got("/api/v1/policy/versions/{n}", &["1"]);
    assert!(one["text"].as_str().unwrap().len() > 100, "{one}");
    let path = "/api/v1/policy/versions/{n}/changes";
    assert_eq!(desk.ask(("GET", path), &["1"], &Value::Null).0, 404);
    let users = desk.got("/api/v1/users", &[]);
    assert_eq!(users["users"][0]["email"], "owner@example.com");
    assert!(!users.to_string().contains("argon2"), "{users}");
    desk.got("/api/v1/invitations", &[]);
}

/// A key of another account that may do everything there.
fn stranger(avow: &crate::avow::Avow) -> String {
    let policy = crate::avow::repository().join("policies/dynamics/v1.toml");
    let policy = policy.display().to_string();
    let words = [
        "account", "add", "Dynamics", "--slug", "dynamics", "--policy", &policy,
    ];
    avow.json(&[&words[..], &["--domain", "dynamics.example"]].concat());
    let all = scopes(avow);
    let mut words = vec![
        "account",
        "api-key",
        "add",
        "--account",
        "dynamics",
        "--name",
        "eve",
    ];
    for scope in &all {
        words.extend(["--scope", scope]);
    }
    let key = avow.json(&words)["key"].as_str().unwrap().to_owned();
    format!("Authorization: Bearer {key}\r\n")
}

/// A call with something in each place of its path, and what it must have in its query.
fn filled((method, path): (&str, &str), make: &dyn Fn(&str) -> String) -> String {
    let part = |part: &str| {
        let word = part.strip_prefix('{').and_then(|p| p.strip_suffix('}'));
        word.map_or_else(|| part.to_owned(), make)
    };
    let at: Vec<String> = path.split('/').map(part).collect();
    let counts = path.ends_with("/count");
    let query = if counts { "?purpose=newsletter" } else { "" };
    format!("{} {}{query}", method.to_uppercase(), at.join("/"))
}

#[test]
fn what_is_another_accounts_is_not_there_in_the_same_words_as_what_never_was() {
    let desk = Desk::new();
    let ada = desk.person("ada@example.com");
    let campaign = desk.scene.avow.draft();
    let url = json!({ "url": "http://127.0.0.1:9/in" });
    let hook = desk.send("POST /api/v1/webhooks", &url).1["id"].clone();
    let sent = desk.send("POST /api/v1/messages", &super::news(&["ada@example.com"]));
    let message = sent.1["recipients"][0]["id"].clone();
    let list = json!({ "slug": "readers", "name": "Readers" });
    assert_eq!(desk.send("POST /api/v1/lists", &list).0, 201);
    let theirs = |word: &str| match word {
        "contact" => ada.clone(),
        "campaign" => campaign.clone(),
        "webhook" => hook.as_str().unwrap().to_owned(),
        "message" => message.as_str().unwrap().to_owned(),
        "list" => "readers".to_owned(),
        _ => "1".to_owned(),
    };
    let header = stranger(&desk.scene.avow);
    let mut asked = 0;
    for (path, item) in desk.document["paths"].as_object().unwrap() {
        // Versions are counted from 1 in every account.
        if !path.contains('{') || path.contains("/policy/") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let body = &operation["requestBody"]["content"]["application/json"]["example"];
            let example = |word: &str| {
                let mut all = operation["parameters"].as_array().unwrap().iter();
                let one = &all.find(|p| p["name"] == word).unwrap()["example"];
                one.as_str().map_or_else(|| one.to_string(), str::to_owned)
            };
            let line = filled((method, path), &theirs);
            let (status, told, _) = desk.send_as(&header, &line, body);
            assert_eq!(status, 404, "{line}: {told}");
            let nothing = filled((method, path), &example);
            assert_eq!(told, desk.send_as(&header, &nothing, body).1, "{nothing}");
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked}");
}

#[test]
fn addresses_methods_and_bodies_that_are_none_are_problems() {
    let desk = Desk::new();
    let (status, told, head) = desk.send("GET /api/v1/nothing", &Value::Null);
    assert_eq!(
        (status, &told["type"]),
        (404, &json!("urn:avow:problem:not-found"))
    );
    assert!(head.contains("application/problem+json"), "{head}");
    let (status, told, head) = desk.send("DELETE /api/v1/lists", &Value::Null);
    assert_eq!(
        (status, &told["type"]),
        (405, &json!("urn:avow:problem:method"))
    );
    let allow = head
        .lines()
        .find(|line| line.starts_with("allow: "))
        .unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    let header = format!("Authorization: Bearer {}\r\n", desk.key);
    let raw = |more: &str, body: &str| {
        let header = format!("{header}{more}");
        http(&desk.scene.address(), "POST /api/v1/lists", &header, body)
    };
    for (more, body, status) in [
        ("Content-Type: text/xml\r\n", "{}", 415),
        ("", "", 400),
        ("", "[]", 400),
        ("", r#"{"slug":"a","slug":"b","name":"c"}"#, 400),
        ("", r#"{"slug":"a","name":"b","more":1}"#, 400),
        ("", r#"{"slug":"a","name":"\u0000"}"#, 400),
        ("", r#"{"slug":"a","name":"\u0007"}"#, 422),
        ("", r#"{"slug":"a","name":1e999}"#, 400),
        ("", "{\"slug\":\"a\",\"name\":\"\u{0}\"}", 400),
        ("Idempotency-Key: \r\n", r#"{"slug":"a","name":"b"}"#, 422),
        (
            "Idempotency-Key: a b\r\n",
            r#"{"slug":"a","name":"b"}"#,
            422,
        ),
    ] {
        let answer = raw(more, body);
        assert_eq!(answer.status, status, "{more}{body}: {}", answer.body);
        assert!(
            answer.json()["detail"].as_str().unwrap().len() > 10,
            "{}",
            answer.body
        );
    }
    let long = format!("{{\"slug\":\"a\",\"name\":\"{}\"}}", "x".repeat(70_000));
    assert_eq!(raw("", &long).status, 413);
    for path in [
        "contacts/%FF",
        "contacts/ct_%00",
        "contacts?search=%00",
        "lists/..",
        "campaigns/cp_0",
    ] {
        let (status, told, _) = desk.send(&format!("GET /api/v1/{path}"), &Value::Null);
        assert!((400..500).contains(&status), "{path}: {status} {told}");
        assert!(told["type"].is_string(), "{path}: {told}");
    }
}
