//! The one way to write an expression: two texts that mean the same in the same order are written the same.

use std::fmt::{self, Display as _};

use super::deed::Doing;
use super::expr::{Comparison, Expr, Test, Value};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(parts, " and ", f),
            Self::Any(parts) => joined(parts, " or ", f),
            Self::Not(part) => {
                f.write_str("not ")?;
                inner(part, f)
            }
            Self::Test(test) => test.fmt(f),
        }
    }
}

fn joined(parts: &[Expr], joint: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(joint)?;
        }
        inner(part, f)?;
    }
    Ok(())
}

/// A group inside another stands in parentheses.
fn inner(expr: &Expr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match expr {
        Expr::All(_) | Expr::Any(_) => write!(f, "({expr})"),
        Expr::Not(_) | Expr::Test(_) => expr.fmt(f),
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data { field, is, .. } => write!(f, "{field} {is}"),
            Self::Did(doing) => doing.fmt(f),
            Self::OnList { list } => write!(f, "on list {list}"),
            Self::Permits { purpose } => write!(f, "permits {purpose}"),
        }
    }
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.act.word())?;
        match self.campaign {
            None => f.write_str("any")?,
            Some(campaign) => write!(f, "{campaign}")?,
        }
        if self.at_least != 1 {
            write!(f, " at least {} times", self.at_least)?;
        }
        self.within_days
            .map_or(Ok(()), |days| write!(f, " within {days} days"))
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(value) => write!(f, "= {value}"),
            Self::OneOf(values) => {
                let all: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "in ({})", all.join(", "))
            }
            Self::Contains(part) => write!(f, "contains {}", Quoted(part)),
            Self::StartsWith(part) => write!(f, "starts with {}", Quoted(part)),
            Self::LessThan(value) => write!(f, "< {value}"),
            Self::MoreThan(value) => write!(f, "> {value}"),
            Self::Present => f.write_str("is known"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => Quoted(text).fmt(f),
            Self::Number(n) => n.fmt(f),
            Self::Instant(at) => write!(f, "{}", at.strftime("%Y-%m-%d")),
            Self::Flag(yes) => f.write_str(if *yes { "yes" } else { "no" }),
        }
    }
}

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}
