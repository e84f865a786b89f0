//! `avow user`: who may log in to an account.

mod members;

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_model::{AccountId, EmailAddress, Entropy, Timestamp};
use avow_store::{NewUser, Role, UserRow};
use avow_web::password::{self, PASSWORD_CHARS_MIN};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::Call;
use crate::exit::{Exit, answer};
use crate::fault::Usage;
use crate::world::World;

/// Letters of a made-up password: 20 of 32 signs are 100 bits.
const MADE_UP_CHARS: usize = 20;
/// No signs that look alike.
const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

/// Users.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a user to an account; one who exists already is let in as well
    Add(AddArgs),
    /// Note that a user was trained in privacy: it counts for a quarter of a year
    Trained(TrainedArgs),
    /// List who is let in to an account
    List {
        /// The account, by its short name
        #[arg(long)]
        account: String,
    },
    /// Print a link that sets a new password, once, within the hour: where no mail reaches the user
    Reset {
        /// The address that the user logs in with
        address: String,
    },
    /// Put a user out of an account; every session of theirs ends
    Remove {
        /// The address that the user logs in with
        address: String,
        /// The account, by its short name
        #[arg(long)]
        account: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TrainedArgs {
    /// The address that the user logs in with
    address: String,
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// When it was (2026-05-03T10:00:00Z); now when left out
    #[arg(long, value_name = "INSTANT")]
    on: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The address to log in with
    address: String,
    /// The account, by its short name
    #[arg(long)]
    account: String,
    /// owner, editor, analyst, privacy_officer or support
    #[arg(long, default_value = "editor", value_parser = role)]
    role: Role,
    /// The password is the first line of this file (- = standard input); made up when left out
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word)
        .ok_or_else(|| "choose owner, editor, analyst, privacy_officer or support".to_owned())
}

/// What is told of a new log-in.
#[derive(Debug, Serialize)]
pub(crate) struct NewLogin {
    pub(crate) address: String,
    pub(crate) role: &'static str,
    /// Shown once, and only when it was made up here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
    /// The user existed: the password is the old one.
    pub(crate) existed: bool,
}

/// A password, and whether to show it.
pub(crate) enum Password {
    Given(String),
    MadeUp(String),
}

/// Runs the command.
pub(crate) async fn run(call: &Call, command: Command) -> Result<Exit> {
    match command {
        Command::Add(args) => run_add(call, &args).await,
        Command::Trained(args) => trained(call, &args).await,
        Command::List { account } => members::list(call, &account).await,
        Command::Reset { address } => members::reset(call, &address).await,
        Command::Remove { address, account } => members::remove(call, &address, &account).await,
    }
}

#[derive(Debug, Serialize)]
struct Trained {
    address: String,
    trained_at: Timestamp,
}

async fn trained(call: &Call, args: &TrainedArgs) -> Result<Exit> {
    let world = &call.world;
    let (account, _) = world.account(&args.account).await?;
    let address = &args.address;
    let now = world.clock.now();
    let at = args.on.unwrap_or(now);
    if at > now {
        return Err(Usage(format!(
            "{at} is yet to come: note a training when it was taken"
        ))
        .into());
    }
    let user = known(world, address).await?;
    world.store.member_trained(account.id, user.id, at).await?;
    let told = Trained {
        address: address.clone(),
        trained_at: at,
    };
    answer(call.form, &told, |told: &Trained| {
        format!("{} was trained on {}.\n", told.address, told.trained_at)
    })?;
    Ok(Exit::Done)
}

/// The user with this address.
async fn known(world: &World, address: &str) -> Result<UserRow> {
    let parsed: EmailAddress = address
        .parse()
        .map_err(|fault| Usage(format!("`{address}` cannot log in: {fault}")))?;
    let user = world.store.user_by_address(&parsed).await?;
    let Some(user) = user else {
        bail!("nobody logs in with {address}; add them with avow user add");
    };
    Ok(user)
}

async fn run_add(call: &Call, args: &AddArgs) -> Result<Exit> {
    let (account, _) = call.world.account(&args.account).await?;
    let password = password(args.password_file.as_deref(), &*call.world.entropy)?;
    let login = add(&call.world, account.id, &args.address, args.role, password).await?;
    answer(call.form, &login, login_text)?;
    Ok(Exit::Done)
}

/// The password from a file, or a made-up one.
pub(crate) fn password(file: Option<&Path>, entropy: &dyn Entropy) -> Result<Password> {
    let Some(file) = file else {
        return Ok(Password::MadeUp(made_up(entropy)));
    };
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
    }
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.chars().count() < PASSWORD_CHARS_MIN {
        let why = format!("the password needs at least {PASSWORD_CHARS_MIN} characters");
        return Err(Usage(why).into());
    }
    Ok(Password::Given(line))
}

fn made_up(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; MADE_UP_CHARS];
    entropy.fill(&mut bytes);
    bytes
        .iter()
        .map(|b| char::from(SIGNS[usize::from(b & 31)]))
        .collect()
}

/// Adds a user, or lets one who exists into the account.
pub(crate) async fn add(
    world: &World,
    account: AccountId,
    address: &str,
    role: Role,
    password: Password,
) -> Result<NewLogin> {
    let parsed: EmailAddress = address
        .parse()
        .map_err(|fault| Usage(format!("`{address}` cannot log in: {fault}")))?;
    let known = world.store.user_by_address(&parsed).await?;
    let existed = known.is_some();
    let (user, shown) = if let Some(user) = known {
        (user.id, None)
    } else {
        let (text, shown) = match password {
            Password::Given(text) => (text, None),
            Password::MadeUp(text) => (text.clone(), Some(text)),
        };
        let new = NewUser {
            name: address.split('@').next().unwrap_or(address).to_owned(),
            password_hash: password::hash(&text, &*world.entropy)?,
            address: parsed,
        };
        (world.store.create_user(new).await?, shown)
    };
    world.store.add_membership(account, user, role).await?;
    Ok(NewLogin {
        address: address.to_owned(),
        role: role.as_str(),
        password: shown,
        existed,
    })
}

/// What a person reads of a new log-in.
pub(crate) fn login_text(login: &NewLogin) -> String {
    match (&login.password, login.existed) {
        (_, true) => format!(
            "{} could log in before, and is {} here now.\n",
            login.address, login.role
        ),
        (Some(password), false) => format!(
            "{} logs in as {} with the password {password} (shown only now).\n",
            login.address, login.role
        ),
        (None, false) => format!(
            "{} logs in as {} with the given password.\n",
            login.address, login.role
        ),
    }
}
