//! What the delivery page is rendered with.

use serde::Serialize;

use crate::Page;
use crate::client_center::campaign::view::LivePart;
use crate::client_center::shell::Shell;
use crate::client_center::words::{Badge, When};
use crate::language::Told;

/// One receiving site.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SiteLine {
    pub name: String,
    /// Whose rules it follows.
    pub rules: Option<String>,
    pub ready: i64,
    pub behind: i64,
    pub put_off: i64,
    /// What it takes.
    pub limit: String,
    pub badge: Badge,
    pub why: String,
    /// When something is tried next, while nothing goes.
    pub next: Option<When>,
}

/// One campaign under way.
#[derive(Debug, Serialize)]
pub(crate) struct Moving {
    pub name: String,
    pub badge: Badge,
    /// People who have not got it and still may.
    pub open: u64,
    pub part: LivePart,
}

/// Single messages of one kind that have not ended.
#[derive(Debug, Serialize)]
pub(crate) struct SingleLine {
    pub what: Told,
    pub waiting: i64,
    pub deferred: i64,
    pub next: When,
}

/// An address that is told of events.
#[derive(Debug, Serialize)]
pub(crate) struct HookLine {
    pub url: String,
    pub badge: Badge,
    /// How it fares; why it is off.
    pub sentence: String,
    pub next: Option<When>,
}

/// The part that renews itself.
#[derive(Debug, Serialize)]
pub(crate) struct DeliveryPart {
    /// `/a/<account>`.
    pub base: String,
    pub sentence: String,
    pub campaigns: Vec<Moving>,
    /// The engine is in this process: its sites can be told.
    pub sends_here: bool,
    pub sites: Vec<SiteLine>,
    pub singles: Vec<SingleLine>,
    pub hooks: Vec<HookLine>,
    /// All sites of the instance, for who may see them.
    pub whole: Option<Vec<SiteLine>>,
}

impl Page for DeliveryPart {
    const TEMPLATE: &'static str = "center/delivery_live.html";
}

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct DeliveryPage {
    pub shell: Shell,
    #[serde(flatten)]
    pub part: DeliveryPart,
}

impl Page for DeliveryPage {
    const TEMPLATE: &'static str = "center/delivery.html";
}

#[cfg(test)]
pub(crate) mod sample {
    use super::*;
    use crate::client_center::campaign::samples::live;
    use crate::client_center::samples::{text, when};
    use crate::client_center::shell::Noun;
    use crate::client_center::words::Tone;

    pub(crate) fn sites() -> Vec<SiteLine> {
        let line = |name: &str, (tone, label), why: &str, next| SiteLine {
            name: text(name),
            rules: Some(text("gmail")),
            ready: 200,
            behind: 4_104,
            put_off: 12,
            limit: text("4 connections, 20/second, given 50 % of it"),
            badge: Badge { tone, label },
            why: text(why),
            next,
        };
        vec![
            line(
                "(alt1|alt2|alt3|alt4)?.gmail-smtp-in.l.google.com",
                (Tone::Good, told!("site-at-its-pace")),
                "At work, as fast as it is allowed to go.",
                None,
            ),
            line(
                "mx.example.org",
                (Tone::Notice, told!("site-resting")),
                "It did not answer (connection refused).",
                Some(when(-240)),
            ),
        ]
    }

    fn hooks() -> Vec<HookLine> {
        let line = |(tone, label), sentence: &str, next| HookLine {
            url: text("https://hooks.example.com/avow"),
            badge: Badge { tone, label },
            sentence: text(sentence),
            next,
        };
        vec![
            line((Tone::Good, told!("state-on")), "It answered 204.", None),
            line(
                (Tone::Notice, told!("hook-failing")),
                "The server answered 500.",
                Some(when(-240)),
            ),
            line(
                (Tone::Bad, told!("hook-off")),
                "It answered 410: it is gone for good.",
                None,
            ),
        ]
    }

    fn part(is_busy: bool) -> DeliveryPart {
        let moving = |name: &str| Moving {
            name: text(name),
            badge: Badge {
                tone: Tone::Notice,
                label: told!("campaign-state-sending"),
            },
            open: 1_344,
            part: live(),
        };
        let some = [moving("Spring newsletter for friends of the garden")];
        let singles = [SingleLine {
            what: told!("single-message"),
            waiting: 12,
            deferred: 1,
            next: when(5),
        }];
        DeliveryPart {
            base: text("/a/acme"),
            sentence: text("One campaign is under way, with 1,344 people to go."),
            campaigns: some.into_iter().filter(|_| is_busy).collect(),
            sends_here: true,
            sites: sites().into_iter().filter(|_| is_busy).collect(),
            singles: singles.into_iter().filter(|_| is_busy).collect(),
            hooks: hooks().into_iter().filter(|_| is_busy).collect(),
            whole: is_busy.then(sites),
        }
    }

    pub(crate) fn parts() -> Vec<DeliveryPart> {
        let elsewhere = DeliveryPart {
            sends_here: false,
            ..part(false)
        };
        vec![part(true), part(false), elsewhere]
    }

    pub(crate) fn pages() -> Vec<DeliveryPage> {
        let page = |part| DeliveryPage {
            shell: Shell::sample(Noun::Delivery),
            part,
        };
        parts().into_iter().map(page).collect()
    }
}
