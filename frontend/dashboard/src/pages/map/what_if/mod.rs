//! What would follow if something rose or fell, computed in the browser from the map on screen.

mod panel;
mod projected;
mod shifts;

pub use panel::WhatIfPanel;
pub use projected::Projected;
pub use shifts::Shifts;
