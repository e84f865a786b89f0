//! Debian's Postfix with a configuration of our own: as a receiver with one mailbox, or as a relay.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::avow::repository;

/// Another program is given this long to do its part; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// What this Postfix does with mail.
pub(super) enum Job {
    /// Keeps everything that comes over TLS in one maildir.
    Receive,
    /// Passes everything on to this address.
    Relay(SocketAddr),
}

/// A running Postfix; stopped when dropped.
pub(super) struct Postfix {
    folder: TempDir,
    pub(super) address: SocketAddr,
}

const SERVICES: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

impl Postfix {
    /// `None`, with a line that says so, where Postfix is missing or this user may not start it.
    pub(super) fn start(job: &Job) -> Option<Self> {
        let root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|o| o.stdout == b"0\n");
        if !Path::new("/usr/sbin/postfix").exists() || !root {
            println!("skipped: Postfix is not installed, or this user is not root");
            return None;
        }
        let folder = TempDir::new().unwrap();
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let postfix = Self { folder, address };
        postfix.configure(job);
        postfix.control("start");
        postfix.wait();
        Some(postfix)
    }

    /// The mails in the maildir, once there are as many: Postfix answers before it delivers.
    pub(super) fn wait_for_mails(&self, count: usize) -> Vec<String> {
        await_that("the mails", || self.mails().len() >= count);
        self.mails()
    }

    /// Waits until Postfix has handed as many mails to its next hop.
    pub(super) fn wait_until_passed_on(&self, count: usize) {
        let passed = || {
            let log = std::fs::read_to_string(self.path("data/log")).unwrap_or_default();
            log.matches("status=sent").count() >= count
        };
        await_that("Postfix passes on", passed);
    }

    fn mails(&self) -> Vec<String> {
        maildir(&self.path("mail/box/new"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self, job: &Job) {
        for name in ["etc", "queue", "data", "mail"] {
            std::fs::create_dir(self.path(name)).unwrap();
        }
        std::fs::write(self.path("etc/main.cf"), self.main(job)).unwrap();
        let listener = format!("127.0.0.1:{} inet n - n - - smtpd\n", self.address.port());
        std::fs::write(self.path("etc/master.cf"), listener + SERVICES).unwrap();
        // Postfix gives up root: its users must be able to enter, and to write where they work.
        run("chmod", &["755", &self.folder.path().display().to_string()]);
        run(
            "chown",
            &["postfix", &self.path("data").display().to_string()],
        );
        run(
            "chown",
            &["nobody:nogroup", &self.path("mail").display().to_string()],
        );
    }

    fn main(&self, job: &Job) -> String {
        let here = self.folder.path().display();
        let mut text = format!(
            "compatibility_level = 3.6\nqueue_directory = {here}/queue\ndata_directory = {here}/data\n\
             mail_owner = postfix\nsetgid_group = postdrop\ncommand_directory = /usr/sbin\n\
             daemon_directory = /usr/lib/postfix/sbin\ninet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\nmynetworks = 127.0.0.0/8\nmyhostname = mx.receiver.test\n\
             mydestination =\nalias_maps =\nlocal_recipient_maps =\nsmtputf8_enable = yes\n\
             maillog_file = {here}/data/log\nmaillog_file_prefixes = /tmp\n"
        );
        match job {
            Job::Receive => write!(
                text,
                "smtpd_tls_security_level = encrypt\nsmtpd_tls_received_header = yes\n\
                 smtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\nvirtual_mailbox_domains = static:all\nvirtual_mailbox_base = {here}/mail\n\
                 virtual_mailbox_maps = static:box/\nvirtual_uid_maps = static:65534\n\
                 virtual_gid_maps = static:65534\n",
                certificate()[0],
                certificate()[1]
            ),
            Job::Relay(next) => write!(
                text,
                "relayhost = [{}]:{}\nsmtp_dns_support_level = disabled\nsmtp_host_lookup = native\n",
                next.ip(),
                next.port()
            ),
        }
        .unwrap();
        text
    }

    fn control(&self, word: &str) {
        let etc = self.path("etc").display().to_string();
        run("postfix", &["-c", &etc, word]);
    }

    fn wait(&self) {
        await_that("Postfix listens", || {
            TcpStream::connect(self.address).is_ok()
        });
    }
}

/// A certificate that nobody vouches for, and its key.
pub(super) fn certificate() -> [String; 2] {
    let folder = repository().join("crates/deliver/testdata/tls");
    ["relay.pem", "relay.key"].map(|name| folder.join(name).display().to_string())
}

/// The mails that were delivered here so far.
pub(super) fn maildir(new: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(new) else {
        return Vec::new();
    };
    entries
        .filter_map(|e| std::fs::read_to_string(e.unwrap().path()).ok())
        .collect()
}

/// Looks again and again until it is so; fails after a minute.
pub(super) fn await_that(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(
            began.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}"
        );
        std::thread::yield_now();
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.control("stop");
    }
}

fn run(program: &str, words: &[&str]) {
    let done = Command::new(program).args(words).output().unwrap();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {words:?}: {errors}");
}
