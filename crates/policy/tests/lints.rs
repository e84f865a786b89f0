//! Contradictions, duties and promises that cannot be kept: each is found in a small policy, with its
//! place and what to write, and is gone once the policy says that.

use avow_policy::{Diagnostic, FormFault, FormShape, Severity, SourceFile, check_form, lint};

use crate::fixture::compiled;

/// A policy without any finding. Rows change it.
const CLEAN: &str = include_str!("../testdata/clean.toml");

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn packs() -> Vec<SourceFile> {
    let eu = "pack = \"eu\"\ntitle = \"Union\"\njurisdictions = [\"eu\", \"fr\"]\n[[rule]]\nkinds = [\"tracking\"]\nneeds = \"opt_in\"\nwhy = \"w\"\n";
    let hard = "pack = \"hard\"\ntitle = \"Hard\"\njurisdictions = [\"de\", \"fr\"]\n[[rule]]\nkinds = [\"referral\"]\nforbid = true\nwhy = \"no friends\"\n";
    let bill =
        "pack = \"bill\"\ntitle = \"A bill\"\nstatus = \"proposed\"\njurisdictions = [\"us\"]\n";
    vec![
        file("eu.toml", eu),
        file("hard.toml", hard),
        file("bill.toml", bill),
    ]
}

/// What is found in the clean policy after these replacements.
fn found(replacements: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut text = CLEAN.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let mut all = packs();
    all.push(file("v1.toml", &text));
    if let Err(faults) = avow_policy::PolicySet::compile(&all) {
        panic!("{faults:#?}\n{text}");
    }
    lint(&all)
}

fn told(found: &[Diagnostic]) -> String {
    found.iter().map(ToString::to_string).collect()
}

/// One contradiction: what makes it, the rule that finds it, where, and what mends it.
struct Row {
    rule: &'static str,
    severity: Severity,
    made: &'static [(&'static str, &'static str)],
    at: &'static str,
    mended: (&'static str, &'static str),
}

impl Row {
    fn check(&self) {
        let found_here = found(self.made);
        let rules: Vec<_> = found_here.iter().map(|d| d.lint.unwrap_or("-")).collect();
        let wrong = || format!("{}: {rules:?}\n{}", self.rule, told(&found_here));
        let hit = found_here.iter().find(|d| d.lint == Some(self.rule));
        let hit = hit.unwrap_or_else(|| panic!("{}", wrong()));
        assert_eq!(hit.severity, self.severity, "{}", wrong());
        assert!(hit.to_string().contains(self.at), "{}", wrong());
        assert!(
            hit.hint.as_ref().is_some_and(|h| !h.is_empty()),
            "{}",
            wrong()
        );
        let mut mended = self.made.to_vec();
        mended.push(self.mended);
        let left = found(&mended);
        let still: Vec<_> = left.iter().filter(|d| d.lint == Some(self.rule)).collect();
        assert!(
            still.is_empty(),
            "{} is not mended:\n{}",
            self.rule,
            told(&left)
        );
    }
}

fn error(
    rule: &'static str,
    made: &'static [(&'static str, &'static str)],
    at: &'static str,
    mended: (&'static str, &'static str),
) {
    let severity = Severity::Error;
    Row {
        rule,
        severity,
        made,
        at,
        mended,
    }
    .check();
}

fn warning(
    rule: &'static str,
    made: &'static [(&'static str, &'static str)],
    at: &'static str,
    mended: (&'static str, &'static str),
) {
    let severity = Severity::Warning;
    Row {
        rule,
        severity,
        made,
        at,
        mended,
    }
    .check();
}

#[test]
fn the_clean_policy_has_no_finding() {
    let found = found(&[]);
    assert!(found.is_empty(), "{}", told(&found));
}

