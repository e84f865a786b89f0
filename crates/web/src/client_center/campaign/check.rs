//! The sheet before sending: who gets it, who does not and why, and each thing that should be in order.

use std::sync::Arc;

use avow_deliver::Ready;
use avow_deliver::engine::BriefFault;
use avow_model::{CampaignState, Category, MessageClass};
use avow_store::CampaignSegment;
use axum::extract::State;
use axum::response::Html;

use super::domain;
use super::head::View;
use super::judge::Judged;
use super::load::Loaded;
use super::ready::{self, Readiness, sentence, sentences};
use super::reasons;
use super::view::{AudiencePart, Check, CheckPage, Fix, Group, SegmentPart};
use crate::app::Edition;
use crate::client_center::shell::Noun;
use crate::client_center::words::{Bar, Counts, Tone, people};
use crate::language::thousands;
use crate::{App, PageFault};

/// What a phone shows of a subject.
const SUBJECT_SHOWN_CHARS: usize = 40;
/// Longer ones are cut on desktops too.
const SUBJECT_GOOD_CHARS: usize = 70;
/// Gmail clips a message beyond 102 KB of HTML.
const BODY_GOOD_BYTES: usize = 100 * 1024;

fn line(tone: Tone, title: &'static str, text: String, fix: Option<Fix>) -> Check {
    Check {
        tone,
        title,
        text,
        fix,
    }
}

fn edit(loaded: &Loaded, text: &'static str) -> Fix {
    let href = format!("{}/edit", loaded.base());
    Fix { href, text }
}

fn subject(loaded: &Loaded) -> Check {
    let chars = loaded.campaign.content.subject.chars().count();
    let shown = format!("{chars} characters; phones show about {SUBJECT_SHOWN_CHARS}.");
    if chars > SUBJECT_GOOD_CHARS {
        return line(
            Tone::Notice,
            "Subject",
            shown,
            Some(edit(loaded, "Make it shorter")),
        );
    }
    line(Tone::Good, "Subject", shown, None)
}

fn preheader(loaded: &Loaded) -> Check {
    if loaded.campaign.content.preheader.is_empty() {
        let text = "There is none: inboxes show the first words of the message after the subject.";
        return line(
            Tone::Notice,
            "Preheader",
            text.to_owned(),
            Some(edit(loaded, "Write one")),
        );
    }
    line(
        Tone::Good,
        "Preheader",
        "Shown after the subject.".to_owned(),
        None,
    )
}

fn text_part(loaded: &Loaded) -> Check {
    let preview = format!("{}/preview#text", loaded.base());
    let fix = Some(Fix {
        href: preview,
        text: "Read it once",
    });
    match &loaded.campaign.content.text {
        Some(_) => line(Tone::Good, "Text part", "You wrote it.".to_owned(), None),
        None => line(
            Tone::Good,
            "Text part",
            "Made from the message.".to_owned(),
            fix,
        ),
    }
}

fn weight(loaded: &Loaded) -> Check {
    let bytes = loaded.campaign.content.body.len();
    let text = format!("{} KB of source.", thousands(bytes.div_ceil(1024) as i64));
    if bytes > BODY_GOOD_BYTES {
        let text = format!("{text} Some mail programs cut a message off after 100 KB.");
        return line(
            Tone::Notice,
            "Weight",
            text,
            Some(edit(loaded, "Make it lighter")),
        );
    }
    line(Tone::Good, "Weight", text, None)
}

fn sender(loaded: &Loaded, ready: &Ready) -> Check {
    let content = &loaded.campaign.content;
    let domain = &ready.account().settings.sending_domain;
    let at = content.from_address.rsplit_once('@').map(|(_, d)| d);
    if at == Some(domain.as_str()) {
        let text = format!(
            "{} <{}>, at the account's own domain.",
            content.from_name, content.from_address
        );
        return line(Tone::Good, "Sender", text, None);
    }
    let text = format!(
        "{} is not at {domain}, the domain of this account.",
        content.from_address
    );
    line(
        Tone::Bad,
        "Sender",
        text,
        Some(edit(loaded, "Change the sender")),
    )
}

fn footer(ready: &Ready) -> Check {
    let way_out = match ready.class() {
        MessageClass::Marketing => "postal address, reason and one-click unsubscribe",
        _ => "postal address and reason",
    };
    let text = format!("From version {} of the policy: {way_out}.", ready.version());
    line(Tone::Good, "Footer", text, None)
}

