//! The search for the costliest document that the gate lets through.
//!
//! The suite counts what the library would visit; `cargo xtask bench gate` runs the same search against the clock.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::{Duration, Instant};

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::documents::document::Document;
use crate::documents::{Body, gate, limits};
use crate::known_documents::Checker;
use crate::schema::internal_sdl;

/// What a document may take to parse and to validate.
const LONGEST: Duration = Duration::from_millis(20);

/// What the fields of a document are like.
#[derive(Clone, Copy, Debug)]
enum Family {
    Plain,
    Unknown,
    Introspection,
    Interface,
    Arguments,
    Conflicts,
    Variables,
    Undefined,
    Lists,
    Objects,
    Strings,
    Directives,
}

const FAMILIES: [Family; 12] = [
    Family::Plain,
    Family::Unknown,
    Family::Introspection,
    Family::Interface,
    Family::Arguments,
    Family::Conflicts,
    Family::Variables,
    Family::Undefined,
    Family::Lists,
    Family::Objects,
    Family::Strings,
    Family::Directives,
];

/// A document in figures.
#[derive(Clone, Copy, Debug)]
struct Shape {
    family: Family,
    operations: usize,
    variables: usize,
    fragments: usize,
    /// How often each fragment spreads the next one.
    spreads: usize,
    fields: usize,
    aliases: usize,
    depth: usize,
    inline: usize,
    /// Arguments of a field, items of a list, letters of a string: whatever the family repeats.
    size: usize,
}

impl Shape {
    fn random(family: Family, random: &mut Pcg64Mcg) -> Self {
        Self {
            family,
            operations: random.random_range(1..=20),
            variables: random.random_range(0..=20),
            fragments: random.random_range(0..=20),
            spreads: random.random_range(0..=3),
            fields: random.random_range(1..=40),
            aliases: random.random_range(0..=3),
            depth: random.random_range(0..=3),
            inline: random.random_range(0..=3),
            size: random.random_range(1..=20),
        }
    }

    /// The same with one or two figures changed.
    fn neighbour(mut self, random: &mut Pcg64Mcg) -> Self {
        for _ in 0..random.random_range(1..=2) {
            let (figure, least) = match random.random_range(0..9) {
                0 => (&mut self.operations, 1),
                1 => (&mut self.variables, 0),
                2 => (&mut self.fragments, 0),
                3 => (&mut self.spreads, 0),
                4 => (&mut self.fields, 1),
                5 => (&mut self.aliases, 0),
                6 => (&mut self.depth, 0),
                7 => (&mut self.inline, 0),
                _ => (&mut self.size, 1),
            };
            let change = [-8, -3, -1, 1, 2, 5, 20, 100].choose(random).copied().unwrap_or(1);
            *figure = figure.saturating_add_signed(change).max(least);
        }
        self
    }

    fn document(&self) -> String {
        let on = match self.family {
            Family::Introspection => "__Type",
            Family::Interface => "Node",
            _ => "Community",
        };
        let mut document = String::new();
        for operation in 0..self.operations {
            let declared: String = (0..self.variables).map(|n| format!("$v{n}: ID = \"x\" ")).collect();
            let declared = if declared.is_empty() { declared } else { format!("({declared})") };
            document += &format!("query q{operation}{declared} {{ ");
            let body = if self.fragments > 0 { "...f0 ".repeat(self.spreads.max(1)) } else { self.selections() };
            document += &match self.family {
                Family::Introspection => format!("__schema {{ types {{ {body} }} }} }}\n"),
                Family::Interface => format!("node(id: \"x\") {{ {body} }} }}\n"),
                _ => format!("community(id: \"x\") {{ {body} }} }}\n"),
            };
        }
        for fragment in 0..self.fragments {
            let next = if fragment + 1 < self.fragments { format!("...f{} ", fragment + 1) } else { String::new() };
            let selections = self.selections();
            document += &format!("fragment f{fragment} on {on} {{ {selections} {} }}\n", next.repeat(self.spreads));
        }
        document
    }

    fn selections(&self) -> String {
        let fields: String = (0..self.fields)
            .map(|n| if n < self.aliases { format!("a{n}: {}", self.field(n)) } else { self.field(n) })
            .collect();
        let open = match self.family {
            Family::Introspection => "ofType { ",
            Family::Unknown => "unknown { ",
            _ => "community { ",
        };
        let inline = match self.family {
            Family::Interface => "... on Node { ",
            Family::Introspection => "... on __Type { ",
            _ => "... { ",
        };
        let (depth, nested) = (self.depth.min(20), self.inline.min(40));
        [&open.repeat(depth), &inline.repeat(nested), &fields, &"} ".repeat(depth + nested)]
            .map(String::as_str)
            .concat()
    }

    fn field(&self, number: usize) -> String {
        let repeated = |one: &dyn Fn(usize) -> String| (0..self.size).map(one).collect::<String>();
        match self.family {
            Family::Plain => "id ".to_owned(),
            Family::Unknown => format!("u{number} "),
            Family::Introspection => "kind name ".to_owned(),
            Family::Interface => "... on Community { id } ... on Survey { id } ".to_owned(),
            Family::Arguments => format!("surveys({}) {{ id }} ", repeated(&|n| format!("a{n}: 1 "))),
            Family::Conflicts => format!("id(x: {number} {}) ", repeated(&|n| format!("y{n}: {number} "))),
            Family::Variables => {
                let used = repeated(&|n| format!("$v{} ", n % self.variables.max(1)));
                format!("activities(first: 1, after: [{used}]) {{ nodes {{ id }} }} ")
            }
            Family::Undefined => {
                format!("activities(after: [{}]) {{ nodes {{ id }} }} ", repeated(&|n| format!("$u{n} ")))
            }
            Family::Lists => format!("activities(first: [{}]) {{ nodes {{ id }} }} ", "1 ".repeat(self.size)),
            Family::Objects => {
                let nested = self.size.min(25);
                format!("activities(first: {}1{}) {{ nodes {{ id }} }} ", "{a: ".repeat(nested), "}".repeat(nested))
            }
            Family::Strings => {
                format!("activities(after: \"{}\") {{ nodes {{ id }} }} ", "\\u00e9x".repeat(self.size * 4))
            }
            Family::Directives => {
                format!(
                    "id @include(if: true) @skip(if: {}) @unknown(a: [{}]) ",
                    number.is_multiple_of(2),
                    "1 ".repeat(self.size)
                )
            }
        }
    }
}

