//! The delivery engine in this process: set up from the configuration, run while something is waited for.
//!
//! One process sends from a data folder. Where a server runs already, commands only watch.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use avow_compose::{Mailing, Urls};
use avow_deliver::dns::{Dns, Validated};
use avow_deliver::engine::{
    Engine, EngineHandle, EngineOptions, EngineParts, Folders, LeaseFault, Signing, StartFault,
};
use avow_deliver::route::{self, Direct, Guard, Relays, SMTP_PORT, Transport};
use avow_deliver::security::{self, Fetcher, Library};
use avow_deliver::shape::Rules;
use avow_deliver::smtp::{Auth, ClientOptions, Habits, Route, Timeouts, TlsMode};
use avow_deliver::standing::{Inspection, Inspector, Way};
use avow_deliver::tls::TlsClients;
use avow_deliver::trouble::{InDoubt, RetryPlan};
use avow_web::{DomainDesk, RecordsDesk};

use crate::config::{Authentication, Config, InDoubtRule, Receive, Relay, RelayTls};
use crate::keys;
use crate::ledger;
use crate::world::World;

/// The send journal's folder.
const JOURNAL: &str = "journal";
/// What was fetched of recipients' domains.
const POLICIES: &str = "mta-sts.json";
const NO_RESOLVER: &str =
    "the name servers cannot be used; set [delivery] name_servers, or name a relay";
/// How often a command looks whether what it waits for has come: eyes see no faster, and a look is cheap.
const LOOK: Duration = Duration::from_millis(250);

/// What a command waits for.
pub(crate) trait Watch {
    /// How long it is waited for at most; `None` = as long as it takes.
    const PATIENCE: Option<Duration> = None;

    /// True when it has come. `engine` is the one of this process, when it runs here.
    fn over(&self, engine: Option<&EngineHandle>) -> impl Future<Output = Result<bool>>;
}

/// How waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ran {
    /// What was waited for has come.
    Over,
    /// The user, or the end of patience, stopped it.
    Stopped,
}

/// Waits for something that the engine does; runs the engine here unless another process does.
pub(crate) async fn until(world: &World, watch: &impl Watch) -> Result<Ran> {
    if watch.over(None).await? {
        return Ok(Ran::Over);
    }
    match start(world, transport(world)?).await? {
        None => look(watch, None).await,
        Some(engine) => {
            let handle = engine.handle();
            let (leave, left) = tokio::sync::oneshot::channel::<()>();
            let (close, closed) = tokio::sync::oneshot::channel::<()>();
            let looking = async {
                let ran = look(watch, Some(&handle)).await;
                drop(leave);
                ran
            };
            let running = Box::pin(async {
                let left = async {
                    let _ = left.await;
                };
                engine.run(left).await;
                // The ledger ends last: what the engine recorded is in it.
                drop(close);
            });
            let keeping = Box::pin(ledger::keep(world.clone(), async {
                let _ = closed.await;
            }));
            let (ran, (), ()) = tokio::join!(looking, running, keeping);
            ran
        }
    }
}

async fn look<W: Watch>(watch: &W, engine: Option<&EngineHandle>) -> Result<Ran> {
    let looking = look_on(watch, engine);
    match W::PATIENCE {
        None => looking.await,
        Some(patience) => match tokio::time::timeout(patience, looking).await {
            Ok(ran) => ran,
            Err(_) => Ok(Ran::Stopped),
        },
    }
}