/// One line for each offer of others that stands in nobody's message.
fn offers_left_out(ready: &Ready) -> impl Iterator<Item = Check> {
    ready.left_out().map(|(advertiser, code)| {
        let (title, remedy) = reasons::of_code(code);
        let text = format!("The offer of {advertiser} is left out: {title}. {remedy}");
        line(Tone::Notice, "Joint edition", text, None)
    })
}

/// What the segment reads of people: asked of the gate one by one.
fn chosen_by(ready: &Ready) -> Option<Check> {
    ready.segment()?;
    let reads: Vec<&str> = ready.chosen_by().iter().map(Category::as_str).collect();
    let text = match reads.as_slice() {
        [] => "It reads no data of people, only lists and permissions.".to_owned(),
        reads => format!(
            "It reads {} of each person, where that may be read for this purpose.",
            reads.join(", ")
        ),
    };
    Some(line(Tone::Good, "Segment", text, None))
}

fn content(ready: &Ready) -> Check {
    let links = ready.compiled().links().len();
    let noun = if links == 1 { "link" } else { "links" };
    let fields = ready.compiled().fields();
    let reads = match fields {
        [] => "It puts in nothing about the person.".to_owned(),
        fields => format!("It puts in {}.", fields.join(", ")),
    };
    line(
        Tone::Good,
        "Content",
        format!("{links} {noun}. {reads}"),
        None,
    )
}

/// One line for each host that nobody declared.
fn strange_hosts<'a>(loaded: &'a Loaded, ready: &'a Ready) -> impl Iterator<Item = Check> + 'a {
    ready.strange_hosts().into_iter().map(|host| {
        let text = format!(
            "It loads from {host}, which the policy does not name. {}",
            avow_deliver::host_fix(host)
        );
        let fix = Some(edit(loaded, "Take it out"));
        line(Tone::Bad, "Loads from elsewhere", text, fix)
    })
}

fn checks(loaded: &Loaded, ready: &Readiness) -> Vec<Check> {
    let mut out = match ready {
        Ok(ready) => {
            let mut all = vec![content(ready), sender(loaded, ready), footer(ready)];
            all.extend(chosen_by(ready));
            all.extend(offers_left_out(ready));
            all.extend(strange_hosts(loaded, ready));
            all
        }
        Err(fault @ BriefFault::Content(_)) => {
            vec![line(
                Tone::Bad,
                "Content",
                sentences(fault),
                Some(edit(loaded, "Mend it")),
            )]
        }
        Err(fault @ BriefFault::Segment { .. }) => {
            vec![line(
                Tone::Bad,
                "Segment",
                sentences(fault),
                Some(edit(loaded, "Choose another")),
            )]
        }
        Err(fault @ BriefFault::NoPurpose(_)) => {
            vec![line(
                Tone::Bad,
                "Purpose",
                sentences(fault),
                Some(edit(loaded, "Choose another")),
            )]
        }
        Err(fault) => {
            let href = format!("{}/policy", loaded.member.base());
            let fix = Some(Fix {
                href,
                text: "Open the policy page",
            });
            vec![line(Tone::Bad, "Policy", sentences(fault), fix)]
        }
    };
    out.extend([
        subject(loaded),
        preheader(loaded),
        text_part(loaded),
        weight(loaded),
    ]);
    if let Ok(ready) = ready {
        let warning = |w: &avow_compose::ContentWarning| {
            line(
                Tone::Notice,
                "Look at this",
                sentence(&w.to_string()),
                Some(edit(loaded, "Change it")),
            )
        };
        // The line above says it, with its fix.
        let others = ready.compiled().warnings().iter();
        let others = others.filter(|w| **w != avow_compose::ContentWarning::NoPreheader);
        out.extend(others.map(warning));
    }
    out
}

/// What stops a campaign first, what is in order last.
fn sort(checks: &mut [Check]) {
    checks.sort_by_key(|c| match c.tone {
        Tone::Bad => 0,
        Tone::Notice => 1,
        Tone::Good | Tone::Neutral => 2,
    });
}

