//! Progress bars on standard error: shown to people, silent in scripts.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the bar is drawn, at most.
const DRAWS_PER_SECOND: u8 = 8;

/// A bar over `total` of what `unit` names, when a person looks on.
pub(crate) fn bar(total: u64, unit: &str) -> ProgressBar {
    let shape =
        format!("{{msg:12}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit} {{per_sec}} {{eta}}");
    shown(ProgressBar::new(total), &shape)
}

/// A bar over bytes.
pub(crate) fn bytes(total: u64) -> ProgressBar {
    let shape = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
    shown(ProgressBar::new(total), shape)
}

fn shown(bar: ProgressBar, shape: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(shape);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND)
    } else {
        ProgressDrawTarget::hidden()
    };
    bar.set_draw_target(target);
    bar
}
