//! What a document comes to once every fragment is put in the place of its spreads: a few short fragments that spread
//! each other twice come to more than any server can visit.

use std::collections::HashMap;
use std::rc::Rc;

use crate::documents::gate::fault::{Fault, check};
use crate::documents::limits;

/// An operation or a fragment, as it was written.
#[derive(Debug, Default)]
pub struct Definition<'a> {
    pub is_fragment: bool,
    pub name: Option<&'a str>,
    pub tokens: usize,
    /// Of the text, from its beginning to the next definition.
    pub bytes: usize,
    /// How deep fields are nested.
    pub depth: usize,
    /// How deep selection sets are nested, those of fragments without a name included.
    pub sets: usize,
    pub root_fields: usize,
    /// Whether it asks for the description of the schema itself.
    pub introspects: bool,
    pub spreads: Vec<Spread<'a>>,
    /// How often each variable is used.
    pub uses: HashMap<&'a str, usize>,
    /// How many bytes the default of a variable takes, where it has one.
    pub defaults: HashMap<&'a str, usize>,
}

#[derive(Clone, Copy, Debug)]
pub struct Spread<'a> {
    pub fragment: &'a str,
    /// The fields and selection sets around it.
    pub fields: usize,
    pub sets: usize,
}

/// The same with its fragments in place.
#[derive(Debug)]
pub struct Expanded<'a> {
    pub tokens: usize,
    bytes: usize,
    depth: usize,
    sets: usize,
    root_fields: usize,
    pub uses: HashMap<&'a str, usize>,
}

pub struct Expansion<'a, 'd> {
    fragments: HashMap<&'a str, &'d Definition<'a>>,
    /// `None` while it is being computed: finding it then means a cycle.
    known: HashMap<&'a str, Option<Rc<Expanded<'a>>>>,
}

impl<'a, 'd> Expansion<'a, 'd> {
    pub fn new(definitions: &'d [Definition<'a>]) -> Result<Self, Fault> {
        let mut fragments = HashMap::new();
        for definition in definitions.iter().filter(|definition| definition.is_fragment) {
            let name = definition.name.unwrap_or_default();
            if fragments.insert(name, definition).is_some() {
                return Err(Fault::invalid(format!("the fragment `{name}` is defined twice")));
            }
        }
        Ok(Self { fragments, known: HashMap::new() })
    }

    /// Every fragment is expanded once, so the time is that of the document as it was written.
    pub fn of(&mut self, definition: &'d Definition<'a>) -> Result<Expanded<'a>, Fault> {
        let mut expanded = Expanded {
            tokens: definition.tokens,
            bytes: definition.bytes,
            depth: definition.depth,
            sets: definition.sets,
            root_fields: definition.root_fields,
            uses: definition.uses.clone(),
        };
        for spread in &definition.spreads {
            // What is not defined is found by the validation.
            let Some(fragment) = self.fragments.get(spread.fragment).copied() else { continue };
            let inner = self.of_fragment(fragment)?;
            expanded.tokens = expanded.tokens.saturating_add(inner.tokens);
            check(expanded.tokens, &limits::EXPANDED_TOKENS)?;
            // A long literal is copied at each spread, as a variable is at each use.
            expanded.bytes = expanded.bytes.saturating_add(inner.bytes);
            check(expanded.bytes, &limits::COPIED_BYTES)?;
            expanded.depth = expanded.depth.max(spread.fields + inner.depth);
            expanded.sets = expanded.sets.max(spread.sets + inner.sets);
            if spread.fields == 0 {
                expanded.root_fields = expanded.root_fields.saturating_add(inner.root_fields);
            }
            for (variable, uses) in &inner.uses {
                let total = expanded.uses.entry(variable).or_default();
                *total = total.saturating_add(*uses);
            }
        }
        check(expanded.depth, &limits::DEPTH)?;
        check(expanded.sets, &limits::SELECTION_SETS)?;
        if !definition.is_fragment {
            check(expanded.root_fields, &limits::ROOT_FIELDS)?;
        }
        Ok(expanded)
    }

    fn of_fragment(&mut self, fragment: &'d Definition<'a>) -> Result<Rc<Expanded<'a>>, Fault> {
        let name = fragment.name.unwrap_or_default();
        match self.known.get(name) {
            Some(Some(expanded)) => return Ok(expanded.clone()),
            Some(None) => return Err(Fault::invalid(format!("the fragment `{name}` contains itself"))),
            None => {}
        }
        self.known.insert(name, None);
        let expanded = Rc::new(self.of(fragment)?);
        self.known.insert(name, Some(expanded.clone()));
        Ok(expanded)
    }
}