/// Refuses to start a campaign that the check stops.
pub(super) async fn must_be_ready(app: &App, loaded: &Loaded) -> Result<(), PageFault> {
    let ready = ready::of(app, loaded).await?;
    let stops = |c: &Check| c.tone == Tone::Bad;
    match checks(loaded, &ready).into_iter().find(stops) {
        None => Ok(()),
        Some(check) => Err(PageFault::Bad(format!("{}: {}", check.title, check.text))),
    }
}

fn groups<'a>(counts: impl Iterator<Item = (&'a str, &'a i64)>) -> Vec<Group> {
    let group = |(code, n): (&str, &i64)| {
        let (title, remedy) = reasons::of_code(code);
        Group {
            title,
            remedy,
            n: *n,
        }
    };
    let mut groups: Vec<_> = counts.map(group).collect();
    groups.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.title.cmp(&b.title)));
    groups
}

fn segment(judged: &Judged, segment: &CampaignSegment) -> SegmentPart {
    let untold: i64 = judged.untold.values().sum();
    SegmentPart {
        slug: segment.slug.to_string(),
        text: segment.text.clone(),
        sentence: format!(
            "Of {}, the segment {} means {}; {} are not in it, and of {} it cannot be told.",
            people(judged.judged),
            segment.slug,
            thousands(judged.meant()),
            thousands(judged.outside),
            thousands(untold)
        ),
        untold: groups(judged.untold.iter().map(|(code, n)| (code.as_str(), n))),
    }
}

fn audience(judged: &Judged, total: i64, of: Option<&CampaignSegment>) -> AudiencePart {
    let wont = judged.meant() - judged.will;
    let will = format!(
        "{} of {} will get this.",
        thousands(judged.will),
        people(judged.meant())
    );
    let mut by_code = [0; 7];
    by_code[1] = judged.will;
    by_code[5] = wont;
    by_code[0] = (total - judged.judged).max(0) * i64::from(!judged.is_complete);
    AudiencePart {
        counting: !judged.is_complete,
        judged: judged.judged,
        total: total.max(judged.judged),
        will: judged.will,
        sentence: match wont {
            0 => will,
            n => format!("{will} {} will not.", thousands(n)),
        },
        bar: Bar::of(&Counts { by_code }),
        groups: groups(judged.wont.iter().map(|(code, n)| (*code, n))),
        segment: of.map(|of| segment(judged, of)),
    }
}

fn send_note(app: &App, ready: bool, part: &AudiencePart) -> String {
    match (ready, part.counting, part.will) {
        (false, _, _) => "Something above stops it. Mend it first.".to_owned(),
        (true, true, _) => {
            "The audience is still being judged. The button comes when it is done.".to_owned()
        }
        (true, false, 0) => {
            "Nobody in this audience may get it: there is nothing to send.".to_owned()
        }
        (true, false, _) if app.settings.edition == Edition::Rehearsal => {
            "In rehearsal the messages go to the mailbox here, to nobody else.".to_owned()
        }
        (true, false, _) => {
            "The messages leave at once. You can pause, but not take back what has left.".to_owned()
        }
    }
}

/// The page.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    loaded: Loaded,
) -> Result<Html<String>, PageFault> {
    if loaded.campaign.state != CampaignState::Draft {
        return Err(PageFault::Conflict(
            "the campaign has started; its page shows where it stands",
        ));
    }
    let ready = ready::of(&app, &loaded).await?;
    let judged = match &ready {
        Ok(ready) => app.center.bench.go_on(&app, &loaded, ready).await?,
        Err(_) => Judged::nobody(),
    };
    let total = app
        .center
        .total(&loaded.member.account, loaded.campaign.list, app.now())
        .await?;
    let mut checks = checks(&loaded, &ready);
    if let Ok(ready) = &ready {
        checks.extend(domain::lines(&app, ready).await);
    }
    sort(&mut checks);
    let is_ready = checks.iter().all(|c| c.tone != Tone::Bad);
    let part = audience(&judged, total, loaded.campaign.segment.as_ref());
    let content = &loaded.campaign.content;
    app.templates.show(&CheckPage {
        shell: loaded.member.shell(Noun::Campaigns),
        head: loaded.head(View::Check),
        can_send: is_ready && !part.counting && part.will > 0,
        send_note: send_note(&app, is_ready, &part),
        judgeable: ready.is_ok(),
        audience: part,
        checks,
        from_name: content.from_name.clone(),
        subject: content.subject.clone(),
        preheader: content.preheader.clone(),
        test_to: loaded.member.visitor.address.clone(),
    })
}
