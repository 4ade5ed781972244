//! Who is signed in, what they may see, and how long it is fresh.

mod account;
mod returning;
mod rounds;
mod sign_out;
mod signed_out;

pub use account::{Account, Community, fetch_account};
pub use returning::use_return;
pub use rounds::{Reason, Rounds};
pub use sign_out::SignOutButton;
pub use signed_out::SignedOut;
