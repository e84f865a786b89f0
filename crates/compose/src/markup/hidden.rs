//! Whether a document hides all of itself, footer included.
//!
//! The footer's own elements cannot be hidden (their inline styles are `!important`); what stands around them,
//! body and root, could.

/// The declaration in an element's style that hides it.
pub(crate) fn hiding(style: &str) -> Option<String> {
    let flat = flat(style);
    let clips = flat.contains("overflow:hidden");
    let hides = |d: &&str| match *d {
        "display:none" | "visibility:hidden" | "opacity:0" | "font-size:0" | "font-size:0px" => {
            true
        }
        "max-height:0" | "max-height:0px" | "height:0" | "height:0px" => clips,
        _ => false,
    };
    let mut declarations = flat.split(';').map(|d| d.trim_end_matches("!important"));
    declarations.find(hides).map(str::to_owned)
}

/// The declaration in a style sheet that hides the body or the root, in whatever media query.
pub(crate) fn hiding_sheet(css: &str) -> Option<String> {
    let mut selectors = "";
    for block in css.split('}') {
        let mut parts = block.rsplitn(2, '{');
        let declarations = parts.next().unwrap_or("");
        if let Some(head) = parts.next() {
            selectors = head.rsplit(['{', ';']).next().unwrap_or("");
        }
        let around = selectors.split(',').map(str::trim).any(|s| {
            s == "*"
                || ["body", "html", ":root"]
                    .iter()
                    .any(|name| s.eq_ignore_ascii_case(name))
        });
        if around && let Some(found) = hiding(declarations) {
            return Some(found);
        }
    }
    None
}

fn flat(style: &str) -> String {
    let lower = style.to_ascii_lowercase();
    lower.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_hides_everything_is_found_and_one_that_hides_a_part_is_not() {
        for css in [
            "body{display:none}",
            "@media all { p{} html , a { color:red; VISIBILITY : hidden !important } }",
            "* { opacity:0 }",
        ] {
            assert!(hiding_sheet(css).is_some(), "{css}");
        }
        for css in [
            "",
            ".mobile{display:none}",
            "body .x{display:none}",
            "body{color:red}p{display:none}",
        ] {
            assert_eq!(hiding_sheet(css), None, "{css}");
        }
    }
}