#[test]
fn x1_cookies_that_name_nobody_and_visitors_who_are_known_by_name() {
    error(
        "X1",
        &[
            ("claims = []", "claims = [\"cookies_not_linked\"]"),
            (
                "reads = [\"visit\"]\nidentified_by = \"nothing\"",
                "reads = [\"visit\", \"email\"]",
            ),
        ],
        "“visits” reads email and follows people in a way that it does not say",
        (
            "title = \"Visits\"",
            "identified_by = \"token\"\ntitle = \"Visits\"",
        ),
    );
}

#[test]
fn x1_a_token_beside_a_cookie_is_no_separate_token() {
    error(
        "X1",
        &[
            ("claims = []", "claims = [\"cookies_not_linked\"]"),
            (
                "[right.correct]",
                "[cookie.seen]\ntitle = \"Seen\"\nlifetime = \"1d\"\npurpose = \"measure\"\n[right.correct]",
            ),
        ],
        "“measure” reads email and follows people and has a cookie",
        ("purpose = \"measure\"\n", "purpose = \"visits\"\n"),
    );
}

#[test]
fn x2_a_friend_who_is_forgotten_and_yet_never_written_to_again() {
    error(
        "X2",
        &[
            ("claims = []", "claims = [\"friend_single_use\"]"),
            ("marker_ttl = \"365d\"\nclause = \"#friends\"\n", ""),
        ],
        "cannot both forget a friend and never write again",
        (
            "purge = \"after final_status\"",
            "purge = \"after final_status\"\nmarker_ttl = \"365d\"\nclause = \"#friends\"",
        ),
    );
}

#[test]
fn x3_every_visit_recorded_and_a_button_that_stops_it() {
    error(
        "X3",
        &[("claims = []", "claims = [\"visits_always_tracked\"]")],
        "“visits” lets people say no",
        ("claims = [\"visits_always_tracked\"]", "claims = []"),
    );
}

#[test]
fn x3_a_profile_of_people_who_stopped_the_recording() {
    warning(
        "X3",
        &[("requires = [\"visits\"]\n", "")],
        "“profile” reads what “visits” records",
        (
            "identified_by = \"nothing\"\ntitle = \"Profile\"",
            "requires = [\"visits\"]\nidentified_by = \"nothing\"\ntitle = \"Profile\"",
        ),
    );
}

#[test]
fn x4_mail_about_what_people_asked_for_and_service_mail_about_anything() {
    error(
        "X4",
        &[
            ("claims = []", "claims = [\"only_for_interests\"]"),
            ("messages = [\"receipt\"]\n", ""),
        ],
        "“service” can carry anything, and nobody can leave it",
        (
            "title = \"Service\"",
            "messages = [\"outage\"]\ntitle = \"Service\"",
        ),
    );
}

#[test]
fn x4_unasked_mail_keeps_to_the_topics_that_were_chosen() {
    error(
        "X4",
        &[
            ("claims = []", "claims = [\"only_for_interests\"]"),
            ("choice = \"opt_in\"", "choice = \"opt_out\""),
        ],
        "“news” writes unasked, and about anything",
        ("title = \"News\"", "interest = \"topic\"\ntitle = \"News\""),
    );
}

#[test]
fn x5_a_no_to_all_mail_and_a_mail_about_every_change() {
    error(
        "X5",
        &[
            ("claims = []", "claims = [\"no_stops_any_mail\"]"),
            (", post = [\"homepage\"]", ""),
        ],
        "who stopped all mail gets no notice of a change",
        (
            "email = \"any_change\"",
            "email = \"any_change\", post = [\"changelog\"]",
        ),
    );
}

#[test]
fn x5_service_mail_that_stays_and_a_no_to_all_mail() {
    error(
        "X5",
        &[(
            "claims = []",
            "claims = [\"no_stops_any_mail\", \"service_mail_stays\"]",
        )],
        "service mail cannot both stay and be stopped",
        (", \"service_mail_stays\"", ""),
    );
}

#[test]
fn x6_never_without_permission_and_an_opt_out() {
    error(
        "X6",
        &[
            (
                "claims = []",
                "claims = [\"never_shared_without_permission\"]",
            ),
            (
                "kind = \"sharing\"\nchoice = \"opt_in\"",
                "kind = \"sharing\"\nchoice = \"opt_out\"",
            ),
        ],
        "“delivery” gives data to others before anybody said yes",
        (
            "kind = \"sharing\"\nchoice = \"opt_out\"",
            "kind = \"sharing\"\nchoice = \"opt_in\"",
        ),
    );
}

