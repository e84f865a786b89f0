//! The footer that the policy asks for, in HTML and in plain text.

/// What a footer says: the words come from the policy, the shape from here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footer {
    /// Who sends: the controller's or brand's name.
    pub sender_name: String,
    /// Where the sender lives; may have several lines.
    pub postal_address: String,
    /// "You get this because ...": one or two sentences.
    pub why: String,
    /// The purpose (`newsletter`): names the stream in List-Id and Feedback-ID.
    pub stream: String,
}
