//! What is known of people, filled in as far as the policy asks about a purpose.
//!
//! Promises: everything that the gate may ask of a campaign's audience and that the store can tell. What costs
//! a look of its own is looked up only where some version of the policy asks for it.

use avow_model::{
    Category, ContactId, Facts, Interest, Marked, OwnRequest, Purpose, Sent, Slug, Timestamp,
};
use avow_policy::{PolicySet, Wanted};
use avow_store::{AccountScope, StoreError};

/// More topics of one person are not looked at: nobody ticks so many.
const TOPICS_MAX: usize = 100;

/// A page of people about to be judged for one purpose.
pub(crate) struct Known<'a> {
    pub(crate) scope: &'a AccountScope,
    pub(crate) policies: &'a PolicySet,
    pub(crate) purpose: &'a Purpose,
    pub(crate) now: Timestamp,
}

impl Known<'_> {
    /// The facts of these contacts, sorted and without repeats. Two campaigns at the same moment may not see each
    /// other's last second.
    pub(crate) async fn facts(&self, contacts: &[ContactId]) -> Result<Vec<Facts>, StoreError> {
        let facts = self.scope.facts_page(contacts).await?;
        let mut page = Page { contacts, facts };
        let Wanted {
            sends,
            interests,
            uses,
            requests,
        } = self.policies.wanted(self.purpose);
        if let Some(counted) = sends {
            let after = self.now.checked_sub(counted.within).unwrap_or(self.now);
            for (contact, at) in self
                .scope
                .sent_to(contacts, counted.purposes, after)
                .await?
            {
                let purpose = self.purpose.clone();
                page.with(contact, |facts| facts.sends.push(Sent { purpose, at }));
            }
        }
        for category in interests {
            self.topics(category, &mut page).await?;
        }
        if uses.is_some() || requests.is_some() {
            self.uses(uses, requests, &mut page).await?;
        }
        Ok(page.facts)
    }

    /// The topics that people named, as the field of the category holds them.
    async fn topics(&self, category: &Category, page: &mut Page<'_>) -> Result<(), StoreError> {
        let rows = self
            .scope
            .field_of(page.contacts, category.as_str())
            .await?;
        for (contact, text) in rows {
            let interest = |topic| Interest {
                category: category.clone(),
                topic,
            };
            let named = topics(&text).into_iter().map(interest);
            page.with(contact, |facts| facts.interests.extend(named));
        }
        Ok(())
    }

    /// Which single uses are spent, and which requests wait for their answer. The rows of recipients tell both:
    /// they are never taken away, and an erased person who comes back is the same contact by their keyed marker.
    async fn uses(
        &self,
        uses: Option<(u32, &[Purpose])>,
        requests: Option<&[Purpose]>,
        page: &mut Page<'_>,
    ) -> Result<(), StoreError> {
        let line = uses.map(|(_, line)| line).or(requests).unwrap_or_default();
        let sent = self
            .scope
            .sent_to(page.contacts, line, Timestamp::MIN)
            .await?;
        if let Some((max, _)) = uses {
            page.mark(&sent, max, self.purpose);
        }
        if let Some(line) = requests {
            for (contact, at) in self.scope.requests_of(page.contacts, line).await? {
                let answers = sent
                    .iter()
                    .filter(|(c, sent_at)| *c == contact && *sent_at >= at);
                let request = OwnRequest {
                    id: request_id(self.purpose),
                    purpose: self.purpose.clone(),
                    at,
                    answered: answers.map(|(_, sent_at)| *sent_at).min(),
                };
                page.with(contact, |facts| facts.requests.push(request));
            }
        }
        Ok(())
    }
}

/// What a message that answers people's requests for a purpose names: each has one that is open at a time.
pub(crate) fn request_id(purpose: &Purpose) -> Slug {
    let id = purpose.as_str().parse();
    id.expect("invariant: the name of a purpose is a name")
}

/// The topics of a typed text: commas, semicolons or line ends between, blanks inside as dashes.
pub fn topics(text: &str) -> Vec<Slug> {
    let words = text.split([',', ';', '\n']).map(|topic| {
        let words: Vec<&str> = topic.split_whitespace().collect();
        words.join("-").to_lowercase()
    });
    let mut topics: Vec<Slug> = words.filter_map(|word| word.parse().ok()).collect();
    topics.truncate(TOPICS_MAX);
    topics
}

/// Facts beside the sorted ids they belong to.
struct Page<'a> {
    contacts: &'a [ContactId],
    facts: Vec<Facts>,
}

impl Page<'_> {
    fn with(&mut self, contact: ContactId, change: impl FnOnce(&mut Facts)) {
        let place = self.contacts.binary_search(&contact).ok();
        if let Some(facts) = place.and_then(|place| self.facts.get_mut(place)) {
            change(facts);
        }
    }

    /// Marks the purpose as spent for whoever had so many mails of it, from the last of them on.
    fn mark(&mut self, sent: &[(ContactId, Timestamp)], max: u32, purpose: &Purpose) {
        for (place, contact) in self.contacts.iter().enumerate() {
            let own = sent.iter().filter(|(c, _)| c == contact);
            let times: Vec<Timestamp> = own.map(|(_, at)| *at).collect();
            let last = times.iter().max().filter(|_| times.len() >= max as usize);
            if let (Some(at), Some(facts)) = (last, self.facts.get_mut(place)) {
                facts.marks.push(Marked {
                    purpose: purpose.clone(),
                    at: *at,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_read_as_people_and_pages_write_them() {
        let read =
            |text: &str| -> Vec<String> { topics(text).iter().map(ToString::to_string).collect() };
        assert_eq!(
            read("Roses, garden tools;shade.plants\n"),
            ["roses", "garden-tools", "shade.plants"]
        );
        assert_eq!(read(" , ;<b>,\u{e9}t\u{e9}"), [""; 0]);
        assert_eq!(topics(&"a,".repeat(1_000)).len(), TOPICS_MAX);
    }
}
