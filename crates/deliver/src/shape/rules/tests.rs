//! The rules that come with the program, and files of one's own with what is wrong in them.

use avow_bounce::Reply;

use super::*;

fn server(host: &str) -> Vec<Mx> {
    vec![Mx {
        preference: 10,
        host: host.to_owned(),
    }]
}

fn name(rules: &Rules, host: &str) -> Option<String> {
    rules.provider(&server(host)).map(|p| p.name.clone())
}

fn effect(rules: &Rules, host: &str, line: &str) -> Option<Effect> {
    let servers = server(host);
    let reply = Reply::from_line(line).unwrap();
    let rule = rules.reply(rules.provider(&servers), &reply);
    rule.map(|rule| rule.effect)
}

fn found(text: &str) -> Vec<String> {
    lint(text).iter().map(ToString::to_string).collect()
}

#[test]
fn the_rules_that_come_with_the_program_have_nothing_that_never_matches() {
    let (_, found) = file::read(BUILT_IN, None).unwrap();
    assert_eq!(found.into_result().unwrap().list(), []);
}

#[test]
fn servers_are_known_by_whole_labels() {
    let rules = Rules::built_in();
    assert_eq!(
        name(&rules, "alt1.gmail-smtp-in.l.GOOGLE.com").as_deref(),
        Some("google")
    );
    assert_eq!(
        name(&rules, "acme.mail.protection.outlook.com").as_deref(),
        Some("office365")
    );
    assert_eq!(
        name(&rules, "hotmail-com.olc.protection.outlook.com").as_deref(),
        Some("outlook")
    );
    assert_eq!(
        name(&rules, "mx00.gmx.net").as_deref(),
        Some("unitedinternet")
    );
    assert_eq!(name(&rules, "mx.evil-google.com"), None);
    assert_eq!(name(&rules, "com"), None);
}

#[test]
fn a_refusal_for_our_own_set_up_is_our_fault() {
    let rules = Rules::built_in();
    let google = "gmail-smtp-in.l.google.com";
    for detail in [23, 27, 29, 30, 32] {
        let line = format!("421 4.7.{detail} This mail has been rate limited");
        assert!(
            matches!(effect(&rules, google, &line), Some(Effect::OurFault(_))),
            "{line}"
        );
    }
    let outlook = "outlook-com.olc.protection.outlook.com";
    let line = "550 5.7.515 Access denied, sending domain does not meet the level";
    assert!(matches!(
        effect(&rules, outlook, line),
        Some(Effect::OurFault(_))
    ));
}

#[test]
fn a_refusal_for_our_pace_slows_or_suspends_and_one_about_a_person_does_neither() {
    let rules = Rules::built_in();
    let google = "gmail-smtp-in.l.google.com";
    let minutes = |n| Some(Effect::Suspend(Duration::from_mins(n)));
    assert_eq!(
        effect(&rules, google, "421 4.7.28 unusual rate"),
        minutes(15)
    );
    assert_eq!(
        effect(&rules, google, "421 4.3.0 Temporary System Problem"),
        Some(Effect::Slow)
    );
    assert_eq!(effect(&rules, google, "550 5.1.1 no such user"), None);
    let yahoo = "mta5.am0.yahoodns.net";
    assert_eq!(
        effect(&rules, yahoo, "421 4.7.0 [TSS04] Messages deferred"),
        minutes(30)
    );
    let office = "acme.mail.protection.outlook.com";
    assert_eq!(
        effect(&rules, office, "451 4.7.500 Server busy."),
        minutes(10)
    );
    assert_eq!(
        effect(&rules, "mx.example.com", "421 Too many connections"),
        Some(Effect::Slow)
    );
}

#[test]
fn a_file_of_ones_own_adds_and_replaces() {
    let own = "[[provider]]\nname = \"google\"\nconnections = 3\n\n\
        [[provider]]\nname = \"acme\"\nmx = [\"acme.example\"]\nrate = \"1/minute\"\n";
    assert_eq!(found(own), [""; 0]);
    let rules = Rules::parse(own).unwrap();
    let google = rules.named("google").unwrap();
    assert_eq!((google.limits.connections, google.site.connections), (3, 3));
    assert_eq!(
        name(&rules, "aspmx.l.google.com").as_deref(),
        Some("google")
    );
    assert_eq!(name(&rules, "mx.acme.example").as_deref(), Some("acme"));
    assert!(rules.named("yahoo").is_some());
}

#[test]
fn what_can_never_match_is_found_with_its_line() {
    let unknown = "[[provider]]\nname = \"gmail\"\nconnections = 3\n";
    assert!(found(unknown)[0].starts_with("line 1: the provider `gmail` has no mx"));
    let shadowed = "[[provider]]\nname = \"a\"\nmx = [\"example.com\"]\n\n\
        [[provider]]\nname = \"b\"\nmx = [\"mx.example.com\"]\n";
    assert_eq!(
        found(shadowed),
        ["line 5: the provider `b` never matches: `a` before it has all its servers"]
    );
    let rules = "[[reply]]\ncode = [\"4.7.*\"]\neffect = \"slow\"\nwhy = \"a\"\n\n\
        [[reply]]\ncode = [\"4.7.28\"]\ntext = \"rate\"\neffect = \"slow\"\nwhy = \"b\"\n";
    assert_eq!(
        found(rules),
        ["line 6: the rule never matches: the one in line 1 fits first"]
    );
    let accepted = "[[reply]]\ncode = [\"250\"]\neffect = \"slow\"\nwhy = \"a\"\n";
    assert!(found(accepted)[0].starts_with("line 2: `250` is no code of a refusal"));
}

#[test]
fn what_is_wrong_is_refused_with_its_line() {
    for (text, start) in [
        (
            "[[reply]]\ntext = \"(\"\neffect = \"slow\"\nwhy = \"a\"\n",
            "line 2: the text is no pattern",
        ),
        (
            "[[reply]]\neffect = \"slow\"\nwhy = \"a\"\n",
            "line 1: a rule needs a code or a text",
        ),
        (
            "[[reply]]\ncode = [\"421\"]\neffect = \"suspend\"\nwhy = \"a\"\n",
            "line 1: the effect needs a wait",
        ),
        (
            "[[reply]]\ncode = [\"421\"]\neffect = \"suspend\"\nwait = \"9 days\"\nwhy = \"a\"\n",
            "line 1: a wait is",
        ),
        (
            "[default]\nconnections = 1\nmessages_per_connection = 1\nrate = \"fast\"\n",
            "line 4: a rate is",
        ),
        (
            "[[provider]]\nname = \"a\"\nmx = [\"com\"]\n",
            "line 3: an mx is",
        ),
        (
            "[[provider]]\nname = \"a\"\nmatch = 1\n",
            "line 3: unknown field `match`",
        ),
    ] {
        let fault = Rules::parse(text).unwrap_err().to_string();
        assert!(fault.starts_with(start), "{fault}");
        assert!(found(text)[0].starts_with(start));
    }
}
