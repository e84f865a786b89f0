//! Debian's Exim with a configuration of our own: takes mail over TLS alone, into one maildir.
//!
//! Its package cannot stand beside Postfix's. Where it is not installed, `AVOW_TEST_EXIM` names the program in a folder
//! that its packages were unpacked into: docs/building.md.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::postfix::{await_that, certificate, maildir};
use crate::avow::variable;

const INSTALLED: &str = "/usr/sbin/exim4";
/// The user that Debian's program insists on.
const USER: &str = "Debian-exim";

/// A running Exim; stopped when dropped.
pub(super) struct Exim {
    folder: TempDir,
    daemon: Child,
    pub(super) address: SocketAddr,
}

impl Exim {
    /// `None`, with a line that says so, where Exim is missing or this user may not start it.
    pub(super) fn start() -> Option<Self> {
        let program = variable("AVOW_TEST_EXIM").unwrap_or_else(|| INSTALLED.to_owned());
        let root = Command::new("id").arg("-u").output();
        let root = root.is_ok_and(|o| o.stdout == b"0\n");
        if !Path::new(&program).exists() || !root {
            println!("skipped: no Exim (docs/building.md says how to get one), or not root");
            return None;
        }
        let folder = TempDir::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        prepare(folder.path(), &program, address);
        let daemon = daemon(folder.path(), &program).spawn().unwrap();
        let exim = Self {
            folder,
            daemon,
            address,
        };
        await_that("Exim listens", || TcpStream::connect(address).is_ok());
        Some(exim)
    }

    /// The mails in the maildir, once there are as many.
    pub(super) fn wait_for_mails(&self, count: usize) -> Vec<String> {
        let mails = || maildir(&self.folder.path().join("mail/new"));
        await_that("the mails", || mails().len() >= count);
        mails()
    }

    /// How many messages came by BDAT, as its log has it: `K` on the line of an arrival.
    pub(super) fn taken_in_chunks(&self) -> usize {
        let log = std::fs::read_to_string(self.folder.path().join("spool/mainlog")).unwrap();
        let arrivals = log.lines().filter(|line| line.contains(" <= "));
        arrivals.filter(|line| line.contains(" K ")).count()
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn prepare(folder: &Path, program: &str, address: SocketAddr) {
    let [certificate, key] = certificate();
    let here = folder.display();
    let text = format!(
        "exim_path = {program}\nprimary_hostname = mx.receiver.test\nspool_directory = {here}/spool\n\
         log_file_path = {here}/spool/%slog\npid_file_path = {here}/spool/pid\n\
         daemon_smtp_ports = {}\nlocal_interfaces = 127.0.0.1\nkeep_environment =\n\
         exim_user = nobody\nexim_group = nogroup\nnever_users =\n\
         tls_advertise_hosts = *\ntls_certificate = {certificate}\ntls_privatekey = {key}\n\
         chunking_advertise_hosts = *\nacl_smtp_rcpt = check\nacl_smtp_data = accept\n\
         begin acl\ncheck:\n  deny !encrypted = *\n  accept\n\
         begin routers\nall:\n  driver = accept\n  transport = box\n\
         begin transports\nbox:\n  driver = appendfile\n  maildir_format\n  directory = {here}/mail\n\
         \x20 user = nobody\n  group = nogroup\n",
        address.port()
    );
    std::fs::write(folder.join("exim.conf"), text).unwrap();
    for name in ["spool", "mail"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    for file in ["passwd", "group"] {
        let line = match file {
            "passwd" => format!("{USER}:x:65533:65533::/nonexistent:/usr/sbin/nologin\n"),
            _ => format!("{USER}:x:65533:\n"),
        };
        let known = std::fs::read_to_string(Path::new("/etc").join(file)).unwrap();
        let all = if known.contains(USER) {
            known
        } else {
            known + line.as_str()
        };
        std::fs::write(folder.join(file), all).unwrap();
    }
    let owned = ["spool", "mail"].map(|name| folder.join(name).display().to_string());
    let open = Command::new("chmod").arg("755").arg(folder).status();
    let given = Command::new("chown")
        .arg("nobody:nogroup")
        .args(owned)
        .status();
    assert!(open.unwrap().success() && given.unwrap().success());
}

/// In a view of the file system where its user and its libraries exist.
fn daemon(folder: &Path, program: &str) -> Command {
    let libraries: PathBuf = Path::new(program)
        .ancestors()
        .nth(3)
        .unwrap()
        .join("usr/lib/x86_64-linux-gnu");
    let here = folder.display();
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-c"])
        .arg(format!(
            "ldconfig -C {here}/libraries {} && mount --bind {here}/libraries /etc/ld.so.cache && \
             mount --bind {here}/passwd /etc/passwd && mount --bind {here}/group /etc/group && \
             exec {program} -bdf -C {here}/exim.conf",
            libraries.display()
        ))
        .stdin(Stdio::null());
    command
}
