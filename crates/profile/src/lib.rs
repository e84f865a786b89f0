//! What Avow infers of a person: five dimensions, each value with the evidence that makes it.
//!
//! Promises: the terms of a value sum to its score, to the hundredth; what the person says of
//! themselves overrides what was inferred; too little evidence is an answer, not a low score.
//! Never: a clock, the network, SQL or randomness; special categories of data (GDPR art. 9); a fact the
//! person may not see. Machine opens and clicks count nothing (docs/tracking.md).

mod loyalty;
mod reading;

pub use loyalty::{Observed, READING_DAYS_MIN, loyalty};
pub use reading::{
    BuyingStage, Correction, Dimension, Inferred, Points, Reading, Term, Value, VisitStyle, settle,
};

/// What is known of one person in one dimension, from mail behaviour and their own corrections.
///
/// Loyalty is computed from human opens and clicks. The other four have no source of evidence yet
/// (visits to the site will be one) and answer `NotEnoughData` until a correction says otherwise.
pub fn read(
    dimension: Dimension,
    observed: &[Observed],
    corrections: &[Correction],
    now: avow_model::Timestamp,
) -> Reading {
    let inferred = match dimension {
        Dimension::Loyalty => loyalty(observed, now),
        Dimension::ProductInterest
        | Dimension::JobFunction
        | Dimension::BuyingStage
        | Dimension::PurchasePotential => Reading::NotEnoughData { have: 0, need: 1 },
    };
    settle(dimension, inferred, corrections)
}
