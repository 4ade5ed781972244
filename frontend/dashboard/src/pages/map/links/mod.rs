//! The links of the map, as a list in each card's dialog and as what stands out where somebody points.

mod emphasis;
mod facts;
mod list;

pub use emphasis::Emphasis;
pub use list::LinkList;