async fn look_on(watch: &impl Watch, engine: Option<&EngineHandle>) -> Result<Ran> {
    let mut stop = std::pin::pin!(stopped());
    loop {
        if watch.over(engine).await? {
            return Ok(Ran::Over);
        }
        tokio::select! {
            () = &mut stop => return Ok(Ran::Stopped),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Ready when the process is asked to end: Ctrl-C or SIGTERM.
pub(crate) async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Starts the engine of this data folder; `None` when another process has it.
pub(crate) async fn start(world: &World, transport: Transport) -> Result<Option<Engine>> {
    match Engine::start(parts(world, transport)?).await {
        Ok(engine) => Ok(Some(engine)),
        Err(StartFault::Lease(LeaseFault::Busy)) => Ok(None),
        Err(fault) => Err(fault).context("the delivery engine cannot start"),
    }
}

/// Whether another process of this machine sends from the data folder now.
pub(crate) fn runs_elsewhere(world: &World) -> Result<bool> {
    Ok(avow_deliver::engine::is_busy(
        &world.config.data.join(JOURNAL),
    )?)
}

fn parts(world: &World, transport: Transport) -> Result<EngineParts> {
    let inspection = inspection(world, &transport)?;
    let config = &world.config;
    Ok(EngineParts {
        store: world.store.clone(),
        shelf: world.shelf.clone(),
        tokens: world.tokens.clone(),
        urls: Urls::new(&config.base_url).receiving(mailing(world, &transport)),
        folders: Folders {
            journal: config.data.join(JOURNAL),
            keys: keys::folder(&config.data),
        },
        transport,
        client: client(world)?,
        clock: world.clock.clone(),
        entropy: world.entropy.clone(),
        options: options(world),
        rules: Arc::new(rules(config)?),
        inspection,
    })
}

/// How we speak to mail servers.
pub(crate) fn client(world: &World) -> Result<ClientOptions> {
    let config = &world.config;
    Ok(ClientOptions {
        ehlo: ehlo(config),
        timeouts: Timeouts::default(),
        egress: config.egress,
        tls: TlsClients::new(config.ca_file.as_deref())?,
        habits: Arc::new(Habits::new(world.clock.clone())),
    })
}

/// Whether mail is signed here.
pub(crate) const fn signing(config: &Config) -> Signing {
    if config.unsigned {
        Signing::Off
    } else {
        Signing::WithKeys
    }
}

/// Where mails of ours say that mail about them arrives.
pub(crate) fn mailing(world: &World, transport: &Transport) -> Mailing {
    // In a rehearsal nothing comes back.
    let receive = world.config.listeners.receive.as_ref();
    let receive = receive.filter(|_| is_outside(world, transport));
    match receive.map(|receive| receive.domain.clone()) {
        None => Mailing::Deaf,
        Some(None) => Mailing::OwnDomain,
        Some(Some(domain)) => Mailing::At(domain),
    }
}

/// False in a rehearsal.
fn is_outside(world: &World, transport: &Transport) -> bool {
    match transport {
        Transport::Direct(_) => true,
        // The sink of a rehearsal is a relay, too, and not the one of the configuration.
        Transport::Relay(_) => !world.config.relays.is_empty(),
    }
}

/// Who looks at sending domains before bulk mail leaves; nobody in a rehearsal.
fn inspection(world: &World, transport: &Transport) -> Result<Option<Inspection>> {
    match world.config.authentication {
        Authentication::Enforce if is_outside(world, transport) => self::inspector(world).map(Some),
        Authentication::Enforce | Authentication::Trust => Ok(None),
    }
}

/// What the pages need to say how a sending domain stands.
pub(crate) fn domains(world: &World, transport: &Transport) -> Result<Option<DomainDesk>> {
    let inspection = inspection(world, transport)?;
    Ok(inspection.map(|inspection| DomainDesk {
        inspection,
        keys: keys::folder(&world.config.data),
    }))
}

/// What the pages need to show and look up the records of sending domains, in a rehearsal as well; `None` where no name
/// server can be asked.
pub(crate) fn records(world: &World) -> Option<RecordsDesk> {
    let own = |receive: &Receive| receive.domain.is_none();
    let receive = world.config.listeners.receive.as_ref();
    Some(RecordsDesk {
        inspection: self::inspector(world).ok()?,
        keys: keys::folder(&world.config.data),
        back: receive.is_some_and(own).then(|| ehlo(&world.config)),
    })
}

/// Looks at sending domains as mail that leaves by the configuration is looked at.
pub(crate) fn inspector(world: &World) -> Result<Inspection> {
    let config = &world.config;
    let way = if config.relays.is_empty() {
        Way::Direct { ehlo: ehlo(config) }
    } else {
        Way::Relay
    };
    let dns = dns(config)?;
    let inspector = Inspector::new(dns);
    Ok(Inspection { inspector, way })
}

pub(crate) fn dns(config: &Config) -> Result<Dns> {
    let dns = if config.name_servers.is_empty() {
        Dns::system()
    } else {
        Dns::with_servers(&config.name_servers)
    };
    dns.context(NO_RESOLVER)
}

pub(crate) fn ehlo(config: &Config) -> String {
    let named = config.ehlo.clone();
    named.unwrap_or_else(|| host_of(&config.base_url))
}

/// Reads the rules of providers anew each time the process is told to (SIGHUP). A file that is wrong changes nothing,
/// and the log says what to mend.
pub(crate) async fn reload_on_signal(
    config: Config,
    engine: EngineHandle,
    leave: impl Future<Output = ()>,
) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut told) = signal(SignalKind::hangup()) else {
        return;
    };
    let reading = async {
        while told.recv().await.is_some() {
            match rules(&config) {
                Ok(rules) => {
                    engine.reload(rules);
                    tracing::info!("the rules of providers were read anew");
                }
                Err(fault) => {
                    tracing::error!("the rules of providers stay as they were: {fault:#}");
                }
            }
        }
    };
    tokio::select! {
        () = reading => {}
        () = leave => {}
    }
}

/// The rules of providers; what in a file of one's own can never match is told and no reason to stand still.
fn rules(config: &Config) -> Result<Rules> {
    let Some(path) = &config.rules else {
        return Ok(Rules::built_in());
    };
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    let rules = Rules::parse(&text).with_context(|| {
        format!(
            "{} is no file of rules; `avow delivery lint` says what to mend",
            path.display()
        )
    })?;
    for finding in avow_deliver::shape::rules::lint(&text) {
        tracing::warn!(file = %path.display(), %finding, "a rule that does nothing");
    }
    Ok(rules)
}

fn options(world: &World) -> EngineOptions {
    let config = &world.config;
    EngineOptions {
        connections: config.connections,
        retry: RetryPlan {
            max_age: Duration::from_secs(config.max_age_s.into()),
            in_doubt: match config.in_doubt {
                InDoubtRule::Resend => InDoubt::Resend,
                InDoubtRule::Unknown => InDoubt::Leave,
            },
            in_doubt_delay: Duration::from_secs(config.in_doubt_delay_s.into()),
            ..RetryPlan::default()
        },
        limits: config.limits.clone(),
        tls_reports: config.tls_reports.clone(),
        signing: signing(config),
        ..EngineOptions::default()
    }
}

/// The way out that the configuration names: a relay, or straight to each domain.
pub(crate) fn transport(world: &World) -> Result<Transport> {
    let relays = &world.config.relays;
    if !relays.is_empty() {
        let relays: Vec<route::Relay> = relays.iter().map(relay).collect();
        return Ok(Transport::Relay(Relays::new(&relays)?));
    }
    Ok(Transport::Direct(Direct {
        dns: dns(&world.config)?,
        guard: Guard::PublicOnly,
        port: SMTP_PORT,
        entropy: world.entropy.clone(),
        security: Some(security(world)?),
    }))
}

fn relay(relay: &Relay) -> route::Relay {
    route::Relay {
        route: route(relay),
        weight: relay.weight,
        senders: relay.senders.clone(),
    }
}

/// Finds what recipients' domains ask of the connection.
pub(crate) fn security(world: &World) -> Result<security::Inspector> {
    let config = &world.config;
    let dns = dns(config)?;
    let validated = config
        .validating_resolver
        .map(|resolver| Validated::new(resolver, world.entropy.clone()))
        .transpose()?;
    // Policy hosts are the public's: no authority of a relay's speaks for them.
    let tls = TlsClients::new(None)?.verified;
    Ok(security::Inspector {
        fetcher: Fetcher::new(dns.clone(), Guard::PublicOnly, tls),
        dns,
        validated,
        library: Arc::new(Library::kept_in(&config.data.join(POLICIES))),
        clock: world.clock.clone(),
    })
}

fn route(relay: &Relay) -> Route {
    Route {
        host: relay.host.clone(),
        port: relay.port,
        addresses: Vec::new(),
        tls: match relay.tls {
            RelayTls::Opportunistic => TlsMode::Opportunistic,
            RelayTls::Starttls => TlsMode::StartTls,
            RelayTls::Implicit => TlsMode::Implicit,
            RelayTls::None => TlsMode::Clear,
        },
        auth: relay
            .credentials
            .clone()
            .map(|(user, password)| Auth { user, password }),
    }
}

/// The host of an address of ours: how we name ourselves to mail servers when nothing else is said.
fn host_of(base_url: &str) -> String {
    let rest = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let host = if host.is_empty() { "localhost" } else { host };
    match host.parse::<std::net::Ipv4Addr>() {
        Ok(ip) => format!("[{ip}]"),
        Err(_) => host.to_owned(),
    }
}
