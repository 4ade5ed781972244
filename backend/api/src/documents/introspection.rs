//! Limits on introspection. What a schema says of itself refers to itself, so that `fields { type { fields { ... } } }`
//! grows with every level, and all of it is resolved without waiting for anything: no timeout would end it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{Response, ServerError, ServerResult, Value};

use crate::documents::gate::Fault;
use crate::documents::limits::INTROSPECTION;
use crate::wire::errors::code_of;

/// Counts the fields of a request. It makes each of them cost more, so only requests that introspect are executed with it.
pub struct CountFields;

impl ExtensionFactory for CountFields {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Counting(AtomicUsize::new(0)))
    }
}

struct Counting(AtomicUsize);

#[async_graphql::async_trait::async_trait]
impl Extension for Counting {
    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if self.0.fetch_add(1, Ordering::Relaxed) >= INTROSPECTION.maximum {
            return Err(Fault::limit(&INTROSPECTION).into());
        }
        next.run(context, info).await
    }
}

/// The same limit is met at many fields, and is reported once.
pub fn only_the_limit(response: Response) -> Response {
    let is_limit = |error: &ServerError| code_of(error) == Some(INTROSPECTION.code);
    match response.errors.iter().find(|error| is_limit(error)) {
        Some(limit) => Response::from_errors(vec![limit.clone()]),
        None => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::internal_builder;

    const OF_TOOLS: &str = include_str!("gate/introspection.graphql");

    #[tokio::test]
    async fn what_tools_ask_is_answered_and_what_grows_without_end_is_not() {
        let schema = internal_builder().extension(CountFields).finish();
        let answered = only_the_limit(schema.execute(OF_TOOLS).await);
        assert!(answered.errors.is_empty(), "{:?}", answered.errors);
        // The schema may still grow to twice its size.
        let twice = OF_TOOLS.replacen("{ ...FullType }", "{ ...FullType } again: types { ...FullType }", 1);
        assert!(only_the_limit(schema.execute(&twice).await).errors.is_empty());
        let wide = format!("{{ __schema {{ types {{ {} }} }} }}", "fields { name args { name } } ".repeat(240));
        let refused = only_the_limit(schema.execute(&wide).await);
        let codes: Vec<_> = refused.errors.iter().filter_map(code_of).collect();
        assert_eq!((codes, refused.data == Value::Null), (vec!["MAX_INTROSPECTION_LIMIT"], true));
    }
}
