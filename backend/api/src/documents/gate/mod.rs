//! The gate: what a document may ask of the library, counted before the library sees it.
//!
//! Parsing and validating take time that grows faster than the text, so a text of a kilobyte can occupy a server for
//! minutes. The gate reads a document in one pass and refuses what would come to too much.

mod expansion;
mod lexer;
mod reader;

use std::collections::HashMap;

use async_graphql::Pos;

use crate::documents::gate::expansion::Expansion;
use crate::documents::gate::reader::{Reader, check};
use crate::documents::limits;
use crate::documents::limits::Limit;

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
    pub position: Option<Pos>,
}

impl Fault {
    fn syntax(position: Pos, reason: &str) -> Self {
        let Pos { line, column } = position;
        let message = format!("the document cannot be parsed: {reason} (line {line}, column {column})");
        Self { code: "GRAPHQL_PARSE_FAILED", message, position: Some(position) }
    }

    fn invalid(message: String) -> Self {
        Self { code: "GRAPHQL_VALIDATION_FAILED", message, position: None }
    }

    pub fn limit(limit: &Limit) -> Self {
        let message = format!("at most {} {}", limit.maximum, limit.what);
        Self { code: limit.code, message, position: None }
    }
}

/// What is known of a document that passed.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Tokens of all operations and fragments with their fragments in place: what the work of the library grows with.
    pub expanded_tokens: usize,
    /// Whether any part of it asks for the description of the schema itself.
    pub introspects: bool,
    /// How often each operation uses each of its variables, wherever its fragments do.
    pub operations: Vec<CountedOperation>,
}

#[derive(Clone, Debug)]
pub struct CountedOperation {
    pub name: Option<String>,
    pub uses: HashMap<String, usize>,
    /// How many bytes the default of a variable takes, where it has one.
    pub defaults: HashMap<String, usize>,
}

/// Refuses a document for its length alone.
pub fn check_length(text: &str) -> Result<(), Fault> {
    check(text.len(), &limits::DOCUMENT_BYTES)
}

/// Lets a document through or says what is too much of it.
pub fn count(text: &str) -> Result<Counted, Fault> {
    check_length(text)?;
    let definitions = Reader::new(text).definitions()?;
    let mut expansion = Expansion::new(&definitions)?;
    let mut counted = Counted::default();
    for definition in &definitions {
        let expanded = expansion.of(definition)?;
        counted.introspects |= definition.introspects;
        counted.expanded_tokens += expanded.tokens;
        check(counted.expanded_tokens, &limits::EXPANDED_TOKENS)?;
        if !definition.is_fragment {
            counted.operations.push(CountedOperation {
                name: definition.name.map(str::to_owned),
                uses: expanded.uses.into_iter().map(|(name, uses)| (name.to_owned(), uses)).collect(),
                defaults: definition.defaults.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect(),
            });
        }
    }
    Ok(counted)
}

#[cfg(test)]
mod tests;
