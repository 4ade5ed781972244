use async_graphql::Pos;

use crate::documents::limits::Limit;

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
    pub position: Option<Pos>,
}

impl Fault {
    pub fn syntax(position: Pos, reason: &str) -> Self {
        let Pos { line, column } = position;
        let message = format!("the document cannot be parsed: {reason} (line {line}, column {column})");
        Self { code: "GRAPHQL_PARSE_FAILED", message, position: Some(position) }
    }

    pub fn invalid(message: String) -> Self {
        Self { code: "GRAPHQL_VALIDATION_FAILED", message, position: None }
    }

    pub fn limit(limit: &Limit) -> Self {
        let message = format!("at most {} {}", limit.maximum, limit.what);
        Self { code: limit.code, message, position: None }
    }
}

/// Refuses what was counted beyond a limit.
pub fn check(counted: usize, limit: &Limit) -> Result<(), Fault> {
    if counted > limit.maximum { Err(Fault::limit(limit)) } else { Ok(()) }
}
