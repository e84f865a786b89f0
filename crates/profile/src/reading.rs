//! The vocabulary of the five dimensions: values, evidence, corrections.

use avow_model::{Category, Timestamp};
use serde::{Deserialize, Serialize};

/// The five of IMark's profile; its "thought process" is the buying stage with the visit style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    ProductInterest,
    JobFunction,
    BuyingStage,
    Loyalty,
    PurchasePotential,
}

impl Dimension {
    pub const ALL: [Self; 5] = [
        Self::ProductInterest,
        Self::JobFunction,
        Self::BuyingStage,
        Self::Loyalty,
        Self::PurchasePotential,
    ];
}

/// How near to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuyingStage {
    Aware,
    Considering,
    Deciding,
    Customer,
}

/// How a visit went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitStyle {
    Buying,
    Searching,
    Browsing,
    Learning,
}

/// A value in its dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A topic that the owner of the site declared.
    Interest(Category),
    Job(Category),
    Stage(BuyingStage, Option<VisitStyle>),
    /// From 0 (came once, long ago) to 100 (reads nearly everything, lately).
    Loyalty(Points),
    /// From 0 to 100.
    Potential(Points),
}

impl Value {
    /// The dimension it belongs to.
    pub const fn dimension(&self) -> Dimension {
        match self {
            Self::Interest(_) => Dimension::ProductInterest,
            Self::Job(_) => Dimension::JobFunction,
            Self::Stage(..) => Dimension::BuyingStage,
            Self::Loyalty(_) => Dimension::Loyalty,
            Self::Potential(_) => Dimension::PurchasePotential,
        }
    }
}

/// Hundredths of a point: whole numbers, so that evidence sums exactly.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Points(i64);

impl Points {
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        Self(points.map(|p| p.0).sum())
    }
}

impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        write!(f, "{sign}{whole}.{part:02}")
    }
}

/// One reason for a score: what was seen, when, and what it adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    pub what: &'static str,
    pub at: Timestamp,
    pub adds: Points,
}

/// A value that evidence made. Built from its terms alone, so its score is their sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inferred {
    value: Value,
    terms: Vec<Term>,
}

impl Inferred {
    /// `make` turns the sum of the terms into the value.
    pub fn from_terms(terms: Vec<Term>, make: impl FnOnce(Points) -> Value) -> Self {
        let value = make(terms.iter().map(|t| t.adds).sum());
        Self { value, terms }
    }

    pub fn value(&self) -> &Value {
        &self.value
    }

    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}

/// What the person says of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub value: Value,
    pub at: Timestamp,
}

/// The answer for one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// So many pieces of evidence are there, so many are needed.
    NotEnoughData {
        have: usize,
        need: usize,
    },
    Inferred(Inferred),
    /// The person's own word; what was inferred is not used.
    Corrected(Correction),
}

/// The person's latest correction of this dimension, or else what was inferred.
pub fn settle(dimension: Dimension, inferred: Reading, corrections: &[Correction]) -> Reading {
    corrections
        .iter()
        .filter(|c| c.value.dimension() == dimension)
        .max_by_key(|c| c.at)
        .map_or(inferred, |c| Reading::Corrected(c.clone()))
}
