//! MJML to HTML. Nothing is loaded: no include, no font from anywhere.

use mrml::prelude::parser::{Error, ParserOptions};
use mrml::prelude::render::RenderOptions;

use super::arrows::spelled_out;
use crate::fault::{ContentFault, ContentWarning};

/// HTML of an MJML document, and what the reader of MJML says of it.
pub(crate) fn to_html(mjml: &str) -> Result<(String, Vec<ContentWarning>), ContentFault> {
    let mjml = &*spelled_out(mjml);
    // Whatever else a body makes its reader stumble over ends this body, not the page or the campaigns beside it.
    let read =
        std::panic::catch_unwind(|| mrml::parse_with_options(mjml, &ParserOptions::default()));
    let read = read.map_err(|_| ContentFault::Mjml {
        line: 1,
        reason: "it cannot be read; write &gt; for > in its text".to_owned(),
    })?;
    let parsed = read.map_err(|e| fault(mjml, &e))?;
    let warnings = parsed.warnings.iter().map(|w| ContentWarning::Mjml {
        reason: w.to_string(),
    });
    let options = RenderOptions {
        disable_comments: false,
        social_icon_origin: None,
        // A font from a third party tells it who reads the mail.
        fonts: std::collections::HashMap::new(),
    };
    let html = parsed.element.render(&options);
    let html = html.map_err(|e| ContentFault::Mjml {
        line: 1,
        reason: e.to_string(),
    })?;
    Ok((spare_resets(&html), warnings.collect()))
}

/// MJML's own resets (a style sheet that begins with this rule) belong in the head: inlined, they would stand in
/// every table cell and double the weight. Everything else MJML wants inline is inline already.
fn spare_resets(html: &str) -> String {
    html.replacen(
        "<style type=\"text/css\">\n#outlook a",
        "<style type=\"text/css\" data-css-inline=\"ignore\">\n#outlook a",
        1,
    )
}

fn fault(mjml: &str, error: &Error) -> ContentFault {
    let reason = error.to_string();
    ContentFault::Mjml {
        line: line_of(mjml, error),
        reason,
    }
}

fn line_of(mjml: &str, error: &Error) -> usize {
    let start = match error {
        Error::UnexpectedElement { position, .. }
        | Error::UnexpectedToken { position, .. }
        | Error::MissingAttribute { position, .. }
        | Error::InvalidAttribute { position, .. }
        | Error::InvalidFormat { position, .. }
        | Error::IncludeLoaderError { position, .. } => position.start,
        Error::ParserError { source, .. } => return source.pos().row as usize,
        _ => 0,
    };
    1 + mjml
        .get(..start)
        .map_or(0, |before| before.matches('\n').count())
}
