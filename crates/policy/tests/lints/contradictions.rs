//! X1 to X17: each contradiction is found, and gone once it is mended.

use super::{error, found, told, warning};

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
