//! What the community brought, what it cost, and how sure that is.

mod costs;
mod levels;
mod panel;
mod service;
mod summary;
mod tornado;

pub use panel::ReturnsPanel;
pub use summary::ReturnsSummary;

use valuemap_shared::value_map::{ReturnLevel, Returns};

use crate::words::evidence_title;

/// The id of the panel, for links to it.
const ANCHOR: &str = "returns";

/// Whether there is anything to show.
fn is_known(returns: &Returns) -> bool {
    !returns.levels.is_empty() || !returns.cost.is_zero()
}

/// What a level counts: the surest grade of evidence alone, or what it adds to the level before.
fn counting(index: usize, level: &ReturnLevel) -> String {
    let added = level.evidence.last().map(|evidence| evidence_title(*evidence)).unwrap_or_default();
    if index == 0 { format!("{added} alone") } else { format!("with {} added", added.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use valuemap_shared::value_map::AmountRange;
    use valuemap_shared::value_map::financial::Evidence;

    use super::*;

    #[test]
    fn levels_say_what_was_added() {
        let level = |evidence: &[Evidence]| ReturnLevel {
            evidence: evidence.to_vec(),
            amount: AmountRange { low: Decimal::ZERO, likely: Decimal::ZERO, high: Decimal::ZERO },
            return_on_investment: None,
            chance_of_gain: None,
        };
        assert_eq!(counting(0, &level(&[Evidence::Measured])), "Measured alone");
        assert_eq!(counting(1, &level(&[Evidence::Measured, Evidence::Experiment])), "with experiment added");
    }
}
