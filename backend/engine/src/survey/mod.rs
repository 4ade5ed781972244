//! Surveys and their versions, and the way of an answer from the public endpoint to the disk.

pub mod entities;
pub mod entry;
mod member_answer;
pub mod notices;
pub mod record;
pub mod respondents;
pub mod standing;
pub mod store;
pub mod submit;
pub mod tallying;
pub mod verify;
pub mod writer;
