//! What both GraphQL schemas and their endpoints have in common.

pub mod document_limits;
pub mod http;
pub mod node_id;
pub mod paging;
pub mod scalars;
pub mod schema;
