//! The web server of a process, its port, and the order to leave or to begin again.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use avow_web::App;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};

/// What is asked of everyone who serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Stay,
    /// End in good order, then begin anew: the mode has changed.
    Again,
    /// End in good order.
    Leave,
}

/// Everyone who must leave in an orderly way watches this.
#[derive(Clone)]
pub(crate) struct Leave {
    order: Arc<watch::Sender<Order>>,
}

impl Leave {
    /// Ready at the first SIGTERM or SIGINT. Needs a running reactor.
    pub(crate) fn on_signal(tasks: &mut tokio::task::JoinSet<()>) -> Result<Self> {
        let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
        let order = Arc::new(watch::channel(Order::Stay).0);
        let leave = Self {
            order: Arc::clone(&order),
        };
        tasks.spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            order.send_replace(Order::Leave);
        });
        Ok(leave)
    }

    /// Orders a new beginning each time it is asked for. Whoever was told to leave leaves.
    pub(crate) fn begin_again_when(
        &self,
        tasks: &mut tokio::task::JoinSet<()>,
        asked: Arc<Notify>,
    ) {
        let order = Arc::clone(&self.order);
        tasks.spawn(async move {
            loop {
                asked.notified().await;
                set_from(&order, Order::Stay, Order::Again);
            }
        });
    }

    /// After a new beginning was ordered: stay from now on.
    pub(crate) fn stay(&self) {
        set_from(&self.order, Order::Again, Order::Stay);
    }

    /// What is asked now.
    pub(crate) fn order(&self) -> Order {
        *self.order.borrow()
    }

    /// Resolves when the order to leave, or to begin again, has come.
    pub(crate) fn ordered(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut orders = self.order.subscribe();
        async move {
            // An error means that the sender is gone: nobody can order any more, so leave.
            let _ordered_or_orphaned = orders.wait_for(|order| *order != Order::Stay).await;
        }
    }
}

fn set_from(order: &watch::Sender<Order>, from: Order, to: Order) {
    order.send_if_modified(|now| {
        let due = *now == from;
        if due {
            *now = to;
        }
        due
    });
}

/// The port of the pages: taken once, so that nobody else gets it while the server begins again.
pub(crate) struct Port {
    address: SocketAddr,
    /// Let go of with the order to leave: who comes then is refused at once, and not kept waiting.
    held: Arc<Mutex<Option<std::net::TcpListener>>>,
}

impl Port {
    /// Listens on the configured address.
    pub(crate) async fn take(address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!(
                "cannot listen on {address}: another program has the port; choose one with --listen"
            )
        })?;
        Ok(Self {
            address: listener.local_addr()?,
            held: Arc::new(Mutex::new(Some(listener.into_std()?))),
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// To take connections with; `None` once the order to leave has come.
    fn listener(&self) -> Result<Option<TcpListener>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = held.as_ref().map(std::net::TcpListener::try_clone);
        let copy = copy.transpose()?;
        Ok(copy.map(TcpListener::from_std).transpose()?)
    }

    /// Lets go of it when the order to leave comes.
    pub(crate) fn let_go_when_leaving(&self, tasks: &mut tokio::task::JoinSet<()>, leave: &Leave) {
        let (held, mut orders) = (Arc::clone(&self.held), leave.order.subscribe());
        tasks.spawn(async move {
            let _ordered_or_orphaned = orders.wait_for(|order| *order == Order::Leave).await;
            held.lock().unwrap_or_else(PoisonError::into_inner).take();
        });
    }
}

/// Serves every page until the order to leave, then lets open requests end.
pub(crate) async fn serve(app: Arc<App>, port: &Port, leave: &Leave) -> Result<()> {
    let Some(listener) = port.listener()? else {
        return Ok(());
    };
    let router = avow_web::router(Arc::clone(&app));
    let entry = avow_web::public::Entry::new(app, router);
    avow_web::public::serve(listener, entry, leave.ordered()).await;
    Ok(())
}
