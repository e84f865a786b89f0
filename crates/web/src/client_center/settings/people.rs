//! Who is let into the account: list, invite, change the role, put out.
//!
//! Promises: an account keeps an owner; whoever is put out has no session any more when the answer leaves.

use std::sync::Arc;

use avow_model::{Action, EmailAddress, Role, Timestamp, UserId};
use avow_store::{ActKind, InvitationRow, Invited, MemberRow, NewAct, NewDoor, StoreError};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::tabs;
use super::view::{Frame, InvitationLine, MemberLine, PeoplePage, RoleChoice};
use crate::client_center::guard::Member;
use crate::client_center::mail::{Letter, Seen};
use crate::client_center::shell::Noun;
use crate::client_center::words::When;
use crate::error::role_name;
use crate::language::Told;
use crate::session::Token;
use crate::{App, PageFault};

/// Time to come back from a long weekend, and short enough that a forgotten mail opens nothing.
const INVITATION_LIFE: std::time::Duration = std::time::Duration::from_hours(3 * 24);

/// What was typed into the form of an invitation.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InviteForm {
    address: String,
    role: String,
}

/// Which member, and what they become.
#[derive(Deserialize)]
pub(super) struct MemberForm {
    member: String,
    #[serde(default)]
    role: String,
}

/// Which invitation.
#[derive(Deserialize)]
pub(super) struct InvitationForm {
    address: String,
}

/// What a role is for, in one line.
const fn may(role: Role) -> Told {
    match role {
        Role::Owner => told!("staff-may-owner"),
        Role::Editor => told!("staff-may-editor"),
        Role::Analyst => told!("staff-may-analyst"),
        Role::PrivacyOfficer => told!("staff-may-privacy-officer"),
        Role::Support => told!("staff-may-support"),
    }
}

fn line(row: MemberRow, member: &Member, (owners, now): (usize, Timestamp)) -> MemberLine {
    MemberLine {
        id: row.user.to_string(),
        address: row.address.expose().to_owned(),
        name: row.name,
        role: row.role.as_str(),
        role_label: role_name(row.role),
        seen: row.seen_at.map(|at| When::new(at, now)),
        codes: row.codes_since.is_some(),
        is_you: row.user == member.visitor.user,
        fixed: row.role == Role::Owner && owners == 1,
    }
}

fn invitation(row: InvitationRow, now: Timestamp) -> InvitationLine {
    InvitationLine {
        address: row.invited.address.expose().to_owned(),
        role_label: role_name(row.invited.role),
        sent: When::new(row.created_at, now),
        ends: When::new(row.expires_at, now),
    }
}

async fn page(
    app: &App,
    member: &Member,
    (typed, fault): (InviteForm, Option<String>),
) -> Result<Html<String>, PageFault> {
    let rows = member.account.members().await?;
    let owners = rows.iter().filter(|r| r.role == Role::Owner).count();
    let seen = (owners, app.now());
    let invitations = member.account.invitations().await?;
    let choice = |role: Role| RoleChoice {
        word: role.as_str(),
        label: role_name(role),
        may: may(role),
    };
    app.templates.show(&PeoplePage {
        shell: member.shell(Noun::Settings),
        frame: Frame {
            tabs: tabs(member),
            tab: "people",
        },
        manages: member.may(Action::ManageStaff),
        fault,
        typed: typed.address,
        typed_role: typed.role,
        roles: Role::ALL.map(choice).into(),
        members: rows.into_iter().map(|r| line(r, member, seen)).collect(),
        invitations: invitations
            .into_iter()
            .map(|r| invitation(r, app.now()))
            .collect(),
    })
}

/// The page.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    member: Member,
) -> Result<Html<String>, PageFault> {
    let typed = InviteForm {
        role: Role::Editor.as_str().to_owned(),
        ..InviteForm::default()
    };
    page(&app, &member, (typed, None)).await
}

impl Member {
    /// An act of this member.
    pub(in crate::client_center) fn act(&self, kind: ActKind, about: impl Into<String>) -> NewAct {
        NewAct {
            who: self.visitor.address.clone(),
            kind,
            about: about.into(),
        }
    }
}

