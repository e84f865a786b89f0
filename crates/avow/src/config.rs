//! Where Avow keeps its data and how it reaches the world: flags over environment over `avow.toml`.
//!
//! The only reader of environment and configuration file. Unknown keys are refused with their line.

mod forward;
mod limits;
mod listeners;
mod relays;
mod tls_reports;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use avow_deliver::engine::SendLimits;
use avow_deliver::smtp::{Egress, Sources};
use avow_deliver::tls_report::Reporter;
use clap::Args;
use serde::Deserialize;

use self::limits::{BudgetFile, WarmUpFile};
use self::listeners::ListenersFile;
pub(crate) use self::listeners::{Certificate, Listeners, Receive};
use self::relays::RelayFile;
pub(crate) use self::relays::{Relay, RelayTls};
use self::tls_reports::TlsReportsFile;

const FILE_NAME: &str = "avow.toml";
const DATA_DEFAULT: &str = "avow-data";
const LISTEN_DEFAULT: &str = "127.0.0.1:8025";
/// Enough to keep two cores busy against one relay; more only costs the relay memory.
const CONNECTIONS_RELAY: usize = 20;
/// Straight to many servers, most of which are far away: each is given a few (the rules say how many).
const CONNECTIONS_DIRECT: usize = 200;
/// More than any relay grants one client.
const CONNECTIONS_MAX: usize = 1_000;
const IN_DOUBT_DELAY_S_DEFAULT: u32 = 30 * 60;
const MAX_AGE_S_DEFAULT: u32 = 72 * 3600;

/// Flags that every command takes; each has an environment variable.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Flags {
    /// The data folder [default: avow-data; of the demo: avow-demo]
    #[arg(long, global = true, env = "AVOW_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A PostgreSQL database instead of the SQLite file in the data folder
    #[arg(
        long,
        global = true,
        env = "AVOW_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// Print one JSON value instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where the web server listens
    #[arg(long, global = true, env = "AVOW_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// The address under which people reach the web server
    #[arg(long, global = true, env = "AVOW_BASE_URL", value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Send through this mail server: HOST:PORT. Without one, straight to each domain's own
    #[arg(long, global = true, env = "AVOW_RELAY", value_name = "HOST:PORT")]
    pub(crate) relay: Option<String>,
    /// Open connections to mail servers
    #[arg(long, global = true, env = "AVOW_CONNECTIONS", value_name = "N")]
    pub(crate) connections: Option<usize>,
}

/// `avow.toml`, as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database: Option<String>,
    listen: Option<SocketAddr>,
    base_url: Option<String>,
    #[serde(default)]
    delivery: DeliveryFile,
    receive: Option<listeners::ReceiveFile>,
    submission: Option<listeners::SubmissionFile>,
    tls: Option<listeners::TlsFile>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliveryFile {
    relay: Option<String>,
    /// More of them.
    #[serde(default)]
    relays: Vec<RelayFile>,
    tls: Option<RelayTls>,
    user: Option<String>,
    /// A file that holds the password, so that the configuration can be shown.
    password_file: Option<PathBuf>,
    /// Certificates to trust besides the public ones.
    ca_file: Option<PathBuf>,
    ehlo: Option<String>,
    connections: Option<usize>,
    #[serde(default)]
    in_doubt: InDoubtRule,
    in_doubt_delay_s: Option<u32>,
    max_age_s: Option<u32>,
    /// Never sign: for a relay that does.
    #[serde(default)]
    unsigned: bool,
    authentication: Option<Authentication>,
    /// What every account may send; what some may instead.
    #[serde(default)]
    budget: BudgetFile,
    #[serde(default)]
    budgets: BTreeMap<String, BudgetFile>,
    warm_up: Option<WarmUpFile>,
    /// Rules of one's own for providers, over those that come with the program.
    rules: Option<PathBuf>,
    /// Name servers to ask instead of the system's.
    #[serde(default)]
    name_servers: Vec<SocketAddr>,
    /// A resolver on this machine that checks DNSSEC: what DANE stands on.
    validating_resolver: Option<SocketAddr>,
    /// Addresses to send from, one a family.
    #[serde(default)]
    source: Vec<IpAddr>,
    /// `socks5://` or `haproxy://`, with the proxy's address.
    proxy: Option<String>,
    /// Who tells recipients' domains what TLS did.
    tls_reports: Option<TlsReportsFile>,
}

/// What is done about a sending domain whose DNS records are missing or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Authentication {
    /// Its campaigns wait. What direct delivery does when nothing else is said.
    Enforce,
    /// Nobody looks before sending: a relay sees to it.
    Trust,
}

/// What becomes of a message whose final dot left without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InDoubtRule {
    /// Send the same bytes again after the delay.
    #[default]
    Resend,
    /// Never again; the outcome is `unknown`.
    Unknown,
}

/// Everything settled.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) database: Option<String>,
    pub(crate) listen: SocketAddr,
    pub(crate) base_url: String,
    /// Empty: straight to each domain's own servers.
    pub(crate) relays: Vec<Relay>,
    /// Certificates of relays to trust besides the public ones.
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) ehlo: Option<String>,
    pub(crate) connections: usize,
    pub(crate) in_doubt: InDoubtRule,
    pub(crate) in_doubt_delay_s: u32,
    pub(crate) max_age_s: u32,
    pub(crate) unsigned: bool,
    pub(crate) authentication: Authentication,
    pub(crate) rules: Option<PathBuf>,
    pub(crate) limits: SendLimits,
    /// Empty: the system's.
    pub(crate) name_servers: Vec<SocketAddr>,
    /// On this machine; `None`: nobody here can tell signed DNS answers, so DANE is not asked for.
    pub(crate) validating_resolver: Option<SocketAddr>,
    /// Source addresses and proxy.
    pub(crate) egress: Egress,
    /// `None`: recipients' domains are not told what TLS did.
    pub(crate) tls_reports: Option<Reporter>,
    /// Where mail arrives from outside.
    pub(crate) listeners: Listeners,
}

