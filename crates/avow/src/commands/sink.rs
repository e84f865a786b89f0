//! `avow sink`: the rehearsal mail server by itself, for trying and measuring senders.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use avow_deliver::sink::{Faults, Keeping, Sink, SinkCounts, SinkOptions};
use serde::Serialize;

use crate::exit::{Exit, Form, answer};
use crate::fault::Usage;
use crate::lines::Lines;
use crate::sending;
use crate::system;

/// Where it listens when nothing else is said: not a port that real mail uses.
const LISTEN_DEFAULT: &str = "127.0.0.1:2525";

/// Where to listen, what to keep, what to do wrong.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the mail server listens
    #[arg(long = "smtp", value_name = "ADDRESS:PORT", default_value = LISTEN_DEFAULT)]
    smtp: SocketAddr,
    /// Where mail is kept; sink/ of the data folder when left out
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Count mail and keep none of it
    #[arg(long)]
    count_only: bool,
    #[command(flatten)]
    faults: FaultArgs,
}

/// What goes wrong on demand. Shares are of all messages, from 0 to 1.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct FaultArgs {
    /// Wait before each answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency_ms: u64,
    /// Share put off with 451
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    share_4xx: f64,
    /// Share refused with 554
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    share_5xx: f64,
    /// Share refused with 550 5.1.1, no such user
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    share_user_unknown: f64,
    /// Share whose connection is closed when the content arrives
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    share_drop: f64,
    /// Share that is taken and never answered
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    share_silent: f64,
    /// Refuse connections for the first seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    down_seconds: u64,
    /// Another seed meets other messages
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

impl FaultArgs {
    fn faults(self) -> Result<Faults> {
        let shares = [
            self.share_4xx,
            self.share_5xx,
            self.share_user_unknown,
            self.share_drop,
            self.share_silent,
        ];
        let sound = shares.iter().all(|s| (0.0..=1.0).contains(s));
        if !sound || shares.iter().sum::<f64>() > 1.0 {
            return Err(Usage("shares are from 0 to 1, and at most 1 together".to_owned()).into());
        }
        Ok(Faults {
            latency_ms: self.latency_ms,
            share_4xx: self.share_4xx,
            share_5xx: self.share_5xx,
            share_user_unknown: self.share_user_unknown,
            share_drop_in_data: self.share_drop,
            share_silent: self.share_silent,
            down_seconds: self.down_seconds,
        })
    }
}

#[derive(Debug, Serialize)]
struct Listening {
    listening: SocketAddr,
}

/// Runs until it is told to end, then prints what came.
pub(crate) async fn run(args: Args, data: PathBuf, form: Form) -> Result<Exit> {
    let folder = args.folder.unwrap_or_else(|| data.join("sink"));
    let sink = Sink::start(SinkOptions {
        keeping: if args.count_only {
            Keeping::CountsOnly
        } else {
            Keeping::Everything
        },
        faults: args.faults.faults()?,
        seed: args.faults.seed,
        ..SinkOptions::new(args.smtp, folder, system::clock())
    })?;
    let listening = Listening {
        listening: sink.addr(),
    };
    answer(form, &listening, |l| {
        format!("Taking mail on {}. Ctrl-C ends it.\n", l.listening)
    })?;
    sending::stopped().await;
    answer(form, &sink.counts(), text)?;
    Ok(Exit::Done)
}

fn text(counts: &SinkCounts) -> String {
    let mut text = Lines::default();
    text.line(format_args!(
        "{} messages, {} different ones, {} faults on demand",
        counts.total, counts.unique_messages, counts.faults
    ));
    if counts.differing > 0 {
        text.line(format_args!(
            "{} came again with other bytes",
            counts.differing
        ));
    }
    text.text()
}
