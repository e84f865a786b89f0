//! Compiles a campaign's content.

use avow_model::{CampaignContent, MessageClass};

use crate::compiled::Compiled;
use crate::fault::ContentFault;
use crate::footer::Footer;

/// Compiles once a campaign what all its messages share; every fault at once.
pub fn compile(
    content: &CampaignContent,
    footer: &Footer,
    class: MessageClass,
) -> Result<Compiled, Vec<ContentFault>> {
    if content.subject.trim().is_empty() {
        return Err(vec![ContentFault::EmptySubject]);
    }
    if content.body.trim().is_empty() {
        return Err(vec![ContentFault::EmptyBody]);
    }
    Ok(Compiled::new(content, footer, class))
}
