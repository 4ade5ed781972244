//! Errors on the wire: which code each has, and what of it is said.
//!
//! Resolvers fail with an [`ApiError`], which travels as the source of the error. An error without a source was made by
//! the GraphQL library, which finds fault with what the client sent and with nothing else.

use async_graphql::{Pos, ServerError, Value};

use crate::error::ApiError;

/// Values of the client are repeated in messages.
const LONGEST_MESSAGE: usize = 1_000;

pub fn coded(code: &str, message: impl Into<String>, position: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, position);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

pub fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Gives an error its code, where it has none yet, and hides what it says of the inside.
pub fn give_code(error: &mut ServerError, of_the_library: &str) {
    if code_of(error).is_none() {
        let code = match (error.source::<ApiError>(), error.source.is_some()) {
            (Some(ApiError::Internal(cause)), _) => {
                tracing::error!(cause = format!("{cause:#}"), "a request failed");
                "INTERNAL_SERVER_ERROR"
            }
            (Some(cause), _) => cause.code(),
            (None, false) => of_the_library,
            (None, true) => {
                tracing::error!(cause = error.message, "a resolver failed with an error that is not ours");
                error.message = ApiError::internal(anyhow::anyhow!("")).to_string();
                "INTERNAL_SERVER_ERROR"
            }
        };
        let summed_up = error.source::<ApiError>().and_then(ApiError::summed_up);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", code);
        summed_up.into_iter().for_each(|percent| extensions.set("summedUp", percent));
    }
    if error.message.len() > LONGEST_MESSAGE {
        error.message = error.message.chars().take(LONGEST_MESSAGE).chain("…".chars()).collect();
    }
}

#[cfg(test)]
mod tests {
    use valuemap_engine::tenancy::own::Lacks;
    use valuemap_engine::tenancy::rights::Right;

    use super::*;

    #[track_caller]
    fn check(error: async_graphql::Error, code: &str, message: &str) {
        let mut error = error.into_server_error(Pos::default());
        give_code(&mut error, "BAD_USER_INPUT");
        assert_eq!((code_of(&error), error.message.as_str()), (Some(code), message));
    }

    #[test]
    fn the_source_of_an_error_decides_and_its_text_does_not() {
        let forbidden = ApiError::Forbidden(Lacks(Right::Manage));
        check(forbidden.clone().into(), "FORBIDDEN", &forbidden.to_string());
        let masked = "something went wrong on the server; its log has more under the request id";
        check(ApiError::internal(anyhow::anyhow!("secret")).into(), "INTERNAL_SERVER_ERROR", masked);
        check(sea_orm::DbErr::Custom("secret".into()).into(), "INTERNAL_SERVER_ERROR", masked);
        check(async_graphql::Error::new("Invalid value"), "BAD_USER_INPUT", "Invalid value");
    }

    #[test]
    fn a_message_does_not_send_back_all_that_was_sent() {
        let mut error = ServerError::new("é".repeat(5_000), None);
        give_code(&mut error, "BAD_USER_INPUT");
        assert_eq!(error.message.chars().count(), LONGEST_MESSAGE + 1);
    }
}
