//! The strategic value map: its figures, where they come from, and what is still missing.

mod change;
mod community_map;
mod element_card;
mod explanation;
mod fact;
mod figure;
mod heading;
mod layer_band;
mod map;
mod masthead;
mod overview;
mod page;
mod query;
mod recommendation;
mod score_facts;
mod texts;

pub use page::Page;
pub use texts::TITLE;
