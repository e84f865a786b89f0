//! Debian's Postfix as a relay with a configuration of its own: a yardstick.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::child::free_address;
use crate::needs::is_root;
use crate::shell::{has, output, target};

/// Postfix relays some hundred messages a second; one that takes longer than this for a run has stopped.
const PATIENCE: Duration = Duration::from_mins(5);
/// How often its log is read: seldom, for reading costs the cores that are measured.
const LOOK: Duration = Duration::from_millis(200);

/// The services a relay needs; the rest of Postfix does not run.
const SERVICES: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// A running Postfix; stopped when dropped.
pub(super) struct Postfix {
    folder: PathBuf,
    pub(super) address: SocketAddr,
}

impl Postfix {
    /// Passes everything on to `next`; `None` where Postfix is missing or this user may not start it.
    pub(super) fn start(next: SocketAddr) -> Result<Option<Self>> {
        if !has("postfix") || !is_root() {
            return Ok(None);
        }
        let folder = target().join("bench-postfix");
        let _gone = std::fs::remove_dir_all(&folder);
        let postfix = Self {
            folder,
            address: free_address()?,
        };
        postfix.configure(next)?;
        postfix.control("start")?;
        Ok(Some(postfix))
    }

    /// Waits until it has handed so many messages to its next hop.
    pub(super) fn until_passed_on(&self, count: usize) -> Result<()> {
        let began = Instant::now();
        while self.passed_on() < count {
            if began.elapsed() > PATIENCE {
                bail!("Postfix passed on {} of {count} messages", self.passed_on());
            }
            pause();
        }
        Ok(())
    }

    fn passed_on(&self) -> usize {
        let log = std::fs::read_to_string(self.folder.join("data/log")).unwrap_or_default();
        log.matches("status=sent").count()
    }

    fn configure(&self, next: SocketAddr) -> Result<()> {
        for name in ["etc", "queue", "data"] {
            std::fs::create_dir_all(self.folder.join(name))?;
        }
        let here = self.folder.display();
        let (ip, port) = (next.ip(), next.port());
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {here}/queue\ndata_directory = {here}/data\n\
             mail_owner = postfix\nsetgid_group = postdrop\ncommand_directory = /usr/sbin\n\
             daemon_directory = /usr/lib/postfix/sbin\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
             mynetworks = 127.0.0.0/8\nmyhostname = relay.test\nmydestination =\nalias_maps =\n\
             local_recipient_maps =\nmaillog_file = {here}/data/log\nmaillog_file_prefixes = {here}\n\
             relayhost = [{ip}]:{port}\nsmtp_dns_support_level = disabled\nsmtp_host_lookup = native\n"
        );
        std::fs::write(self.folder.join("etc/main.cf"), main)?;
        let listener = format!("127.0.0.1:{} inet n - n - - smtpd\n", self.address.port());
        std::fs::write(self.folder.join("etc/master.cf"), listener + SERVICES)?;
        let data = self.folder.join("data");
        output(Command::new("chown").arg("postfix").arg(data))?;
        Ok(())
    }

    fn control(&self, word: &str) -> Result<()> {
        let mut command = Command::new("postfix");
        output(command.arg("-c").arg(self.folder.join("etc")).arg(word))?;
        Ok(())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _stopped_already = self.control("stop");
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a busy wait would take the core that is measured"
)]
fn pause() {
    std::thread::sleep(LOOK);
}
