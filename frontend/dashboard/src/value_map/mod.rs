//! The strategic value map: its figures, where they come from, and what is still missing.

mod card;
mod community_map;
mod community_picker;
mod explanation;
mod fact;
mod heading;
mod layer_band;
mod links;
mod map;
mod overview;
mod page;
mod query;
mod recommendation;
mod returns;
mod shown;
mod texts;

pub use page::Page;
pub use shown::reading_of;
pub use texts::{TITLE, element_title};
