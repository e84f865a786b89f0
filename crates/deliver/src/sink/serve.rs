//! The sink's thread: listens, accepts, goes down and comes back on demand; and the handle to it.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use avow_model::SharedClock;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::counts::SinkCounts;
use super::faults::{Fate, Faults};
use super::limits::SinkLimits;
use super::mailroom::{Mailroom, Received, SinkFault, SinkMail};
use crate::server::Connection;

/// What becomes of accepted mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeping {
    /// Written to the folder, shown by `list` and `get`.
    #[default]
    Everything,
    /// Counted only: for measuring.
    CountsOnly,
}

/// How a sink is set up.
#[derive(Debug, Clone)]
pub struct SinkOptions {
    pub listen: SocketAddr,
    pub folder: PathBuf,
    pub keeping: Keeping,
    pub faults: Faults,
    /// The same seed gives the same transactions the same faults.
    pub seed: u64,
    pub limits: SinkLimits,
    pub clock: SharedClock,
}

impl SinkOptions {
    /// A sink without faults that keeps everything.
    pub fn new(listen: SocketAddr, folder: PathBuf, clock: SharedClock) -> Self {
        Self {
            listen,
            folder,
            keeping: Keeping::default(),
            faults: Faults::default(),
            seed: 1,
            limits: SinkLimits::default(),
            clock,
        }
    }
}

/// What the sessions and the handle share.
pub(super) struct Shared {
    pub(super) name: &'static str,
    pub(super) limits: SinkLimits,
    pub(super) keeping: Keeping,
    pub(super) clock: SharedClock,
    pub(super) faults: watch::Receiver<Faults>,
    seed: u64,
    transactions: AtomicU64,
    room: Mutex<Mailroom>,
    total: watch::Sender<u64>,
}

impl Shared {
    fn room(&self) -> MutexGuard<'_, Mailroom> {
        // A panic while keeping leaves the index behind the disk, never wrong: go on.
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn fate(&self) -> Fate {
        let n = self.transactions.fetch_add(1, Ordering::Relaxed);
        self.faults.borrow().fate(self.seed, n)
    }

    pub(super) fn take(&self, mail: &Received<'_>) -> io::Result<()> {
        let mut room = self.room();
        match self.keeping {
            Keeping::Everything => room.keep(mail)?,
            Keeping::CountsOnly => room.count(mail),
        }
        let total = room.counts().total;
        drop(room);
        self.total.send_replace(total);
        Ok(())
    }

    pub(super) fn count_fault(&self) {
        self.room().count_fault();
    }
}

/// The sink itself.
#[derive(Debug)]
pub struct Sink;

