//! What both GraphQL schemas and their endpoints have in common.

#[cfg(test)]
mod costliest;
pub mod document;
pub mod document_limits;
pub mod documents;
pub mod errors;
pub mod gate;
pub mod http;
pub mod introspection;
pub mod node_id;
#[cfg(test)]
mod own_documents;
pub mod paging;
pub mod scalars;
pub mod schema;
pub mod variables;
