//! Statements: one text with `$1`, rendered once for each database.
//!
//! What a text may use is what both databases understand alike (docs/store.md lists it). The two
//! differences that cannot be avoided are written as tokens: `$N` and `{in $N}`.

use std::sync::OnceLock;

/// A statement of the store; made by `queries!` only.
#[derive(Debug)]
pub(crate) struct Sql {
    name: &'static str,
    text: &'static str,
    lite: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Sql {
    pub(crate) const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            lite: OnceLock::new(),
            postgres: OnceLock::new(),
        }
    }

    /// What errors call it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// For SQLite: `?N`, because a bare `$1` is a *named* parameter there and binds in order of appearance.
    pub(crate) fn lite(&self) -> &str {
        self.lite.get_or_init(|| {
            render(self.text, "?", |n| {
                format!("IN (SELECT value FROM rarray(?{n}))")
            })
        })
    }

    /// For PostgreSQL.
    pub(crate) fn postgres(&self) -> &str {
        self.postgres
            .get_or_init(|| render(self.text, "$", |n| format!("= ANY(${n})")))
    }
}

/// Rewrites the tokens. Texts are ours: a `$` or `{` inside a literal does not occur.
fn render(text: &str, mark: &str, list: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find(['$', '{']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(n) = tail.strip_prefix("{in $") {
            let end = n.find('}').unwrap_or(n.len());
            out.push_str(&list(&n[..end]));
            rest = n.get(end + 1..).unwrap_or("");
        } else {
            out.push_str(if tail.starts_with('$') { mark } else { "{" });
            rest = &tail[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Defines the statements of one file, and `ALL`, which the preparation test reads:
/// `queries! { pub(crate) CONTACT_BY_ID = "SELECT ... WHERE id = $1"; }`
macro_rules! queries {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $text:expr;)*) => {
        $($(#[$doc])* $vis static $name: $crate::sql::Sql =
            $crate::sql::Sql::new(stringify!($name), $text);)*
        /// Every statement of this file.
        #[cfg(test)]
        pub(crate) static ALL: &[&$crate::sql::Sql] = &[$(&$name),*];
    };
}
pub(crate) use queries;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_for_sqlite_and_kept_for_postgres() {
        let sql = Sql::new(
            "X",
            "SELECT a FROM t WHERE b = $2 AND c {in $1} AND d = $10",
        );
        assert_eq!(
            sql.lite(),
            "SELECT a FROM t WHERE b = ?2 AND c IN (SELECT value FROM rarray(?1)) AND d = ?10"
        );
        assert_eq!(
            sql.postgres(),
            "SELECT a FROM t WHERE b = $2 AND c = ANY($1) AND d = $10"
        );
    }
}
