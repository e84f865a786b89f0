//! What a person chose, recorded. A no counts always; a yes for the wording that was read.

use std::collections::BTreeMap;

use avow_collect::forms::{Desk, FIELD_CHARS_MAX, ask_gate, signal_says_no};
use avow_model::{How, MailFormat, Purpose, PurposeSelector, Timestamp};
use avow_policy::{BrowserSignal, Kind, PreferenceControl, Topics, Version, preference_controls};
use avow_store::{NewCollection, NewContact, StoreError};

use super::page::again_wording;
use super::{Found, Pairs, Said, posted_as};
use crate::App;
use crate::public::choice::{Deed, grant, object, withdraw};
use crate::public::letter::{Fault, instant};
use crate::public::peer::Peer;
use crate::public::signal::said_no;

/// One press of a button.
struct Press<'a> {
    found: &'a Found,
    posted: &'a Pairs,
    version: &'a Version,
    ip: String,
    now: Timestamp,
    /// The page that was read speaks of the version in force.
    same: bool,
    /// Purposes that the browser's signal says no to.
    silenced: Vec<Purpose>,
    /// Of those, which stand as long as nothing is recorded.
    against: Vec<Purpose>,
}

pub(super) async fn save(
    app: &App,
    found: &Found,
    posted: &Pairs,
    peer: Peer,
) -> Result<Said, Fault> {
    let now = app.now();
    let version = found.room.version(now).ok_or(Fault::NoPolicy)?;
    let (silenced, against) = signalled(app, found, version, now).await?;
    let press = Press {
        found,
        posted,
        version,
        ip: peer.0.to_string(),
        now,
        same: posted_as(posted, "version").any(|v| v == version.n().to_string()),
        silenced,
        against,
    };
    let button = posted_as(posted, "do").next().unwrap_or_default();
    match button {
        "stop" => press.stop().await,
        "leave" => press.leave().await,
        button => match button.strip_prefix("stop:") {
            Some(brand) => press.stop_brand(brand).await,
            None => press.choices().await,
        },
    }
}

/// What the browser's signal says no to, and what of it would be done without the signal.
async fn signalled(
    app: &App,
    found: &Found,
    version: &Version,
    now: Timestamp,
) -> Result<(Vec<Purpose>, Vec<Purpose>), Fault> {
    let desk = super::desk(app, found);
    let all = version.purposes().iter().map(|rule| rule.id.clone());
    let silenced: Vec<Purpose> = all
        .filter(|purpose| signal_says_no(&desk, version, purpose, now))
        .collect();
    if silenced.is_empty() {
        return Ok((silenced, Vec::new()));
    }
    let facts = found.room.scope.facts(found.id).await?;
    let quiet = Desk {
        signal: BrowserSignal::None,
        ..desk
    };
    let stands = |purpose: &&Purpose| {
        let answer = ask_gate(&quiet, version, purpose, &facts, now);
        answer.is_some_and(|decision| decision.is_allowed())
    };
    let against = silenced.iter().filter(stands).cloned().collect();
    Ok((silenced, against))
}

fn done(text: String) -> Said {
    Said {
        done: vec![text],
        warning: None,
    }
}

