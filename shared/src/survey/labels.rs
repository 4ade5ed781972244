//! Texts that members read.

use super::{Problem, ProblemCode};

pub fn check_label(path: &str, label: &str, most: usize, problems: &mut Vec<Problem>) {
    let length = label.chars().count();
    if label.trim().is_empty() {
        problems.push(Problem::new(path, ProblemCode::Missing, "must not be empty"));
    } else if length > most {
        let message = format!("has {length} characters; at most {most} are allowed");
        problems.push(Problem::new(path, ProblemCode::Size, message));
    } else if label.contains('\0') {
        problems.push(Problem::new(path, ProblemCode::Malformed, "must not contain the NUL character"));
    }
}

/// A text of somebody else's, fit to be repeated in a message.
pub fn shortened(text: &str) -> String {
    text.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
