//! What a mail carries: pictures and scripts from hosts that the policy does not name bar it.

use super::Case;
use crate::code::Code;
use crate::version::Version;

impl Case<'_> {
    pub(super) fn check_hosts(&mut self) {
        let request = self.request;
        if request.hosts.is_empty() {
            return;
        }
        let version = self.current.map(|at| self.set.version_at(at));
        let declared = |host: &String| version.is_some_and(|v| declares(v, host));
        if !request.hosts.iter().all(declared) {
            self.out.deny.add(Code::DRemoteHost);
        }
    }
}

/// Its own domains, those below them, and the hosts that the policy lists.
fn declares(version: &Version, host: &str) -> bool {
    let below = |domain: &str| {
        let rest = host.strip_suffix(domain);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let listed = |origin: &str| {
        let named = origin.strip_prefix("https://").unwrap_or(origin);
        named.split(':').next() == Some(host)
    };
    version.domains().iter().any(|d| below(d))
        || version.hosts().iter().any(|h| listed(h.origin.as_str()))
}
