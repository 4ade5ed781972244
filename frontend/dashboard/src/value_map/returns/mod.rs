//! What the community brought, what it cost, and how sure that is.

mod costs;
mod levels;
mod panel;
mod service;
mod summary;
mod tornado;

pub use panel::ReturnsPanel;
pub use summary::ReturnsSummary;

use valuemap_shared::value_map::Returns;

/// Where the panel stands on the page.
const ANCHOR: &str = "returns";

/// Whether there is anything to tell.
fn is_known(returns: &Returns) -> bool {
    !returns.levels.is_empty() || !returns.cost.is_zero()
}
