//! What a user agent says about the program behind a hit.
//!
//! Works from the shape of the text rather than from a list of names: people read mail with a
//! browser or a mail program, and those follow an old convention (RFC 9110 10.1.5 and `Mozilla/5.0
//! (...)`) that most programs do not bother to imitate in full. A list of words catches the rest.
//! Never sees an IP address. Tested against `shared/data/{bots,ua}`; figures in docs/tracking.md.

use std::collections::HashMap;

/// What a user agent is, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgentClass {
    /// A browser or mail program that a person uses.
    Reader,
    /// Apple Mail Privacy Protection: loads every picture for everybody.
    MailPrivacy,
    /// A provider's picture proxy (Gmail, Yahoo).
    ImageProxy,
    /// A mail security product.
    Scanner,
    /// Any other program.
    Bot,
}

/// A user agent longer than this is read only so far: real ones stay under 400 bytes.
const AGENT_BYTES_MAX: usize = 512;

/// Proxies that fetch pictures on behalf of readers.
const IMAGE_PROXIES: &[&str] = &["googleimageproxy", "yahoomailproxy", "duckduckgo-image"];

/// Products that open links to look for malice.
const SCANNERS: &[&str] = &[
    "existence discovery",
    "safelinks",
    "bingpreview",
    "barracuda",
    "proofpoint",
    "mimecast",
    "messagelabs",
    "symantec",
    "trendmicro",
    "trend micro",
    "fireeye",
    "trellix",
    "ironport",
    "talosintelligence",
    "zscaler",
    "sophos",
    "forcepoint",
    "fortiguard",
    "checkpoint",
    "mailguard",
    "urlscan",
    "virustotal",
    "vadesecure",
    "avanan",
    "cloudmark",
    "spamassassin",
];

/// Names of browsers and networks that hold one of the words below by chance.
const CHANCE: &[&str] = &["cubot", "botswana", "@calendar", "talkback"];

/// Words that programs use of themselves and readers do not.
const WORDS: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "slurp",
    "scan",
    "scrap",
    "monitor",
    "preview",
    "fetch",
    "archiv",
    "headless",
    "phantom",
    "selenium",
    "playwright",
    "puppeteer",
    "webdriver",
    "synthetic",
    "validator",
    "lighthouse",
    "pagespeed",
    "http://",
    "https://",
    "+http",
    "@",
    "(at)",
    "curl/",
    "wget",
    "libwww",
    "python",
    "perl",
    "java/",
    "go-http",
    "ruby",
    "php/",
    "okhttp",
    "axios",
    "node-fetch",
    "guzzle",
    "httpclient",
    "apache-",
    "winhttp",
    "urllib",
    "httpx",
    "feed",
    "rss",
    "reader/",
    "nagios",
    "pingdom",
    "uptime",
    "check",
    "index",
    "search-",
    "analyz",
    "audit",
    "sitemap",
    "seo",
    "harvest",
    "extract",
    "capture",
    "download",
    "survey",
    "research",
    "agent-",
    "-agent",
    " agent)",
    "proxy",
    "prerender",
    "watch",
    "test-",
    "recon",
    "resolver",
    "optimi",
    "verif",
    "inspect",
    "probe",
    "ping",
    "batch",
    "library",
    "externalhit",
    "whatsapp",
    "embed",
    "electron/",
];

/// How the user agents of browsers, mail programs and phones begin.
const READERS: &[&str] = &[
    "mozilla/",
    "opera",
    "safari/",
    "dalvik/",
    "microsoft office",
    "microsoft outlook",
    "outlook",
    "lotus",
    "airmail",
    "postbox",
    "the bat",
    "thunderbird",
    "barca",
    "nokia",
    "samsung",
    "sony",
    "blackberry",
    "lg",
    "mot-",
    "sec-",
    "sie-",
    "docomo",
    "kddi",
    "ucweb",
    "uc ",
    "iuc(",
    "j2me",
    "htc",
    "alcatel",
    "sharp",
    "panasonic",
    "benq",
    "zte",
    "huawei",
    "palm",
    "vodafone",
    "softbank",
    "links ",
    "lynx",
    "elinks",
    "w3m",
    "icab",
    "netfront",
    "doris",
    "konqueror",
    "qqbrowser",
    "mqqbrowser",
    "dolphin",
    "midori",
    "instagram",
    "android:",
    "[fban",
];

