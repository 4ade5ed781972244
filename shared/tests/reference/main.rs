//! Our figures against those of other people's packages: the scripts in `tests/reference/` say how each value there was
//! computed. One binary: each one more is linked and started once more.

#![cfg(all(feature = "attribution", feature = "scores", feature = "serde"))]
#![allow(clippy::unwrap_used, reason = "clippy allows it within #[test] functions, but not in what they call")]

mod attribution;
mod conversion;
mod coverage;
mod financial;
mod internal;
mod statistics;
mod waits;
