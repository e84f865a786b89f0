//! Who gets mail to roles and reply addresses that no program can deal with.

use anyhow::{Context, Result, bail};
use avow_deliver::receive::People;
use avow_model::EmailAddress;
use serde::Deserialize;

/// `[receive.forward]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForwardFile {
    /// The address that forwards are from; its domain signs them.
    from: String,
    abuse: Option<String>,
    postmaster: Option<String>,
    replies: Option<String>,
}

/// Checked.
pub(super) fn read(file: ForwardFile) -> Result<People> {
    let person = |key: &str, text: Option<String>| text.map(|t| address(key, &t)).transpose();
    let people = People {
        from: address("from", &file.from)?,
        abuse: person("abuse", file.abuse)?,
        postmaster: person("postmaster", file.postmaster)?,
        replies: person("replies", file.replies)?,
    };
    if people.abuse.is_none() && people.postmaster.is_none() && people.replies.is_none() {
        bail!("receive.forward names nobody: set abuse, postmaster or replies");
    }
    Ok(people)
}

fn address(key: &str, text: &str) -> Result<EmailAddress> {
    let address: EmailAddress = text.parse().ok().with_context(|| {
        format!("receive.forward.{key} is no mail address, for example ops@example.com")
    })?;
    if address.needs_utf8() || !address.domain().is_ascii() {
        bail!("receive.forward.{key} must be written in ASCII: every mail server has to take it");
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<People> {
        read(toml::from_str(text)?)
    }

    #[test]
    fn mail_goes_to_named_people_from_an_address_of_ours() {
        let from = "from = \"mail@imark.example\"\n";
        let people = load(&format!("{from}abuse = \"ops@example.com\"\n")).unwrap();
        assert_eq!(people.from.domain(), "imark.example");
        assert_eq!((people.postmaster, people.replies), (None, None));
        for bad in [
            String::from("abuse = \"ops@example.com\"\n"),
            from.to_owned(),
            format!("{from}abuse = \"ops\"\n"),
            format!("{from}replies = \"\u{f6}ps@example.com\"\n"),
            format!("{from}fbl = \"ops@example.com\"\n"),
        ] {
            assert!(load(&bad).is_err(), "{bad}");
        }
    }
}