/// What stands after `Mozilla/x.0 (compatible; ` in a reader.
const COMPATIBLE_READERS: &[&str] = &[
    "msie",
    "konqueror",
    "netfront",
    "dillo",
    "icab",
    "omniweb",
    "amaya",
    "arora",
    "windows",
    "ice",
    "opera",
    "escape",
    "webtv",
    "web tv",
    "aol",
    "blackberry",
    "lotus",
    "ms-office",
    "kin",
    "googletoolbar",
];

/// Bare words (no version behind them) that readers put behind the engine.
const BARE_WORDS: &[&str] = &[
    "mobile",
    "gecko",
    "like",
    "version",
    "safari",
    "applewebkit",
    "tablet",
    "opera",
    "in",
    "en",
    "de",
    "u2",
    "u3",
    "brave",
    "iron",
    "instagram",
    "android",
    "sidebar",
    "webpanel",
    "large",
    "screen",
    "webappmanager",
    "tv",
];

/// Systems and devices, one of which every reader's `Mozilla/...` names.
const PLATFORMS: &[&str] = &[
    "windows",
    "win",
    "mac",
    "linux",
    "x11",
    "android",
    "iphone",
    "ipad",
    "ipod",
    "cros",
    "bsd",
    "sunos",
    "blackberry",
    "bb10",
    "symbian",
    "nokia",
    "samsung",
    "sony",
    "tizen",
    "kaios",
    "web0s",
    "webos",
    "playstation",
    "nintendo",
    "kindle",
    "mobile",
    "compatible; ",
    "os/2",
    "amiga",
    "haiku",
    "beos",
    "wayland",
    "unix",
];

/// Ends of names by which a program says where it lives.
const HOME_PAGES: &[&str] = &[
    ".com", ".net", ".org", ".io", ".ai", ".de", ".fr", ".info", ".me", ".co", ".eu", ".site",
    ".uk", ".ru", ".gy", ".dev", ".app",
];

/// Judges a user agent alone; total, no I/O. An empty one is a bot: every reader sends one.
pub fn classify_agent(agent: &str) -> AgentClass {
    let agent = cut(agent.trim()).to_ascii_lowercase();
    if agent == "mozilla/5.0" {
        return AgentClass::MailPrivacy;
    }
    if holds(&agent, IMAGE_PROXIES) {
        return AgentClass::ImageProxy;
    }
    if holds(&agent, SCANNERS) {
        return AgentClass::Scanner;
    }
    // What phones and in-app browsers append in brackets names networks and devices, not programs.
    let (own, appended) = agent.split_once("[fban").unwrap_or((&agent, ""));
    let reader = if own.is_empty() {
        !appended.is_empty()
    } else {
        reads(own)
    };
    if reader {
        AgentClass::Reader
    } else {
        AgentClass::Bot
    }
}

fn cut(agent: &str) -> &str {
    let end = (0..=AGENT_BYTES_MAX.min(agent.len()))
        .rev()
        .find(|at| agent.is_char_boundary(*at));
    &agent[..end.unwrap_or(0)]
}

fn holds(agent: &str, words: &[&str]) -> bool {
    words.iter().any(|word| agent.contains(word))
}

fn reads(agent: &str) -> bool {
    let begins = READERS.iter().any(|r| agent.starts_with(r)) || agent.contains("mozilla/");
    let cleaned = CHANCE
        .iter()
        .fold(agent.to_owned(), |text, word| text.replace(word, ""));
    begins
        && !holds(&cleaned, WORDS)
        && compatible_with_a_reader(agent)
        && !names_a_home_page(agent)
        && (!agent.starts_with("mozilla/") || holds(agent, PLATFORMS))
        && !has_a_stranger(agent)
}