/// Climbs from many starts of each family toward what costs more, as long as the gate lets it through.
fn search(starts: usize, steps: usize, mut cost: impl FnMut(&str) -> u64) -> (Shape, u64) {
    let mut random = Pcg64Mcg::seed_from_u64(7);
    let mut worst: Option<(Shape, u64)> = None;
    for family in FAMILIES {
        let mut worst_of_family: Option<(Shape, u64)> = None;
        for _ in 0..starts {
            let mut at: Option<(Shape, u64)> = None;
            for _ in 0..steps {
                let shape = match at {
                    Some((shape, _)) => shape.neighbour(&mut random),
                    None => Shape::random(family, &mut random),
                };
                let document = shape.document();
                if gate::count(&document).is_err() {
                    continue;
                }
                let cost = cost(&document);
                if at.is_none_or(|(_, before)| cost >= before) {
                    at = Some((shape, cost));
                }
            }
            worst_of_family = [worst_of_family, at].into_iter().flatten().max_by_key(|(_, cost)| *cost);
        }
        if let Some((shape, cost)) = worst_of_family {
            println!("{cost:>12}  {shape:?}");
        }
        worst = [worst, worst_of_family].into_iter().flatten().max_by_key(|(_, cost)| *cost);
    }
    worst.expect("the gate lets some documents through")
}

/// The selections, arguments and directives that are visited where each fragment is followed at each of its spreads,
/// by every operation and fragment.
fn visited(document: &ExecutableDocument) -> u64 {
    fn of_set(document: &ExecutableDocument, set: &SelectionSet) -> u64 {
        let of_selection = |selection: &Selection| match selection {
            Selection::Field(field) => {
                let arguments = field.node.arguments.len() + field.node.directives.len();
                1 + arguments as u64 + of_set(document, &field.node.selection_set.node)
            }
            Selection::InlineFragment(inline) => 1 + of_set(document, &inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let fragment = document.fragments.get(&spread.node.fragment_name.node);
                1 + fragment.map_or(0, |fragment| of_set(document, &fragment.node.selection_set.node))
            }
        };
        set.items.iter().map(|selection| of_selection(&selection.node)).sum()
    }
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set);
    operations.chain(fragments).map(|set| of_set(document, &set.node)).sum()
}

#[test]
fn no_document_makes_the_library_visit_more_than_the_gate_counts() {
    let cost = |text: &str| async_graphql::parser::parse_query(text).map_or(0, |document| visited(&document));
    let (shape, visited) = search(3, 40, cost);
    assert!(visited > limits::EXPANDED_TOKENS.maximum as u64 / 10, "the search finds nothing: {shape:?} {visited}");
    assert!(visited <= limits::EXPANDED_TOKENS.maximum as u64, "{shape:?} {visited}");
}

/// What a document costs that was seen before, beside parsing it each time.
fn known_document(checker: &Checker) -> String {
    const TIMES: u32 = 2_000;
    const MAP: &str = "query($id: ID!) { valueMap(community: $id) { modelVersion responses layers { layer elements { element reading {
        ... on Score { value interval { low high level } answers coverage explanation { formula inputs { name value } } }
        ... on NoScore { reason message needed } } } } } }";
    let id = serde_json::json!({ "id": "com_00000000000000000000000000000001" });
    let body = || Body { query: String::new(), operation_name: None, variables: Variables::from_json(id.clone()) };
    let document = Document::read(MAP).expect("the document passes");
    let timed = |run: &dyn Fn()| {
        let start = Instant::now();
        (0..TIMES).for_each(|_| run());
        start.elapsed() / TIMES
    };
    let known = timed(&|| assert!(checker.prepare(&document, body()).is_ok()));
    let parsed = timed(&|| assert!(Document::read(MAP).is_ok()));
    format!("a score query that is known is found valid in {known:?}; reading it anew takes {parsed:?} more\n")
}

/// Not a test of the suite: a machine that is busy with something else would fail it.
#[test]
#[ignore = "`cargo xtask bench gate` runs it"]
fn the_costliest_document_is_parsed_and_validated_in_time() {
    let checker = Checker::new(&internal_sdl()).unwrap();
    let time = |text: &str| {
        let once = || {
            let start = Instant::now();
            if let Ok(document) = Document::read(text) {
                let (query, variables) = (String::new(), Variables::default());
                let body = Body { query, operation_name: Some("q0".into()), variables };
                let _ = checker.prepare(&document, body);
            }
            start.elapsed()
        };
        let fastest = (0..3).map(|_| once()).min().unwrap_or_default();
        u64::try_from(fastest.as_micros()).unwrap_or(u64::MAX)
    };
    println!("{}", known_document(&checker));
    println!("microseconds to parse and validate, the costliest document of each family:");
    let (shape, microseconds) = search(12, 150, time);
    println!("\nthe costliest: {:?}, {microseconds} microseconds; {} are allowed", shape.family, LONGEST.as_micros());
    assert!(Duration::from_micros(microseconds) <= LONGEST, "{}", shape.document());
}
