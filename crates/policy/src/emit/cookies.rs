//! Which cookies may be set: the list that people read, and the decider that every `Set-Cookie` passes.

use jiff::SignedDuration;
use serde::Serialize;

use super::html::{section, table};
use super::told;
use crate::explain::list;
use crate::version::{Cookie, CookieContext, CookieMode, CookieName, Lifetime, Version};

/// One line of the cookie list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CookieEntry {
    pub name: CookieName,
    pub title: String,
    /// The domains it is set on; empty: the site that shows the list.
    pub domains: Vec<String>,
    pub lifetime: Lifetime,
    /// The title of its purpose; `None`: the site cannot work without it.
    pub purpose: Option<String>,
    pub context: Vec<CookieContext>,
}

/// The cookies that the version lets be set, in the order of the file; none where its mode is none.
pub fn cookie_list(version: &Version) -> Vec<CookieEntry> {
    let entry = |cookie: &Cookie| CookieEntry {
        name: cookie.name.clone(),
        title: cookie.title.clone(),
        domains: version.domains().to_vec(),
        lifetime: cookie.lifetime,
        purpose: cookie.purpose.as_ref().map(|p| told::purpose(version, p)),
        context: cookie.context.clone(),
    };
    let fits = |cookie: &&Cookie| mode_allows(version.cookie_mode(), cookie.lifetime);
    version.cookies().iter().filter(fits).map(entry).collect()
}

/// The list as an HTML fragment.
pub fn cookie_list_html(version: &Version) -> String {
    let cookies = cookie_list(version);
    if cookies.is_empty() {
        let none = "<p>No cookie is set. A cookie that is not declared is taken out of every answer before it leaves.</p>";
        return section("cookies", "Cookies", none);
    }
    let row = |c: &CookieEntry| {
        let context: Vec<String> = c.context.iter().map(|c| context(*c).to_owned()).collect();
        vec![
            c.name.to_string(),
            c.title.clone(),
            list(&c.domains, "and"),
            told::lifetime(c.lifetime),
            c.purpose.clone().unwrap_or_else(|| "Necessary".to_owned()),
            list(&context, "and"),
        ]
    };
    let rows: Vec<Vec<String>> = cookies.iter().map(row).collect();
    let head = ["Name", "What for", "Domain", "Lives", "Purpose", "Set"];
    section("cookies", "Cookies", &table(&head, &rows))
}

const fn context(context: CookieContext) -> &'static str {
    match context {
        CookieContext::Site => "on this site",
        CookieContext::Mail => "from a mail",
        CookieContext::ThirdPartySite => "on other sites",
    }
}

/// Why a cookie is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CookieRefusal {
    #[error("the policy's mode is \"none\": no cookie is set")]
    ModeNone,
    #[error("the policy's mode is \"session\": a cookie ends with the browser session")]
    ModeSession,
    #[error("no [cookie.…] of this name is declared")]
    NotDeclared,
    #[error("it is declared, but not for this context")]
    OtherContext,
    #[error("it would live longer than declared")]
    LivesTooLong,
}

/// Whether a cookie of this name may be set here and live so long. What is refused is stripped.
pub fn may_set(
    version: &Version,
    name: &str,
    context: CookieContext,
    lifetime: Lifetime,
) -> Result<(), CookieRefusal> {
    match version.cookie_mode() {
        Some(CookieMode::None) => return Err(CookieRefusal::ModeNone),
        mode if !mode_allows(mode, lifetime) => return Err(CookieRefusal::ModeSession),
        _ => {}
    }
    let declared = version.cookies().iter().find(|c| c.name.as_str() == name);
    let cookie = declared.ok_or(CookieRefusal::NotDeclared)?;
    if !cookie.context.contains(&context) {
        return Err(CookieRefusal::OtherContext);
    }
    if lives(lifetime) > lives(cookie.lifetime) {
        return Err(CookieRefusal::LivesTooLong);
    }
    Ok(())
}

fn mode_allows(mode: Option<CookieMode>, lifetime: Lifetime) -> bool {
    match mode {
        None | Some(CookieMode::Lasting) => true,
        Some(CookieMode::Session) => lifetime == Lifetime::Session || lives(lifetime).is_zero(),
        Some(CookieMode::None) => false,
    }
}

/// How long a lifetime is beside another: a session is shorter than any time.
fn lives(lifetime: Lifetime) -> SignedDuration {
    match lifetime {
        Lifetime::Session => SignedDuration::ZERO,
        Lifetime::For(time) => time.max(SignedDuration::ZERO),
    }
}
