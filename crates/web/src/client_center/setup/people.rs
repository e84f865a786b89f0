//! The first people: oneself, by the sign-up form that everybody fills in, or a file, or the form's address.
//!
//! Promises: whoever sets up becomes a contact as everybody does: by ticking the policy's own words and by confirming
//! from the mailbox. Nothing here says yes for anybody.

use std::sync::Arc;

use avow_collect::forms::{
    Desk, MailAllowance, Schema, Served, SignUpFault, Visit, check, schema, sign_up,
};
use avow_model::{EmailAddress, FactKind};
use avow_policy::{BrowserSignal, PolicySet};
use avow_store::{AccountRow, FormRow};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::rail::{self, Done, Step};
use super::under_way;
use super::view::{AskLine, PeoplePage, You};
use crate::client_center::gate;
use crate::client_center::guard::Member;
use crate::client_center::shell::Noun;
use crate::client_center::words::people;
use crate::public::{Peer, told_wrong};
use crate::{App, PageFault, founding};

type Pairs = Vec<(String, String)>;

/// The form under the policy in force.
struct Open {
    account: AccountRow,
    policies: Arc<PolicySet>,
    form: FormRow,
}

impl Open {
    /// `None` while no policy is in force, or where somebody removed the form.
    async fn of(app: &App, member: &Member) -> Result<Option<Self>, PageFault> {
        let slug = founding::SIGN_UP
            .parse()
            .expect("invariant: a constant that is a slug");
        let form = member.account.form_by_slug(&slug).await?;
        let policies = gate::policies(app, &member.account).await?.ok();
        let in_force = policies.filter(|set| set.in_force(app.now()).is_some());
        let account = member.account.row().await?;
        Ok(match (form, in_force) {
            (Some(form), Some(policies)) => Some(Self {
                account,
                policies,
                form,
            }),
            _ => None,
        })
    }

    fn schema(&self, app: &App) -> Option<Schema> {
        let version = self.policies.in_force(app.now())?;
        Some(schema(&self.form.settings, version))
    }
}

/// Where the one who sets up stands as a contact.
async fn you(app: &App, member: &Member) -> Result<You, PageFault> {
    let Ok(address) = member.visitor.address.parse::<EmailAddress>() else {
        return Ok(You::No);
    };
    let Some(contact) = member.account.contact_by_address(&address).await? else {
        return Ok(You::No);
    };
    let facts = member.account.facts(contact.id).await?;
    let confirmed = |kind: &FactKind| {
        matches!(
            kind,
            FactKind::Grant {
                confirmed: true,
                ..
            }
        )
    };
    if facts.events.iter().any(|fact| confirmed(&fact.kind)) {
        return Ok(You::In);
    }
    Ok(You::Waiting {
        mail: mail_to(app, member),
    })
}

/// The newest mail to the member in the rehearsal mailbox.
fn mail_to(app: &App, member: &Member) -> Option<String> {
    let sink = app.sink.as_ref()?;
    let newest = sink.list(&member.visitor.address, None, 1);
    let base = member.base();
    let mail = newest.first()?;
    Some(format!("{base}/rehearsal/{}?view=links", mail.id))
}

async fn shown(app: &App, member: &Member, fault: Option<String>) -> Result<Response, PageFault> {
    let progress = under_way(member).await?;
    let done = Done::of(app, member, &progress).await?;
    let open = Open::of(app, member).await?;
    let asks = open.as_ref().and_then(|open| open.schema(app));
    let asks = asks.map_or_else(Vec::new, |schema| schema.asks);
    let total = member.account.contact_count().await? as i64;
    let status = if fault.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = app.templates.show(&PeoplePage {
        rail: rail::at(Step::People, done, &member.base()),
        shell: member.shell(Noun::Contacts),
        address: member.visitor.address.clone(),
        you: you(app, member).await?,
        asks: asks
            .into_iter()
            .map(|ask| AskLine {
                purpose: ask.purpose.to_string(),
                wording: ask.wording,
            })
            .collect(),
        ready: open.is_some(),
        total,
        total_text: people(total),
        form: format!(
            "{}/f/{}/{}",
            app.settings.base_url,
            member.membership.slug,
            founding::SIGN_UP
        ),
        fault,
    })?;
    Ok((status, page).into_response())
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Response, PageFault> {
    shown(&app, &member, None).await
}

/// Signs up whoever sets up, with the boxes they ticked; a mail asks them to confirm.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    member: Member,
    peer: Peer,
    Form(mut posted): Form<Pairs>,
) -> Result<Response, PageFault> {
    under_way(&member).await?;
    let Some(open) = Open::of(&app, &member).await? else {
        return shown(&app, &member, Some(NO_POLICY.to_owned())).await;
    };
    let Some(asked) = open.schema(&app) else {
        return shown(&app, &member, Some(NO_POLICY.to_owned())).await;
    };
    posted.retain(|(name, _)| name == "purpose");
    if posted.is_empty() {
        return shown(&app, &member, Some(NO_BOX.to_owned())).await;
    }
    posted.push(("email".to_owned(), member.visitor.address.clone()));
    let submission = match check(&asked, &posted) {
        Ok(submission) => submission,
        Err(problems) => {
            let texts: Vec<String> = problems.iter().map(|p| told_wrong(&p.wrong)).collect();
            return shown(&app, &member, Some(texts.join(" "))).await;
        }
    };
    let now = app.now();
    let may_mail = app
        .limits
        .mail(member.account.id(), &submission.address, now);
    let visit = Visit {
        at: now,
        ip: Some(peer.0.to_string()),
        mail: if may_mail {
            MailAllowance::Send
        } else {
            MailAllowance::Spent
        },
    };
    let desk = Desk {
        scope: &member.account,
        account: &open.account,
        policies: &open.policies,
        tokens: &app.tokens,
        urls: &app.urls,
        signal: BrowserSignal::default(),
    };
    let version = open
        .policies
        .in_force(now)
        .expect("invariant: the form was made under it");
    let served = Served {
        form: &open.form,
        schema: &asked,
        version,
    };
    let signed = sign_up(&desk, &served, &submission, &visit).await;
    signed.map_err(|fault| match fault {
        SignUpFault::Store(fault) => PageFault::Store(fault),
        other => PageFault::Bad(other.to_string()),
    })?;
    app.wake();
    Ok(Redirect::to(&format!("{}/setup/people", member.base())).into_response())
}

const NO_POLICY: &str = "No policy is in force: publish it first, then people can be asked.";
const NO_BOX: &str = "Tick what you say yes to: without a yes nothing can be sent to you.";
