//! Each person's own hour: the zone that a field of theirs names, where the gate lets it be read.
//!
//! Promises: nobody's zone is read against the policy: the question to the gate names it as something the message
//! can do without, and what the permit says to leave out is left out. Whoever has no zone that may be read gets
//! the plan's.

use std::collections::{BTreeMap, HashMap};

use avow_model::{Category, ContactId, Facts, Hour, SendPlan, Timestamp, Zone};
use avow_policy::{Redactions, Version};
use avow_store::{AccountScope, Campaign, StoreError, ZoneGroup};

use crate::engine::brief::category_of;
use crate::engine::gate::{Need, Pass};

/// How a campaign finds each person's hour.
#[derive(Debug, Clone)]
pub(crate) struct Zoning {
    plan: SendPlan,
    field: String,
    /// What the field is data of; `None` where the policy knows no such data, so that nobody's is read.
    category: Option<Category>,
    /// Its place among what the message can do without; `None` where the message needs it anyhow.
    spare: Option<usize>,
}

impl Zoning {
    /// Of a campaign in which each person has their own hour; adds what it reads to `needs`.
    pub(crate) fn of(
        campaign: &Campaign,
        version: Option<&Version>,
        needs: &mut Vec<Need>,
    ) -> Option<Self> {
        let plan = campaign.plan.clone()?;
        let Hour::EachTheirOwn { field } = &plan.hour else {
            return None;
        };
        let field = field.clone();
        let category = version.and_then(|version| category_of(&field, version));
        let known = |c: &Category| needs.iter().any(|need| need.category == *c);
        if let Some(category) = category.clone().filter(|c| !known(c)) {
            needs.push(Need {
                category,
                fields: vec![field.clone()],
            });
        }
        Some(Self {
            plan,
            field,
            category,
            spare: None,
        })
    }

    /// Finds its place among what the message can do without.
    pub(crate) fn placed(mut self, spares: &[Need]) -> Self {
        let own = |need: &Need| Some(&need.category) == self.category.as_ref();
        self.spare = spares.iter().position(own);
        self
    }

    /// What the field says of these people, as it was typed.
    pub(crate) async fn read(
        &self,
        scope: &AccountScope,
        contacts: &[ContactId],
    ) -> Result<HashMap<ContactId, String>, StoreError> {
        if self.category.is_none() {
            return Ok(HashMap::new());
        }
        let fields = [self.field.clone()];
        let held = scope.choosing_fields(contacts, &fields).await?;
        let own = |(contact, fields): (ContactId, BTreeMap<String, String>)| {
            Some((contact, fields.get(&self.field)?.clone()))
        };
        Ok(held.into_iter().filter_map(own).collect())
    }

    /// True when the permit lets the zone of this person be read.
    pub(crate) fn may_read(&self, pass: &Pass, facts: &Facts) -> bool {
        let holds = |c: &Category| facts.data.iter().any(|d| d.category == *c);
        self.category.as_ref().is_some_and(holds) && !self.is_left_out(pass.shape.redactions)
    }

    fn is_left_out(&self, redactions: Redactions) -> bool {
        self.spare.is_some_and(|place| redactions.has(place))
    }
}

/// The hours of one page of people: each zone is looked up once.
#[derive(Default)]
pub(crate) struct PageHours {
    known: HashMap<String, (String, Timestamp)>,
    groups: BTreeMap<String, (Timestamp, u32)>,
}

impl PageHours {
    /// When somebody is due, by what their field says; counts them in their zone.
    pub(crate) fn due(&mut self, zoning: &Zoning, typed: Option<&str>) -> Timestamp {
        let typed = typed.unwrap_or_default();
        let (zone, due) = self
            .known
            .entry(typed.to_owned())
            .or_insert_with(|| hour_of(&zoning.plan, typed))
            .clone();
        self.groups.entry(zone).or_insert((due, 0)).1 += 1;
        due
    }

    /// How many were in each zone.
    pub(crate) fn groups(self) -> Vec<ZoneGroup> {
        let group = |(zone, (due_at, people))| ZoneGroup {
            zone,
            due_at,
            people,
        };
        self.groups.into_iter().map(group).collect()
    }
}

/// What is no zone is as good as none.
fn hour_of(plan: &SendPlan, typed: &str) -> (String, Timestamp) {
    let own = Zone::parse(typed).ok();
    let name = own.as_ref().map_or(plan.zone.name(), Zone::name);
    (name.to_owned(), plan.due(own.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use avow_model::WallTime;

    fn zoning() -> Zoning {
        Zoning {
            plan: SendPlan {
                wall: WallTime::parse("2026-11-25T09:00").unwrap(),
                zone: Zone::parse("Europe/Berlin").unwrap(),
                hour: Hour::EachTheirOwn {
                    field: "time_zone".to_owned(),
                },
            },
            field: "time_zone".to_owned(),
            category: None,
            spare: None,
        }
    }

    #[test]
    fn whoever_names_no_zone_gets_the_hour_of_the_plan() {
        let (zoning, mut hours) = (zoning(), PageHours::default());
        let due = |hours: &mut PageHours, typed| hours.due(&zoning, typed).to_string();
        assert_eq!(due(&mut hours, None), "2026-11-25T08:00:00Z");
        assert_eq!(
            due(&mut hours, Some("next to the sea")),
            "2026-11-25T08:00:00Z"
        );
        assert_eq!(due(&mut hours, Some("asia/tokyo")), "2026-11-25T00:00:00Z");
        assert_eq!(due(&mut hours, Some("Asia/Tokyo")), "2026-11-25T00:00:00Z");
        let groups = hours.groups();
        let counted: Vec<_> = groups.iter().map(|g| (g.zone.as_str(), g.people)).collect();
        assert_eq!(counted, [("Asia/Tokyo", 2), ("Europe/Berlin", 2)]);
    }
}
