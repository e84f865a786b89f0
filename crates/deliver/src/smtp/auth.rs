//! AUTH PLAIN and LOGIN (RFC 4954, RFC 4616): only over TLS, or to this machine itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::open::Auth;
use super::phase::{Trouble, What};
use super::session::Session;
use avow_bounce::Phase;

/// "Authentication succeeded."
const WELCOME: u16 = 235;
/// "Go on" with the next answer.
const GO_ON: u16 = 334;

/// Logs in. A refusal is trouble of the route: no message is to blame.
pub(super) async fn log_in(session: &mut Session, auth: &Auth) -> Result<(), Trouble> {
    if session.server.auth_plain {
        return plain(session, auth).await;
    }
    if session.server.auth_login {
        return login(session, auth).await;
    }
    Err(Trouble::new(Phase::Auth, What::NoMechanism))
}

async fn plain(session: &mut Session, auth: &Auth) -> Result<(), Trouble> {
    let secret = STANDARD.encode(format!("\0{}\0{}", auth.user, auth.password));
    say(session, &format!("AUTH PLAIN {secret}"), WELCOME).await
}

async fn login(session: &mut Session, auth: &Auth) -> Result<(), Trouble> {
    say(session, "AUTH LOGIN", GO_ON).await?;
    say(session, &STANDARD.encode(&auth.user), GO_ON).await?;
    say(session, &STANDARD.encode(&auth.password), WELCOME).await
}

async fn say(session: &mut Session, line: &str, wanted: u16) -> Result<(), Trouble> {
    let line = format!("{line}\r\n");
    let answer = session.command(line.as_bytes(), Phase::Auth).await?;
    if answer.code == wanted {
        return Ok(());
    }
    let reply = session.wire.reply(answer);
    Err(Trouble::new(Phase::Auth, What::Refused(reply)))
}
