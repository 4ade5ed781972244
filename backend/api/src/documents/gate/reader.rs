//! The grammar of executable documents, read token by token only to count.

use crate::documents::gate::expansion::{Definition, Spread};
use crate::documents::gate::fault::{Fault, check};
use crate::documents::gate::lexer::{Lexer, Token, Unreadable, position};
use crate::documents::limits;
use crate::documents::limits::Limit;

/// Reads definitions until the text ends or passes a limit.
pub struct Reader<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    next: Option<(usize, Token<'a>)>,
    tokens: usize,
    fragments: usize,
    operations: usize,
    spreads: usize,
    aliases: usize,
    directives: usize,
    definition: Definition<'a>,
}

/// How deep something is nested.
#[derive(Clone, Copy, Default)]
struct Depth {
    fields: usize,
    /// Selection sets, also those of fragments without a name.
    sets: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            lexer: Lexer::new(text),
            next: None,
            tokens: 0,
            fragments: 0,
            operations: 0,
            spreads: 0,
            aliases: 0,
            directives: 0,
            definition: Definition::default(),
        }
    }

    pub fn definitions(mut self) -> Result<Vec<Definition<'a>>, Fault> {
        let mut definitions = Vec::new();
        self.advance()?;
        while self.next.is_some() {
            definitions.push(self.definition()?);
        }
        if definitions.is_empty() { Err(self.unexpected("a query or a mutation")) } else { Ok(definitions) }
    }

    fn definition(&mut self) -> Result<Definition<'a>, Fault> {
        self.definition = Definition::default();
        let (before, start) = (self.tokens, self.offset());
        match self.next {
            Some((_, Token::Punctuator('{'))) => count(&mut self.operations, &limits::OPERATIONS)?,
            Some((_, Token::Name("query" | "mutation" | "subscription"))) => {
                count(&mut self.operations, &limits::OPERATIONS)?;
                self.advance()?;
                self.definition.name = self.take_name()?;
                self.variable_definitions()?;
            }
            Some((_, Token::Name("fragment"))) => {
                count(&mut self.fragments, &limits::FRAGMENTS)?;
                self.advance()?;
                self.definition.is_fragment = true;
                self.definition.name = Some(self.name("the name of the fragment")?);
                self.keyword("on")?;
                self.name("the name of a type")?;
            }
            _ => return Err(self.unexpected("a query, a mutation or a fragment")),
        }
        self.directives()?;
        self.selection_set(Depth::default())?;
        let mut definition = std::mem::take(&mut self.definition);
        // The token after the definition has been read already, where there is one.
        definition.tokens = self.tokens - before;
        definition.bytes = self.offset() - start;
        Ok(definition)
    }

    fn variable_definitions(&mut self) -> Result<(), Fault> {
        if !self.take('(')? {
            return Ok(());
        }
        let mut variables = 0;
        while !self.take(')')? {
            count(&mut variables, &limits::VARIABLES)?;
            self.punctuator('$')?;
            let variable = self.name("the name of a variable")?;
            self.punctuator(':')?;
            self.type_(0)?;
            // Directives come last. The library wants them first, so it has to say what it makes of them.
            self.directives()?;
            if self.take('=')? {
                let start = self.offset();
                self.value(0)?;
                self.definition.defaults.insert(variable, self.offset() - start);
            }
            self.directives()?;
        }
        Ok(())
    }

    fn type_(&mut self, nesting: usize) -> Result<(), Fault> {
        check(nesting, &limits::NESTING)?;
        if self.take('[')? {
            self.type_(nesting + 1)?;
            self.punctuator(']')?;
        } else {
            self.name("the name of a type")?;
        }
        self.take('!')?;
        Ok(())
    }

    fn selection_set(&mut self, depth: Depth) -> Result<(), Fault> {
        self.punctuator('{')?;
        self.definition.sets = self.definition.sets.max(depth.sets + 1);
        check(self.definition.sets, &limits::SELECTION_SETS)?;
        let mut selections = 0;
        loop {
            count(&mut selections, &limits::SELECTIONS)?;
            self.selection(depth)?;
            if self.take('}')? {
                return Ok(());
            }
        }
    }

    fn selection(&mut self, depth: Depth) -> Result<(), Fault> {
        let inner = Depth { sets: depth.sets + 1, ..depth };
        if !matches!(self.next, Some((_, Token::Spread))) {
            return self.field(depth);
        }
        self.advance()?;
        match self.next {
            Some((_, Token::Name("on"))) => {
                self.advance()?;
                self.name("the name of a type")?;
            }
            Some((_, Token::Name(fragment))) => {
                count(&mut self.spreads, &limits::SPREADS)?;
                self.advance()?;
                self.definition.spreads.push(Spread { fragment, fields: depth.fields, sets: depth.sets + 1 });
                return self.directives();
            }
            _ => {}
        }
        self.directives()?;
        self.selection_set(inner)
    }

    fn field(&mut self, depth: Depth) -> Result<(), Fault> {
        let inner = Depth { fields: depth.fields + 1, sets: depth.sets + 1 };
        let mut name = self.name("a field")?;
        if self.take(':')? {
            count(&mut self.aliases, &limits::ALIASES)?;
            name = self.name("a field")?;
        }
        self.definition.introspects |= matches!(name, "__schema" | "__type");
        self.definition.depth = self.definition.depth.max(inner.fields);
        check(self.definition.depth, &limits::DEPTH)?;
        if depth.fields == 0 {
            self.definition.root_fields += 1;
        }
        self.arguments()?;
        self.directives()?;
        if matches!(self.next, Some((_, Token::Punctuator('{')))) { self.selection_set(inner) } else { Ok(()) }
    }

    fn directives(&mut self) -> Result<(), Fault> {
        while self.take('@')? {
            count(&mut self.directives, &limits::DIRECTIVES)?;
            self.name("the name of a directive")?;
            self.arguments()?;
        }
        Ok(())
    }

    fn arguments(&mut self) -> Result<(), Fault> {
        if !self.take('(')? {
            return Ok(());
        }
        let mut arguments = 0;
        loop {
            count(&mut arguments, &limits::ARGUMENTS)?;
            self.name("the name of an argument")?;
            self.punctuator(':')?;
            self.value(0)?;
            if self.take(')')? {
                return Ok(());
            }
        }
    }

    fn value(&mut self, nesting: usize) -> Result<(), Fault> {
        check(nesting, &limits::NESTING)?;
        match self.next {
            Some((_, Token::Punctuator('$'))) => {
                self.advance()?;
                let variable = self.name("the name of a variable")?;
                *self.definition.uses.entry(variable).or_default() += 1;
            }
            Some((_, Token::Number | Token::String | Token::Name(_))) => {
                self.short_name()?;
                self.advance()?;
            }
            Some((_, Token::Punctuator('['))) => {
                self.advance()?;
                while !self.take(']')? {
                    self.value(nesting + 1)?;
                }
            }
            Some((_, Token::Punctuator('{'))) => {
                self.advance()?;
                while !self.take('}')? {
                    self.name("the name of a field")?;
                    self.punctuator(':')?;
                    self.value(nesting + 1)?;
                }
            }
            _ => return Err(self.unexpected("a value")),
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<(), Fault> {
        self.next = self
            .lexer
            .next()
            .map_err(|Unreadable { offset, reason }| Fault::syntax(position(self.text, offset), reason))?;
        if self.next.is_some() { count(&mut self.tokens, &limits::TOKENS) } else { Ok(()) }
    }

    /// Where the next token begins.
    fn offset(&self) -> usize {
        self.next.map_or(self.text.len(), |(offset, _)| offset)
    }

    fn take(&mut self, punctuator: char) -> Result<bool, Fault> {
        let is_next = matches!(self.next, Some((_, Token::Punctuator(next))) if next == punctuator);
        if is_next {
            self.advance()?;
        }
        Ok(is_next)
    }

    fn punctuator(&mut self, punctuator: char) -> Result<(), Fault> {
        if self.take(punctuator)? { Ok(()) } else { Err(self.unexpected(&format!("`{punctuator}`"))) }
    }

    fn keyword(&mut self, keyword: &'static str) -> Result<(), Fault> {
        match self.next {
            Some((_, Token::Name(name))) if name == keyword => self.advance(),
            _ => Err(self.unexpected(&format!("`{keyword}`"))),
        }
    }

    fn name(&mut self, what: &str) -> Result<&'a str, Fault> {
        match self.take_name()? {
            Some(name) => Ok(name),
            None => Err(self.unexpected(what)),
        }
    }

    fn take_name(&mut self) -> Result<Option<&'a str>, Fault> {
        let Some((_, Token::Name(name))) = self.next else { return Ok(None) };
        self.short_name()?;
        self.advance()?;
        Ok(Some(name))
    }

    /// Messages of the library repeat names, some of them very often.
    fn short_name(&self) -> Result<(), Fault> {
        match self.next {
            Some((_, Token::Name(name))) => check(name.len(), &limits::NAME_BYTES),
            _ => Ok(()),
        }
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let (offset, found) = match self.next {
            Some((offset, Token::Name(name))) => (offset, format!("`{}`", name.chars().take(40).collect::<String>())),
            Some((offset, Token::Punctuator(punctuator))) => (offset, format!("`{punctuator}`")),
            Some((offset, Token::Spread)) => (offset, "`...`".to_owned()),
            Some((offset, Token::Number)) => (offset, "a number".to_owned()),
            Some((offset, Token::String)) => (offset, "a string".to_owned()),
            None => (self.text.len(), "the end".to_owned()),
        };
        Fault::syntax(position(self.text, offset), &format!("expected {expected}, found {found}"))
    }
}

fn count(counted: &mut usize, limit: &Limit) -> Result<(), Fault> {
    *counted += 1;
    check(*counted, limit)
}
