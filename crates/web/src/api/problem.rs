//! What went wrong, for a program and for who writes it (RFC 9457).

use avow_deliver::engine::BriefFault;
use avow_deliver::inject::InjectFault;
use avow_store::StoreError;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// How long a program waits before it tries again.
const RETRY_AFTER_S: &str = "60";

/// The sorts of problems; programs tell them apart by these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No key, a wrong one, or one that was revoked.
    Key,
    /// The key lacks the scope.
    Scope,
    /// More than a key may make in a minute.
    TooManyCalls,
    /// The body is longer than such a call may be.
    TooLarge,
    /// The body says that it is no JSON.
    Media,
    /// The body or the query is not of this form.
    Form,
    /// A field holds what cannot be used.
    Field,
    /// The content cannot be compiled.
    Content,
    /// The policy in force does not declare or allow it.
    Policy,
    /// The idempotency key came with another body before.
    CallKey,
    /// A call of this key began and no answer of it is known: it runs, or the server stopped in it.
    InDoubt,
    /// Something of this account is called so already.
    Taken,
    /// The thing is in a state in which this cannot be done.
    State,
    /// The account cannot send now: its policy is not in force or not right.
    Account,
    /// Nothing of this account is called so.
    NotFound,
    /// The address is one of the API, and the method none of it.
    Method,
    /// Try again.
    Passing,
    /// A fault of ours.
    Ours,
}

impl Kind {
    /// Every kind, for the reference.
    pub(super) const ALL: [Self; 18] = [
        Self::Key,
        Self::Scope,
        Self::TooManyCalls,
        Self::TooLarge,
        Self::Media,
        Self::Form,
        Self::Field,
        Self::Content,
        Self::Policy,
        Self::CallKey,
        Self::InDoubt,
        Self::Taken,
        Self::State,
        Self::Account,
        Self::NotFound,
        Self::Method,
        Self::Passing,
        Self::Ours,
    ];

    /// Status, word and title.
    pub(super) const fn words(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::Key => (S::UNAUTHORIZED, "key", "The key is not known"),
            Self::Scope => (S::FORBIDDEN, "scope", "The key may not do this"),
            Self::TooManyCalls => (S::TOO_MANY_REQUESTS, "too-many-calls", "Too many calls"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large", "The call is too large"),
            Self::Media => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "The body is of another sort",
            ),
            Self::Form => (S::BAD_REQUEST, "form", "The call cannot be read"),
            Self::Field => (S::UNPROCESSABLE_ENTITY, "field", "A field cannot be used"),
            Self::Content => (
                S::UNPROCESSABLE_ENTITY,
                "content",
                "The content cannot be used",
            ),
            Self::Policy => (
                S::UNPROCESSABLE_ENTITY,
                "policy",
                "The policy does not allow it",
            ),
            Self::CallKey => (
                S::CONFLICT,
                "idempotency-key",
                "The idempotency key is taken",
            ),
            Self::InDoubt => (
                S::CONFLICT,
                "in-doubt",
                "It is not known whether it was done",
            ),
            Self::Taken => (S::CONFLICT, "taken", "The name is taken"),
            Self::State => (S::CONFLICT, "state", "It stands otherwise"),
            Self::Account => (S::CONFLICT, "account", "The account cannot do this now"),
            Self::NotFound => (S::NOT_FOUND, "not-found", "There is no such thing"),
            Self::Method => (
                S::METHOD_NOT_ALLOWED,
                "method",
                "This address takes other methods",
            ),
            Self::Passing => (S::SERVICE_UNAVAILABLE, "try-again", "Not now"),
            Self::Ours => (S::INTERNAL_SERVER_ERROR, "fault", "A fault on our side"),
        }
    }

    /// What to do about it, where nothing closer is known.
    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Key => "Send the header Authorization with a key that was not revoked",
            Self::Scope => "Make a key that has the scope of the call",
            Self::TooManyCalls => "Wait until the minute is over, then go on",
            Self::TooLarge => "Send less at once",
            Self::Media => "Send what the reference names as Content-Type",
            Self::Form => "Mend what is named, and send it again",
            Self::Field => "Mend the field, and send it again",
            Self::Content => "Mend the content, and send it again",
            Self::Policy => "Read what the policy asks for",
            Self::CallKey => "Give each call a key of its own",
            Self::InDoubt => "Look whether it is there before you send it again under another key",
            Self::Taken => "Choose another name",
            Self::State => "Look where it stands",
            Self::Account => "Look at the policy page of the account",
            Self::NotFound => "Look whether the address is right",
            Self::Method => "Use a method that the header Allow names",
            Self::Passing => "Nothing was kept; send the same call again in a minute",
            Self::Ours => "Whoever runs this server finds the cause in its log",
        }
    }

    pub(super) const fn status(self) -> StatusCode {
        self.words().0
    }

    pub(super) const fn word(self) -> &'static str {
        self.words().1
    }

    pub(super) const fn title(self) -> &'static str {
        self.words().2
    }

    /// True where the same call may be right in a minute.
    pub(super) const fn is_for_later(self) -> bool {
        matches!(self, Self::TooManyCalls | Self::Passing)
    }
}

