//! `avow user`: who is let in, helped to a new password, put out; from the shell, and what the pages make of it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::avow::Avow;
use crate::process::Process;

const OF: [&str; 2] = ["--account", "imark"];
const OWNER: &str = "owner@example.com";

fn addresses(avow: &Avow) -> Vec<(String, String)> {
    let list = avow.json(&[&["user", "list"], &OF[..]].concat());
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = list.as_array().unwrap().iter();
    lines
        .map(|line| (text(line, "address"), text(line, "role")))
        .collect()
}

fn pair(address: &str, role: &str) -> (String, String) {
    (address.to_owned(), role.to_owned())
}

#[test]
fn users_are_listed_given_roles_and_put_out_and_an_owner_stays() {
    let avow = Avow::new().with_account();
    let words = ["user", "add", "ada@example.com", "--role", "analyst"];
    let added = avow.json(&[&words, &OF[..]].concat());
    assert_eq!(added["existed"], false);
    assert!(added["password"].as_str().unwrap().len() >= 20, "made up");
    let all = [pair("ada@example.com", "analyst"), pair(OWNER, "owner")];
    assert_eq!(addresses(&avow), all);

    // The last owner is neither put out nor made something else.
    let out = avow.fails(1, &[&["user", "remove", OWNER], &OF[..]].concat());
    assert!(out.contains("make somebody else an owner first"), "{out}");
    let less = ["user", "add", OWNER, "--role", "editor"];
    let less = avow.fails(1, &[&less, &OF[..]].concat());
    assert!(less.contains("make somebody else an owner first"), "{less}");
    assert_eq!(addresses(&avow), all);

    let words = ["user", "add", "ada@example.com", "--role", "owner"];
    assert_eq!(avow.json(&[&words, &OF[..]].concat())["existed"], true);
    avow.json(&[&["user", "remove", OWNER], &OF[..]].concat());
    assert_eq!(addresses(&avow), [pair("ada@example.com", "owner")]);
    let again = avow.fails(1, &[&["user", "remove", OWNER], &OF[..]].concat());
    assert!(again.contains("nobody logs in with"), "{again}");
}

#[test]
fn a_wrong_name_is_told_with_what_to_do() {
    let avow = Avow::new().with_account();
    let nobody = avow.fails(1, &["user", "reset", "nobody@example.com"]);
    assert!(nobody.contains("avow user add"), "{nobody}");
    avow.fails(2, &["user", "reset", "no address"]);
    let account = avow.fails(1, &["user", "list", "--account", "other"]);
    assert!(account.contains("there are: imark"), "{account}");
    let words = ["user", "add", "x@example.com", "--role", "king"];
    let role = avow.fails(2, &[&words, &OF[..]].concat());
    assert!(role.contains("privacy_officer"), "{role}");
}

/// One form over a connection of its own; the whole answer.
fn post(address: &str, path: &str, form: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        form.len()
    );
    stream.write_all((head + form).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_printed_link_sets_a_new_password_once() {
    let avow = Avow::new().with_account();
    let told = avow.json(&["user", "reset", OWNER]);
    let link = told["link"].as_str().unwrap();
    let path = &link[link.find("/reset/").unwrap()..];
    let words = ["serve", "--no-engine", "--listen", "127.0.0.1:0"];
    let serving = Process::start(&mut avow.command(&words));
    let address = serving.said("listening");
    assert!(serving.said.get("setup").is_none(), "it has its owner");
    let log_in = |password: &str| {
        let form = format!("address=owner%40example.com&password={password}&back=/");
        post(&address, "/login", &form)
    };
    let short = post(&address, path, "password=short");
    assert!(short.starts_with("HTTP/1.1 422"), "{short}");
    let set = post(&address, path, "password=four+words+do+well");
    assert!(set.contains("/login?said=reset"), "{set}");
    let twice = post(&address, path, "password=four+words+do+well");
    assert!(twice.starts_with("HTTP/1.1 410"), "{twice}");
    let old = log_in("correct+horse+battery+staple");
    assert!(old.starts_with("HTTP/1.1 401"), "{old}");
    assert!(log_in("four+words+do+well").contains("set-cookie: "));
    serving.end();
}
