//! What everything else stands on, and what knows nothing of it.

pub mod ambient;
pub mod background;
pub mod commits;
pub mod computed;
pub mod digests;
pub mod log_throttle;
pub mod progress;
pub mod ttl_cache;
