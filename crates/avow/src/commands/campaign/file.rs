//! The campaign file: TOML for the settings, a file beside it for the body.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use avow_model::{BodyKind, CampaignContent, EditionOffer, Purpose, Slug};
use avow_store::{AccountRow, AccountScope, NewCampaign};
use serde::{Deserialize, Serialize};

use super::check::{self, Verdict};
use super::{Call, find};
use crate::commands::segment;
use crate::exit::{Exit, answer};
use crate::fault::Usage;

/// A campaign file as written. Unknown keys are refused with their line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    account: String,
    name: String,
    purpose: Purpose,
    list: Option<Slug>,
    /// Only those who are known to be in it.
    segment: Option<Slug>,
    subject: String,
    #[serde(default)]
    preheader: String,
    from_name: Option<String>,
    from_address: Option<String>,
    reply_to: Option<String>,
    /// The body: exactly one of the two, a path beside this file.
    html: Option<PathBuf>,
    mjml: Option<PathBuf>,
    /// The text part; made from the body when left out.
    text: Option<PathBuf>,
    /// The topic, or the sort of service message, where the policy asks for one.
    about: Option<Slug>,
    /// What others offer in it, where the purpose is a joint edition: [[offer]].
    #[serde(default, rename = "offer")]
    offers: Vec<EditionOffer>,
}

#[derive(Debug, Serialize)]
struct Created {
    campaign: String,
    name: String,
    check: Verdict,
}

/// Keeps the draft and tells what a check finds. A draft with faults is kept all the same.
pub(super) async fn create(call: &Call, path: &Path, segment: Option<Slug>) -> Result<Exit> {
    let mut file = read(path)?;
    file.segment = segment.or(file.segment);
    let (account, scope) = call.world.account(&file.account).await?;
    let new = draft(path, file, &account, &scope).await?;
    let id = scope.campaign_create(new).await?;
    let (_, campaign) = find(&call.world, id).await?;
    let created = Created {
        campaign: id.to_string(),
        check: check::verdict(&call.world, &campaign, None).await?,
        name: campaign.name,
    };
    answer(call.form, &created, |c| {
        format!(
            "Kept {} as the draft {}.\n{}",
            c.name,
            c.campaign,
            check::text(&c.check)
        )
    })?;
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<File> {
    let text = beside(path)?;
    toml::from_str(&text)
        .map_err(|fault| Usage(format!("{} is no campaign file: {fault}", path.display())).into())
}

fn beside(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|fault| Usage(format!("cannot read {}: {fault}", path.display())).into())
}

async fn draft(
    path: &Path,
    file: File,
    account: &AccountRow,
    scope: &AccountScope,
) -> Result<NewCampaign> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let (body_kind, body) = match (&file.html, &file.mjml) {
        (Some(html), None) => (BodyKind::Html, html),
        (None, Some(mjml)) => (BodyKind::Mjml, mjml),
        _ => {
            let why = "give the body as html = \"FILE\" or as mjml = \"FILE\", one of the two";
            return Err(Usage(format!("{}: {why}", path.display())).into());
        }
    };
    let text = file.text.as_ref().map(|text| beside(&folder.join(text)));
    let list = match file.list {
        None => None,
        Some(slug) => match scope.list_by_slug(&slug).await? {
            Some(list) => Some(list.id),
            None => bail!("{} has no list `{slug}`", account.slug),
        },
    };
    let segment = match &file.segment {
        None => None,
        Some(slug) => Some(segment::find(scope, slug).await?.id),
    };
    let settings = &account.settings;
    let or_account = |given: Option<String>, own: &String| given.unwrap_or_else(|| own.clone());
    Ok(NewCampaign {
        name: file.name,
        purpose: file.purpose,
        list,
        segment,
        content: CampaignContent {
            subject: file.subject,
            preheader: file.preheader,
            from_name: or_account(file.from_name, &settings.from_name),
            from_address: or_account(file.from_address, &settings.from_address),
            reply_to: file.reply_to.or_else(|| settings.reply_to.clone()),
            body_kind,
            body: beside(&folder.join(body))?,
            text: text.transpose()?,
            about: file.about,
            offers: file.offers,
        },
    })
}
