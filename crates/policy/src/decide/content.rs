//! What a mail carries: pictures and scripts from hosts that the policy does not name bar it.

use super::Case;
use crate::code::Code;

impl Case<'_> {
    pub(super) fn check_hosts(&mut self) {
        let request = self.request;
        if request.hosts.is_empty() {
            return;
        }
        let version = self.current.map(|at| self.set.version_at(at));
        let declared = |host: &String| version.is_some_and(|v| v.declares_host(host));
        if !request.hosts.iter().all(declared) {
            self.out.deny.add(Code::DRemoteHost);
        }
    }
}
