//! What a policy owes people, and promises that its own declarations break.

use super::{error, found, told, warning};

#[test]
fn both_places_of_a_contradiction_are_shown_with_their_lines() {
    let found = found(&[
        ("claims = []", "claims = [\"permission_only\"]"),
        ("choice = \"opt_in\"", "choice = \"opt_out\""),
    ]);
    let shown = told(&found);
    let wanted = "v1.toml:45:10: error[X17]: “news” writes to people who have not said yes
    |
 45 | choice = \"opt_out\"
    |          ^^^^^^^^^
v1.toml:9:11: the promise `permission_only` stands here
   |
 9 | claims = [\"permission_only\"]
   |           -----------------
 hint: write choice = \"opt_in\"
";
    assert_eq!(shown, wanted);
    assert_eq!(found[0].asides()[0].line, 9);
}

#[test]
fn data_that_nobody_uses_and_recipients_who_get_nothing_are_named() {
    warning(
        "P04",
        &[("reads = [\"email\", \"topic\"]", "reads = [\"email\"]")],
        "“topic” is collected for nothing",
        (
            "[category.topic]\ntitle = \"Topics\"\nsource = [\"person\"]\n",
            "",
        ),
    );
    warning(
        "P05",
        &[("role = \"authority\"", "role = \"partner\"")],
        "court are declared, and no purpose or host gives them anything",
        (
            "[recipient.court]\ntitle = \"Courts\"\nrole = \"partner\"\n",
            "",
        ),
    );
    warning(
        "P05",
        &[("role = \"processor\"\naffiliated", "affiliated")],
        "what carrier are to you is not said",
        (
            "affiliated = false",
            "affiliated = false\nrole = \"partner\"",
        ),
    );
}

#[test]
fn two_choices_in_the_same_words_are_one_tick_for_two_things() {
    warning(
        "P06",
        &[("Count my visits.", "Count what I open.")],
        "“visits” is asked in the same words as “measure”",
        ("ask = \"Count what I open.\"", "ask = \"Count my mails.\""),
    );
}

#[test]
fn safeguards_and_corrections_are_missed_when_they_are_not_declared() {
    warning(
        "P07",
        &[("reviewed = 2025-12-01", "reviewed = 2024-12-01")],
        "the review of “backups” was overdue",
        ("reviewed = 2024-12-01", "reviewed = 2025-12-31"),
    );
    warning(
        "P08",
        &[("[right.correct]", "[right.access]")],
        "how people correct what is wrong is not said",
        ("[right.access]", "[right.correct]"),
    );
}

#[test]
fn and_or_is_no_answer_to_whose_the_data_are() {
    warning(
        "P44",
        &[("role = \"sole\"\n", "")],
        "what the controller is to the data is not said",
        (
            "email = \"privacy@quay.example\"",
            "email = \"privacy@quay.example\"\nrole = \"processor\"",
        ),
    );
    error(
        "P44",
        &[("role = \"sole\"", "role = \"joint\"")],
        "with whom the controller is responsible is not said",
        (
            "role = \"joint\"",
            "role = \"joint\"\njoint = [\"A customer\"]",
        ),
    );
}

#[test]
fn data_that_never_leave_are_not_given_away() {
    error(
        "P77",
        &[(
            "title = \"E-mail address\"",
            "title = \"E-mail address\"\ninternal_only = true",
        )],
        "“delivery” gives away email, which never leaves",
        ("internal_only = true\n", ""),
    );
}

#[test]
fn nothing_leaves_where_that_is_promised() {
    error(
        "P72",
        &[("claims = []", "claims = [\"never_shared\"]")],
        "“delivery” gives data to others",
        ("recipients = [\"carrier\"]\n", ""),
    );
}

#[test]
fn who_works_for_the_controller_is_bound() {
    error(
        "P83",
        &[("contract = \"C-1\"\nown_use = false\n", "")],
        "the contract that binds them is not shown",
        (
            "confidential = true",
            "confidential = true\ncontract = \"C-1\"\nown_use = false",
        ),
    );
}

#[test]
fn harmless_data_with_a_telling_name_are_not_harmless() {
    error(
        "P93",
        &[
            ("[category.visit]", "[category.ip]"),
            ("reads = [\"visit\"]", "reads = [\"ip\"]"),
            ("reads = [\"visit\"]", "reads = [\"ip\"]"),
        ],
        "“ip” can be joined to somebody",
        (
            "identifies = \"nobody\"",
            "identifies = \"nobody\"\ncoarse = true",
        ),
    );
}

#[test]
fn cookies_keep_to_what_is_promised_of_them() {
    const SEEN: (&str, &str) = (
        "[right.correct]",
        "[cookie.seen]\ntitle = \"Seen\"\nlifetime = \"30d\"\npurpose = \"visits\"\ncontext = [\"site\", \"mail\"]\n[right.correct]",
    );
    error(
        "P105",
        &[SEEN, ("claims = []", "cookies = \"session\"\nclaims = []")],
        "the cookie seen is more than `cookies` allows",
        ("lifetime = \"30d\"", "lifetime = \"session\""),
    );
    error(
        "P99",
        &[SEEN, ("claims = []", "claims = [\"session_cookies_only\"]")],
        "the cookie seen breaks a promise",
        ("lifetime = \"30d\"", "lifetime = \"session\""),
    );
    error(
        "P111",
        &[SEEN, ("claims = []", "claims = [\"no_cookies_in_mail\"]")],
        "context = [\"site\", \"mail\"]",
        (", \"mail\"]", "]"),
    );
    error(
        "P110",
        &[("claims = []", "claims = [\"no_cookies\"]")],
        "nothing keeps the site from setting them",
        ("claims =", "cookies = \"none\"\nclaims ="),
    );
    error(
        "P105",
        &[("identified_by = \"nothing\"", "identified_by = \"cookie\"")],
        "no cookie is declared for it",
        (
            "[right.correct]",
            "[cookie.seen]\ntitle = \"Seen\"\nlifetime = \"30d\"\npurpose = \"visits\"\n[right.correct]",
        ),
    );
}

#[test]
fn loading_from_a_host_without_an_owner_is_named() {
    warning(
        "P31",
        &[(
            "[right.correct]",
            "[host.pics]\ntitle = \"P\"\norigin = \"https://p.example\"\nloads = [\"image\"]\n[right.correct]",
        )],
        "https://p.example sees every visitor",
        (
            "loads = [\"image\"]",
            "loads = [\"image\"]\nrecipient = \"carrier\"",
        ),
    );
}

#[test]
fn what_is_worked_out_needs_a_purpose_that_does_it() {
    warning(
        "P94",
        &[(
            "title = \"Topics\"\nsource = [\"person\"]",
            "title = \"Topics\"\nsource = [\"derived\"]",
        )],
        "“topic” is worked out",
        (
            "kind = \"profiling\"\nchoice = \"opt_in\"\nverbs = [\"profile.derive\"]\nreads = [\"visit\"]",
            "kind = \"profiling\"\nchoice = \"opt_in\"\nverbs = [\"profile.derive\"]\nreads = [\"visit\", \"topic\"]",
        ),
    );
}
