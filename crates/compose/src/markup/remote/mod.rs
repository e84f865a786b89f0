//! Which hosts a document loads from when somebody looks at it.
//!
//! Promises: every way that a mail program or a browser fetches something without a click is looked at, also
//! inside conditional comments, `<noscript>` and `srcdoc`; what is doubtful counts as loaded. Never: follows
//! anything, or counts a link that waits for a click.

mod address;
mod css;
mod walk;

use std::collections::BTreeSet;

use crate::fault::ContentFault;
use crate::template::Marks;

/// Hosts of one document: each is asked of the gate with every message, and no newsletter loads from so many.
pub(crate) const HOSTS_MAX: usize = 50;
/// Documents inside documents (`srcdoc` in a comment in a `<noscript>`): deeper ones are written to hide something.
pub(crate) const NESTED_MAX: usize = 3;

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Remote {
    hosts: BTreeSet<String>,
    /// Lines of the template tags that make up a host's name.
    unknown: BTreeSet<usize>,
}

impl Remote {
    fn add(&mut self, host: Option<String>) {
        self.hosts.extend(host);
    }

    /// The faults that stop a document, or its hosts in order.
    fn finish(self) -> Result<Vec<String>, Vec<ContentFault>> {
        let fault = |line: &usize| ContentFault::HostFromField { line: *line };
        let mut faults: Vec<_> = self.unknown.iter().map(fault).collect();
        if self.hosts.len() > HOSTS_MAX {
            faults.push(ContentFault::TooManyHosts { limit: HOSTS_MAX });
        }
        if faults.is_empty() {
            Ok(self.hosts.into_iter().collect())
        } else {
            Err(faults)
        }
    }
}

/// The hosts that a finished document loads from: in lower case, as DNS writes them, without port, each once.
/// The document has been through a parser and a serializer already.
pub(crate) fn hosts(html: &str, marks: &Marks) -> Result<Vec<String>, Vec<ContentFault>> {
    let mut found = Remote::default();
    walk::walk((html, 0), marks, &mut found).map_err(|fault| vec![fault])?;
    found.finish()
}
