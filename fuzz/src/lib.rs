//! What is thrown at the parsers of foreign bytes, and what must hold whatever comes.
//!
//! Promises: each target takes any bytes and panics only where an invariant of the product is broken.
//! `cargo xtask fuzz` runs them under libFuzzer; `tests/seeds.rs` tries every seed on each ordinary test run.
//! Never: a network, a clock, a database. An input that once failed goes into `seeds/` under a name that says why.

mod blocks;
mod policies;
mod proofs;
mod replies;
mod returned;
mod segments;
mod sessions;
mod signing;
mod templates;
mod tokens;
mod wishes;

/// A parser and what must hold for it.
pub struct Target {
    /// What `cargo xtask fuzz NAME` takes; also the folder of its seeds.
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Inputs of more bytes find nothing new and cost time.
    pub bytes_max: usize,
    /// Folders of the repository whose files are seeds as well.
    pub also: &'static [&'static str],
}

/// All of them.
pub const TARGETS: [Target; 13] = [
    Target {
        name: "smtp_reply",
        run: replies::run,
        bytes_max: 4096,
        also: &[],
    },
    Target {
        name: "session",
        run: sessions::run,
        bytes_max: 8192,
        also: &[],
    },
    Target {
        name: "returned_mail",
        run: returned::run,
        bytes_max: 16_384,
        also: &[],
    },
    Target {
        name: "token",
        run: tokens::token,
        bytes_max: 256,
        also: &[],
    },
    Target {
        name: "return_path",
        run: tokens::return_path,
        bytes_max: 256,
        also: &[],
    },
    Target {
        name: "policy",
        run: policies::run,
        bytes_max: 16_384,
        also: &["policies/imark", "policies/packs"],
    },
    Target {
        name: "template",
        run: templates::run,
        bytes_max: 8192,
        also: &[],
    },
    Target {
        name: "blocks",
        run: blocks::run,
        bytes_max: 8192,
        also: &[],
    },
    Target {
        name: "bundle",
        run: proofs::run,
        bytes_max: 65_536,
        also: &[],
    },
    Target {
        name: "dkim_body",
        run: signing::run,
        bytes_max: 2048,
        also: &[],
    },
    Target {
        name: "segment",
        run: segments::run,
        bytes_max: 2048,
        also: &[],
    },
    Target {
        name: "sts_policy",
        run: wishes::policy,
        bytes_max: 4096,
        also: &[],
    },
    Target {
        name: "tls_records",
        run: wishes::records,
        bytes_max: 2048,
        also: &[],
    },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

impl Target {
    /// Where its seeds lie, from the repository's root.
    pub fn folders(&self) -> Vec<String> {
        let own = format!("fuzz/seeds/{}", self.name);
        let others = self.also.iter().map(|also| (*also).to_owned());
        std::iter::once(own).chain(others).collect()
    }
}
