//! Faults on demand: how the receiving server of the rehearsal behaves.

use std::sync::Arc;

use avow_deliver::sink::Faults;
use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::sink;
use crate::client_center::guard::Member;
use crate::client_center::view::FaultField;
use crate::language::Told;
use crate::{App, PageFault};

const LATENCY_MS_MAX: u32 = 60_000;
const DOWN_SECONDS_MAX: u32 = 3_600;
const PERCENT: u32 = 100;

/// What was typed; an empty or missing field is 0.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    latency_ms: String,
    share_4xx: String,
    share_5xx: String,
    share_user_unknown: String,
    share_drop_in_data: String,
    share_silent: String,
    down_seconds: String,
}

fn number(text: &str, max: u32, what: Told) -> Result<u32, PageFault> {
    let n = match text.trim() {
        "" => Some(0),
        text => text.parse().ok().filter(|n| *n <= max),
    };
    n.ok_or_else(|| PageFault::Bad(say!("server-fault-number", what = what, max = max)))
}

impl Typed {
    fn faults(&self) -> Result<Faults, PageFault> {
        let shares = [
            number(&self.share_4xx, PERCENT, told!("server-fault-share-4xx"))?,
            number(&self.share_5xx, PERCENT, told!("server-fault-share-5xx"))?,
            number(
                &self.share_user_unknown,
                PERCENT,
                told!("server-fault-share-unknown"),
            )?,
            number(
                &self.share_drop_in_data,
                PERCENT,
                told!("server-fault-share-dropped"),
            )?,
            number(
                &self.share_silent,
                PERCENT,
                told!("server-fault-share-silent"),
            )?,
        ];
        if shares.iter().sum::<u32>() > PERCENT {
            return Err(PageFault::Bad(say!("server-fault-sum")));
        }
        let [
            share_4xx,
            share_5xx,
            share_user_unknown,
            share_drop_in_data,
            share_silent,
        ] = shares.map(|n| f64::from(n) / f64::from(PERCENT));
        Ok(Faults {
            latency_ms: number(&self.latency_ms, LATENCY_MS_MAX, told!("server-fault-wait"))?
                .into(),
            share_4xx,
            share_5xx,
            share_user_unknown,
            share_drop_in_data,
            share_silent,
            down_seconds: number(
                &self.down_seconds,
                DOWN_SECONDS_MAX,
                told!("server-fault-down"),
            )?
            .into(),
        })
    }
}

fn percent(share: f64) -> u32 {
    (share * f64::from(PERCENT)).round() as u32
}

/// The form's fields with the faults in force.
pub(super) fn fields(faults: &Faults) -> Vec<FaultField> {
    let field = |name, label, help, max, value| FaultField {
        name,
        label,
        help,
        max,
        value,
    };
    vec![
        field(
            "latency_ms",
            told!("server-fault-latency-label"),
            told!("server-fault-latency-help"),
            LATENCY_MS_MAX,
            faults.latency_ms as u32,
        ),
        field(
            "share_4xx",
            told!("server-fault-4xx-label"),
            told!("server-fault-4xx-help"),
            PERCENT,
            percent(faults.share_4xx),
        ),
        field(
            "share_5xx",
            told!("server-fault-5xx-label"),
            told!("server-fault-5xx-help"),
            PERCENT,
            percent(faults.share_5xx),
        ),
        field(
            "share_user_unknown",
            told!("server-fault-unknown-label"),
            told!("server-fault-unknown-help"),
            PERCENT,
            percent(faults.share_user_unknown),
        ),
        field(
            "share_drop_in_data",
            told!("server-fault-drop-label"),
            told!("server-fault-drop-help"),
            PERCENT,
            percent(faults.share_drop_in_data),
        ),
        field(
            "share_silent",
            told!("server-fault-silent-label"),
            told!("server-fault-silent-help"),
            PERCENT,
            percent(faults.share_silent),
        ),
        field(
            "down_seconds",
            told!("server-fault-down-label"),
            told!("server-fault-down-help"),
            DOWN_SECONDS_MAX,
            faults.down_seconds as u32,
        ),
    ]
}

/// Sets the faults. An empty form sets none.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    member: Member,
    Form(typed): Form<Typed>,
) -> Result<Redirect, PageFault> {
    sink(&app)?.set_faults(typed.faults()?);
    Ok(Redirect::to(&format!(
        "{}/rehearsal?said=faults",
        member.base()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(share_4xx: &str, share_5xx: &str) -> Typed {
        Typed {
            share_4xx: share_4xx.to_owned(),
            share_5xx: share_5xx.to_owned(),
            ..Typed::default()
        }
    }

    #[test]
    fn shares_are_percents_that_add_up_to_a_hundred_at_most() {
        let faults = typed("5", "95").faults().unwrap();
        assert_eq!(
            (percent(faults.share_4xx), percent(faults.share_5xx)),
            (5, 95)
        );
        assert!(typed("6", "95").faults().is_err());
        assert!(typed("-1", "").faults().is_err());
        assert!(typed("five", "").faults().is_err());
        assert_eq!(Typed::default().faults().unwrap(), Faults::default());
    }
}
