//! The web server of a process, and the order to leave.

use std::future::Future;
use std::sync::Arc;

use anyhow::{Context, Result};
use avow_web::App;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Everyone who must leave in an orderly way watches this.
#[derive(Clone)]
pub(crate) struct Leave(watch::Receiver<bool>);

impl Leave {
    /// Ready at the first SIGTERM or SIGINT. Needs a running reactor.
    pub(crate) fn on_signal(tasks: &mut tokio::task::JoinSet<()>) -> Result<Self> {
        let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
        let (order, leave) = watch::channel(false);
        tasks.spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            order.send_replace(true);
        });
        Ok(Self(leave))
    }

    /// Resolves when the order has come.
    pub(crate) fn ordered(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut leave = self.0.clone();
        async move {
            // An error means that the sender is gone: nobody can order any more, so leave.
            let _ordered_or_orphaned = leave.wait_for(|ordered| *ordered).await;
        }
    }
}

/// Listens on the configured address.
pub(crate) async fn listener(address: std::net::SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}: another program has the port; choose one with --listen"
        )
    })
}

/// Serves every page until the order to leave, then lets open requests end.
pub(crate) async fn serve(app: Arc<App>, listener: TcpListener, leave: &Leave) -> Result<()> {
    let router = avow_web::router(Arc::clone(&app));
    let entry = avow_web::public::Entry::new(app, router);
    avow_web::public::serve(listener, entry, leave.ordered()).await;
    Ok(())
}