impl Config {
    /// Reads `avow.toml` of the data folder, if there is one, and lays environment and flags over it.
    pub(crate) fn load(flags: &Flags) -> Result<Self> {
        let data = flags.data.clone();
        let data = data.unwrap_or_else(|| PathBuf::from(DATA_DEFAULT));
        if data.exists() && !data.is_dir() {
            bail!(
                "the data folder {} is a file; name a folder with --data",
                data.display()
            );
        }
        let file = read(&data.join(FILE_NAME))?;
        let listen = match flags.listen.or(file.listen) {
            Some(listen) => listen,
            None => LISTEN_DEFAULT
                .parse()
                .context("the default address is one")?,
        };
        let delivery = file.delivery;
        let base_url = flags.base_url.clone().or(file.base_url);
        let base_url = base_url.unwrap_or_else(|| format!("http://{listen}"));
        let relays = relays::read(flags.relay.as_deref(), &delivery)?;
        let usual = if relays.is_empty() {
            Authentication::Enforce
        } else {
            Authentication::Trust
        };
        let authentication = delivery.authentication.unwrap_or(usual);
        let proxy = delivery.proxy.as_deref().map(str::parse).transpose()?;
        let egress = Egress::new(Sources::of(&delivery.source)?, proxy)?;
        Ok(Self {
            data,
            database: flags.database.clone().or(file.database),
            listen,
            base_url: checked_base(&base_url)?,
            connections: checked_connections(
                flags.connections.or(delivery.connections),
                !relays.is_empty(),
            )?,
            relays,
            ca_file: delivery.ca_file,
            limits: limits::read(delivery.budget, delivery.budgets, delivery.warm_up)?,
            rules: delivery.rules,
            in_doubt: delivery.in_doubt,
            in_doubt_delay_s: delivery
                .in_doubt_delay_s
                .unwrap_or(IN_DOUBT_DELAY_S_DEFAULT),
            max_age_s: delivery.max_age_s.unwrap_or(MAX_AGE_S_DEFAULT),
            ehlo: delivery.ehlo,
            unsigned: delivery.unsigned,
            authentication,
            name_servers: delivery.name_servers,
            validating_resolver: delivery.validating_resolver,
            egress,
            tls_reports: delivery.tls_reports.map(tls_reports::read).transpose()?,
            listeners: listeners::read(ListenersFile {
                receive: file.receive,
                submission: file.submission,
                tls: file.tls,
            })?,
        })
    }
}

fn read(path: &Path) -> Result<File> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).with_context(|| {
            format!(
                "{} is not a configuration; mend the line below",
                path.display()
            )
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn checked_base(url: &str) -> Result<String> {
    let url = url.trim_end_matches('/');
    if !url.starts_with("http://") && !url.starts_with("https://") {
        bail!("base_url must begin with http:// or https://, for example https://mail.example.com");
    }
    Ok(url.to_owned())
}

fn checked_connections(wanted: Option<usize>, relayed: bool) -> Result<usize> {
    let usual = if relayed {
        CONNECTIONS_RELAY
    } else {
        CONNECTIONS_DIRECT
    };
    match wanted.unwrap_or(usual) {
        n @ 1..=CONNECTIONS_MAX => Ok(n),
        n => bail!("connections must be from 1 to {CONNECTIONS_MAX}, not {n}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config> {
        let folder =
            std::env::temp_dir().join(format!("avow-config-{}-{}", std::process::id(), text.len()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(FILE_NAME), text).unwrap();
        let loaded = Config::load(&Flags {
            data: Some(folder.clone()),
            ..Flags::default()
        });
        std::fs::remove_dir_all(folder).unwrap();
        loaded
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let error = format!(
            "{:#}",
            load("listen = \"127.0.0.1:1\"\nlisten_port = 3\n").unwrap_err()
        );
        assert!(
            error.contains("line 2") && error.contains("listen_port"),
            "{error}"
        );
    }

    #[test]
    fn the_way_out_has_one_source_a_family_and_a_proxy_that_fits() {
        let load = |lines: &str| load(&format!("[delivery]\n{lines}\n"));
        let both = load("source = [\"192.0.2.1\", \"2001:db8::1\"]").unwrap();
        assert_eq!(
            both.egress.sources.first(),
            Some("192.0.2.1".parse().unwrap())
        );
        assert!(
            load("proxy = \"socks5://127.0.0.1:1080\"")
                .unwrap()
                .egress
                .proxy
                .is_some()
        );
        assert!(load("source = [\"192.0.2.1\", \"192.0.2.2\"]").is_err());
        assert!(load("proxy = \"haproxy://127.0.0.1:2525\"").is_err());
    }

    #[test]
    fn the_base_address_follows_the_listener_unless_given() {
        assert_eq!(load("").unwrap().base_url, "http://127.0.0.1:8025");
        assert_eq!(
            load("base_url = \"https://a.example/\"").unwrap().base_url,
            "https://a.example"
        );
        assert!(load("base_url = \"a.example\"").is_err());
    }
}
