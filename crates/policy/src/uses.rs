//! What an installation is about to use, against what the policy in force declares. Pure: the list of uses
//! is gathered by whoever starts something.
//!
//! Promises: a use without a declaration is named with its place and what to do; a declaration without a
//! use is only told. Never: guesses that a similar name was meant.

use std::fmt;

use avow_model::{Category, Purpose, RecipientClass, Slug};

use crate::emit::may_set;
use crate::version::{CookieContext, Lifetime, RecipientRole, Version};

/// Something that code, a form, a connector, a template or a campaign uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Used {
    Purpose(Purpose),
    Category(Category),
    Recipient(RecipientClass),
    /// A place where data are collected: a form.
    Point(Slug),
    /// Somebody who handles data under contract, of whichever declared class.
    Processor {
        /// A host name, as the configuration names it.
        name: String,
    },
    Cookie {
        name: String,
        context: CookieContext,
        lifetime: Lifetime,
    },
    /// A host that something loads from.
    Host {
        /// In lower case, without scheme and port: as the gate is asked.
        name: String,
    },
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purpose(id) => write!(f, "the purpose \"{id}\""),
            Self::Category(id) => write!(f, "the category \"{id}\""),
            Self::Recipient(id) => write!(f, "the recipient \"{id}\""),
            Self::Point(id) => write!(f, "the collection point \"{id}\""),
            Self::Processor { name } => write!(f, "the processor {name}"),
            Self::Cookie { name, .. } => write!(f, "the cookie \"{name}\""),
            Self::Host { name } => write!(f, "the host {name}"),
        }
    }
}

/// A use, and where it stands: `the form "signup"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub used: Used,
    pub place: String,
}

/// A use that the policy does not declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    /// `the purpose "digest"`.
    pub what: String,
    pub place: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Undeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} uses {}. {}", self.place, self.what, self.remedy)
    }
}

/// What came of comparing uses and declarations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsesReport {
    /// Any of these, and nothing may start.
    pub undeclared: Vec<Undeclared>,
    /// Declared, and used by nothing that was named: `purpose.digest`.
    pub unused: Vec<String>,
}

/// Compares. Every use is looked at; the order of the report is that of the uses, then of the file.
pub fn judge_uses(version: &Version, uses: &[Use]) -> UsesReport {
    let undeclared = |u: &&Use| !is_declared(version, &u.used);
    let tell = |u: &Use| Undeclared {
        what: u.used.to_string(),
        place: u.place.clone(),
        remedy: remedy(&u.used),
    };
    UsesReport {
        undeclared: uses.iter().filter(undeclared).map(tell).collect(),
        unused: unused(version, uses),
    }
}

fn is_declared(version: &Version, used: &Used) -> bool {
    match used {
        Used::Purpose(id) => version.purpose(id).is_some(),
        Used::Category(id) => version.category(id).is_some(),
        Used::Recipient(id) => id.as_str() == "self" || version.recipient(id).is_some(),
        Used::Point(id) => version.collects_at(id),
        Used::Processor { .. } => {
            let all = version.recipients().iter();
            all.into_iter()
                .any(|r| r.role == Some(RecipientRole::Processor))
        }
        Used::Cookie {
            name,
            context,
            lifetime,
        } => may_set(version, name, *context, *lifetime).is_ok(),
        Used::Host { name } => version.declares_host(name),
    }
}

fn remedy(used: &Used) -> String {
    let declare = match used {
        Used::Purpose(id) => format!("[purpose.{id}]"),
        Used::Category(id) => format!("[category.{id}]"),
        Used::Recipient(id) => format!("[recipient.{id}]"),
        Used::Point(id) => format!("\"{id}\" in scope.points"),
        Used::Processor { .. } => "a [recipient.…] with role = \"processor\"".to_owned(),
        Used::Cookie { name, .. } => format!("[cookie.{name}] for this context and lifetime"),
        Used::Host { name } => format!("a [host.…] with origin = \"https://{name}\""),
    };
    format!("Publish a version that declares {declare}, or take it out there.")
}

fn unused(version: &Version, uses: &[Use]) -> Vec<String> {
    let has = |wanted: &Used| uses.iter().any(|u| u.used == *wanted);
    let purposes = version.purposes().iter().map(|p| &p.id);
    let purposes = purposes
        .filter(|id| !has(&Used::Purpose((*id).clone())))
        .map(|id| format!("purpose.{id}"));
    let host_used = |origin: &str| {
        let same = |u: &Use| matches!(&u.used, Used::Host { name } if origin.ends_with(&format!("://{name}")));
        uses.iter().any(same)
    };
    let hosts = version.hosts().iter();
    let hosts = hosts
        .filter(|h| !host_used(h.origin.as_str()))
        .map(|h| format!("host.{}", h.id));
    let cookie_used = |name: &str| {
        let same = |u: &Use| matches!(&u.used, Used::Cookie { name: n, .. } if n == name);
        uses.iter().any(same)
    };
    let cookies = version.cookies().iter();
    let cookies = cookies
        .filter(|c| !cookie_used(c.name.as_str()))
        .map(|c| format!("cookie.{}", c.name));
    purposes.chain(cookies).chain(hosts).collect()
}
