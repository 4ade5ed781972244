//! Surveys and the answers to them, on the internal wire.

pub mod question;
pub mod standing;
pub mod surveys;
pub mod translation;
