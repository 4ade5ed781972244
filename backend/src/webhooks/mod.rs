//! What other systems post: checked, kept, and applied.

pub mod entities;
