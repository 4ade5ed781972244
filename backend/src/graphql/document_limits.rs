//! What a GraphQL document may ask for at most. A small document can ask for a great deal of work.

use std::time::Duration;

use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

pub const EMBED_BODY_BYTES: usize = 64 * 1024;
pub const INTERNAL_BODY_BYTES: usize = 1024 * 1024;
pub const DEPTH: usize = 15;
pub const COMPLEXITY: usize = 5_000;
pub const ALIASES: usize = 15;
pub const ROOT_FIELDS: usize = 20;
pub const DIRECTIVES: usize = 50;
pub const PAGE: usize = 100;
/// Most items of a list in an input: the number that the validators of such lists say.
pub const INPUT_ITEMS: usize = 250;
pub const EXECUTION: Duration = Duration::from_secs(5);

/// The code and the sentence for the first limit that a document passes.
pub fn passed_limit(document: &ExecutableDocument) -> Option<(&'static str, String)> {
    let root_fields =
        document.operations.iter().map(|(_, operation)| operation.node.selection_set.node.items.len()).max();
    if root_fields.unwrap_or_default() > ROOT_FIELDS {
        return Some(("MAX_ROOT_FIELDS_LIMIT", format!("at most {ROOT_FIELDS} fields may be asked for at the root")));
    }
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set);
    if operations.chain(fragments).map(count_aliases).sum::<usize>() > ALIASES {
        return Some(("MAX_ALIASES_LIMIT", format!("at most {ALIASES} aliases are allowed in a document")));
    }
    None
}

fn count_aliases(selections: &Positioned<SelectionSet>) -> usize {
    let of_selection = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => usize::from(field.node.alias.is_some()) + count_aliases(&field.node.selection_set),
        Selection::InlineFragment(fragment) => count_aliases(&fragment.node.selection_set),
        Selection::FragmentSpread(_) => 0,
    };
    selections.node.items.iter().map(of_selection).sum()
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check(document: &str, expected: Option<&str>) {
        let found = passed_limit(&parse_query(document).unwrap());
        assert_eq!(found.map(|(code, _)| code), expected);
    }

    #[test]
    fn aliases_are_counted_wherever_they_hide() {
        let aliases = |count: usize| (0..count).map(|n| format!("a{n}: id ")).collect::<String>();
        check(&format!("{{ x {{ {} }} }}", aliases(ALIASES)), None);
        check(&format!("{{ x {{ {} }} }}", aliases(ALIASES + 1)), Some("MAX_ALIASES_LIMIT"));
        check(&format!("{{ x {{ ...f }} }} fragment f on X {{ {} }}", aliases(ALIASES + 1)), Some("MAX_ALIASES_LIMIT"));
    }

    #[test]
    fn root_fields_are_counted() {
        check(&format!("{{ {} }}", "x ".repeat(ROOT_FIELDS + 1)), Some("MAX_ROOT_FIELDS_LIMIT"));
    }
}
