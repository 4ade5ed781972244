//! What all features have in common on the wire.

pub mod errors;
pub mod lists;
pub mod node_id;
pub mod paging;
pub mod results;
pub mod scalars;
