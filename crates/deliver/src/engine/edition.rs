//! The offers of a joint edition: what the gate is asked about, and which of them stand in nobody's message.

use avow_policy::{Code, Offer, Version, edition_exclusions};
use avow_store::Campaign;

use super::brief::BriefFault;

/// The offers of a campaign as the version says of them; of most campaigns there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Edition {
    /// As the gate is asked about them.
    pub(crate) offers: Vec<Offer>,
    /// Why each stays out of the message, in their order.
    excluded: Vec<Option<Code>>,
}

impl Edition {
    /// Offers in a campaign whose purpose is no joint edition are a fault: nobody would judge them.
    pub(crate) fn of(campaign: &Campaign, version: Option<&Version>) -> Result<Self, BriefFault> {
        let offers: Vec<Offer> = campaign.content.offers.iter().map(offer).collect();
        let (false, Some(version)) = (offers.is_empty(), version) else {
            return Ok(Self::default());
        };
        let excluded = edition_exclusions(version, &campaign.purpose, &offers)
            .ok_or_else(|| BriefFault::NoEdition(campaign.purpose.to_string()))?;
        Ok(Self { offers, excluded })
    }

    /// True for an offer that stands in the messages.
    pub(crate) fn stays(&self, place: usize) -> bool {
        self.excluded.get(place).is_none_or(Option::is_none)
    }

    /// The places of the others, one bit each. More than there are bits are refused by the gate.
    pub(crate) fn left_out(&self) -> u64 {
        let places = (0..self.excluded.len().min(u64::BITS as usize)).filter(|n| !self.stays(*n));
        places.fold(0, |mask, place| mask | 1 << place)
    }

    /// Who is left out, and why.
    pub(crate) fn excluded(&self) -> impl Iterator<Item = (&Offer, Code)> {
        let both = self.offers.iter().zip(&self.excluded);
        both.filter_map(|(offer, why)| Some((offer, (*why)?)))
    }
}

fn offer(kept: &avow_model::EditionOffer) -> Offer {
    Offer {
        advertiser: kept.advertiser.clone(),
        business: kept.business.clone(),
        region: kept.region.clone(),
        zip3: kept.zip3.clone(),
    }
}