/// One problem. The sentence goes to the caller; what it quotes, the caller sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) kind: Kind,
    pub(super) sentence: String,
    pub(super) field: Option<String>,
}

impl Problem {
    pub(super) fn new(kind: Kind, sentence: impl Into<String>) -> Self {
        Self {
            kind,
            sentence: sentence.into(),
            field: None,
        }
    }

    /// With the sentence of its kind.
    pub(super) fn of(kind: Kind) -> Self {
        Self::new(kind, kind.about())
    }

    pub(super) fn field(field: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::new(Kind::Field, sentence).at(field)
    }

    pub(super) fn too_large() -> Self {
        let sentence = "The body is larger than such a call may be. Send less at once";
        Self::new(Kind::TooLarge, sentence)
    }

    pub(super) fn at(self, field: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }

    /// The same, in the how-manyth message of a batch.
    pub(super) fn within(self, number: usize) -> Self {
        let field = match self.field {
            Some(field) => format!("messages[{number}].{field}"),
            None => format!("messages[{number}]"),
        };
        Self {
            field: Some(field),
            ..self
        }
    }

    /// A body that is no JSON of the wanted form; the field, where the parser names one.
    pub(super) fn form(fault: &serde_json::Error) -> Self {
        let said = fault.to_string();
        let field = said.split('`').nth(1).map(str::to_owned);
        let field = field.filter(|_| said.contains(" field `"));
        Self {
            field,
            ..Self::new(
                Kind::Form,
                format!("{said}. Mend the body and send it again"),
            )
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, word, title) = self.kind.words();
        let mut body = json!({
            "type": format!("urn:avow:problem:{word}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.sentence,
        });
        if let Some(field) = self.field {
            body["field"] = field.into();
        }
        let more: Option<[(HeaderName, &str); 1]> = match self.kind {
            Kind::Key => Some([(WWW_AUTHENTICATE, "Bearer")]),
            kind if kind.is_for_later() => Some([(RETRY_AFTER, RETRY_AFTER_S)]),
            _ => None,
        };
        let kind = [(CONTENT_TYPE, "application/problem+json")];
        match more {
            Some(more) => (status, kind, more, body.to_string()).into_response(),
            None => (status, kind, body.to_string()).into_response(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(fault: StoreError) -> Self {
        if fault.is_passing() {
            tracing::error!(%fault, "the store failed under a call");
            let sentence = "The database does not answer. Nothing was kept; send the same call again in a minute";
            return Self::new(Kind::Passing, sentence);
        }
        match fault {
            StoreError::Conflict(why) => return Self::new(Kind::State, why),
            StoreError::Missing(what) => return Self::new(Kind::NotFound, what),
            StoreError::Duplicate { .. } => return Self::of(Kind::Taken),
            fault => tracing::error!(%fault, "the store failed under a call"),
        }
        Self::new(
            Kind::Ours,
            "Whoever runs this server finds the cause in its log",
        )
    }
}

impl From<InjectFault> for Problem {
    fn from(fault: InjectFault) -> Self {
        match fault {
            InjectFault::Store(fault) | InjectFault::Brief(BriefFault::Store(fault)) => {
                fault.into()
            }
            InjectFault::Brief(fault) => brief(&fault),
            InjectFault::Later => Self::new(Kind::Passing, fault.to_string()),
            InjectFault::Record(fault) => {
                tracing::error!(%fault, "a message cannot be recorded");
                Self::new(
                    Kind::Ours,
                    "Whoever runs this server finds the cause in its log",
                )
            }
        }
    }
}

impl Problem {
    /// Why a question or a campaign cannot be carried out under the policy.
    pub(super) fn of_brief(fault: BriefFault) -> Self {
        match fault {
            BriefFault::Store(fault) => fault.into(),
            fault => brief(&fault),
        }
    }
}

fn brief(fault: &BriefFault) -> Problem {
    let kind = match fault {
        BriefFault::NoPurpose(_) => return Problem::field("purpose", fault.to_string()),
        BriefFault::Content(_) | BriefFault::TooManyCategories => Kind::Content,
        _ => Kind::Account,
    };
    Problem::new(kind, fault.to_string())
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::too_large();
        }
        Self::new(Kind::Form, "The body did not arrive whole. Send it again")
    }
}

/// For paths of the API that lead nowhere.
pub(super) async fn no_such_thing() -> Problem {
    let sentence = "This is no address of the API. Its calls are listed at /api/docs";
    Problem::new(Kind::NotFound, sentence)
}

/// For methods that an address does not take; the router adds `Allow`.
pub(super) async fn no_such_method() -> Problem {
    Problem::of(Kind::Method)
}