/// Invites somebody by mail.
pub(super) async fn invite(
    State(app): State<Arc<App>>,
    member: Member,
    Form(form): Form<InviteForm>,
) -> Result<Response, PageFault> {
    let invited = match invited(&member, &form).await? {
        Ok(invited) => invited,
        Err(fault) => {
            let page = page(&app, &member, (form, Some(fault))).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let token = Token::new(app.entropy.as_ref());
    let base = app.settings.base_url.trim_end_matches('/');
    let account = &member.membership.account_name;
    let who = &member.visitor.address;
    let letter = Letter {
        to: &form.address,
        subject: &say!("mail-invite-subject"),
        lead: &say!(
            "mail-invite-lead",
            who = who,
            account = account,
            role = role_name(invited.role)
        ),
        button: &say!("mail-invite-button"),
        link: format!("{base}/invite/{}", token.expose()),
        end: &say!("mail-invite-end"),
        seen: Seen::InRehearsal,
    };
    let mail = letter.write(&app, member.account.id()).await?;
    let mail = mail.ok_or_else(|| PageFault::Bad(say!("staff-no-address")))?;
    let door = NewDoor {
        token_hash: token.hash(),
        expires_at: app.now() + INVITATION_LIFE,
    };
    let about = invited.address.expose().to_owned() + ", as " + &in_log(invited.role);
    let act = member.act(ActKind::Invited, about);
    member.account.invite(door, invited, mail, act).await?;
    app.wake();
    Ok(back(&member, "invited").into_response())
}

/// A role as the log of acts keeps it, whatever its readers speak.
fn in_log(role: Role) -> String {
    role.as_str().replace('_', " ")
}

/// Who is invited, or what is wrong with it.
async fn invited(member: &Member, form: &InviteForm) -> Result<Result<Invited, String>, PageFault> {
    let Ok(address) = form.address.trim().parse::<EmailAddress>() else {
        return Ok(Err(say!("staff-no-address")));
    };
    let Some(role) = Role::parse(&form.role) else {
        return Ok(Err(say!("staff-no-role")));
    };
    let same = |r: &MemberRow| r.address.expose_canonical() == address.expose_canonical();
    if member.account.members().await?.iter().any(same) {
        return Ok(Err(say!("staff-known")));
    }
    Ok(Ok(Invited { address, role }))
}

fn back(member: &Member, said: &str) -> Redirect {
    Redirect::to(&format!("{}/settings/people?said={said}", member.base()))
}

/// The member that a form names, and their line.
async fn named(member: &Member, form: &MemberForm) -> Result<MemberRow, PageFault> {
    let id: UserId = form.member.parse().map_err(|_| PageFault::NotFound)?;
    let rows = member.account.members().await?;
    let row = rows.into_iter().find(|r| r.user == id);
    row.ok_or(PageFault::NotFound)
}

/// Gives a member another role; it holds from their next request on.
pub(super) async fn role(
    member: Member,
    Form(form): Form<MemberForm>,
) -> Result<Redirect, PageFault> {
    let row = named(&member, &form).await?;
    let role = Role::parse(&form.role).ok_or(PageFault::NotFound)?;
    let about = format!(
        "{}, from {} to {}",
        row.address.expose(),
        in_log(row.role),
        in_log(role)
    );
    let act = member.act(ActKind::RoleChanged, about);
    member.account.member_role_set(row.user, role, act).await?;
    Ok(back(&member, "role"))
}

/// Puts a member out.
pub(super) async fn remove(
    member: Member,
    Form(form): Form<MemberForm>,
) -> Result<Redirect, PageFault> {
    let row = named(&member, &form).await?;
    let act = member.act(ActKind::Removed, row.address.expose());
    member.account.member_remove(row.user, act).await?;
    Ok(back(&member, "removed"))
}

/// Takes an invitation back.
pub(super) async fn withdraw(
    member: Member,
    Form(form): Form<InvitationForm>,
) -> Result<Redirect, PageFault> {
    let address = form.address.parse::<EmailAddress>();
    let address = address.map_err(|_| PageFault::NotFound)?;
    let act = member.act(ActKind::InvitationWithdrawn, address.expose());
    let withdrawn = member.account.invitation_withdraw(&address, act).await;
    withdrawn.map_err(|fault: StoreError| PageFault::from(fault))?;
    Ok(back(&member, "withdrawn"))
}
