//! An installation with an account, ten people and a campaign.

use serde_json::Value;

use crate::avow::Avow;
use crate::process::Process;

/// Seven confirmed, one without evidence, one unconfirmed, one who left.
pub(crate) const PEOPLE: &str = "\
Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,STATUS
ada@example.com,Ada,2026-03-01 10:00:00,192.0.2.1,2026-03-01 10:05:00,192.0.2.1,subscribed
bea@example.com,Bea,2026-03-01 10:00:00,192.0.2.2,2026-03-01 10:05:00,192.0.2.2,subscribed
cem@example.com,Cem,2026-03-01 10:00:00,192.0.2.3,2026-03-01 10:05:00,192.0.2.3,subscribed
dil@example.com,Dil,2026-03-01 10:00:00,192.0.2.4,2026-03-01 10:05:00,192.0.2.4,subscribed
edo@example.com,Edo,2026-03-01 10:00:00,192.0.2.5,2026-03-01 10:05:00,192.0.2.5,subscribed
fay@example.com,Fay,2026-03-01 10:00:00,192.0.2.6,2026-03-01 10:05:00,192.0.2.6,subscribed
gus@example.com,Gus,2026-03-01 10:00:00,192.0.2.7,2026-03-01 10:05:00,192.0.2.7,subscribed
hal@example.com,Hal,,,,,subscribed
ivo@example.com,Ivo,2026-03-01 10:00:00,192.0.2.9,2026-03-01 10:05:00,192.0.2.9,unsubscribed
";

/// How many of them may get the newsletter.
pub(crate) const PERMITTED: u64 = 7;
pub(crate) const AUDIENCE: u64 = 9;

const BODY: &str = "<h1>Hello {{ first_name | fallback('friend') }}</h1>\
<p>Our <a href=\"https://example.org/news\">news</a>, grün und gut.</p>";

impl Avow {
    /// Imports these people with the newsletter and its measuring as purposes.
    pub(crate) fn with_people(self, csv: &str) -> Self {
        let file = self.file("people.csv", csv);
        let words = [
            "import",
            &file,
            "--account",
            "imark",
            "--purpose",
            "newsletter",
        ];
        self.json(&[&words[..], &["--purpose", "measure"]].concat());
        self
    }

    /// A draft to everybody; gives its id.
    pub(crate) fn draft(&self) -> String {
        self.file("body.html", BODY);
        let campaign = self.file(
            "campaign.toml",
            "account = \"imark\"\nname = \"November\"\npurpose = \"newsletter\"\n\
             subject = \"Für {{ first_name | fallback('friend') }}\"\nhtml = \"body.html\"\n",
        );
        let created = self.json(&["campaign", "create", "--from", &campaign]);
        created["campaign"].as_str().unwrap().to_owned()
    }

    /// Sends it through this relay and waits for the end.
    pub(crate) fn send(&self, campaign: &str, relay: &str) -> Value {
        self.json(&["campaign", "send", campaign, "--wait", "--relay", relay])
    }

    /// The report's six outcomes, which must add up to its audience.
    pub(crate) fn outcomes(&self, campaign: &str) -> Value {
        let report = self.json(&["report", "campaign", campaign]);
        let outcomes = report["outcomes"].clone();
        let sum: u64 = outcomes
            .as_object()
            .unwrap()
            .values()
            .map(|n| n.as_u64().unwrap())
            .sum();
        let waiting = report["waiting"].as_u64().unwrap_or(0);
        assert_eq!(
            sum + waiting,
            report["audience"].as_u64().unwrap(),
            "{report}"
        );
        outcomes
    }

    /// A rehearsal mail server of its own with these faults; its address is in what it said.
    pub(crate) fn sink(&self, faults: &[&str]) -> Process {
        Process::start(&mut self.command(&[&["sink", "--smtp", "127.0.0.1:0"], faults].concat()))
    }
}