impl Press<'_> {
    fn deed(&self, wording: impl Into<String>) -> Deed {
        Deed {
            contact: self.found.id,
            at: self.now,
            ip: self.ip.clone(),
            page: "/p/",
            wording: wording.into(),
            brand: None,
        }
    }

    async fn stop(&self) -> Result<Said, Fault> {
        let stop = self.deed(say!("choices-stop"));
        withdraw(&self.found.room, &stop, vec![PurposeSelector::AllMarketing]).await?;
        Ok(done(say!("choices-stopped", at = instant(self.now))))
    }

    /// A no to all that is sent under one brand of the policy.
    async fn stop_brand(&self, brand: &str) -> Result<Said, Fault> {
        let mut known = super::page::brands(self.found, self.version).into_iter();
        let brand = known.find(|b| b.as_str() == brand).ok_or(Fault::Gone)?;
        let stop = Deed {
            brand: Some(brand.clone()),
            ..self.deed(say!("choices-stop-brand", brand = brand.as_str()))
        };
        withdraw(&self.found.room, &stop, vec![PurposeSelector::AllMarketing]).await?;
        let at = instant(self.now);
        Ok(done(say!(
            "choices-stopped-brand",
            at = at,
            brand = brand.as_str()
        )))
    }

    async fn leave(&self) -> Result<Said, Fault> {
        let scope = &self.found.room.scope;
        scope.contact_retire(self.found.id, self.now).await?;
        let at = instant(self.now);
        Ok(done(say!("choices-left-now", at = at)))
    }

    async fn choices(&self) -> Result<Said, Fault> {
        let spoken = self.found.tongue.spoken(self.version);
        let spoken = spoken.ok_or(Fault::NoPolicy)?;
        let controls = preference_controls(&spoken);
        let (mut on, off) = (self.turned_on(&controls), self.turned_off(&controls));
        on.retain(|c| !self.silenced.contains(&c.purpose));
        self.record_nos(&off).await?;
        if self.same {
            self.record_yeses(&on).await?;
        }
        self.record_signal().await?;
        let mut changed = on.len() + off.len();
        let (topics, unread) = self.topics(&controls).await?;
        changed += topics + usize::from(self.format().await?);
        let at = instant(self.now);
        Ok(Said {
            done: match (changed, self.against.is_empty()) {
                (0, true) => vec![say!("choices-unchanged")],
                (_, true) => vec![say!("choices-saved", at = at)],
                (_, false) => vec![say!("choices-saved", at = at), said_no()],
            },
            warning: ((!self.same && !on.is_empty()) || unread)
                .then(|| say!("choices-changed-meanwhile")),
        })
    }

    /// Objections to profiles, withdrawals of everything else.
    async fn record_nos(&self, off: &[&PreferenceControl]) -> Result<(), StoreError> {
        let room = &self.found.room;
        let (profiles, others): (Vec<&PreferenceControl>, Vec<&PreferenceControl>) =
            off.iter().partition(|c| c.kind == Kind::Profiling);
        let others_of = others
            .iter()
            .map(|c| PurposeSelector::One(c.purpose.clone()));
        withdraw(room, &self.deed(asks(&others)), others_of.collect()).await?;
        let purposes: Vec<Purpose> = profiles.iter().map(|c| c.purpose.clone()).collect();
        object(room, &self.deed(asks(&profiles)), purposes).await
    }

    /// The signal is the person's own no, also to what stands by itself.
    async fn record_signal(&self) -> Result<(), StoreError> {
        let purposes = self.against.iter().cloned().map(PurposeSelector::One);
        let deed = self.deed(say!("signal-wording"));
        withdraw(&self.found.room, &deed, purposes.collect()).await
    }

    async fn record_yeses(&self, on: &[&PreferenceControl]) -> Result<(), StoreError> {
        let mut wording = asks(on);
        if posted_as(self.posted, "again").next().is_some() {
            wording = format!("{wording}\n{}", again_wording(self.version));
        }
        let purposes = on.iter().map(|c| c.purpose.clone()).collect();
        let (room, deed) = (&self.found.room, self.deed(wording));
        grant(room, &deed, self.version.n(), purposes).await
    }

    fn has(&self, name: &str, value: &str) -> bool {
        posted_as(self.posted, name).any(|v| v == value)
    }

    /// True when the page showed the switch so. Only what was shown can have been moved.
    fn showed(&self, control: &PreferenceControl, state: &str) -> bool {
        self.has("shown", &format!("{}:{state}", control.purpose))
    }

    fn turned_on<'c>(&self, controls: &'c [PreferenceControl]) -> Vec<&'c PreferenceControl> {
        let moved = |c: &&PreferenceControl| {
            let id = c.purpose.as_str();
            self.has("on", id) && (self.showed(c, "off") || self.has("again", id))
        };
        controls.iter().filter(moved).collect()
    }

    fn turned_off<'c>(&self, controls: &'c [PreferenceControl]) -> Vec<&'c PreferenceControl> {
        let moved =
            |c: &&PreferenceControl| self.showed(c, "on") && !self.has("on", c.purpose.as_str());
        controls.iter().filter(moved).collect()
    }

    /// How many lists of topics changed, and whether one could not be taken: new topics are data under the
    /// version that was read.
    async fn topics(&self, controls: &[PreferenceControl]) -> Result<(usize, bool), Fault> {
        let (mut changed, mut unread) = (0, false);
        let mut shown: Vec<&Topics> = Vec::new();
        for topics in controls.iter().filter_map(|c| c.topics.as_ref()) {
            let is_shown = self.has("topics-shown", topics.category.as_str());
            if is_shown && !shown.iter().any(|s| s.category == topics.category) {
                shown.push(topics);
            }
        }
        // As they stand after each step: forgetting writes them all.
        let mut fields = self.found.contact.fields.clone();
        for topics in shown {
            let field = topics.category.as_str();
            let held = fields.get(field).map_or("", String::as_str);
            let chosen = self.chosen(topics);
            if chosen == held {
                continue;
            }
            if chosen.is_empty() {
                fields.remove(field);
                self.forget(&fields).await?;
            } else if self.same {
                fields.insert(field.to_owned(), chosen.clone());
                self.keep(topics, chosen).await?;
            } else {
                unread = true;
                continue;
            }
            changed += 1;
        }
        Ok((changed, unread))
    }

    /// The topics as the field keeps them, commas between.
    fn chosen(&self, topics: &Topics) -> String {
        let name = format!("topic:{}", topics.category);
        if topics.values.is_empty() {
            let typed = posted_as(self.posted, &name).next().unwrap_or_default();
            let plain = typed.trim().chars().filter(|c| !c.is_control());
            return plain.take(FIELD_CHARS_MAX).collect();
        }
        let ticked = topics.values.iter().filter(|t| self.has(&name, t.as_str()));
        let ticked: Vec<&str> = ticked.map(avow_model::Slug::as_str).collect();
        ticked.join(", ")
    }

    /// Keeps only these fields.
    async fn forget(&self, fields: &BTreeMap<String, String>) -> Result<(), StoreError> {
        let scope = &self.found.room.scope;
        scope.contact_fields_set(self.found.id, fields).await
    }

    /// New data, given on this page: bound to the version whose notice it links to.
    async fn keep(&self, topics: &Topics, chosen: String) -> Result<(), Fault> {
        let contact = &self.found.contact;
        let new = NewContact {
            address: contact.address.clone().ok_or(Fault::Gone)?,
            fields: BTreeMap::from([(topics.category.to_string(), chosen)]),
            flags: contact.flags,
            jurisdiction: None,
            age: None,
            soft_opt_in: false,
            collection: Some(NewCollection {
                categories: vec![topics.category.clone()],
                version: Some(self.version.n()),
                how: How::Direct,
                evidence: None,
                at: self.now,
            }),
            facts: Vec::new(),
            subscribe: None,
        };
        self.found.room.scope.contact_save(new).await?;
        Ok(())
    }

    /// True when the wish for plain text changed.
    async fn format(&self) -> Result<bool, StoreError> {
        let Some(shown) = posted_as(self.posted, "format-shown").next() else {
            return Ok(false);
        };
        let wanted = if self.has("format", "text") {
            MailFormat::TextOnly
        } else {
            MailFormat::Any
        };
        if (wanted == MailFormat::TextOnly) == (shown == "text") {
            return Ok(false);
        }
        let scope = &self.found.room.scope;
        scope.contact_format_set(self.found.id, wanted).await?;
        Ok(true)
    }
}

fn asks(controls: &[&PreferenceControl]) -> String {
    let lines: Vec<&str> = controls.iter().map(|c| c.ask.as_str()).collect();
    lines.join("\n")
}
