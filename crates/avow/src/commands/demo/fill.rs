//! Fills an account: founding, people, a campaign, a form.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use avow_collect::import::{self, ImportPlan, Standing};
use avow_model::{AccountId, BodyKind, CampaignContent, CampaignId, CampaignState, Purpose};
use avow_policy::PolicySet;
use avow_store::{FormSettings, NewCampaign};

use super::casts::Cast;
use super::people::{self, ExportFiles};
use super::show::Screen;
use crate::commands::{Call, account};
use crate::policies;
use crate::world::World;

/// Who logs in to the demo.
pub(super) const OWNER: &str = "owner@demo.example";

/// What the people of a file have agreed to.
const NEWSLETTER: &[&str] = &["newsletter"];
const NEWSLETTER_AND_MEASURING: &[&str] = &["newsletter", "measure"];

/// One file of the export and how it is imported.
struct Share {
    file: &'static str,
    everyone: Standing,
    purposes: &'static [&'static str],
}

const SHARES: [Share; 4] = [
    Share {
        file: "measured.csv",
        everyone: Standing::Subscribed,
        purposes: NEWSLETTER_AND_MEASURING,
    },
    Share {
        file: "subscribed.csv",
        everyone: Standing::Subscribed,
        purposes: NEWSLETTER,
    },
    Share {
        file: "unsubscribed.csv",
        everyone: Standing::Unsubscribed,
        purposes: NEWSLETTER,
    },
    Share {
        file: "cleaned.csv",
        everyone: Standing::Cleaned,
        purposes: NEWSLETTER,
    },
];

/// The account, its owner and its sign-up form. Gives the owner's password when it was made here.
pub(super) async fn found(call: &Call, cast: &Cast) -> Result<(AccountId, Option<String>)> {
    let folder = call.world.config.data.join("policies").join(cast.slug);
    std::fs::create_dir_all(&folder)?;
    let policy = folder.join("v1.toml");
    std::fs::write(&policy, cast.policy)?;
    let founding = account::AddArgs {
        name: cast.name.to_owned(),
        slug: Some(cast.slug.to_owned()),
        policy: vec![policy],
        domain: cast.domain.to_owned(),
        from: None,
        owner: Some(OWNER.to_owned()),
        password_file: None,
    };
    let password = account::add(call, &founding)
        .await?
        .owner
        .and_then(|login| login.password);
    let world = &call.world;
    let account = world.account(cast.slug).await?.0.id;
    let form = FormSettings {
        title: format!("Letters from {}", cast.name),
        intro: "News when there is some. Leave whenever you like, with one click.".to_owned(),
        purposes: vec!["newsletter".parse()?, "measure".parse()?],
        categories: vec!["email".parse()?, "name".parse()?],
        list: None,
        button: "Sign up".to_owned(),
        thanks: "Almost done: please confirm in the mail we just sent you.".to_owned(),
        face: avow_store::FormFace::default(),
    };
    world
        .store
        .account(account)
        .form_create(&"signup".parse()?, &form)
        .await?;
    Ok((account, password))
}

/// Generates the people, writes them as a Mailchimp export, and imports it. Gives the number of new contacts.
pub(super) async fn import(
    world: &World,
    account: AccountId,
    cast: &Cast,
    people: u64,
    screen: &Screen,
) -> Result<u64> {
    let folder = world.config.data.join("export").join(cast.slug);
    std::fs::create_dir_all(&folder)?;
    generate(cast.slug, people, &folder)?;
    let scope = world.store.account(account);
    let set = PolicySet::from_published(&*scope.published().await?);
    let set = set.map_err(|faults| anyhow::anyhow!(policies::told(&faults)))?;
    let bar = screen.bar(cast.name, "importing");
    bar.set_length(people);
    let mut created = 0;
    for share in &SHARES {
        let purposes = share.purposes.iter().map(|p| p.parse::<Purpose>());
        let plan = ImportPlan {
            purposes: purposes.collect::<Result<_, _>>()?,
            everyone: share.everyone,
            ..ImportPlan::new(share.file, world.clock.now())
        };
        let file = File::open(folder.join(share.file))?;
        let progress = |p: &import::Progress| bar.set_position(created + p.counts.created);
        let report = import::run(plan, &scope, &set, file, progress).await?;
        created += report.counts.created;
    }
    bar.finish();
    Ok(created)
}

fn generate(account: &str, people: u64, folder: &Path) -> Result<()> {
    let open = |name: &str| {
        let path = folder.join(name);
        let made = File::create(&path).map(BufWriter::new);
        made.with_context(|| format!("cannot write {}", path.display()))
    };
    let mut files = ExportFiles {
        subscribed: open("subscribed.csv")?,
        measured: open("measured.csv")?,
        unsubscribed: open("unsubscribed.csv")?,
        cleaned: open("cleaned.csv")?,
    };
    people::write(account, people, &mut files)?;
    let ExportFiles {
        subscribed,
        measured,
        unsubscribed,
        cleaned,
    } = files;
    for mut file in [subscribed, measured, unsubscribed, cleaned] {
        file.flush()?;
    }
    Ok(())
}

/// Writes the campaign and starts it.
pub(super) async fn campaign(world: &World, account: AccountId, cast: &Cast) -> Result<CampaignId> {
    let scope = world.store.account(account);
    let content = CampaignContent {
        subject: cast.subject.to_owned(),
        preheader: cast.preheader.to_owned(),
        from_name: cast.name.to_owned(),
        from_address: format!("news@{}", cast.domain),
        reply_to: None,
        body_kind: BodyKind::Mjml,
        body: cast.body.to_owned(),
        text: None,
        about: None,
        offers: Vec::new(),
    };
    let new = NewCampaign {
        name: cast.campaign.to_owned(),
        purpose: "newsletter".parse()?,
        list: None,
        segment: None,
        content,
    };
    let id = scope.campaign_create(new).await?;
    scope
        .campaign_move(id, &[CampaignState::Draft], CampaignState::Preparing)
        .await?;
    Ok(id)
}
