//! The links of the map: lines between cards where there is room for them, and a list in each card's dialog.

mod emphasis;
mod lines;
mod list;
mod places;
mod route;
mod words;

pub use emphasis::Emphasis;
pub use lines::Lines;
pub use list::LinkList;
pub use places::use_places;
pub use route::{Place, has_room};
