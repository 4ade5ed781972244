//! Who may do what, and where: organisations, their tokens and communities, and the sites that embed a survey.

pub mod entities;
pub mod graphql;
pub mod member_identity;
pub mod own_page;
pub mod secret;
pub mod session;
pub mod store;
pub mod viewers;
