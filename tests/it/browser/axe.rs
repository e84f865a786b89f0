//! axe-core: rules of accessibility, put to the page that is open.

use super::driver::Browser;
use crate::avow::variable;

/// Where `cargo xtask` put axe-core's script.
const AXE_VARIABLE: &str = "AVOW_TEST_AXE";

/// Runs all rules on the page; frames hold mail, which is not ours to judge.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { iframes: false, resultTypes: ['violations'] }).then(
        found => done(found.violations.map(v =>
            v.id + ' (' + v.help + '): ' + v.nodes.map(n => n.target.join(' ')).join(', '))),
        fault => done(['axe failed: ' + fault]));";

/// The script, once; `None`, with a line that says so, where it is not installed.
pub(super) fn script() -> Option<String> {
    let script = variable(AXE_VARIABLE).and_then(|path| std::fs::read_to_string(path).ok());
    if script.is_none() {
        println!("skipped: axe-core is not installed, pages are not judged (cargo xtask needs)");
    }
    script
}

impl Browser {
    /// Notes the rules that the page breaks; `stop` fails with all of them.
    pub(super) async fn judge(&self, what: &str) {
        let Some(script) = &self.axe else { return };
        self.page.execute(script.as_str(), vec![]).await.unwrap();
        let found = self.page.execute_async(RUN, vec![]).await.unwrap();
        let found: Vec<String> = found.convert().unwrap();
        let mut noted = self.broken.lock().unwrap();
        noted.extend(found.iter().map(|rule| format!("{what}: {rule}")));
    }
}
