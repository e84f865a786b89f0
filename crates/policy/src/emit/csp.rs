//! The Content-Security-Policy of public pages: own files, and the hosts that the policy declares.

use std::fmt::Write as _;

use avow_model::Purpose;

use crate::version::{Host, Load, Version};

/// The directives, each with what is in it before any host (CSP Level 3). No inline script or style;
/// nobody frames a public page, and no form leads elsewhere.
const DIRECTIVES: [(Load, &str, &str); 6] = [
    (Load::Script, "script-src", "'self'"),
    (Load::Style, "style-src", "'self'"),
    (Load::Font, "font-src", "'self'"),
    (Load::Image, "img-src", "'self' data:"),
    (Load::Connect, "connect-src", "'self'"),
    (Load::Frame, "frame-src", "'self'"),
];

/// The header's value for a page under this version. A host with a purpose is in it only where `granted`
/// names that purpose; so a page that knows nobody's choice is given none.
pub fn content_security_policy(version: &Version, granted: &[Purpose]) -> String {
    let mut out = String::from("default-src 'none'");
    for (load, name, own) in DIRECTIVES {
        let _ = write!(out, "; {name} {own}");
        let loads = |h: &&Host| h.loads.contains(&load) && is_open(h, granted);
        for host in version.hosts().iter().filter(loads) {
            let _ = write!(out, " {}", host.origin);
        }
    }
    out.push_str("; form-action 'self'; base-uri 'none'; frame-ancestors 'self'");
    out
}

fn is_open(host: &Host, granted: &[Purpose]) -> bool {
    host.purpose.as_ref().is_none_or(|p| granted.contains(p))
}