#[test]
fn x7_no_promotion_by_others_and_a_joint_edition() {
    error(
        "X7",
        &[
            ("claims = []", "claims = [\"never_recipient_promo\"]"),
            ("send_as = \"dock\"\n", ""),
        ],
        "“joint” carries offers of others",
        (
            "title = \"Joint edition\"",
            "send_as = \"dock\"\ntitle = \"Joint edition\"",
        ),
    );
    error(
        "X7",
        &[
            ("claims = []", "claims = [\"never_recipient_promo\"]"),
            ("promotes = false", "promotes = true"),
        ],
        "who use them for their own promotion",
        ("promotes = true", "promotes = false"),
    );
}

#[test]
fn x8_leaving_at_any_time_and_an_edition_for_everybody() {
    error(
        "X8",
        &[(
            "claims = []",
            "claims = [\"opt_out_any_time\", \"coop_to_everyone\"]",
        )],
        "a joint edition goes to those who may get it",
        (", \"coop_to_everyone\"", ""),
    );
}

#[test]
fn x9_counting_that_names_nobody_and_single_clicks() {
    error(
        "X9",
        &[
            ("claims = []", "claims = [\"beacons_anonymous\"]"),
            (
                "kind = \"tracking\"\nchoice = \"opt_in\"",
                "kind = \"tracking\"\nchoice = \"opt_out\"",
            ),
        ],
        "“measure” records single people who have not said yes",
        (
            "kind = \"tracking\"\nchoice = \"opt_out\"\nverbs = [\"track.open\"",
            "kind = \"tracking\"\nchoice = \"opt_in\"\nverbs = [\"track.open\"",
        ),
    );
}

#[test]
fn x10_one_owner_and_another_one() {
    error(
        "X10",
        &[
            ("claims = []", "claims = [\"sole_owner\"]"),
            (
                "role = \"sole\"",
                "role = \"joint\"\njoint = [\"A customer\"]",
            ),
        ],
        "the controller is not the only one responsible",
        (
            "role = \"joint\"\njoint = [\"A customer\"]",
            "role = \"sole\"",
        ),
    );
}

#[test]
fn x11_pictures_that_cannot_be_declined_and_laws_that_let_people_decline() {
    warning(
        "X11",
        &[("claims = []", "claims = [\"beacons_undeclinable\"]")],
        "Union lets people decline",
        ("claims = [\"beacons_undeclinable\"]", "claims = []"),
    );
}

#[test]
fn x12_never_for_any_reason_and_partners_and_courts() {
    error(
        "X12",
        &[
            ("claims = []", "claims = [\"never_shared_unaffiliated\"]"),
            (
                "role = \"processor\"\naffiliated = false",
                "role = \"partner\"",
            ),
        ],
        "“delivery” gives data to carrier, which is not said to be affiliated",
        (
            "role = \"partner\"",
            "role = \"partner\"\naffiliated = true",
        ),
    );
    error(
        "X12",
        &[
            ("claims = []", "claims = [\"never_shared_unaffiliated\"]"),
            ("role = \"authority\"", "role = \"partner\""),
        ],
        "but a court may order it",
        (
            "[recipient.court]\ntitle = \"Courts\"\nrole = \"partner\"",
            "[recipient.court]\ntitle = \"Courts\"\nrole = \"authority\"",
        ),
    );
}

#[test]
fn x13_only_data_from_the_site_and_data_from_elsewhere() {
    error(
        "X13",
        &[
            ("claims = []", "claims = [\"website_data_only\"]"),
            (", points = [\"signup\"]", ""),
        ],
        "the site's forms are not named",
        (
            "domains = [\"quay.example\"]",
            "domains = [\"quay.example\"], points = [\"signup\"]",
        ),
    );
    error(
        "X13",
        &[
            ("claims = []", "claims = [\"website_data_only\"]"),
            (
                "source = [\"person\"]",
                "source = [\"person\", \"third_party\"]",
            ),
        ],
        "“email” also comes from others",
        ("[\"person\", \"third_party\"]", "[\"person\"]"),
    );
}

