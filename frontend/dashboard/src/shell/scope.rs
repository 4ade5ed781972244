use valuemap_shared::calendar::Quarter;

use super::address::AddressPart;

/// Which community, and which quarter of it. Goes along from page to page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// `None` for the first one.
    pub community: Option<String>,
    /// `None` for the latest quarter that holds answers.
    pub period: Option<Quarter>,
}

impl AddressPart for Scope {
    fn names() -> Vec<&'static str> {
        vec!["community", "period"]
    }

    fn read(value_of: &dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            community: value_of("community").filter(|id| !id.is_empty()),
            period: value_of("period").and_then(|text| text.parse().ok()),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let community = self.community.clone().map(|id| ("community", id));
        let period = self.period.map(|period| ("period", period.to_string()));
        community.into_iter().chain(period).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_written_and_read_alike() {
        let scope = Scope { community: Some("com_1".into()), period: Quarter::new(2026, 4) };
        let pairs = scope.pairs();
        assert_eq!(pairs, [("community", "com_1".to_owned()), ("period", "2026-Q4".to_owned())]);
        let value_of = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone());
        assert_eq!(Scope::read(&value_of), scope);
    }

    #[test]
    fn what_cannot_be_read_counts_as_not_picked() {
        let value_of = |name: &str| Some(if name == "period" { "soon" } else { "" }.to_owned());
        assert_eq!(Scope::read(&value_of), Scope::default());
    }
}
