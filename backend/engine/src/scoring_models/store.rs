//! The scoring models of a community, version by version.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{QueryOrder, QuerySelect};
use serde_json::json;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::Problem;
use valuemap_shared::value_map::model::{ScoringModel, ScoringModelDraft, standard_model};

use crate::scoring_models::entities::scoring_model;
use crate::tenancy::entities::community;

/// A model as it was stored, and as it is computed with.
#[derive(Clone, Debug)]
pub struct StoredModel {
    pub row: scoring_model::Model,
    pub draft: ScoringModelDraft,
    pub model: Arc<ScoringModel>,
}

/// The model of this version, or the newest.
pub async fn model_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
    version: Option<u32>,
) -> Result<Option<StoredModel>, DbErr> {
    let mut select = scoring_model::Entity::find().filter(scoring_model::Column::CommunityId.eq(community.0));
    if let Some(version) = version {
        select = select.filter(scoring_model::Column::Version.eq(version));
    }
    match select.order_by_desc(scoring_model::Column::Version).one(db).await? {
        Some(row) => read(row).map(Some),
        // A community from before models were stored has the standard one.
        None if version.is_none_or(|version| version == 1) => {
            read(row(community, 1, &standard_model(), "Valuemap", None, DateTime::UNIX_EPOCH)).map(Some)
        }
        None => Ok(None),
    }
}

/// All versions, newest first.
pub async fn models_of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Vec<StoredModel>, DbErr> {
    let rows = scoring_model::Entity::find()
        .filter(scoring_model::Column::CommunityId.eq(community.0))
        .order_by_desc(scoring_model::Column::Version)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(model_of(db, community, None).await?.into_iter().collect());
    }
    rows.into_iter().map(read).collect()
}

/// What became of a model that was to be saved.
#[derive(Debug)]
pub enum Saved {
    Model(Box<StoredModel>),
    /// It is the newest version already.
    Same(Box<StoredModel>),
    Invalid(Vec<Problem>),
    /// Somebody saved another version meanwhile.
    Outdated {
        newest: u32,
    },
}

/// Saves a model as the next version, in a transaction of the caller. `based_on` is the version that was edited. One that
/// is the same as the newest is not saved again.
pub async fn save_model(
    transaction: &impl ConnectionTrait,
    community: CommunityId,
    draft: &ScoringModelDraft,
    based_on: Option<u32>,
    (author, note, now): (&str, Option<&str>, DateTime<Utc>),
) -> Result<Saved, DbErr> {
    // What is being recorded is marked by the look-back window of the newest model, so that a model waits for it.
    community::Entity::find_by_id(community.0).lock(LockType::NoKeyUpdate).one(transaction).await?;
    let newest = model_of(transaction, community, None).await?;
    let newest_version = newest.as_ref().map_or(0, |newest| newest.model.version);
    if based_on.is_some_and(|based_on| based_on != newest_version) {
        return Ok(Saved::Outdated { newest: newest_version });
    }
    if let Err(problems) = ScoringModel::parse(draft, newest_version + 1) {
        return Ok(Saved::Invalid(problems));
    }
    let stored = row(community, newest_version + 1, draft, author, note, now);
    if let Some(newest) = newest.filter(|newest| newest.row.document == stored.document) {
        return Ok(Saved::Same(Box::new(newest)));
    }
    insert(transaction, &stored).await?;
    read(stored).map(|stored| Saved::Model(Box::new(stored)))
}

/// The standard model as a new community's first version.
pub async fn create_standard_model(
    transaction: &impl ConnectionTrait,
    community: CommunityId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    insert(transaction, &row(community, 1, &standard_model(), "Valuemap", None, now)).await
}

fn row(
    community: CommunityId,
    version: u32,
    draft: &ScoringModelDraft,
    author: &str,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> scoring_model::Model {
    scoring_model::Model {
        community_id: community.0,
        version: i32::try_from(version).unwrap_or(i32::MAX),
        document: json!(draft),
        author: author.to_owned(),
        note: note.map(str::to_owned),
        created_at: now,
    }
}

async fn insert(transaction: &impl ConnectionTrait, row: &scoring_model::Model) -> Result<(), DbErr> {
    let row = row.clone();
    let active = scoring_model::ActiveModel {
        community_id: Set(row.community_id),
        version: Set(row.version),
        document: Set(row.document),
        author: Set(row.author),
        note: Set(row.note),
        created_at: Set(row.created_at),
    };
    scoring_model::Entity::insert(active).exec_without_returning(transaction).await?;
    Ok(())
}

fn read(row: scoring_model::Model) -> Result<StoredModel, DbErr> {
    let unreadable = |cause: String| DbErr::Custom(format!("scoring model version {}: {cause}", row.version));
    let draft: ScoringModelDraft =
        serde_json::from_value(row.document.clone()).map_err(|error| unreadable(error.to_string()))?;
    let version = u32::try_from(row.version).unwrap_or_default();
    let model = ScoringModel::parse(&draft, version)
        .map_err(|problems| unreadable(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    Ok(StoredModel { row, draft, model: Arc::new(model) })
}
