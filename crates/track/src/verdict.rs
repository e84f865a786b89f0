//! Who made a hit: one pure judgement over what the request and the delivery tell.
//!
//! The first rule that holds decides, from the surest to the weakest. Machines are kept and told
//! apart, never dropped, so that a report can show both numbers.

use avow_model::{HitKind, Verdict};
use serde::Serialize;

use crate::agents::AgentClass;

/// A click this soon after delivery is a scanner's: a person has to see, open and read first.
/// Security gateways follow links before or right after they hand the mail over.
pub const TOO_SOON_S: i64 = 5;

/// So many different links of one mail ...
pub const SWEEP_LINKS: u32 = 3;

/// ... within so many seconds of each other are a sweep, not reading.
pub const SWEEP_WINDOW_S: i64 = 1;

/// How it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    /// No reader shows a mail with it.
    Head,
}

/// Whether the client says that nobody has asked for it yet (`Sec-Purpose`, `Purpose`, `X-Moz`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    Asked,
    Prefetched,
}

/// What is known of one hit when it comes in.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    pub kind: HitKind,
    pub method: Method,
    pub load: Load,
    pub agent: AgentClass,
    /// Whole seconds since the receiving server took the mail; `None` where that is not known.
    pub since_delivery_s: Option<i64>,
    /// Different links of this mail asked for within `SWEEP_WINDOW_S`, this one included.
    pub links_at_once: u32,
}

/// The rule that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    HeadRequest,
    KnownScanner,
    NotAReader,
    AnnouncedPrefetch,
    MailPrivacy,
    ImageProxy,
    ManyLinksAtOnce,
    TooSoonAfterDelivery,
    /// No rule held.
    Reader,
}

/// A verdict with the rule behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub cause: Cause,
}

/// Judges one hit; pure and total.
pub fn judge(sight: &Sight) -> Judgement {
    let cause = cause_of(sight);
    let verdict = match cause {
        Cause::HeadRequest
        | Cause::KnownScanner
        | Cause::ManyLinksAtOnce
        | Cause::TooSoonAfterDelivery => Verdict::Scanner,
        Cause::NotAReader => Verdict::Bot,
        Cause::AnnouncedPrefetch | Cause::MailPrivacy | Cause::ImageProxy => Verdict::Prefetch,
        Cause::Reader => Verdict::Human,
    };
    Judgement { verdict, cause }
}

fn cause_of(sight: &Sight) -> Cause {
    let click = matches!(sight.kind, HitKind::Click { .. });
    match sight.agent {
        AgentClass::Scanner => Cause::KnownScanner,
        _ if sight.method == Method::Head => Cause::HeadRequest,
        AgentClass::Bot => Cause::NotAReader,
        AgentClass::ImageProxy => Cause::ImageProxy,
        // A click with the bare `Mozilla/5.0` is no picture proxy: only programs send it there.
        AgentClass::MailPrivacy if click => Cause::NotAReader,
        AgentClass::MailPrivacy => Cause::MailPrivacy,
        AgentClass::Reader if sight.load == Load::Prefetched => Cause::AnnouncedPrefetch,
        AgentClass::Reader if click && sight.links_at_once >= SWEEP_LINKS => Cause::ManyLinksAtOnce,
        AgentClass::Reader if click && sight.since_delivery_s.is_some_and(|s| s < TOO_SOON_S) => {
            Cause::TooSoonAfterDelivery
        }
        AgentClass::Reader => Cause::Reader,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READER: Sight = Sight {
        kind: HitKind::Click { link: 1 },
        method: Method::Get,
        load: Load::Asked,
        agent: AgentClass::Reader,
        since_delivery_s: Some(3_600),
        links_at_once: 1,
    };

    fn check(change: impl FnOnce(&mut Sight), cause: Cause, verdict: Verdict) {
        let mut sight = READER;
        change(&mut sight);
        assert_eq!(judge(&sight), Judgement { verdict, cause }, "{sight:?}");
    }

    fn open(sight: &mut Sight, agent: AgentClass) {
        sight.kind = HitKind::Open;
        sight.agent = agent;
    }

    #[test]
    fn each_rule_decides_as_the_table_says() {
        use AgentClass as A;
        use Cause as C;
        use Verdict as V;
        check(|_| (), C::Reader, V::Human);
        check(|s| s.since_delivery_s = None, C::Reader, V::Human);
        check(|s| s.method = Method::Head, C::HeadRequest, V::Scanner);
        check(|s| open(s, A::Scanner), C::KnownScanner, V::Scanner);
        check(|s| s.agent = A::Bot, C::NotAReader, V::Bot);
        check(
            |s| s.load = Load::Prefetched,
            C::AnnouncedPrefetch,
            V::Prefetch,
        );
        check(|s| open(s, A::MailPrivacy), C::MailPrivacy, V::Prefetch);
        check(|s| s.agent = A::MailPrivacy, C::NotAReader, V::Bot);
        check(|s| open(s, A::ImageProxy), C::ImageProxy, V::Prefetch);
        check(
            |s| s.links_at_once = SWEEP_LINKS,
            C::ManyLinksAtOnce,
            V::Scanner,
        );
        check(|s| s.links_at_once = SWEEP_LINKS - 1, C::Reader, V::Human);
        check(
            |s| s.since_delivery_s = Some(TOO_SOON_S - 1),
            C::TooSoonAfterDelivery,
            V::Scanner,
        );
        check(
            |s| s.since_delivery_s = Some(TOO_SOON_S),
            C::Reader,
            V::Human,
        );
    }

    #[test]
    fn a_mail_program_that_shows_a_new_mail_at_once_is_not_a_scanner() {
        let at_once = |s: &mut Sight| {
            open(s, AgentClass::Reader);
            s.since_delivery_s = Some(1);
        };
        check(at_once, Cause::Reader, Verdict::Human);
    }
}
