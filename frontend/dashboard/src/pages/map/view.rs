use valuemap_shared::value_map::Weighting;

use super::what_if::Shifts;
use crate::server::{read_wire_name, wire_name};
use crate::shell::AddressPart;

/// How the map is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    pub weighting: Weighting,
    /// What is supposed to rise or fall; `None` while nobody supposes anything.
    pub what_if: Option<Shifts>,
}

impl AddressPart for View {
    fn names() -> Vec<&'static str> {
        vec!["weighting", "what-if"]
    }

    fn read(value_of: &dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            weighting: value_of("weighting").and_then(|name| read_wire_name(&name)).unwrap_or_default(),
            what_if: value_of("what-if").map(|text| Shifts::read(&text)),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let weighting = (self.weighting != Weighting::default()).then(|| ("weighting", wire_name(self.weighting)));
        let what_if = self.what_if.as_ref().map(|shifts| ("what-if", shifts.to_string()));
        weighting.into_iter().chain(what_if).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)], expected: &[(&str, &str)]) {
        let value_of = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        let written = View::read(&value_of).pairs();
        assert_eq!(written.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_view_is_written_and_read_alike() {
        let pairs = [("weighting", "EQUAL"), ("what-if", "EDUCATION:3")];
        check(&pairs, &pairs);
        // Sliders that nobody has moved yet.
        check(&[("what-if", "")], &[("what-if", "")]);
    }

    #[test]
    fn defaults_and_what_cannot_be_read_are_not_in_the_address() {
        check(&[("weighting", "MODEL")], &[]);
        check(&[("weighting", "HEAVY")], &[]);
    }
}
