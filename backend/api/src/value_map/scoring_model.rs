//! Scoring models over GraphQL: read as they are written in files, saved as new versions.

use async_graphql::{Context, InputObject, Json, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use serde_json::Value;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::scoring_models::store::{Saved, StoredModel, models_of, save_model};
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store::community_of;
use valuemap_shared::survey::ProblemCode;
use valuemap_shared::value_map::model::{MODEL_TEMPLATES, ModelTemplate, ScoringModelDraft};

use crate::context::{Need, own, services, viewer};
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::results::{NotFound, Problem};

#[derive(Default)]
pub struct ScoringModelQuery;

#[Object]
impl ScoringModelQuery {
    /// The versions of a community's scoring model, newest first; null when there is no such community.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn scoring_models(
        &self,
        context: &Context<'_>,
        community: NodeId,
    ) -> Result<Option<Vec<ScoringModel>>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let community = community.as_community()?;
        let db = &services.database.read;
        if community_of(db, viewer.organisation_id(), community).await?.is_none() {
            return Ok(None);
        }
        let models = models_of(db, community).await?;
        Ok(Some(models.into_iter().map(|stored| ScoringModel(Box::new(stored))).collect()))
    }

    /// Scoring models to start from. To use one, state your own baselines and targets in its document and save that.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn scoring_model_templates(&self) -> Vec<ScoringModelTemplate> {
        MODEL_TEMPLATES.into_iter().map(ScoringModelTemplate).collect()
    }
}

#[derive(Default)]
pub struct ScoringModelMutation;

#[Object]
impl ScoringModelMutation {
    /// Saves a scoring model as the community's next version. Scores that named earlier versions can still be asked for.
    async fn save_scoring_model(
        &self,
        context: &Context<'_>,
        input: SaveScoringModelInput,
    ) -> Result<SaveScoringModelResult, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let community = input.community.as_community()?;
        let Some(own) = own(context, community, Right::Manage).await? else {
            return Ok(SaveScoringModelResult::NotFound(NotFound::new(input.community)));
        };
        let draft = match read_document(input.document.0) {
            Ok(draft) => draft,
            Err(problem) => {
                return Ok(SaveScoringModelResult::InvalidScoringModel(InvalidScoringModel::of(vec![problem])));
            }
        };
        let transaction = services.database.begin_write(own.author(), Touches::tracked(community)).await?;
        let by = (viewer.token.name.as_str(), input.note.as_deref(), services.ambient.now());
        let saved = save_model(&transaction, community, &draft, Some(input.based_on), by).await?;
        Ok(match saved {
            Saved::Model(stored) => {
                transaction.commit().await?;
                SaveScoringModelResult::ScoringModel(ScoringModel(stored))
            }
            Saved::Same(stored) => SaveScoringModelResult::ScoringModel(ScoringModel(stored)),
            Saved::Invalid(problems) => SaveScoringModelResult::InvalidScoringModel(InvalidScoringModel::of(problems)),
            Saved::Outdated { newest } => {
                let message = format!("version {newest} was saved meanwhile; read it and make your changes to it");
                SaveScoringModelResult::OutdatedScoringModel(OutdatedScoringModel { newest, message })
            }
        })
    }
}

/// Reads a model's document; what does not fit is named with its path.
pub fn read_document(document: Value) -> Result<ScoringModelDraft, valuemap_shared::survey::Problem> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = error.path().to_string().replace('[', ".").replace(']', "");
        let path = path.trim_start_matches('.');
        valuemap_shared::survey::Problem::new(path, ProblemCode::Malformed, error.inner().to_string())
    })
}

pub struct ScoringModelTemplate(ModelTemplate);

/// A scoring model to start from. Its baselines, targets and amounts are placeholders.
#[Object]
impl ScoringModelTemplate {
    async fn name(&self) -> &str {
        self.0.name
    }

    /// For whom it is.
    async fn about(&self) -> &str {
        self.0.about
    }

    /// The whole model, as it is written in files and taken by `saveScoringModel`.
    async fn document(&self) -> Json<ScoringModelDraft> {
        Json(self.0.model())
    }
}

#[derive(InputObject)]
pub struct SaveScoringModelInput {
    community: NodeId,
    /// The model as `scoringModels { document }` returns it and `valuemap model export` writes it.
    document: Json<Value>,
    /// The newest version, which was edited.
    based_on: u32,
    /// Why it was changed.
    #[graphql(validator(max_length = 500))]
    note: Option<String>,
}

#[derive(Union)]
pub enum SaveScoringModelResult {
    ScoringModel(ScoringModel),
    InvalidScoringModel(InvalidScoringModel),
    OutdatedScoringModel(OutdatedScoringModel),
    NotFound(NotFound),
}

/// The model breaks rules. Nothing was saved.
#[derive(SimpleObject)]
pub struct InvalidScoringModel {
    problems: Vec<Problem>,
}

impl InvalidScoringModel {
    fn of(problems: Vec<valuemap_shared::survey::Problem>) -> Self {
        Self { problems: problems.into_iter().map(Problem::from).collect() }
    }
}

/// Somebody saved another version meanwhile. Nothing was saved.
#[derive(SimpleObject)]
pub struct OutdatedScoringModel {
    newest: u32,
    message: String,
}

pub struct ScoringModel(Box<StoredModel>);

/// Which measures, weights and links turn what is known into scores. A version is never changed.
#[Object]
impl ScoringModel {
    async fn version(&self) -> u32 {
        self.0.model.version
    }

    /// What scores call it.
    async fn label(&self) -> String {
        self.0.model.label()
    }

    async fn author(&self) -> &str {
        &self.0.row.author
    }

    async fn note(&self) -> Option<&str> {
        self.0.row.note.as_deref()
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }

    /// The whole model, as it is written in files.
    async fn document(&self) -> Json<ScoringModelDraft> {
        Json(self.0.draft.clone())
    }
}