/// `Mozilla/5.0 (compatible; Something)` is a reader only for a known few.
fn compatible_with_a_reader(agent: &str) -> bool {
    match agent.split_once("(compatible;") {
        Some((before, rest)) if before.starts_with("mozilla/") => {
            let rest = rest.trim_start();
            let honest = !rest.contains(" or firefox mutant");
            honest && COMPATIBLE_READERS.iter().any(|r| rest.starts_with(r))
        }
        _ => true,
    }
}

/// A word that ends like a domain name, as in `(compatible; example.com)`.
fn names_a_home_page(agent: &str) -> bool {
    agent
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
        .any(|word| {
            let digits_only = word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            !digits_only
                && HOME_PAGES
                    .iter()
                    .any(|end| word.len() > end.len() && word.ends_with(end))
        })
}

/// In a WebKit user agent, a bare word outside the brackets that no reader writes there.
fn has_a_stranger(agent: &str) -> bool {
    if !agent.starts_with("mozilla/") || !agent.contains("applewebkit") {
        return false;
    }
    let plain = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
    };
    let outside = without_brackets(agent);
    outside
        .split_whitespace()
        .skip(1)
        .any(|word| plain(word) && !BARE_WORDS.contains(&word))
}

fn without_brackets(agent: &str) -> String {
    let mut depth = 0_usize;
    agent
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

/// Remembers the class of user agents already seen: mail comes back from the same few thousand programs.
#[derive(Debug, Default)]
pub struct AgentMemory {
    seen: HashMap<Box<str>, AgentClass>,
}

/// At about 200 bytes each this stays under 2 MB; when full it starts afresh, which costs one
/// classification (some 20 us) for each user agent still in use.
const AGENTS_REMEMBERED_MAX: usize = 8_192;

impl AgentMemory {
    /// The class of `agent`, from memory where it is there.
    pub fn classify(&mut self, agent: &str) -> AgentClass {
        let agent = cut(agent);
        if let Some(class) = self.seen.get(agent) {
            return *class;
        }
        let class = classify_agent(agent);
        if self.seen.len() >= AGENTS_REMEMBERED_MAX {
            self.seen.clear();
        }
        self.seen.insert(agent.into(), class);
        class
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_programs_and_browsers_are_readers() {
        for agent in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
            "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
            "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook 16.0.5134; ms-office; MSOffice 16)",
        ] {
            assert_eq!(classify_agent(agent), AgentClass::Reader, "{agent}");
        }
    }

    #[test]
    fn proxies_and_scanners_are_told_from_readers() {
        let proxy = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
        assert_eq!(classify_agent(proxy), AgentClass::ImageProxy);
        assert_eq!(classify_agent("Mozilla/5.0"), AgentClass::MailPrivacy);
        assert_eq!(
            classify_agent("Microsoft Office Existence Discovery"),
            AgentClass::Scanner
        );
        assert_eq!(
            classify_agent(
                "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b"
            ),
            AgentClass::Scanner
        );
    }

    #[test]
    fn programs_without_a_readers_shape_are_bots() {
        for agent in [
            "",
            "curl/8.5.0",
            "python-requests/2.32",
            "Luminary/1.0",
            "Mozilla/5.0 (compatible; example.com)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/76.0 Safari/537.36 LinkTiger",
        ] {
            assert_eq!(classify_agent(agent), AgentClass::Bot, "{agent}");
        }
    }

    #[test]
    fn the_memory_stays_bounded_and_answers_the_same() {
        let mut memory = AgentMemory::default();
        for n in 0..2 * AGENTS_REMEMBERED_MAX + 5 {
            assert_eq!(memory.classify(&format!("tool-{n}/1.0")), AgentClass::Bot);
            assert!(memory.seen.len() <= AGENTS_REMEMBERED_MAX);
        }
        let long = "é".repeat(AGENT_BYTES_MAX);
        assert_eq!(memory.classify(&long), classify_agent(&long));
    }
}
