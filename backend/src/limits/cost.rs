//! Charges what a request of the internal API asks for to the token that it comes with, before it runs.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::{Error, Pos, ServerError, ValidationResult};

use crate::access::store::Viewer;
use crate::graphql::schema::State;

#[derive(Debug)]
pub struct ChargeCost;

impl ExtensionFactory for ChargeCost {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for ChargeCost {
    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let valid = next.run(context).await?;
        if let (Some(state), Some(viewer)) = (context.data_opt::<State>(), context.data_opt::<Arc<Viewer>>()) {
            let charged = state.limits.check_cost(viewer.token.id, valid.complexity);
            charged.map_err(|refused| vec![Error::from(refused).into_server_error(Pos::default())])?;
        }
        Ok(valid)
    }
}
