//! The head of a message: its theme, what a phone changes, and what a dark screen changes.

use crate::blocks::colour::Colour;
use crate::blocks::theme::{DARK_INK, DARK_PAPER, DARK_SURFACE, Theme};

/// Languages written from right to left.
const RIGHT_TO_LEFT: [&str; 5] = ["ar", "fa", "he", "ur", "yi"];
fn dark_accent(theme: &Theme) -> Colour {
    theme.accent.readable_on(DARK_SURFACE, Colour::WHITE)
}

pub(super) fn is_right_to_left(theme: &Theme) -> bool {
    let language = theme
        .language
        .as_str()
        .split('-')
        .next()
        .unwrap_or_default();
    RIGHT_TO_LEFT.contains(&language)
}

pub(super) fn head(theme: &Theme) -> String {
    let surface = theme.surface;
    let button = theme.accent;
    let direction = if is_right_to_left(theme) {
        " dir=\"rtl\""
    } else {
        ""
    };
    format!(
        r#"<mjml lang="{language}"{direction}>
  <mj-head>
    <mj-raw>
      <meta name="color-scheme" content="light dark">
      <meta name="supported-color-schemes" content="light dark">
    </mj-raw>
    <mj-attributes>
      <mj-all font-family="{font}" />
      <mj-text font-size="16px" line-height="25px" color="{ink}" padding="0" />
      <mj-section padding="0" background-color="{surface}" />
      <mj-column padding="0" />
      <mj-image padding="0" />
      <mj-spacer padding="0" />
      <mj-button font-size="16px" font-weight="700" line-height="20px" border-radius="6px" inner-padding="13px 24px" background-color="{button}" color="{on_button}" />
    </mj-attributes>
    <mj-style>
{style}    </mj-style>
  </mj-head>
  <mj-body width="{width}px" background-color="{paper}" css-class="paper">
"#,
        language = theme.language.as_str(),
        font = theme.font.stack(),
        ink = theme.text_on(surface),
        on_button = button.ink(),
        style = style(theme),
        width = theme.width_px.px(),
        paper = theme.paper,
    )
}

/// What a phone and a dark screen change.
fn style(theme: &Theme) -> String {
    let (accent, on_accent) = (theme.accent, theme.accent.ink());
    let soft = DARK_SURFACE.mixed(accent, 25);
    let (button, link) = (dark_accent(theme), dark_accent(theme));
    let soft_link = accent.readable_on(soft, Colour::WHITE);
    let on_button = button.ink();
    let text = |class: &str| {
        let tags = ["div", "h1", "h2", "h3", "p", "li", "blockquote"];
        let all: Vec<String> = tags.iter().map(|tag| format!(".{class} {tag}")).collect();
        all.join(", ")
    };
    format!(
        "      @media (max-width: 480px) {{
        h1 {{ font-size: 26px !important; line-height: 32px !important; }}
      }}
      @media (prefers-color-scheme: dark) {{
        body, .paper {{ background-color: {DARK_PAPER} !important; }}
        .on-plain, .on-plain > table {{ background: {DARK_SURFACE} !important; background-color: {DARK_SURFACE} !important; }}
        .on-soft, .on-soft > table {{ background: {soft} !important; background-color: {soft} !important; }}
        {plain}, {soft_text} {{ color: {DARK_INK} !important; }}
        .on-plain a.link {{ color: {link} !important; }}
        .on-soft a.link {{ color: {soft_link} !important; }}
        {accent_text}, .on-accent a.link {{ color: {on_accent} !important; }}
        .on-plain .button td, .on-soft .button td, .on-plain .button a, .on-soft .button a {{ background: {button} !important; background-color: {button} !important; color: {on_button} !important; }}
      }}
",
        plain = text("on-plain"),
        soft_text = text("on-soft"),
        accent_text = text("on-accent"),
    )
}
