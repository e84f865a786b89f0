//! A server that a bench starts: waited for until it listens, killed when dropped.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A server that is not listening by then has failed.
const START_S_MAX: u64 = 30;

pub(super) struct Served(Child);

impl Served {
    /// Starts the command and waits until `address` accepts.
    pub(super) fn start(command: &mut Command, address: SocketAddr) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
        let served = Self(child);
        let end = Instant::now() + Duration::from_secs(START_S_MAX);
        while TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err() {
            if Instant::now() > end {
                bail!(
                    "{} does not listen on {address}",
                    command.get_program().to_string_lossy()
                );
            }
            std::thread::yield_now();
        }
        Ok(served)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// A free address on the loopback.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
