//! Tracking: what the organisation does for the community, whom it reaches, and what comes of it.

mod accepted;
pub mod address_book;
pub mod addresses;
pub mod audience;
pub mod batches;
pub mod changed_days;
pub mod compared;
mod concerns;
pub mod ended;
pub mod entities;
pub mod heads;
pub mod identity;
pub mod kept_sums;
pub mod keys;
pub(crate) mod links;
pub mod lists;
mod neighbours;
pub mod one_person;
pub mod payments;
pub mod rates;
pub mod record;
mod rows;
pub mod store;
mod storing;
pub mod unlinked;
pub mod unsaid;
pub mod withdrawing;
