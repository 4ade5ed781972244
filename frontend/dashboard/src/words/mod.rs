//! Figures, money and the terms of the map, as they are written on screen.

pub mod amount;
mod evidence;
pub mod format;
mod value_map;

pub use evidence::{evidence_meaning, evidence_title};
pub use value_map::{WEIGHTINGS, element_title, layer_meaning, layer_source, layer_title, weighting_title};
