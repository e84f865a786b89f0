//! Page templates, embedded in the binary; read from disk again at each use in a debug build.

use axum::response::Html;
use minijinja::value::Serde;
use minijinja::{Environment, TemplateSource, UndefinedBehavior, Value};
use rust_embed::RustEmbed;
use serde::Serialize;

pub(crate) use crate::language::thousands;
use crate::{PageFault, assets, language};

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Files;

/// All page templates, compiled at first use.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

fn load(name: &str) -> Option<TemplateSource> {
    let file = Files::get(name)?;
    let text = String::from_utf8_lossy(&file.data).into_owned();
    let source = TemplateSource::new(text);
    // A debug build reads the disk at each use, so that a page's author sees the change at once.
    Some(if cfg!(debug_assertions) {
        source.with_uptodate_check(|| false)
    } else {
        source
    })
}

/// Our own paths need no escaping.
fn address_of(path: &str) -> Value {
    Value::from_safe_string(assets::address(path))
}

/// What one template is rendered with. Each template has one such type, and is rendered through it alone.
pub trait Page: Serialize {
    /// The template's name: `center/campaigns.html`.
    const TEMPLATE: &'static str;
}

impl Templates {
    /// Renders a page through its own template.
    pub fn show<P: Page>(&self, page: &P) -> Result<Html<String>, PageFault> {
        self.page(P::TEMPLATE, page)
    }

    /// The templates of this build.
    pub fn embedded() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_loader(|name| Ok(load(name)));
        environment.add_function("asset", |path: &str| address_of(path));
        language::install(&mut environment);
        Self { environment }
    }

    /// Renders `name` (`center/campaigns.html`) with `context`.
    pub fn page(&self, name: &str, context: &impl Serialize) -> Result<Html<String>, PageFault> {
        self.text(name, context).map(Html)
    }

    /// The same as text.
    pub fn text(&self, name: &str, context: &impl Serialize) -> Result<String, PageFault> {
        let template = self.environment.get_template(name)?;
        Ok(template.render(Serde(context))?)
    }

    /// The names of all templates of this build.
    pub fn names() -> impl Iterator<Item = String> {
        Files::iter().map(std::borrow::Cow::into_owned)
    }
}
