//! Designing a form: what somebody typed becomes settings, or says what to mend and where.
//!
//! Promises: a form asks for nothing that the policy in force does not declare; it is shown inside pages of those sites
//! alone that it names, each an origin by itself; its colours can be read.

use avow_model::{Category, ListId, Purpose};
use avow_policy::Version;
use avow_store::{FormFace, FormSettings, FormStanding, FormTheme};

use super::theme::{Look, ThemeFault};

const TITLE_CHARS_MAX: usize = 120;
const WORDS_CHARS_MAX: usize = 1_000;
const BUTTON_CHARS_MAX: usize = 40;
/// Sites with one form in them; more are a platform, which shows the hosted page.
const SITES_MAX: usize = 20;
const EMAIL: &str = "email";

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormInput {
    pub title: String,
    pub intro: String,
    /// In the order in which they are asked.
    pub categories: Vec<String>,
    pub purposes: Vec<String>,
    pub list: Option<ListId>,
    pub button: String,
    pub thanks: String,
    /// `None`: as all public pages.
    pub theme: Option<FormTheme>,
    /// Origins, `https://shop.example`.
    pub sites: Vec<String>,
}

/// Where on the page something is to be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormPlace {
    Title,
    Intro,
    Categories,
    Purposes,
    Button,
    Thanks,
    Theme,
    Sites,
}

impl FormPlace {
    /// The name of the field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Intro => "intro",
            Self::Categories => "categories",
            Self::Purposes => "purposes",
            Self::Button => "button",
            Self::Thanks => "thanks",
            Self::Theme => "theme",
            Self::Sites => "sites",
        }
    }
}

/// What is wrong with a form that is designed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DesignFault {
    #[error("write it")]
    Missing(FormPlace),
    #[error("at most {1} characters")]
    TooLong(FormPlace, usize),
    #[error(
        "the policy in force does not declare `{0}`: leave it out, or publish a version that does"
    )]
    UndeclaredCategory(String),
    #[error(
        "the policy in force does not declare `{0}`: leave it out, or publish a version that does"
    )]
    UndeclaredPurpose(String),
    #[error("choose at least one thing that people can say yes to")]
    NoPurpose,
    #[error(transparent)]
    Theme(#[from] ThemeFault),
    #[error("`{0}` is no site: write it as https://shop.example, without a path")]
    NoSite(String),
    #[error("at most {SITES_MAX} sites")]
    TooManySites,
}

impl DesignFault {
    /// Where it stands.
    pub const fn place(&self) -> FormPlace {
        match self {
            Self::Missing(place) | Self::TooLong(place, _) => *place,
            Self::UndeclaredCategory(_) => FormPlace::Categories,
            Self::UndeclaredPurpose(_) | Self::NoPurpose => FormPlace::Purposes,
            Self::Theme(_) => FormPlace::Theme,
            Self::NoSite(_) | Self::TooManySites => FormPlace::Sites,
        }
    }
}

/// The settings, or everything that is wrong. Whether it is open is not touched by what was typed.
pub fn design(
    input: &FormInput,
    version: &Version,
    standing: FormStanding,
) -> Result<FormSettings, Vec<DesignFault>> {
    let mut faults = Vec::new();
    lengths(input, &mut faults);
    let categories = categories(input, version, &mut faults);
    let purposes = purposes(input, version, &mut faults);
    if let Some(Err(fault)) = input.theme.as_ref().map(Look::of) {
        faults.push(fault.into());
    }
    sites(&input.sites, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(FormSettings {
        title: input.title.trim().to_owned(),
        intro: input.intro.trim().to_owned(),
        purposes,
        categories,
        list: input.list,
        button: input.button.trim().to_owned(),
        thanks: input.thanks.trim().to_owned(),
        face: FormFace {
            standing,
            theme: input.theme.clone(),
            sites: input.sites.clone(),
        },
    })
}

fn lengths(input: &FormInput, faults: &mut Vec<DesignFault>) {
    let fields = [
        (FormPlace::Title, &input.title, TITLE_CHARS_MAX, true),
        (FormPlace::Intro, &input.intro, WORDS_CHARS_MAX, false),
        (FormPlace::Button, &input.button, BUTTON_CHARS_MAX, true),
        (FormPlace::Thanks, &input.thanks, WORDS_CHARS_MAX, false),
    ];
    for (place, text, max, needed) in fields {
        if needed && text.trim().is_empty() {
            faults.push(DesignFault::Missing(place));
        }
        if text.chars().count() > max {
            faults.push(DesignFault::TooLong(place, max));
        }
    }
}

/// The address is asked for by every form, first of all where nothing else is said.
fn categories(
    input: &FormInput,
    version: &Version,
    faults: &mut Vec<DesignFault>,
) -> Vec<Category> {
    let declared = |name: &str| version.categories().iter().find(|c| c.id.as_str() == name);
    let mut all: Vec<Category> = Vec::new();
    for name in &input.categories {
        match declared(name) {
            Some(rule) if !all.contains(&rule.id) => all.push(rule.id.clone()),
            Some(_) => {}
            None => faults.push(DesignFault::UndeclaredCategory(name.clone())),
        }
    }
    if let Some(email) = declared(EMAIL).filter(|rule| !all.contains(&rule.id)) {
        all.insert(0, email.id.clone());
    }
    all
}

fn purposes(input: &FormInput, version: &Version, faults: &mut Vec<DesignFault>) -> Vec<Purpose> {
    let mut all: Vec<Purpose> = Vec::new();
    for name in &input.purposes {
        let rule = version.purposes().iter().find(|p| p.id.as_str() == name);
        match rule {
            Some(rule) if !all.contains(&rule.id) => all.push(rule.id.clone()),
            Some(_) => {}
            None => faults.push(DesignFault::UndeclaredPurpose(name.clone())),
        }
    }
    if input.purposes.is_empty() {
        faults.push(DesignFault::NoPurpose);
    }
    all
}

fn sites(sites: &[String], faults: &mut Vec<DesignFault>) {
    let strange = sites.iter().filter(|site| !is_origin(site));
    faults.extend(strange.map(|site| DesignFault::NoSite(site.clone())));
    if sites.len() > SITES_MAX {
        faults.push(DesignFault::TooManySites);
    }
}

/// An origin and nothing else: it is written into a header.
fn is_origin(site: &str) -> bool {
    let rest = site
        .strip_prefix("https://")
        .or_else(|| site.strip_prefix("http://"));
    let Some(host) = rest else { return false };
    let (host, port) = host
        .split_once(':')
        .map_or((host, None), |(h, p)| (h, Some(p)));
    let label = |part: &str| {
        let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !part.is_empty() && part.bytes().all(sign)
    };
    let port = port.is_none_or(|p| p.parse::<u16>().is_ok());
    port && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn a_site_is_an_origin_and_nothing_that_could_end_a_header() {
        for site in [
            "https://shop.example",
            "http://127.0.0.1:8080",
            "https://a-b.example:443",
        ] {
            assert!(is_origin(site), "{site}");
        }
        for site in [
            "",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/path",
            "https://*.example",
            "https://a b",
            "https://a;b",
            "https://a.example; script-src *",
            "https://a.example\r\nSet-Cookie: x",
            "javascript:x",
            "https://a.example:99999",
            "https://u@a.example",
        ] {
            assert!(!is_origin(site), "{site}");
        }
    }
}
