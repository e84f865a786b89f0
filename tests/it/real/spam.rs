//! SpamAssassin (Debian) on the demo's five campaigns, with the rules that need no network.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::avow::{Avow, binary};
use crate::process::Process;

/// A score from here on would stand in the way of newsletters at careful receivers; five is what SpamAssassin calls spam.
const SCORE_MAX: f64 = 1.0;
/// People in each account of the demo.
const PEOPLE: &str = "20";
const ACCOUNTS: [&str; 5] = [
    "imark",
    "exacttarget",
    "leadgenius",
    "strongmail",
    "dynamics",
];

/// The demo, served, with its owner logged in.
struct Demo {
    address: String,
    cookie: String,
    _process: Process,
    _folder: Avow,
}

impl Demo {
    fn open() -> Self {
        let folder = Avow::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        // The demo makes its own SQLite database, whatever the rest of the suite runs on.
        let mut command = Command::new(binary());
        command.args(["demo", "--contacts", PEOPLE, "--listen", &address]);
        command.arg("--data").arg(folder.data());
        let mut process = Process::start(&mut command);
        let log_in = process.next_line()["log_in"].clone();
        let told = |key: &str| log_in[key].as_str().unwrap().replace('@', "%40");
        let form = format!("address={}&password={}", told("address"), told("password"));
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        let answer = ask(&address, "POST /login", kind, &form);
        let cookie = answer.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let cookie = value.split(';').next()?;
            name.eq_ignore_ascii_case("set-cookie")
                .then(|| cookie.trim().to_owned())
        });
        Self {
            cookie: cookie.unwrap_or_else(|| panic!("no session in {answer}")),
            address,
            _process: process,
            _folder: folder,
        }
    }

    fn page(&self, path: &str) -> String {
        let cookie = format!("Cookie: {}\r\n", self.cookie);
        ask(&self.address, &format!("GET {path}"), &cookie, "")
    }

    /// The newest mail of an account, as it came over the wire.
    fn mail(&self, account: &str) -> String {
        let list = self.page(&format!("/a/{account}/rehearsal"));
        let link = format!("href=\"/a/{account}/rehearsal/");
        let id = list.split(&link).skip(1).find_map(|rest| {
            let id = rest.split('"').next()?;
            id.bytes().all(|b| b.is_ascii_digit()).then_some(id)
        });
        let id = id.unwrap_or_else(|| panic!("no mail of {account} in {list}"));
        let page = self.page(&format!("/a/{account}/rehearsal/{id}?view=source"));
        let source = page
            .split("<pre")
            .nth(1)
            .unwrap_or_else(|| panic!("{page}"));
        let source = source.split_once('>').unwrap().1;
        plain(source.split("</pre>").next().unwrap())
    }
}

fn ask(address: &str, line: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Text of a page as the text that it shows.
fn plain(html: &str) -> String {
    let signs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    signs
        .iter()
        .fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The score, and the rules that make it.
fn judged(mail: &str) -> (f64, String) {
    let mut command = Command::new("spamassassin");
    command.args(["--local", "--cf=use_bayes 0"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(mail.as_bytes()).unwrap();
    drop(input);
    let told = child.wait_with_output().unwrap().stdout;
    let told = String::from_utf8_lossy(&told).replace("\n\t", " ");
    let status = told.lines().find(|line| line.starts_with("X-Spam-Status:"));
    let status = status
        .unwrap_or_else(|| panic!("no verdict in {told}"))
        .to_owned();
    let score = status.split("score=").nth(1).unwrap();
    let score = score.split(' ').next().unwrap().parse().unwrap();
    (score, status)
}

#[test]
fn spamassassin_scores_every_demo_campaign_below_one() {
    if Command::new("spamassassin")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("skipped: SpamAssassin is not installed (cargo xtask needs)");
        return;
    }
    let demo = Demo::open();
    let mut all = Vec::new();
    for account in ACCOUNTS {
        let mail = demo.mail(account);
        assert!(mail.contains("DKIM-Signature:"), "{mail}");
        let (score, status) = judged(&mail);
        println!("{account}: {score}");
        all.push((score, account, status));
    }
    let bad = all.iter().filter(|(score, ..)| *score >= SCORE_MAX);
    let bad: Vec<_> = bad.collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
