//! Parameters of statements, the same for both databases.

use avow_model::{
    AccountId, ApiKeyId, CampaignId, Category, ContactId, EntryId, EvidenceId, FactId, FormId,
    HitId, ImportId, JobId, ListId, Purpose, RecipientClass, SegmentId, Slug, Timestamp, UserId,
    Verb, WebhookId,
};

/// One parameter. Its `Debug` shows kinds and lengths only: values are personal data.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(String),
    /// A word of our own vocabulary: no allocation.
    Word(&'static str),
    Blob(Vec<u8>),
    /// Lists stand only where the text says `{in $N}`.
    Ints(Vec<i64>),
    Texts(Vec<String>),
    Blobs(Vec<Vec<u8>>),
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Int(_) => f.write_str("Int"),
            Self::Real(_) => f.write_str("Real"),
            Self::Bool(_) => f.write_str("Bool"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Word(word) => write!(f, "Word({word})"),
            Self::Blob(blob) => write!(f, "Blob({} bytes)", blob.len()),
            Self::Ints(list) => write!(f, "Ints({})", list.len()),
            Self::Texts(list) => write!(f, "Texts({})", list.len()),
            Self::Blobs(list) => write!(f, "Blobs({})", list.len()),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$x:ident| $make:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($x: $from) -> Self {
                $make
            }
        })*
    };
}

value_from! {
    i64 => |x| Self::Int(x);
    u32 => |x| Self::Int(i64::from(x));
    u16 => |x| Self::Int(i64::from(x));
    u8 => |x| Self::Int(i64::from(x));
    f64 => |x| Self::Real(x);
    bool => |x| Self::Bool(x);
    String => |x| Self::Text(x);
    &String => |x| Self::Text(x.clone());
    &str => |x| Self::Text(x.to_owned());
    Vec<u8> => |x| Self::Blob(x);
    &[u8] => |x| Self::Blob(x.to_vec());
    Vec<i64> => |x| Self::Ints(x);
    Vec<String> => |x| Self::Texts(x);
    Vec<Vec<u8>> => |x| Self::Blobs(x);
    Timestamp => |x| Self::Int(x.as_microsecond());
    &Purpose => |x| Self::Text(x.as_str().to_owned());
    &Category => |x| Self::Text(x.as_str().to_owned());
    &Slug => |x| Self::Text(x.as_str().to_owned());
    &Verb => |x| Self::Text(x.as_str().to_owned());
    &RecipientClass => |x| Self::Text(x.as_str().to_owned());
    AccountId => |x| Self::Int(x.as_i64());
    ApiKeyId => |x| Self::Int(x.as_i64());
    CampaignId => |x| Self::Int(x.as_i64());
    ContactId => |x| Self::Int(x.as_i64());
    EntryId => |x| Self::Int(x.as_i64());
    EvidenceId => |x| Self::Int(x.as_i64());
    FactId => |x| Self::Int(x.as_i64());
    FormId => |x| Self::Int(x.as_i64());
    HitId => |x| Self::Int(x.as_i64());
    ImportId => |x| Self::Int(x.as_i64());
    JobId => |x| Self::Int(x.as_i64());
    ListId => |x| Self::Int(x.as_i64());
    SegmentId => |x| Self::Int(x.as_i64());
    UserId => |x| Self::Int(x.as_i64());
    WebhookId => |x| Self::Int(x.as_i64());
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(x: [u8; N]) -> Self {
        Self::Blob(x.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(x: Option<T>) -> Self {
        x.map_or(Self::Null, Into::into)
    }
}

/// `params![a, b]`: a parameter list from anything that turns into a `Value`.
macro_rules! params {
    ($($x:expr),* $(,)?) => {
        vec![$($crate::value::Value::from($x)),*]
    };
}
pub(crate) use params;
