//! What the tasks use beyond Rust: Debian packages and one Python environment.
//!
//! As root, missing packages are installed; otherwise the missing ones are named, and the tests that
//! need them say that they skip.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell::{has, output, run, say, target, variable};

/// A program and the Debian package that brings it.
struct Need {
    program: &'static str,
    package: &'static str,
}

const NEEDS: [Need; 10] = [
    Need {
        program: "chromium",
        package: "chromium",
    },
    Need {
        program: "chromedriver",
        package: "chromium-driver",
    },
    Need {
        program: "npm",
        package: "npm",
    },
    Need {
        program: "postfix",
        package: "postfix",
    },
    Need {
        program: "smtp-sink",
        package: "postfix",
    },
    Need {
        program: "spamassassin",
        package: "spamassassin",
    },
    Need {
        program: "swaks",
        package: "swaks",
    },
    Need {
        program: "nginx",
        package: "nginx-light",
    },
    Need {
        program: "wrk",
        package: "wrk",
    },
    Need {
        program: "strace",
        package: "strace",
    },
];

/// Installs all that is missing, as far as this user can.
pub(crate) fn install_all() -> Result<()> {
    let mut packages: Vec<&str> = NEEDS
        .iter()
        .filter(|need| !has(need.program))
        .map(|need| need.package)
        .collect();
    if crate::postgres::programs().is_none() {
        packages.push("postgresql");
    }
    packages.dedup();
    debian(&packages)?;
    if let Err(why) = python() {
        say(&format!(
            "no Python environment, the dkimpy check will skip: {why:#}"
        ));
    }
    if let Err(why) = schemathesis() {
        say(&format!(
            "no schemathesis, the API is not held against its description: {why:#}"
        ));
    }
    if let Err(why) = axe() {
        say(&format!("no axe-core, pages are not judged by it: {why:#}"));
    }
    Ok(())
}

fn debian(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    if !is_root() || !has("apt-get") {
        say(&format!(
            "missing, their tests will skip; install: apt-get install {}",
            packages.join(" ")
        ));
        return Ok(());
    }
    run(apt().arg("update"))?;
    run(apt()
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.arg("-qq").env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// True when this process may install packages.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The accessibility rules that the browser's pages are judged by, and where they lie.
const AXE: &str = "axe-core@4.10.3";

/// The version that the description of the API was tried with.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// axe-core's script, from the npm registry on first use.
pub(crate) fn axe() -> Result<PathBuf> {
    let folder = target().join("tools/axe");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.exists() {
        std::fs::create_dir_all(&folder)?;
        let words = [
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ];
        output(Command::new("npm").args(words).arg(&folder).arg(AXE))?;
    }
    Ok(script)
}

/// The Python of the tasks' own environment, made on first use, with dkimpy in it.
pub(crate) fn python() -> Result<PathBuf> {
    let folder = target().join("tools/python");
    let python = folder.join("bin/python");
    let marker = folder.join("dkimpy-installed");
    if !marker.exists() {
        let maker = variable("AVOW_PYTHON").unwrap_or_else(|| "python3".to_owned());
        run(Command::new(maker).args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "dkimpy==1.1.8",
            "PyNaCl",
        ]))?;
        std::fs::write(&marker, "")?;
    }
    Ok(python)
}

/// The program that makes calls of the API's description, in an environment of its own, made on first use.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    let folder = target().join("tools/schemathesis");
    let program = folder.join("bin/schemathesis");
    if !program.exists() {
        let maker = variable("AVOW_PYTHON").unwrap_or_else(|| "python3".to_owned());
        run(Command::new(maker).args(["-m", "venv"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", SCHEMATHESIS];
        run(Command::new(folder.join("bin/python")).args(pip))?;
    }
    Ok(program)
}
