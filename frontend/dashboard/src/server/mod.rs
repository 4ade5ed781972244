//! Asking the server.

mod ask;
mod remote;
mod wire_name;

pub use ask::{Failure, ask, send_file, sign_out};
pub use remote::{Provisional, time_of_day, use_provisional, use_remote};
pub use wire_name::{read_wire_name, wire_name};
