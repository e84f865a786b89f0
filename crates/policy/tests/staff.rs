//! Which purposes a role of the staff needs: said in the file, or by what its work is; told when it changes.

use avow_policy::{
    Change, ChangeClass, PolicySet, SourceFile, StaffRole, Version, check_file, diff, lint,
};

const CLEAN: &str = include_str!("../testdata/clean.toml");

fn file(more: &str) -> SourceFile {
    let text = CLEAN.replacen("packs = [\"eu\"]\n", "", 1) + more;
    let text = text.replacen("claims = []", "claims = [\"need_to_know\"]", 1);
    let name = "v1.toml".to_owned();
    SourceFile { name, text }
}

fn version(more: &str) -> Version {
    let set = PolicySet::compile(&[file(more)]).unwrap_or_else(|faults| panic!("{faults:#?}"));
    set.versions().next().expect("one").clone()
}

fn needs(version: &Version, role: StaffRole) -> Vec<String> {
    let needs = version.needs_of(role);
    needs.iter().map(ToString::to_string).collect()
}

#[test]
fn a_role_that_the_file_does_not_name_needs_what_its_work_needs() {
    let plain = version("");
    assert_eq!(needs(&plain, StaffRole::Support), ["service"]);
    assert_eq!(
        needs(&plain, StaffRole::Analyst),
        ["measure", "visits", "profile"]
    );
    assert_eq!(
        needs(&plain, StaffRole::Owner).len(),
        plain.purposes().len()
    );
    let said =
        version("[staff.support]\nneeds = [\"service\", \"news\"]\n[staff.editor]\nneeds = []\n");
    assert_eq!(needs(&said, StaffRole::Support), ["news", "service"]);
    assert!(needs(&said, StaffRole::Editor).is_empty());
    assert_eq!(
        needs(&said, StaffRole::Analyst),
        needs(&plain, StaffRole::Analyst)
    );
    let text = |v: &Version| String::from_utf8(v.canonical()).expect("JSON");
    assert!(!text(&plain).contains("staff"));
    assert!(text(&said).contains("\"staff\":{\"editor\":[],\"support\":[\"service\",\"news\"]}"));
    assert_eq!(Version::from_canonical(&said.canonical()), Ok(said));
}

#[test]
fn unknown_roles_and_purposes_are_refused_with_what_was_meant() {
    let rows = [
        ("[staff.suport]\nneeds = []\n", "did you mean \"support\"?"),
        (
            "[staff.janitor]\nneeds = []\n",
            "one of: owner, editor, analyst, privacy_officer, support",
        ),
        (
            "[staff.support]\nneeds = [\"servce\"]\n",
            "did you mean \"service\"?",
        ),
        (
            "[staff.support]\nneeds = [\"telephone\"]\n",
            "declare it: [purpose.telephone]",
        ),
        ("[staff.support]\n", "the purposes it works for"),
        (
            "[staff.support]\nneeds = [\"service\", \"service\"]\n",
            "stands twice",
        ),
        ("[staff]\nsupport = 1\n", "must be a table"),
    ];
    for (more, wanted) in rows {
        let faults = check_file(&file(more), &[]).expect_err(more);
        let told: String = faults.iter().map(ToString::to_string).collect();
        assert!(told.contains(wanted), "{more}: {told}");
    }
}

#[test]
fn staff_that_sees_more_is_a_promise_less() {
    let change = |old: &str, new: &str| -> Change { diff(&version(old), &version(new)) };
    let (less, more) = (
        "[staff.support]\nneeds = []\n",
        "[staff.support]\nneeds = [\"service\", \"news\"]\n",
    );
    let wider = change("", more);
    assert_eq!(wider.computed, ChangeClass::Major);
    assert_eq!(
        wider.items[0].sentence,
        "Our staff in the role “support” now also sees people for “News”."
    );
    assert_eq!(change(more, less).computed, ChangeClass::Minor);
    assert_eq!(
        change("", "[staff.support]\nneeds = [\"service\"]\n").items,
        []
    );
}

#[test]
fn a_table_of_roles_without_the_claim_is_pointed_at() {
    let mut file = file("[staff.support]\nneeds = [\"service\"]\n");
    let warned = |file: &SourceFile| {
        lint(std::slice::from_ref(file))
            .iter()
            .any(|d| d.lint == Some("P124"))
    };
    assert!(!warned(&file));
    file.text = file.text.replacen("[\"need_to_know\"]", "[]", 1);
    assert!(warned(&file));
}
