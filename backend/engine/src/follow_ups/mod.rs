//! What the organisation heard and what it did about it: members are told after they answered.

pub mod entities;
pub mod store;
