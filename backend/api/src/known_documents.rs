//! From the text of a request to what may be executed. A document that was not seen before goes through the gate, and
//! is then parsed and validated on a pool of its own, so that it holds up no worker; one that was seen is at hand.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation};
use async_graphql::{Response, ServerError, ValidationResult};
use futures_util::FutureExt;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use valuemap_engine::base::background::Background;

use crate::documents::document::{Document, Prepared};
use crate::documents::gate::Fault;
use crate::documents::variables::InputTypes;
use crate::documents::{Body, Failure, gate, limits};
use crate::error::ApiError;
use crate::schema::{InternalSchema, internal_builder};
use crate::wire::errors::give_code;

/// Parsed documents that are kept, by their tokens and bytes. A token takes some 200 bytes.
const KEPT_TOKENS: u64 = 100_000;
/// Known documents up to this weight are found valid at once, heavier ones aside.
const LIGHT: usize = 500;
/// How many documents are parsed and validated at once.
const AT_ONCE: usize = 2;

/// The documents of internal apps: any that are valid.
pub struct Documents {
    checker: Arc<Checker>,
    known: Cache<[u8; 32], Arc<Document>>,
    turns: Semaphore,
    background: Arc<Background>,
}

pub(crate) struct Checker {
    schema: InternalSchema,
    types: InputTypes,
}

impl Documents {
    pub fn new(sdl: &str, background: Arc<Background>) -> anyhow::Result<Self> {
        let weight = |_: &[u8; 32], document: &Arc<Document>| u32::try_from(document.weight()).unwrap_or(u32::MAX);
        Ok(Self {
            checker: Arc::new(Checker::new(sdl)?),
            known: Cache::builder().max_capacity(KEPT_TOKENS).weigher(weight).build(),
            turns: Semaphore::new(AT_ONCE),
            background,
        })
    }

    pub async fn prepare(&self, body: Body) -> Result<Prepared, Failure> {
        // Before anything is done that takes as long as the text is.
        gate::check_length(&body.query)?;
        let key: [u8; 32] = Sha256::digest(&body.query).into();
        let known = self.known.get(&key);
        if let Some(document) = known.as_ref().filter(|document| document.weight() <= LIGHT) {
            return self.checker.prepare(document, body);
        }
        if let Some(document) = known {
            let _turn = self.turns.acquire().await.map_err(ApiError::internal)?;
            let checker = self.checker.clone();
            let prepared = self.background.compute(move || checker.prepare(&document, body)).await;
            return prepared.ok_or(ApiError::Unavailable)?;
        }
        let counted = gate::count(&body.query)?;
        let _turn = self.turns.acquire().await.map_err(ApiError::internal)?;
        let checker = self.checker.clone();
        let checked = self.background.compute(move || {
            let document = Document::parse(&body.query, counted)?;
            let prepared = checker.prepare(&document, body)?;
            Ok::<_, Failure>((document, prepared))
        });
        let (document, prepared) = checked.await.ok_or(ApiError::Unavailable)??;
        self.known.insert(key, Arc::new(document));
        Ok(prepared)
    }
}

impl Checker {
    pub(crate) fn new(sdl: &str) -> anyhow::Result<Self> {
        Ok(Self { schema: internal_builder().extension(OnlyValidate).finish(), types: InputTypes::of_schema(sdl)? })
    }

    pub(crate) fn prepare(&self, document: &Document, body: Body) -> Result<Prepared, Failure> {
        let operation = document.check(&self.types, &body)?;
        let complexity = Complexity::default();
        let request = document.request(body.operation_name.clone(), body.variables.clone()).data(complexity.clone());
        let Some(response) = self.schema.execute(request).now_or_never() else {
            return Err(ApiError::internal(anyhow::anyhow!("a validation waits for something")).into());
        };
        if !response.errors.is_empty() {
            return Err(Failure::Request(response.errors));
        }
        let request = document.request(body.operation_name, body.variables);
        let complexity = complexity.0.load(Ordering::Relaxed);
        Ok(Prepared { request, operation, introspects: document.introspects(), complexity })
    }
}

/// What a validation found.
#[derive(Clone, Debug, Default)]
struct Complexity(Arc<AtomicUsize>);

/// Stops a request once it is found valid. Only the validation tells how complex it is. This is no extension of the
/// schema that executes: with one, each field of an answer costs more.
pub(super) struct OnlyValidate;

impl ExtensionFactory for OnlyValidate {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for OnlyValidate {
    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        match next.run(context).await {
            Ok(found) if found.complexity > limits::COMPLEXITY.maximum => {
                Err(vec![Fault::limit(&limits::COMPLEXITY).into()])
            }
            Ok(found) => {
                if let Some(complexity) = context.data_opt::<Complexity>() {
                    complexity.0.store(found.complexity, Ordering::Relaxed);
                }
                Ok(found)
            }
            Err(mut errors) => {
                errors.truncate(limits::ERRORS);
                errors.iter_mut().for_each(|error| give_code(error, "GRAPHQL_VALIDATION_FAILED"));
                Err(errors)
            }
        }
    }

    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}

/// The documents of the public endpoint: the widget's own, known to be valid.
pub struct TrustedDocuments {
    documents: HashMap<&'static str, Document>,
    types: InputTypes,
}

impl TrustedDocuments {
    pub fn new(texts: impl IntoIterator<Item = &'static str>, sdl: &str) -> anyhow::Result<Self> {
        let mut documents = HashMap::new();
        for text in texts {
            let document = Document::read(text).map_err(|fault| anyhow::anyhow!("{}: {text}", fault.message))?;
            documents.insert(text, document);
        }
        Ok(Self { documents, types: InputTypes::of_schema(sdl)? })
    }

    pub fn prepare(&self, body: Body) -> Result<Prepared, Failure> {
        let document = self.documents.get(body.query.as_str()).ok_or_else(Failure::not_trusted)?;
        let operation = document.check(&self.types, &body)?;
        let request = document.request(body.operation_name, body.variables);
        Ok(Prepared { request, operation, introspects: document.introspects(), complexity: 0 })
    }
}
