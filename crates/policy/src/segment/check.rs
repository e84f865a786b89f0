//! What an expression must be before it is asked of anybody.

use avow_model::Category;

use super::{Comparison, Doing, Expr, Test, Value};

/// Deeper than anybody builds by hand, and no danger to the stack.
const DEPTH_MAX: usize = 16;
/// A longer expression is a list; it should be one.
const TESTS_MAX: usize = 500;
/// Choices in one comparison.
const ONE_OF_MAX: usize = 1_000;
/// A field's value is a line, not a document.
const TEXT_BYTES_MAX: usize = 256;

/// Ten years: longer than anything is kept about mail.
const DAYS_MAX: u32 = 3_660;

/// Why an expression is no segment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SegmentFault {
    #[error("conditions are nested deeper than {DEPTH_MAX}: put some of them side by side")]
    TooDeep,
    #[error("a segment has at most {TESTS_MAX} conditions: make a list of the people instead")]
    TooLong,
    #[error("a group of conditions is empty: add a condition, or remove the group")]
    EmptyGroup,
    #[error("a choice of values has from 1 to {ONE_OF_MAX} of them")]
    Values,
    #[error("a value has at most {TEXT_BYTES_MAX} bytes")]
    TextTooLong,
    #[error("\"at least\" counts from 1: for those who never did it, negate the condition")]
    CountsFromOne,
    #[error("\"within\" counts from 1 to {DAYS_MAX} days")]
    Days,
    #[error("the policy declares no category \"{0}\": declare it, or ask for another")]
    Undeclared(Category),
}

pub(super) fn check(expr: &Expr, declared: &[Category]) -> Result<(), Vec<SegmentFault>> {
    // First the depth: everything after it walks down the tree.
    if !fits(expr, DEPTH_MAX) {
        return Err(vec![SegmentFault::TooDeep]);
    }
    let mut faults = Vec::new();
    let mut count = 0;
    check_groups(expr, &mut faults);
    expr.each_test(&mut |test| {
        count += 1;
        check_test(test, declared, &mut faults);
    });
    if count > TESTS_MAX {
        faults.push(SegmentFault::TooLong);
    }
    faults.dedup();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn fits(expr: &Expr, depth: usize) -> bool {
    match expr {
        _ if depth == 0 => false,
        Expr::All(parts) | Expr::Any(parts) => parts.iter().all(|part| fits(part, depth - 1)),
        Expr::Not(part) => fits(part, depth - 1),
        Expr::Test(_) => true,
    }
}

/// An empty "all of" would select everybody.
fn check_groups(expr: &Expr, faults: &mut Vec<SegmentFault>) {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => {
            if parts.is_empty() {
                faults.push(SegmentFault::EmptyGroup);
            }
            for part in parts {
                check_groups(part, faults);
            }
        }
        Expr::Not(part) => check_groups(part, faults),
        Expr::Test(_) => {}
    }
}

fn check_test(test: &Test, declared: &[Category], faults: &mut Vec<SegmentFault>) {
    if let Some(category) = test.reads().filter(|c| !declared.contains(c)) {
        faults.push(SegmentFault::Undeclared(category.clone()));
    }
    match test {
        Test::Did(doing) => check_doing(*doing, faults),
        Test::Data { is, .. } => check_comparison(is, faults),
        Test::OnList { .. } | Test::Permits { .. } => {}
    }
}

fn check_doing(doing: Doing, faults: &mut Vec<SegmentFault>) {
    if doing.at_least == 0 {
        faults.push(SegmentFault::CountsFromOne);
    }
    if doing
        .within_days
        .is_some_and(|days| days == 0 || days > DAYS_MAX)
    {
        faults.push(SegmentFault::Days);
    }
}

fn check_comparison(is: &Comparison, faults: &mut Vec<SegmentFault>) {
    let mut text = |text: &str| {
        if text.len() > TEXT_BYTES_MAX {
            faults.push(SegmentFault::TextTooLong);
        }
    };
    let mut value = |value: &Value| {
        if let Value::Text(words) = value {
            text(words);
        }
    };
    match is {
        Comparison::Is(one) | Comparison::LessThan(one) | Comparison::MoreThan(one) => value(one),
        Comparison::OneOf(all) => {
            all.iter().for_each(value);
            if all.is_empty() || all.len() > ONE_OF_MAX {
                faults.push(SegmentFault::Values);
            }
        }
        Comparison::Contains(part) | Comparison::StartsWith(part) => text(part),
        Comparison::Present => {}
    }
}