impl Sink {
    /// Starts listening. When it returns, connections are taken.
    pub fn start(options: SinkOptions) -> Result<SinkHandle, SinkFault> {
        let in_folder = |error| SinkFault::Folder {
            folder: options.folder.clone(),
            error,
        };
        let room = Mailroom::open(&options.folder, options.limits).map_err(in_folder)?;
        let (listener, address) = listen(options.listen).map_err(|error| SinkFault::Listen {
            address: options.listen,
            error,
        })?;
        let (faults, faults_seen) = watch::channel(options.faults);
        let (stop, stopped) = watch::channel(());
        let shared = Arc::new(Shared {
            name: "sink.test",
            limits: options.limits,
            keeping: options.keeping,
            clock: options.clock,
            faults: faults_seen,
            seed: options.seed,
            transactions: AtomicU64::new(0),
            total: watch::Sender::new(room.counts().total),
            room: Mutex::new(room),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(SinkFault::Thread)?;
        let inner = shared.clone();
        let thread = std::thread::Builder::new()
            .name("sink".to_owned())
            .spawn(move || runtime.block_on(serve(listener, address, inner, stopped)))
            .map_err(SinkFault::Thread)?;
        Ok(SinkHandle(Arc::new(Inner {
            address,
            shared,
            faults,
            stop: Some(stop),
            thread: Some(thread),
        })))
    }
}

fn listen(address: SocketAddr) -> io::Result<(StdListener, SocketAddr)> {
    let listener = StdListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// A running sink. The last clone to go stops it.
#[derive(Clone)]
pub struct SinkHandle(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    shared: Arc<Shared>,
    faults: watch::Sender<Faults>,
    stop: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for SinkHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SinkHandle({})", self.0.address)
    }
}

impl SinkHandle {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.0.address
    }

    /// What came so far, kept from earlier runs included.
    pub fn counts(&self) -> SinkCounts {
        self.0.shared.room().counts().clone()
    }

    /// Kept mail, newest first. `filter`: in sender, recipients or subject, any case; `before`: only older than
    /// the mail with this id, for the next page.
    pub fn list(&self, filter: &str, before: Option<u64>, limit: usize) -> Vec<SinkMail> {
        self.0.shared.room().list(filter, before, limit)
    }

    /// One kept mail as a list shows it.
    pub fn show(&self, id: u64) -> Option<SinkMail> {
        self.0.shared.room().show(id)
    }

    /// One kept mail's bytes as they came, doubled dots undone. `None`: never kept, or gone to make room.
    pub fn get(&self, id: u64) -> io::Result<Option<Vec<u8>>> {
        self.0.shared.room().body(id)
    }

    /// The faults in force.
    pub fn faults(&self) -> Faults {
        *self.0.faults.borrow()
    }

    /// Changes the faults at once, for open sessions too. `down_seconds` counts from now.
    pub fn set_faults(&self, faults: Faults) {
        self.0.faults.send_replace(faults);
    }

    /// Waits until so many messages have come in all.
    pub async fn until_total(&self, total: u64) {
        let mut seen = self.0.shared.total.subscribe();
        // Cannot fail: the sender lives in `shared`.
        let _seen = seen.wait_for(|n| *n >= total).await;
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

/// A port that was ours may be taken for a moment when the sink comes back.
const BIND_AGAIN: Duration = Duration::from_millis(100);

/// Until the handle goes: up, and down for as long as a fault asks.
async fn serve(
    first: StdListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<()>,
) {
    let mut faults = shared.faults.clone();
    let mut listener = TcpListener::from_std(first).ok();
    let mut down = faults.borrow_and_update().down();
    loop {
        if !down.is_zero() {
            listener = None;
            tokio::select! {
                _ = stopped.changed() => return,
                () = sleep(down) => {}
                changed = change(&mut faults) => {
                    down = changed;
                    continue;
                }
            }
        }
        down = tokio::select! {
            _ = stopped.changed() => return,
            down = going_down(&mut faults) => down,
            () = up(&mut listener, address, &shared) => Duration::ZERO,
        };
    }
}

/// How long to be down, by the next change of the faults.
async fn change(faults: &mut watch::Receiver<Faults>) -> Duration {
    match faults.changed().await {
        Ok(()) => faults.borrow_and_update().down(),
        // The handle is going; `stopped` says so too.
        Err(_) => std::future::pending().await,
    }
}

/// Waits for a change that asks to go down.
async fn going_down(faults: &mut watch::Receiver<Faults>) -> Duration {
    loop {
        let down = change(faults).await;
        if !down.is_zero() {
            return down;
        }
    }
}

/// Accepts for as long as it is polled; dropping it closes the listener's sessions with it.
async fn up(listener: &mut Option<TcpListener>, address: SocketAddr, shared: &Arc<Shared>) {
    let mut sessions = JoinSet::new();
    let listener = match listener.take() {
        Some(listener) => listener,
        None => bound(address).await,
    };
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(arrived) => admit(arrived, shared, &mut sessions).await,
                // Out of file descriptors: sessions that end give some back.
                Err(_) => sleep(BIND_AGAIN).await,
            },
            Some(_) = sessions.join_next() => {}
        }
    }
}

async fn bound(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => sleep(BIND_AGAIN).await,
        }
    }
}

async fn admit(
    (stream, peer): (TcpStream, SocketAddr),
    shared: &Arc<Shared>,
    sessions: &mut JoinSet<()>,
) {
    if sessions.len() < shared.limits.connections {
        stream.set_nodelay(true).ok();
        let session = Connection::new(Box::new(stream), peer.ip(), shared.clone());
        sessions.spawn(session.run());
        return;
    }
    let busy = b"421 4.3.2 Too many connections\r\n";
    let _told = stream
        .writable()
        .await
        .and_then(|()| stream.try_write(busy));
}
