//! What a program is told of messages that it handed in: kept without addresses, told with those of the call.

use avow_deliver::inject::{Judged, Post};
use avow_model::OutgoingId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::spec::{Shape, address, id, list, may, must, object, text, words};

/// The fate of each recipient of each message, in the order of the call.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer(Vec<Vec<Fate>>);

#[derive(Debug, Serialize, Deserialize)]
struct Fate {
    id: OutgoingId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Refusal>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Refusal {
    codes: String,
    sentence: String,
    remedy: String,
}

impl Answer {
    pub(super) fn of(judged: &[Vec<Judged>]) -> Self {
        let fate = |one: &Judged| Fate {
            id: one.message.id,
            refused: one.refused.as_ref().map(|refused| Refusal {
                codes: refused.codes.clone(),
                sentence: refused.sentence.clone(),
                remedy: refused.remedy.clone(),
            }),
        };
        let messages = judged.iter().map(|one| one.iter().map(fate).collect());
        Self(messages.collect())
    }

    /// For each message the fates of its recipients, with the addresses that the call has.
    pub(super) fn told(&self, posts: &[Post]) -> Vec<Value> {
        let message = |(fates, post): (&Vec<Fate>, &Post)| {
            let recipients = fates.iter().zip(&post.to);
            let told = recipients.map(|(fate, to)| fate.told(to.address.expose()));
            json!({ "recipients": told.collect::<Vec<_>>() })
        };
        self.0.iter().zip(posts).map(message).collect()
    }

    /// True when at least one message is to leave.
    pub(super) fn has_work(&self) -> bool {
        self.0.iter().flatten().any(|fate| fate.refused.is_none())
    }
}

/// What is told of one message.
pub(super) fn message() -> Shape {
    let told = object([
        must("email", address()),
        must("id", id("og_")),
        must("status", words(&["queued", "refused"])),
        may(
            "code",
            text("D_NO_BINDING").about("Of a refused one: the reason that says most"),
        ),
        may("codes", list(text("D_NO_BINDING"))),
        may("sentence", text("No basis for this purpose is on record.")),
        may("remedy", text("Ask the person by a form.")),
    ]);
    object([must("recipients", list(told.named("Fate")))]).named("Fates").such_as(json!({
        "recipients": [{ "email": "ada@example.com", "id": "og_0cn55dbxg2c00", "status": "queued" }],
    }))
}

/// What is told of a batch.
pub(super) fn batch() -> Shape {
    object([must("messages", list(message()))])
}

impl Fate {
    fn told(&self, address: &str) -> Value {
        match &self.refused {
            None => json!({ "email": address, "id": self.id, "status": "queued" }),
            Some(refused) => json!({
                "email": address,
                "id": self.id,
                "status": "refused",
                "code": refused.codes.split(' ').next(),
                "codes": refused.codes.split(' ').collect::<Vec<_>>(),
                "sentence": refused.sentence,
                "remedy": refused.remedy,
            }),
        }
    }
}
