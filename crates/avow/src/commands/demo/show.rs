//! What a person sees while the demo runs: bars on standard error, and the welcome at its end.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use avow_model::{CampaignId, CampaignState};
use avow_store::{AccountScope, Tally};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::fill::OWNER;
use crate::exit::Form;

/// How often a running campaign is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// The bars, or nothing where a program reads.
pub(super) struct Screen(MultiProgress);

impl Screen {
    pub(super) fn new(form: Form) -> Self {
        Self(match form {
            Form::Text => MultiProgress::new(),
            Form::Json => MultiProgress::with_draw_target(ProgressDrawTarget::hidden()),
        })
    }

    /// A new bar: `StrongMail    sending   [=====>    ] 4,200/10,000`.
    pub(super) fn bar(&self, account: &str, what: &'static str) -> ProgressBar {
        let shape = "{prefix:<24}{msg:<10} [{bar:40}] {human_pos}/{human_len} {per_sec}";
        let style = ProgressStyle::with_template(shape);
        let style = style
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = self.0.add(ProgressBar::new(0).with_style(style));
        bar.set_prefix(account.to_owned());
        bar.set_message(what);
        bar
    }
}

/// Watches a campaign until every recipient has an outcome.
pub(super) async fn watch(
    scope: &AccountScope,
    id: CampaignId,
    bar: &ProgressBar,
) -> Result<Tally> {
    loop {
        let campaign = scope
            .campaign(id)
            .await?
            .context("the demo's campaign is gone")?;
        let tally = scope.tally(id).await?;
        bar.set_length(tally.audience());
        bar.set_position(tally.audience() - tally.waiting);
        match campaign.state {
            CampaignState::Finished => break bar.finish(),
            CampaignState::Cancelled => bail!("the demo's campaign was cancelled"),
            _ => tokio::time::sleep(LOOK).await,
        }
    }
    Ok(scope.tally(id).await?)
}

/// Where to go and how to log in.
#[derive(Debug, Serialize)]
pub(super) struct Welcome<'a> {
    base_url: &'a str,
    log_in: LogIn<'a>,
}

#[derive(Debug, Serialize)]
struct LogIn<'a> {
    address: &'static str,
    password: &'a str,
}

impl<'a> Welcome<'a> {
    pub(super) fn new(base_url: &'a str, password: &'a str) -> Self {
        Self {
            base_url,
            log_in: LogIn {
                address: OWNER,
                password,
            },
        }
    }

    pub(super) fn text(&self) -> String {
        let Self { base_url, log_in } = self;
        format!(
            "\nAvow is running; nothing leaves this machine.\n\n  \
             Client Center   {base_url}/\n  \
             log in with     {}\n  \
             password        {}\n\n  \
             A sign-up form  {base_url}/f/imark/signup\n  \
             A policy        {base_url}/policy/imark\n\n\
             Ctrl-C ends it.",
            log_in.address, log_in.password
        )
    }
}
