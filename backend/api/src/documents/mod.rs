//! From the text of a request to what may be executed.

mod body;
#[cfg(test)]
mod costliest;
pub(crate) mod document;
pub(crate) mod gate;
mod introspection;
pub mod limits;
pub(crate) mod variables;

use async_graphql::ServerError;

use crate::error::ApiError;

pub use body::Body;
pub use document::Prepared;
pub use introspection::{CountFields, only_the_limit};

/// Why a request is not executed.
#[derive(Debug)]
pub enum Failure {
    /// It is no GraphQL request that this endpoint takes.
    Malformed { code: &'static str, message: String },
    /// Who asks, or how, is at fault, or the server is.
    Refused(ApiError),
    /// The document or what came with it is at fault.
    Request(Vec<ServerError>),
}

impl Failure {
    fn bad_request(message: impl Into<String>) -> Self {
        Self::Malformed { code: "BAD_REQUEST", message: message.into() }
    }

    pub fn not_trusted() -> Self {
        let message = "this endpoint answers the widget's own documents only".to_owned();
        Self::Malformed { code: "OPERATION_NOT_ALLOWLISTED", message }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}
