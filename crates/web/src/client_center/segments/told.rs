//! Whom words mean, as a page says it: counts within bounds, why it cannot be told, what is not read at all.

use avow_deliver::{Glance, SegmentQuestion, explain_code, glance_segment, segment_words};
use avow_model::{Purpose, Slug};
use avow_policy::segment::Segment;
use avow_store::SegmentText;

use super::known::Known;
use super::view::{Counts, Told, Untold};
use crate::client_center::guard::Member;
use crate::client_center::words::When;
use crate::{App, PageFault};

/// People that a page looks at while it is asked for: about a twentieth of a second.
const GLANCE: u64 = 2_000;

/// Words that were read, or what is wrong with them, line by line.
pub(super) async fn read(
    app: &App,
    member: &Member,
    (known, words): (&Known, &str),
) -> Result<Result<SegmentText, Vec<String>>, PageFault> {
    let Some(version) = known.version(app) else {
        let text = "No policy version is in force: nobody's data may be read. Publish one, and wait for its day.";
        return Ok(Err(vec![text.to_owned()]));
    };
    Ok(segment_words(&member.account, version, words).await?)
}

/// Looks at people, and says what it saw.
pub(super) async fn glance(
    app: &App,
    member: &Member,
    (known, text, purpose): (&Known, &SegmentText, &str),
) -> Result<Told, PageFault> {
    let mut told = Told {
        words: Some(text.canonical.clone()),
        ..Told::default()
    };
    let Ok(purpose) = purpose.parse::<Purpose>() else {
        told.faults
            .push("The policy in force has no purpose under which mail is sent.".to_owned());
        return Ok(told);
    };
    told.unread = unread(app, known, (&text.canonical, &purpose));
    let account = member.account.row().await?;
    let slug: Slug = "segment"
        .parse()
        .expect("invariant: a constant that is a name");
    let question = SegmentQuestion {
        account: &account,
        slug: &slug,
        text: &text.canonical,
        purpose: &purpose,
        list: None,
        about: None,
    };
    match glance_segment((&app.store, &app.shelf), question, GLANCE, app.now()).await {
        Ok(glance) => told.counts = Some(counts(&glance)),
        Err(fault) => told.faults.push(fault.to_string()),
    }
    Ok(told)
}

fn counts(glance: &Glance) -> Counts {
    Counts {
        looked_at: glance.looked_at() as i64,
        all: glance.all as i64,
        is_part: !glance.is_whole(),
        ..of_chosen(&glance.chosen, None)
    }
}

/// Counts that were made of everybody.
pub(super) fn of_chosen(chosen: &avow_deliver::check::Chosen, counted: Option<When>) -> Counts {
    let all = (chosen.meant + chosen.outside + chosen.untold) as i64;
    Counts {
        meant: chosen.meant as i64,
        outside: chosen.outside as i64,
        untold: chosen.untold as i64,
        looked_at: all,
        all,
        is_part: false,
        why: chosen.untold_why.iter().map(untold).collect(),
        counted,
    }
}

fn untold((codes, n): &(String, u64)) -> Untold {
    let (title, remedy) = said(codes);
    Untold {
        title,
        remedy,
        n: *n as i64,
    }
}

/// The first of these codes in words, and what to do.
pub(super) fn said(codes: &str) -> (String, String) {
    let first = codes.split(' ').next().and_then(explain_code);
    first.map_or_else(
        || (codes.to_owned(), String::new()),
        |(title, remedy)| (title.to_owned(), remedy.to_owned()),
    )
}

/// The categories that the words read and the purpose may not.
fn unread(app: &App, known: &Known, (text, purpose): (&str, &Purpose)) -> Vec<String> {
    let Some(version) = known.version(app) else {
        return Vec::new();
    };
    let (Ok(segment), Some(rule)) = (
        avow_deliver::read_segment(text, version),
        version.purpose(purpose),
    ) else {
        return Vec::new();
    };
    let reads: &Segment = &segment;
    let not = reads.reads().iter().filter(|c| !rule.reads.contains(c));
    not.map(ToString::to_string).collect()
}