#[test]
fn x14_terms_of_collection_and_agreeing_by_going_on() {
    error(
        "X14",
        &[
            ("claims = []", "claims = [\"terms_of_collection\"]"),
            (
                "post = [\"homepage\"]",
                "post = [\"homepage\"], acceptance = \"continued_use\"",
            ),
        ],
        "changes no terms of what was collected before",
        ("\"continued_use\"", "\"new_data_only\""),
    );
    warning(
        "X14",
        &[(
            "post = [\"homepage\"]",
            "post = [\"homepage\"], acceptance = \"continued_use\"",
        )],
        "binds only what is collected from then on",
        ("\"continued_use\"", "\"new_data_only\""),
    );
}

#[test]
fn x15_anonymous_browsing_and_logged_addresses() {
    error(
        "X15",
        &[
            ("claims = []", "claims = [\"anonymous_browsing\"]"),
            ("identifies = \"nobody\"", "identifies = \"device\""),
        ],
        "“visit” singles a visitor out",
        (
            "identifies = \"device\"",
            "identifies = \"device\"\ncoarse = true",
        ),
    );
    error(
        "X15",
        &[
            ("claims = []", "claims = [\"anonymous_browsing\"]"),
            ("identified_by = \"nothing\"", "identified_by = \"account\""),
        ],
        "“visits” knows visitors again by account",
        ("identified_by = \"account\"", "identified_by = \"nothing\""),
    );
}

#[test]
fn x16_proposed_laws_that_nobody_names() {
    error(
        "X16",
        &[("claims = []", "claims = [\"keeps_proposed_law\"]")],
        "proposals contradict each other",
        ("packs = [\"eu\"]", "packs = [\"eu\", \"bill\"]"),
    );
}

#[test]
fn x16_what_a_promised_pack_never_allows_is_reported() {
    warning(
        "X16",
        &[("packs = [\"eu\"]", "packs = [\"eu\", \"hard\"]")],
        "“friend” is never allowed by the pack hard: no friends",
        ("packs = [\"eu\", \"hard\"]", "packs = [\"eu\"]"),
    );
}

#[test]
fn x17_permission_only_and_an_opt_out() {
    error(
        "X17",
        &[
            ("claims = []", "claims = [\"permission_only\"]"),
            ("choice = \"opt_in\"", "choice = \"opt_out\""),
        ],
        "“news” writes to people who have not said yes",
        ("choice = \"opt_out\"", "choice = \"opt_in\""),
    );
}

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

/// An account's policy that names the clean one as its base, after these replacements in the account's.
fn under_the_base(replacements: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut text = CLEAN
        .replace(
            "policy = \"quay/main\"",
            "policy = \"stall/main\"\nbase = \"quay/main@1\"",
        )
        .replace("name = \"Quay\"", "name = \"Stall\"");
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let mut all = packs();
    all.push(file("quay/v1.toml", CLEAN));
    all.push(file("stall/v1.toml", &text));
    compiled(&all);
    lint(&all)
}

#[test]
fn an_account_may_say_less_than_its_base_and_in_its_own_words() {
    let narrowings: [&[(&str, &str)]; 6] = [
        &[],
        &[("choice = \"opt_in\"", "choice = \"confirmed_opt_in\"")],
        &[
            ("reads = [\"email\", \"topic\"]", "reads = [\"email\"]"),
            (
                "[category.topic]\ntitle = \"Topics\"\nsource = [\"person\"]\n",
                "",
            ),
        ],
        &[("[purpose.news]", "[purpose.\"news.monthly\"]")],
        &[
            ("period = \"7d\"", "period = \"30d\""),
            ("# Quay", "# Stall"),
        ],
        &[
            ("claims = []", "claims = [\"permission_only\"]"),
            (
                "domains = [\"quay.example\"]",
                "domains = [\"stall.example\"]",
            ),
        ],
    ];
    for narrowing in narrowings {
        let found = under_the_base(narrowing);
        assert!(found.is_empty(), "{narrowing:?}\n{}", told(&found));
    }
}

