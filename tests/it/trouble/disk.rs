//! A disk of a few kilobytes that a test can let grow: a tmpfs in a mount namespace of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Mounted over a folder, for the commands that run on it only. Gone with this value.
pub(super) struct TinyDisk {
    holder: Child,
    folder: PathBuf,
}

impl TinyDisk {
    /// `None`, with a line that says so, where this user may not mount.
    pub(super) fn over(folder: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let mount =
            "mount -t tmpfs -o size=\"$2\",mode=700 tmpfs \"$1\" && echo mounted && exec cat";
        let mut holder = Command::new("unshare")
            .args(["--mount", "sh", "-c", mount, "sh"])
            .arg(folder)
            .arg(size)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut said = String::new();
        let out = holder.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut said).unwrap();
        let disk = Self {
            holder,
            folder: folder.to_owned(),
        };
        if said.trim() == "mounted" {
            return Some(disk);
        }
        println!("skipped: this user may not mount a small disk");
        None
    }

    /// The same command, run where the disk is.
    pub(super) fn on(&self, command: &Command) -> Command {
        let mut there = self.enter();
        there.arg(command.get_program()).args(command.get_args());
        there
    }

    /// Gives it room.
    pub(super) fn grow(&self) {
        let mut remount = self.enter();
        remount
            .args(["mount", "-o", "remount,size=256m"])
            .arg(&self.folder);
        assert!(remount.status().unwrap().success());
    }

    fn enter(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &self.holder.id().to_string(), "--"]);
        command
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _gone_already = self.holder.kill();
        let _reaped = self.holder.wait();
    }
}
