//! A campaign ready to render.

use avow_model::{CampaignContent, MessageClass};

use crate::fault::{ContentWarning, RenderFault};
use crate::footer::Footer;
use crate::job::{RenderJob, Scratch};

/// A campaign's content, parsed, inlined and encoded: immutable, shared by all workers.
#[derive(Debug)]
pub struct Compiled {
    links: Vec<String>,
    fields: Vec<String>,
    warnings: Vec<ContentWarning>,
    footer: Footer,
    class: MessageClass,
    body: String,
}

impl Compiled {
    pub(crate) fn new(content: &CampaignContent, footer: &Footer, class: MessageClass) -> Self {
        Self {
            links: Vec::new(),
            fields: Vec::new(),
            warnings: Vec::new(),
            footer: footer.clone(),
            class,
            body: content.body.clone(),
        }
    }

    /// The targets of tracked links; a click token's `link` is an index into this.
    pub fn links(&self) -> &[String] {
        &self.links
    }

    /// Names of the merge fields that the content reads.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// What somebody should look at before sending.
    pub fn warnings(&self) -> &[ContentWarning] {
        &self.warnings
    }

    /// Renders one message into `scratch`, whose former content is dropped.
    pub fn render(&self, job: &RenderJob<'_>, scratch: &mut Scratch) -> Result<(), RenderFault> {
        scratch.headers.clear();
        scratch.body.clear();
        scratch.skeleton.clear();
        let _ = (job, &self.footer, self.class, &self.body);
        Err(RenderFault::Template {
            reason: "rendering is not built in yet".to_owned(),
        })
    }
}
