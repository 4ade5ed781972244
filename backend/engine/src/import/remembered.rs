//! What is kept of imports: which files were loaded, and what was said of those of a source.

use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, QueryOrder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use valuemap_shared::ids::CommunityId;

use crate::import::entities::{import_batch, import_mapping};

/// What was said when the last file of this format and source was loaded.
pub async fn recall<T: DeserializeOwned + Default>(
    db: &impl ConnectionTrait,
    community: CommunityId,
    source: &str,
) -> Result<T, DbErr> {
    let row = import_mapping::Entity::find_by_id((community.0, source.to_owned())).one(db).await?;
    row.map_or_else(
        || Ok(T::default()),
        |row| {
            let refused = |error| DbErr::Json(format!("what is remembered of {source}: {error}"));
            serde_json::from_value(row.mapping).map_err(refused)
        },
    )
}

/// Keeps what was said in place of what was said before.
pub async fn remember(
    db: &impl ConnectionTrait,
    community: CommunityId,
    source: &str,
    said: &impl Serialize,
    now: DateTimeUtc,
) -> Result<(), DbErr> {
    use import_mapping::Column;
    let row = import_mapping::Model {
        community_id: community.0,
        source: source.to_owned(),
        mapping: json!(said),
        updated_at: now,
    };
    let conflict = OnConflict::columns([Column::CommunityId, Column::Source])
        .update_columns([Column::Mapping, Column::UpdatedAt])
        .to_owned();
    let insert = import_mapping::Entity::insert(row.into_active_model().reset_all()).on_conflict(conflict);
    insert.exec_without_returning(db).await?;
    Ok(())
}

pub async fn forget(db: &impl ConnectionTrait, community: CommunityId, source: &str) -> Result<(), DbErr> {
    import_mapping::Entity::delete_by_id((community.0, source.to_owned())).exec(db).await?;
    Ok(())
}
/// When the very same file was last loaded in this format.
pub async fn last_loaded(
    db: &impl ConnectionTrait,
    community: CommunityId,
    format: &str,
    file_hash: &str,
) -> Result<Option<DateTimeUtc>, DbErr> {
    let same = import_batch::Entity::find()
        .filter(import_batch::Column::CommunityId.eq(community.0))
        .filter(import_batch::Column::Format.eq(format))
        .filter(import_batch::Column::FileHash.eq(file_hash));
    let last = same.order_by_desc(import_batch::Column::Id).one(db).await?;
    Ok(last.map(|batch| batch.created_at))
}

/// The file that a batch came from.
pub async fn file_of(db: &impl ConnectionTrait, community: CommunityId, batch: Uuid) -> Result<Option<String>, DbErr> {
    let row = import_batch::Entity::find_by_id((community.0, batch)).one(db).await?;
    Ok(row.map(|row| row.file_name))
}

pub async fn store_batch(db: &impl ConnectionTrait, batch: import_batch::Model) -> Result<(), DbErr> {
    import_batch::Entity::insert(batch.into_active_model().reset_all()).exec_without_returning(db).await?;
    Ok(())
}
