//! Every key of the policy language is read, typed and told apart from a wrong one.

use avow_policy::{
    Acceptance, Basis, ChangeClass, Channel, Claim, Competitors, ContactRole, CookieContext,
    Diagnostic, IdentifiedBy, Lifetime, NoticeMail, PolicySet, Posting, Purge, RightKind, Said,
    Source, SourceFile, Version, check_file, texts_named, with_texts_inside,
};

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

/// The file that has every key, and the German text it names.
pub(crate) fn whole() -> (SourceFile, SourceFile) {
    (
        file("harbor/v2.toml", include_str!("../testdata/whole.toml")),
        file(
            "harbor/policy.de.md",
            include_str!("../testdata/policy.de.md"),
        ),
    )
}

/// The version of the file that has every key, without the lines that need other files.
pub(crate) fn whole_version() -> Version {
    let (policy, german) = whole();
    let alone: Vec<&str> = policy
        .text
        .lines()
        .filter(|l| {
            !["supersedes", "base =", "packs ="]
                .iter()
                .any(|k| l.starts_with(k))
        })
        .collect();
    let policy = file("harbor/v2.toml", &alone.join("\n"));
    let set = PolicySet::compile(&[policy, german]).unwrap_or_else(|faults| panic!("{faults:#?}"));
    set.version(2).expect("the version").clone()
}

/// The whole file with one text replaced, and the faults that come of it.
fn spoilt(from: &str, to: &str) -> Vec<Diagnostic> {
    let (mut policy, german) = whole();
    assert!(policy.text.contains(from), "{from}");
    policy.text = policy.text.replacen(from, to, 1);
    check_file(&policy, &[german]).expect_err("a fault")
}

fn told(faults: &[Diagnostic]) -> String {
    faults.iter().map(ToString::to_string).collect()
}

fn id<T: std::str::FromStr<Err = avow_model::NameFault>>(text: &str) -> T {
    text.parse().expect("a name")
}

#[test]
fn the_head_of_a_policy_is_read() {
    let version = whole_version();
    assert_eq!(version.raised_class(), Some(ChangeClass::Major));
    assert_eq!(version.notice().email, NoticeMail::AnyChange);
    assert_eq!(
        version.notice().post,
        [Posting::Homepage, Posting::Changelog]
    );
    assert_eq!(version.notice().acceptance, Acceptance::ContinuedUse);
    assert_eq!(version.child_directed(), Said::No);
    assert_eq!(version.scope().points.len(), 2);
    assert!(version.claims_that(Claim::OptOutAnyTime));
    assert!(!version.claims_that(Claim::NoCookies));
    assert_eq!(version.controller().joint, ["Harbor Logistics"]);
    let privacy = version.contact(ContactRole::Privacy).expect("a contact");
    assert_eq!(privacy.fax.as_deref(), Some("+1 555 0102"));
    assert_eq!(
        version.business().expect("one").category,
        id("supplies.marine")
    );
}

#[test]
fn the_keys_of_a_purpose_are_read() {
    let version = whole_version();
    let newsletter = version.purpose(&id("newsletter")).expect("declared");
    assert_eq!(
        newsletter.basis[&id::<avow_model::Slug>("eu")],
        Basis::Consent
    );
    assert_eq!(newsletter.channels, [Channel::Email, Channel::Post]);
    assert_eq!(newsletter.frequency.expect("one").count_max, 4);
    assert_eq!(newsletter.interest, Some(id("interest")));
    assert_eq!(newsletter.requires, [id("service")]);
    let coop = version.purpose(&id("coop")).expect("declared");
    assert_eq!(coop.coop.expect("rules").competitors, Competitors::Excluded);
    assert_eq!(coop.send_as, Some(id("coupon-dock")));
    assert!(coop.unrelated.is_yes());
    assert_eq!(coop.channels, [Channel::Email]);
    let referral = version.purpose(&id("referral")).expect("declared");
    assert_eq!(referral.purge, Some(Purge::AfterFinalStatus));
    assert_eq!(referral.marker_ttl.expect("one").as_hours(), 365 * 24);
    let measure = version.purpose(&id("measure")).expect("declared");
    assert_eq!(measure.identified_by, Some(IdentifiedBy::Token));
}

#[test]
fn data_recipients_and_the_outside_are_read() {
    let version = whole_version();
    let interest = version.category(&id("interest")).expect("declared");
    assert!(interest.internal_only.is_yes() && interest.sensitive.is_no());
    assert_eq!(interest.source, [Source::Person]);
    let carrier = version.recipient(&id("carrier")).expect("declared");
    assert!(carrier.own_use.is_no() && carrier.until.is_some());
    let [sid, seen] = version.cookies() else {
        panic!("two cookies")
    };
    assert_eq!(sid.lifetime, Lifetime::Session);
    assert_eq!(
        seen.context,
        [CookieContext::Site, CookieContext::ThirdPartySite]
    );
    assert_eq!(
        version.hosts()[0].origin.as_str(),
        "https://images.example.com"
    );
    let access = version.right(RightKind::Access).expect("a right");
    assert_eq!(access.path.as_deref(), Some("/preferences"));
    let due = version.safeguards()[0].expires_at();
    assert_eq!(due.to_string(), "2026-04-10T00:00:00Z");
}

