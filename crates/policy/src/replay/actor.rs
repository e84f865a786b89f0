//! The canonical form of who asks.

use avow_model::{Purpose, Slug, Verb};
use serde::{Deserialize, Serialize};

use super::ReplayFault;
use super::micros::Micros;
use crate::circumstance::{Actor, Via};

/// Fields in the order of their names: that makes the bytes canonical.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActorForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledged: Option<u32>,
    needs: Vec<Purpose>,
    role: Slug,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trained_until: Option<Micros>,
    via: ViaForm,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ViaForm {
    Session {
        active_at: Micros,
    },
    Token {
        purposes: Vec<Purpose>,
        verbs: Vec<Verb>,
    },
}

impl ActorForm {
    pub(super) fn of(actor: &Actor) -> Result<Self, ReplayFault> {
        let Actor {
            role,
            needs,
            trained_until,
            acknowledged,
            via,
        } = actor.clone();
        Ok(Self {
            acknowledged,
            needs,
            role,
            trained_until: trained_until.map(Micros::of).transpose()?,
            via: match via {
                Via::Session { active_at } => ViaForm::Session {
                    active_at: Micros::of(active_at)?,
                },
                Via::Token { verbs, purposes } => ViaForm::Token { purposes, verbs },
            },
        })
    }

    pub(super) fn into_actor(self) -> Result<Actor, ReplayFault> {
        Ok(Actor {
            role: self.role,
            needs: self.needs,
            trained_until: self.trained_until.map(Micros::instant).transpose()?,
            acknowledged: self.acknowledged,
            via: match self.via {
                ViaForm::Session { active_at } => Via::Session {
                    active_at: active_at.instant()?,
                },
                ViaForm::Token { purposes, verbs } => Via::Token { verbs, purposes },
            },
        })
    }
}
