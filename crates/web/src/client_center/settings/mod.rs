//! Settings: one's own log-in, the people who are let in, programs' keys, how mail leaves, what the staff did.

mod audit;
mod domain;
mod keys;
mod people;
#[cfg(test)]
pub(crate) mod samples;
mod sending;
pub(crate) mod view;
mod you;

use avow_model::Action::{
    Look, ManageKeys, ManageStaff, OwnLogin, SeeAudit, SeeKeys, SeeStaff, SetUp,
};
use axum::response::Redirect;

use self::view::Tab;
use super::guard::Member;
use super::route::Route;

/// Paths and their pages.
pub(crate) fn pages() -> Vec<Route> {
    let at = |rest: &str| format!("/a/{{account}}/settings{rest}");
    vec![
        Route::get(at(""), OwnLogin, start),
        Route::get(at("/you"), OwnLogin, you::get),
        Route::post(at("/you/password"), OwnLogin, you::password),
        Route::post(at("/you/sessions"), OwnLogin, you::sign_out),
        Route::post(at("/you/language"), OwnLogin, you::language::set),
        Route::get(at("/you/codes"), OwnLogin, you::codes::get)
            .and_post(OwnLogin, you::codes::turn_on),
        Route::post(at("/you/codes/off"), OwnLogin, you::codes::turn_off),
        Route::post(at("/you/codes/recovery"), OwnLogin, you::codes::recovery),
        Route::get(at("/people"), SeeStaff, people::get).and_post(ManageStaff, people::invite),
        Route::post(at("/people/role"), ManageStaff, people::role),
        Route::post(at("/people/remove"), ManageStaff, people::remove),
        Route::post(at("/people/withdraw"), ManageStaff, people::withdraw),
        Route::get(at("/keys"), SeeKeys, keys::get).and_post(ManageKeys, keys::make),
        Route::post(at("/keys/revoke"), ManageKeys, keys::revoke),
        Route::get(at("/domain"), Look, domain::get).and_post(SetUp, domain::change),
        Route::post(at("/domain/next"), SetUp, domain::prepare),
        Route::post(at("/domain/switch"), SetUp, domain::switch),
        Route::get(at("/sending"), Look, sending::get),
        Route::get(at("/audit"), SeeAudit, audit::get),
    ]
}

async fn start(member: Member) -> Redirect {
    Redirect::to(&format!("{}/settings/you", member.base()))
}

/// The pages that the member's role may see.
fn tabs(member: &Member) -> Vec<Tab> {
    let all = [
        ("you", told!("settings-tab-you"), OwnLogin),
        ("people", told!("settings-tab-people"), SeeStaff),
        ("keys", told!("settings-tab-keys"), SeeKeys),
        ("domain", told!("setup-tab-domain"), Look),
        ("sending", told!("settings-tab-sending"), Look),
        ("audit", told!("settings-tab-audit"), SeeAudit),
    ];
    let seen = all.into_iter().filter(|(_, _, action)| member.may(*action));
    seen.map(|(word, label, _)| Tab { word, label }).collect()
}

/// What was just done in the settings, from the word in the address.
pub(super) fn said(word: &str) -> Option<String> {
    Some(match word {
        "language" => say!("you-language-done"),
        "invited" => say!("settings-said-invited"),
        "withdrawn" => say!("settings-said-withdrawn"),
        "role" => say!("settings-said-role"),
        "removed" => say!("settings-said-removed"),
        "password" => say!("settings-said-password"),
        "signed-out" => say!("settings-said-signed-out"),
        "codes-off" => say!("settings-said-codes-off"),
        "domain" => say!("setup-said-domain"),
        "next-keys" => say!("setup-said-next-keys"),
        "switched" => say!("setup-said-switched"),
        "revoked" => say!("settings-said-revoked"),
        _ => return None,
    })
}
