//! What can be wrong with a campaign's content, each with what to do about it.

/// Stops a campaign. The sentence goes to who writes the campaign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentFault {
    #[error("the subject is empty: write one")]
    EmptySubject,
    #[error("the body is empty: write one")]
    EmptyBody,
}

/// Does not stop a campaign, but somebody should look at it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentWarning {
    #[error(
        "image {source_url} has no alternative text: describe it, or give it alt=\"\" when it only decorates"
    )]
    ImageWithoutAlt { source_url: String },
}

/// Why one message could not be rendered. The person gets nothing; the row says this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderFault {
    #[error("the contact has no field `{field}`, and the content gives no fallback for it")]
    MissingField { field: String },
    #[error("the message would be larger than {limit_bytes} bytes: shorten the content")]
    TooLarge { limit_bytes: usize },
    #[error("the content's template does not end: it has a loop that is far too long")]
    OutOfFuel,
    #[error("the content's template failed: {reason}")]
    Template { reason: String },
}
