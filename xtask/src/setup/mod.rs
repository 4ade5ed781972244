//! Installs what is missing. Each function here is silent and quick when nothing is.

pub mod cargo_deny;
pub mod node;
pub mod python;
pub mod rust;
pub mod system;
