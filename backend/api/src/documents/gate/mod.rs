//! The gate: what a document may ask of the library, counted before the library sees it.
//!
//! Parsing and validating take time that grows faster than the text, so a text of a kilobyte can occupy a server for
//! minutes. The gate reads a document in one pass and refuses what would come to too much.

mod expansion;
mod fault;
mod lexer;
mod reader;

use std::collections::HashMap;

use crate::documents::gate::expansion::Expansion;
pub use crate::documents::gate::fault::Fault;
use crate::documents::gate::fault::check;
use crate::documents::gate::reader::Reader;
use crate::documents::limits;

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
