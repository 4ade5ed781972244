//! Charts of the map: geometry without a browser, and thin views of it.

mod card_boxes;
mod link_lines;
mod link_routes;
mod tornado;

pub use card_boxes::use_card_boxes;
pub use link_lines::LinkLines;
pub use link_routes::has_room;
pub use tornado::{TornadoScale, ends};
