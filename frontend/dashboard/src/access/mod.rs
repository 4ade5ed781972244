//! Who is at the screen, and which communities they may see.

mod account;
mod sign_out;
mod signed_out;

pub use account::{Account, Community, fetch_account};
pub use sign_out::SignOutButton;
pub use signed_out::SignedOut;
