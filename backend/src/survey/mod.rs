//! Surveys and their versions, and the way of an answer from the public endpoint to the disk.

pub mod embed;
pub mod entities;
pub mod graphql;
pub mod http;
mod member_answer;
pub mod question;
pub mod receive;
pub mod record;
pub mod standing;
pub mod store;
pub mod tallying;
pub mod translation;
pub mod verify;
pub mod writer;
