//! Organisations and who acts for them; communities and the sites that embed their surveys.

pub mod entities;
pub mod names;
pub mod own;
pub mod rights;
pub mod secret;
pub mod store;
pub mod viewer_cache;
