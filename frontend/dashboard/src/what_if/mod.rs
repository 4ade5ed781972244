//! What would follow if something rose or fell, computed in the browser from the map on screen.

mod delta;
mod panel;
mod shifts;

pub use delta::Projected;
pub use panel::WhatIfPanel;
pub use shifts::Shifts;
