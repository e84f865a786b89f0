//! A process of the binary that runs beside the test: it says where it listens, and answers when it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A running `avow serve`, `avow sink` or `avow demo` with `--json`. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
    /// The first line it printed.
    pub(crate) said: Value,
}

impl Process {
    /// Starts it and waits for its first line.
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command
            .arg("--json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let said = next_line(&mut out);
        Self { child, out, said }
    }

    /// Waits for its next line.
    pub(crate) fn next_line(&mut self) -> Value {
        next_line(&mut self.out)
    }

    /// A text of its first line.
    pub(crate) fn said(&self, key: &str) -> String {
        self.said[key]
            .as_str()
            .unwrap_or_else(|| panic!("no {key} in {}", self.said))
            .to_owned()
    }

    /// Asks it to end, waits, and gives the rest of what it printed.
    pub(crate) fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        assert!(
            self.child.wait().unwrap().success(),
            "it ended badly: {rest}"
        );
        rest
    }
}

fn next_line(out: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    serde_json::from_str(line.trim()).unwrap_or_else(|e| panic!("{e}: {line:?}"))
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}
