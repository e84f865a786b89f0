//! Everything that a policy can be asked for by name.

use avow_policy::{EmitKind, SiteAddress, emitted};

use crate::emitted::{at, whole};

#[test]
fn everything_that_can_be_asked_for_has_text_and_json() {
    let set = whole();
    let version = set.version(1).expect("version 1");
    let site = SiteAddress {
        base_url: "https://harbor.example",
        policy_path: "/policy/harbor",
    };
    let now = at("2026-03-10T00:00:00Z");
    for (word, kind) in EmitKind::WORDS {
        let made = emitted(version, kind, site, now);
        assert!(!made.text.is_empty() && !made.json.is_null(), "{word}");
    }
    let plan = emitted(version, EmitKind::Retention, site, now).json;
    let visit = &plan[1];
    assert_eq!(visit["kept"], "category");
    assert_eq!(
        (&visit["of"], &visit["length_s"]),
        (&"visit".into(), &2_592_000.into())
    );
    assert_eq!(visit["cutoff"], "2026-02-08T00:00:00Z");
}