#[test]
fn an_account_that_permits_more_than_its_base_is_told_where() {
    let rows = [
        (
            "choice = \"opt_in\"",
            "choice = \"opt_out\"",
            "choice = \"opt_out\"",
        ),
        (
            "verbs = [\"track.site\"]\nreads = [\"visit\"]",
            "verbs = [\"track.site\"]\nreads = [\"visit\", \"email\"]",
            "now also uses: E-mail address",
        ),
        (
            "[purpose.delivery]",
            "[purpose.parcels]",
            "“Delivery” is new",
        ),
        (
            "period = \"7d\"",
            "period = \"1d\"",
            "published 1 day before",
        ),
        (
            "packs = [\"eu\"]",
            "packs = []",
            "no longer promise to keep the rules “eu”",
        ),
        (
            "marker_ttl = \"365d\"",
            "marker_ttl = \"30d\"",
            "is not repeated within 30 days",
        ),
        (
            "[right.correct]",
            "[right.access]",
            "No longer offered: the right to correct",
        ),
        ("own_use = false", "own_use = false\nuntil = 2027-01-01", ""),
    ];
    for (from, to, told_as) in rows {
        let found: Vec<Diagnostic> = under_the_base(&[(from, to)])
            .into_iter()
            .filter(|d| d.lint == Some("P09"))
            .collect();
        let shown = told(&found);
        assert_eq!(found.is_empty(), told_as.is_empty(), "{to}: {shown}");
        assert!(shown.contains(told_as), "{to}: {shown}");
        for one in &found {
            assert_eq!(
                (one.file.as_str(), one.severity),
                ("stall/v1.toml", Severity::Error)
            );
            assert_eq!(one.asides()[0].file, "quay/v1.toml");
            assert!(one.message.starts_with("wider than quay/main@1"), "{shown}");
        }
    }
}

#[test]
fn a_base_that_is_not_there_is_named() {
    let mut all = packs();
    let text = CLEAN.replace("version = 1\n", "version = 1\nbase = \"platform/main@7\"\n");
    all.push(file("v1.toml", &text));
    let found = lint(&all);
    assert_eq!(found.len(), 1, "{}", told(&found));
    assert!(found[0].message.contains("platform/main@7 is not there"));
}

#[test]
fn a_form_asks_only_what_the_policy_declares_and_lets_people_choose() {
    let mut all = packs();
    all.push(file("v1.toml", CLEAN));
    let set = compiled(&all);
    let version = set.version(1).expect("one");
    let shape = |fields: &[&str], purposes: &[&str], controls: &[&str]| FormShape {
        fields: fields.iter().map(|f| f.parse().expect("a name")).collect(),
        purposes: purposes
            .iter()
            .map(|p| p.parse().expect("a name"))
            .collect(),
        controls: controls
            .iter()
            .map(|p| p.parse().expect("a name"))
            .collect(),
    };
    assert_eq!(
        check_form(version, &shape(&["email", "topic"], &["news"], &["news"])),
        []
    );
    assert_eq!(
        check_form(version, &shape(&["email"], &["service"], &[])),
        []
    );
    let faults = check_form(
        version,
        &shape(&["email", "phone", "visit"], &["news", "gifts"], &[]),
    );
    let told: Vec<String> = faults.iter().map(FormFault::to_string).collect();
    assert_eq!(
        told,
        [
            "a field asks for “phone”, which the policy does not declare: declare it, or take the field out",
            "a field asks for “visit”, and no purpose of the form reads it: take the field out",
            "the form has no way to choose about “news”: give it a tick of its own",
            "the form is for “gifts”, which the policy does not declare: declare it, or take it off the form",
        ]
    );
}
