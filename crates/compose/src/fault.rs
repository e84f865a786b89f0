//! What can be wrong with a campaign's content, each with what to do about it.

/// Stops a campaign before anything is sent. The sentence goes to who writes the campaign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentFault {
    #[error("the subject is empty: write one")]
    EmptySubject,
    #[error("the body is empty: write one")]
    EmptyBody,
    #[error("the sender's name is empty: say who writes")]
    EmptySender,
    #[error("the {role} address is not an e-mail address ({reason}): correct it")]
    BadAddress { role: &'static str, reason: String },
    #[error("{place}, line {line}: {reason}. Correct the template tag")]
    Syntax {
        place: Place,
        line: usize,
        reason: String,
    },
    #[error(
        "{place}, line {line}: `{tag}` is not available in mails. Use {{{{ field }}}}, if/elif/else/endif, for/endfor or raw/endraw"
    )]
    TagNotAvailable {
        place: Place,
        line: usize,
        tag: String,
    },
    #[error(
        "{place}, line {line}: there is no filter `{filter}`. There are: fallback, upper, lower, title, capitalize, trim, truncate, length, first, last, split, urlencode, round, int, float, abs, escape"
    )]
    UnknownFilter {
        place: Place,
        line: usize,
        filter: String,
    },
    #[error(
        "{place}, line {line}: a template tag stands where mail programs expect the name of an element or attribute. Put it into text or inside the quotes of an attribute"
    )]
    TagInMarkup { place: Place, line: usize },
    #[error(
        "{place}, line {line}: the template tag stands where it is lost (inside a style sheet, or after the end of the body). Move it into the body's text"
    )]
    TagLost { place: Place, line: usize },
    #[error("{place}: the template never ends, it ran more than {fuel} steps. Shorten its loops")]
    EndlessLoop { place: Place, fuel: u64 },
    #[error("{place}: the content makes more than {limit_bytes} bytes. Shorten it or its loops")]
    TooLarge { place: Place, limit_bytes: usize },
    #[error(
        "{place}: no contact has a field `{field}`. Correct its name, or give a fallback: {{{{ {field} | fallback(\"...\") }}}}"
    )]
    UnknownField { place: Place, field: String },
    #[error(
        "no text part can be made from the body's template tags ({reason}): write the text part yourself"
    )]
    NoTextPart { reason: String },
    #[error(
        "{place}, line {line}: a template tag has more than {limit_bytes} bytes. Say it in several"
    )]
    TagTooLong {
        place: Place,
        line: usize,
        limit_bytes: usize,
    },
    #[error(
        "line {line}: elements stand more than {limit} deep in each other. Close what is open, or nest less"
    )]
    TooDeep { line: usize, limit: usize },
    #[error(
        "body, line {line}: an {{% if %}} or {{% for %}} and its end stand in different elements. Close inside of it what is opened inside of it"
    )]
    Unbalanced { line: usize },
    #[error("the MJML cannot be read: {reason}. Correct it around line {line}")]
    Mjml { line: usize, reason: String },
    #[error("the style sheet cannot be inlined: {reason}. Correct the CSS in the body's <style>")]
    Css { reason: String },
    #[error(
        "the body is a <frameset> or <plaintext> document, where no footer can stand: write it as an ordinary HTML page"
    )]
    NoPlaceForFooter,
    #[error(
        "the whole body is hidden ({style}), so people would see neither text nor footer: remove that style from <body> or <html>"
    )]
    HiddenBody { style: String },
    #[error("the footer has no {part}: the policy must say it before bulk mail may leave")]
    IncompleteFooter { part: &'static str },
    #[error("the content has more than {limit} different links: remove some")]
    TooManyLinks { limit: usize },
    #[error("a link has more than {limit_bytes} bytes: shorten it ({start}...)")]
    LinkTooLong { limit_bytes: usize, start: String },
    #[error(
        "body, line {line}: a template tag makes the host that a picture or style is loaded from, so no policy can name it. Write the host out: https://host.example/{{{{ field }}}}"
    )]
    HostFromField { line: usize },
    #[error(
        "the body loads pictures or styles from more than {limit} hosts: keep them in fewer places"
    )]
    TooManyHosts { limit: usize },
    #[error(
        "the campaign has offers and its body has no place for them: write {{% offers %}} ... {{% endoffers %}} around what is written once for each"
    )]
    NoPlaceForOffers,
    #[error("the offer of {advertiser} cannot stand in a mail: {reason}")]
    BadOffer {
        advertiser: String,
        reason: &'static str,
    },
    #[error("the campaign has more than {limit} offers: take some out")]
    TooManyOffers { limit: usize },
}

impl ContentFault {
    /// The line of its place, counted from 1, where it has one.
    pub const fn line(&self) -> Option<usize> {
        match self {
            Self::Syntax { line, .. }
            | Self::TagNotAvailable { line, .. }
            | Self::UnknownFilter { line, .. }
            | Self::TagInMarkup { line, .. }
            | Self::TagLost { line, .. }
            | Self::TagTooLong { line, .. }
            | Self::TooDeep { line, .. }
            | Self::Unbalanced { line }
            | Self::Mjml { line, .. }
            | Self::HostFromField { line } => Some(*line),
            _ => None,
        }
    }

    /// Where in the content it is, when it is in one of its templates.
    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::Syntax { place, .. }
            | Self::TagNotAvailable { place, .. }
            | Self::UnknownFilter { place, .. }
            | Self::TagInMarkup { place, .. }
            | Self::TagLost { place, .. }
            | Self::TagTooLong { place, .. }
            | Self::EndlessLoop { place, .. }
            | Self::TooLarge { place, .. }
            | Self::UnknownField { place, .. } => Some(*place),
            _ => None,
        }
    }
}

/// Where in the content something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Subject,
    Preheader,
    Body,
    Text,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject",
            Self::Preheader => "preheader",
            Self::Body => "body",
            Self::Text => "text part",
        })
    }
}

/// Does not stop a campaign, but somebody should look at it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentWarning {
    #[error(
        "image {source_url} has no alternative text: describe it, or give it alt=\"\" when it only decorates"
    )]
    ImageWithoutAlt { source_url: String },
    #[error("link {url} is not encrypted: use https if the site has it")]
    InsecureLink { url: String },
    #[error(
        "link {url} has personal parts and so is not counted: counting it would need an address that leads anywhere"
    )]
    PersonalLink { url: String },
    #[error("link {url} leads nowhere from a mail: write the whole address, with https://")]
    DeadLink { url: String },
    #[error("the body has a script, which no mail program runs: it was removed")]
    ScriptRemoved,
    #[error("the body has a <{element}>, which most mail programs drop: link to a page instead")]
    NotForMail { element: String },
    #[error(
        "the body loads a style sheet or font from {url}, which tells that server who reads: use styles in the body"
    )]
    RemoteStyle { url: String },
    #[error(
        "the message has about {size_bytes} bytes of HTML: Gmail cuts it off after {limit_bytes}, footer included. Shorten it"
    )]
    TooHeavy {
        size_bytes: usize,
        limit_bytes: usize,
    },
    #[error("the subject has about {chars} characters: phones show about 40 of them")]
    LongSubject { chars: usize },
    #[error("there is no preheader: inboxes will show the first words of the body instead")]
    NoPreheader,
    #[error(
        "field `{field}` has no fallback: whoever lacks it gets nothing. Write {{{{ {field} | fallback(\"...\") }}}}"
    )]
    NoFallback { field: String },
    #[error("the body is all images: people who do not load them see nothing. Add text")]
    NoText,
    #[error("the MJML reader says: {reason}")]
    Mjml { reason: String },
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
