//! The limits of a GraphQL request. A small document can ask for a great deal of work.

use std::time::Duration;

/// A figure, the code of the error that names it, and what it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub maximum: usize,
    pub code: &'static str,
    /// Goes on after "at most 15".
    pub what: &'static str,
}

const fn limit(maximum: usize, code: &'static str, what: &'static str) -> Limit {
    Limit { maximum, code, what }
}

pub const DOCUMENT_BYTES: Limit = limit(64 * 1024, "MAX_DOCUMENT_BYTES_LIMIT", "bytes are allowed in a document");
pub const VARIABLES_BYTES: Limit = limit(1024 * 1024, "MAX_VARIABLES_BYTES_LIMIT", "bytes of variables are allowed");
/// Each use of a variable copies its value.
pub const COPIED_BYTES: Limit = limit(
    4 * 1024 * 1024,
    "MAX_COPIED_BYTES_LIMIT",
    "bytes of variables are allowed, where a variable counts as often as the operation uses it",
);
pub const TOKENS: Limit = limit(2_000, "MAX_TOKENS_LIMIT", "tokens are allowed in a document");
pub const EXPANDED_TOKENS: Limit = limit(
    10_000,
    "MAX_EXPANDED_TOKENS_LIMIT",
    "tokens are allowed in a document, where a fragment counts as often as it is spread",
);
pub const DEPTH: Limit = limit(15, "MAX_DEPTH_LIMIT", "fields may be nested in each other");
/// Just under what the library follows.
pub const SELECTION_SETS: Limit =
    limit(30, "MAX_DEPTH_LIMIT", "selection sets may be nested in each other, those of fragments included");
pub const NESTING: Limit = limit(20, "MAX_NESTING_LIMIT", "lists and objects may be nested in each other in a value");
pub const OPERATIONS: Limit = limit(20, "MAX_OPERATIONS_LIMIT", "operations are allowed in a document");
pub const FRAGMENTS: Limit = limit(100, "MAX_FRAGMENTS_LIMIT", "fragments are allowed in a document");
pub const SPREADS: Limit = limit(200, "MAX_SPREADS_LIMIT", "spreads of fragments are allowed in a document");
pub const SELECTIONS: Limit = limit(250, "MAX_SELECTIONS_LIMIT", "selections are allowed in one selection set");
pub const ARGUMENTS: Limit = limit(50, "MAX_ARGUMENTS_LIMIT", "arguments are allowed for one field");
pub const VARIABLES: Limit = limit(100, "MAX_VARIABLES_LIMIT", "variables are allowed for one operation");
pub const ALIASES: Limit = limit(15, "MAX_ALIASES_LIMIT", "aliases are allowed in a document");
pub const ROOT_FIELDS: Limit = limit(20, "MAX_ROOT_FIELDS_LIMIT", "fields may be asked for at the root");
pub const DIRECTIVES: Limit = limit(50, "MAX_DIRECTIVES_LIMIT", "directives are allowed in a document");
pub const NAME_BYTES: Limit = limit(200, "MAX_NAME_BYTES_LIMIT", "characters are allowed in a name");
pub const COMPLEXITY: Limit = limit(5_000, "MAX_COMPLEXITY_LIMIT", "points of complexity are allowed");

/// Twice what tools ask of today's schema, and more.
pub const INTROSPECTION: Limit =
    limit(200_000, "MAX_INTROSPECTION_LIMIT", "fields of the schema's description of itself may be asked for");

pub const EMBED_BODY_BYTES: usize = 64 * 1024;
/// A document and its variables, with room for what JSON escapes.
pub const INTERNAL_BODY_BYTES: usize = VARIABLES_BYTES.maximum + 4 * DOCUMENT_BYTES.maximum;
pub const PAGE: usize = 100;
/// Maximum number of items of a list in an input: the number that the validators of such lists state.
pub const INPUT_ITEMS: usize = 250;
/// Maximum number of errors that one answer lists.
pub const ERRORS: usize = 20;
pub const EXECUTION: Duration = Duration::from_secs(5);
