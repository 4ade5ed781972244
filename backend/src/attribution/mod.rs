//! Credits of outcomes to activities, computed and kept.

pub mod entities;