#[test]
fn a_text_may_stand_in_a_file_beside_the_policy() {
    let version = whole_version();
    let german = version
        .text_in(&"de".parse().expect("a locale"))
        .expect("a text");
    assert!(german.markdown.contains("Rundbrief"));
    assert!(version.text_markdown().contains("# Privacy at Harbor"));
    let other = version
        .text_in(&"fr".parse().expect("a locale"))
        .expect("a text");
    assert_eq!(other.locale.as_str(), "en");
    let (policy, german) = whole();
    assert_eq!(texts_named(&policy), ["harbor/policy.de.md"]);
    let inside = with_texts_inside(&policy, &[german]);
    assert!(texts_named(&inside).is_empty());
    check_file(&inside, &[]).expect("in order without the file");
}

#[test]
fn a_text_file_that_is_not_there_is_named() {
    let (policy, _) = whole();
    let faults = check_file(&policy, &[]).expect_err("a fault");
    assert!(
        told(&faults).contains("\"policy.de.md\" is not there"),
        "{}",
        told(&faults)
    );
}

#[test]
fn a_clause_that_a_language_lacks_is_an_error_at_the_purpose() {
    let faults = spoilt("clause = \"#friends\"", "clause = \"#freunde\"");
    assert_eq!(faults.len(), 2, "{}", told(&faults));
    assert!(told(&faults).contains("the text \"de\" has no clause #freunde"));
}

#[test]
fn every_key_refuses_a_wrong_value_with_what_belongs_there() {
    let rows = [
        ("sha256:0000", "sha256:xyz", "64 hexadecimal digits"),
        (
            "\"platform/main@3\"",
            "\"platform/main\"",
            "platform/main@3",
        ),
        ("\"eu@2\"", "\"eu@0\"", "eu@1"),
        (
            "\"any_change\"",
            "\"always\"",
            "one of: never, material, any_change",
        ),
        ("\"4 per 30d\"", "\"often\"", "4 per 30d"),
        ("\"#newsletter\"", "\"newsletter\"", "begins with #"),
        ("\"after final_status\"", "\"30d\"", "30d after use"),
        (
            "lifetime = \"30d\"",
            "lifetime = \"long\"",
            "it is \"session\" or a time",
        ),
        (
            "https://images.example.com",
            "http://images.example.com/x",
            "without a path",
        ),
        (
            "\"365d after collection\"",
            "\"365d\"",
            "30d after collection",
        ),
        (
            "eu = \"consent\"",
            "eu = \"consnt\"",
            "did you mean \"consent\"",
        ),
        ("near = \"zip3\"", "near = \"planet\"", "one of: zip3"),
        (
            "child_directed = false",
            "child_directed = \"no\"",
            "true or false",
        ),
        ("[right.access]", "[right.acess]", "did you mean \"access\""),
        (
            "path = \"/preferences\"",
            "path = \"preferences\"",
            "root of the site",
        ),
        ("[text.de]", "[text.DE]", "is not a name"),
        ("\"us.ma.port-ann\"", "\"US\"", "is not a name"),
        (
            "\"opt_out_any_time\"",
            "\"opt_out_anytime\"",
            "did you mean \"opt_out_any_time\"",
        ),
    ];
    for (from, to, wanted) in rows {
        let shown = told(&spoilt(from, to));
        assert!(shown.contains(wanted), "{to}: {shown}");
    }
}

#[test]
fn what_names_something_undeclared_is_refused() {
    let rows = [
        (
            "requires = [\"visits\"]",
            "requires = [\"visit\"]",
            "did you mean \"visits\"",
        ),
        (
            "interest = \"interest\"",
            "interest = \"topic\"",
            "[category.topic]",
        ),
        (
            "purpose = \"visits\"\ncontext",
            "purpose = \"views\"\ncontext",
            "[purpose.views]",
        ),
        (
            "recipient = \"carrier\"",
            "recipient = \"broker\"",
            "[recipient.broker]",
        ),
    ];
    for (from, to, wanted) in rows {
        let shown = told(&spoilt(from, to));
        assert!(shown.contains(wanted), "{to}: {shown}");
    }
}

#[test]
fn a_key_of_another_kind_of_purpose_is_refused() {
    let shown = told(&spoilt("identified_by = \"token\"", "traits = [\"age\"]"));
    assert!(
        shown.contains("`traits` is for purposes of kind profiling"),
        "{shown}"
    );
}

#[test]
fn a_cookie_is_necessary_or_serves_a_purpose() {
    let shown = told(&spoilt("necessary = true\n", ""));
    assert!(shown.contains("[cookie.sid] has no `purpose`"), "{shown}");
}

#[test]
fn a_missing_key_does_not_hide_an_unknown_one_beside_it() {
    let faults = spoilt("kind = \"demo\"", "knid = \"demo\"");
    let shown = told(&faults);
    assert!(shown.contains("[purpose.demo] has no `kind`"), "{shown}");
    assert!(shown.contains("did you mean `kind`?"), "{shown}");
}
