//! To whom a test message may go: people of the account, and those who were put on a list for it.
//!
//! Never: anybody else, so that no test is mail to a stranger.

use avow_model::EmailAddress;
use avow_store::{AccountScope, StoreError, SubscriptionState};

use crate::PageFault;
use crate::client_center::guard::Member;

/// A test is looked at by a handful; more is a campaign.
const TESTS_MAX: usize = 10;
/// Who is confirmed on the list of this short name takes tests.
const LIST: &str = "test-people";

/// The addresses that were typed, each once; the member's own where nothing was.
pub(crate) fn parsed(typed: &str, own: &str) -> Result<Vec<EmailAddress>, String> {
    let words = typed.split([',', ';', ' ', '\n', '\r', '\t']);
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        words.push(own);
    }
    if words.len() > TESTS_MAX {
        return Err(say!("reports-test-many", max = TESTS_MAX));
    }
    let mut out: Vec<EmailAddress> = Vec::new();
    for word in words {
        let address: EmailAddress = word
            .parse()
            .map_err(|_| say!("reports-test-bad", address = word))?;
        if !out.contains(&address) {
            out.push(address);
        }
    }
    Ok(out)
}

/// The people whom a test goes to, or why it goes to nobody.
pub(crate) async fn named(member: &Member, typed: &str) -> Result<Vec<EmailAddress>, PageFault> {
    let to = parsed(typed, &member.visitor.address).map_err(PageFault::Bad)?;
    let members = member.account.members().await?;
    for address in &to {
        let is_member = members.iter().any(|m| m.address == *address);
        if !is_member && !is_tester(&member.account, address).await? {
            let text = say!("reports-test-stranger", address = address.expose());
            return Err(PageFault::Bad(text));
        }
    }
    Ok(to)
}

/// At most ten addresses are asked about, each by its key.
async fn is_tester(account: &AccountScope, address: &EmailAddress) -> Result<bool, StoreError> {
    let Some(contact) = account.contact_by_address(address).await? else {
        return Ok(false);
    };
    let places = account.subscriptions(contact.id).await?;
    let confirmed = SubscriptionState::Confirmed;
    Ok(places
        .iter()
        .any(|p| p.slug.as_str() == LIST && p.state == confirmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_goes_to_oneself_or_to_those_that_were_named_each_once() {
        let to = |typed: &str| parsed(typed, "grace@example.org").map(|all| all.len());
        assert_eq!(to("  "), Ok(1));
        assert_eq!(
            to("ada@example.org, ben@example.org;ada@example.org"),
            Ok(2)
        );
        assert!(to("ada@example.org, nobody").is_err());
        let many: Vec<String> = (0..11).map(|n| format!("p{n}@example.org")).collect();
        assert!(to(&many.join(",")).is_err());
    }
}
