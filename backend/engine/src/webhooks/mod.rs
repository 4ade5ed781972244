//! What other systems post: checked, kept, and applied.
//!
//! An event whose signature is right is stored first, whatever it says, and applied after. So nothing that was sent is
//! lost, and what could not be applied can be applied again.

mod apply;
mod change;
pub mod discourse;
pub mod endpoint;
pub mod entities;
pub mod inbox;
pub mod signature;
pub mod signed_json;
mod told;

pub use apply::apply;
