//! Joint editions: whose offers may stand in the mail of one list's owner.
//!
//! An offer of a competitor (the owner's business category, one above or below it) and one from outside the
//! circle that the policy draws are left out; what is unknown counts as outside. Who has no business category
//! can neither send a joint edition nor stand in one.

use avow_model::Purpose;

use super::Case;
use super::limits::is_within;
use crate::circumstance::Offer;
use crate::code::Code;
use crate::decision::LeftOut;
use crate::version::{Business, Competitors, Coop, Near, Version};

impl Case<'_> {
    pub(super) fn check_coop(&mut self) {
        let Some(rule) = self.current.and_then(|at| self.rule_at(at)?.coop) else {
            return;
        };
        let version = self.current.map(|at| self.set.version_at(at));
        let Some(owner) = version.and_then(|v| v.business()) else {
            self.out.deny.add(Code::DNoBusinessCategory);
            return;
        };
        let mut first = None;
        let mut is_empty = true;
        for (place, offer) in self.request.offers.iter().enumerate() {
            match exclusion(owner, offer, rule) {
                None if place < LeftOut::MAX => is_empty = false,
                None => self.out.deny.add(Code::DTooManyOffers),
                Some(code) => {
                    first.get_or_insert(code);
                    self.left_out.set(place);
                }
            }
        }
        // An edition of which nothing is left says why; one that had no offers is no joint edition.
        if is_empty {
            self.out.deny.add(first.unwrap_or(Code::DNoOffer));
        }
    }
}

/// For each offer why it may not stand in an edition that this version's owner sends for the purpose; `None` where the
/// purpose is no joint edition. The same for everybody: whoever writes an edition leaves these out, and asks the
/// gate about each person all the same.
pub fn edition_exclusions(
    version: &Version,
    purpose: &Purpose,
    offers: &[Offer],
) -> Option<Vec<Option<Code>>> {
    let rule = version.purpose(purpose)?.coop?;
    let why = |offer: &Offer| match version.business() {
        Some(owner) => exclusion(owner, offer, rule),
        None => Some(Code::DNoBusinessCategory),
    };
    Some(offers.iter().map(why).collect())
}

/// Why an offer may not stand in the owner's edition.
fn exclusion(owner: &Business, offer: &Offer, rule: Coop) -> Option<Code> {
    let Some(category) = &offer.business else {
        return Some(Code::DNoBusinessCategory);
    };
    let (own, other) = (owner.category.as_str(), category.as_str());
    let competes = is_within(own, other) || is_within(other, own);
    if rule.competitors == Competitors::Excluded && competes {
        return Some(Code::DCompetitor);
    }
    (!is_near(owner, offer, rule.near)).then_some(Code::DOtherRegion)
}

fn is_near(owner: &Business, offer: &Offer, near: Near) -> bool {
    let depth = match near {
        Near::Zip3 => {
            return owner.zip3.is_some() && owner.zip3 == offer.zip3 && same_part(owner, offer, 1);
        }
        Near::City => 3,
        Near::State => 2,
        Near::Country => 1,
    };
    same_part(owner, offer, depth)
}

/// True when the first words of both regions are there and equal: country, state, city.
fn same_part(owner: &Business, offer: &Offer, depth: usize) -> bool {
    let (Some(own), Some(other)) = (&owner.region, &offer.region) else {
        return false;
    };
    let mut own = own.as_str().split('.');
    let mut other = other.as_str().split('.');
    (0..depth).all(|_| matches!((own.next(), other.next()), (Some(a), Some(b)) if a == b))
}
