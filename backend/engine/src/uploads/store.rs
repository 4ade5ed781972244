//! Keeping uploaded files, and having them as files again.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::*;
use sea_orm::{Condition, IntoActiveModel, QueryOrder, Set};
use valuemap_shared::activities::with_addresses_replaced;
use valuemap_shared::ids::{CommunityId, UploadId};

use crate::base::ambient::Ambient;
use crate::database::{Database, Transaction};
use crate::uploads::entities::{upload, upload_piece};

/// What the folders are called that files are fetched into.
pub const FOLDER: &str = "valuemap-upload-";
/// Maximum size of a file. One of a million touchpoints has some 100 MB.
pub const MAX_BYTES: u64 = 200 << 20;
/// The size of a piece: as much as one step of writing takes, and as is held in memory of a file.
pub const PIECE_BYTES: usize = 512 << 10;
/// Maximum files of a community that wait at a time.
pub const MAX_WAITING: u64 = 20;
/// How long a file waits to be loaded.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a file may take to arrive.
const ARRIVING: TimeDelta = TimeDelta::hours(1);
/// How old a folder is that nobody works on any more.
const LEFT: Duration = Duration::from_hours(24);
/// Maximum length of a file's name, in characters.
const LONGEST_NAME: usize = 200;

/// Begins an upload, whose pieces follow; `None` where as many wait as may.
pub async fn begin(
    transaction: &Transaction,
    ambient: &Ambient,
    community: CommunityId,
    (file_name, uploaded_by): (&str, &str),
) -> Result<Option<upload::Model>, DbErr> {
    if count(transaction, community).await? >= MAX_WAITING {
        return Ok(None);
    }
    let row = upload::Model {
        community_id: community.0,
        id: ambient.new_id(),
        file_name: shown_name(file_name),
        bytes: 0,
        is_whole: false,
        uploaded_by: uploaded_by.to_owned(),
        created_at: ambient.now(),
    };
    upload::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(transaction).await?;
    Ok(Some(row))
}

/// The name of a file without folders, addresses and what cannot be shown.
fn shown_name(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let name = with_addresses_replaced(&name, |_| "[e-mail]".to_owned()).unwrap_or(name);
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

pub async fn add_piece(
    transaction: &Transaction,
    (community, id): (CommunityId, UploadId),
    number: i32,
    bytes: Vec<u8>,
) -> Result<(), DbErr> {
    let row = upload_piece::Model { community_id: community.0, upload_id: id.0, number, bytes };
    upload_piece::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(transaction)
        .await
        .map(|_| ())
}

/// All of a file is here.
pub async fn finish(transaction: &Transaction, upload: upload::Model, bytes: u64) -> Result<upload::Model, DbErr> {
    let mut row = upload.into_active_model();
    row.bytes = Set(i64::try_from(bytes).unwrap_or(i64::MAX));
    row.is_whole = Set(true);
    row.update(transaction).await
}

/// A file that is here as a whole.
pub async fn find(
    db: &impl ConnectionTrait,
    (community, id): (CommunityId, UploadId),
) -> Result<Option<upload::Model>, DbErr> {
    let found = upload::Entity::find_by_id((community.0, id.0)).filter(upload::Column::IsWhole.eq(true));
    found.one(db).await
}

/// The files that wait, the newest first.
pub async fn waiting(db: &impl ConnectionTrait, community: CommunityId) -> Result<Vec<upload::Model>, DbErr> {
    let waiting = upload::Entity::find().filter(upload::Column::CommunityId.eq(community.0));
    waiting.filter(upload::Column::IsWhole.eq(true)).order_by_desc(upload::Column::Id).all(db).await
}

async fn count(db: &impl ConnectionTrait, community: CommunityId) -> Result<u64, DbErr> {
    upload::Entity::find().filter(upload::Column::CommunityId.eq(community.0)).count(db).await
}

/// Deletes a file; false where there was none.
pub async fn delete(transaction: &Transaction, (community, id): (CommunityId, UploadId)) -> Result<bool, DbErr> {
    Ok(upload::Entity::delete_by_id((community.0, id.0)).exec(transaction).await?.rows_affected > 0)
}

/// Deletes files that nobody has loaded, and what is left of those that never arrived whole.
pub async fn delete_old(transaction: &Transaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    use upload::Column;
    let is_left = Condition::all().add(Column::IsWhole.eq(false)).add(Column::CreatedAt.lt(now - ARRIVING));
    let old = upload::Entity::delete_many();
    let old = old.filter(Condition::any().add(is_left).add(Column::CreatedAt.lt(now - KEPT)));
    Ok(old.exec(transaction).await?.rows_affected)
}

/// Removes the folders that servers left behind which were killed.
pub fn sweep_folders() -> std::io::Result<()> {
    for entry in std::fs::read_dir(std::env::temp_dir())? {
        let entry = entry?;
        let is_one = entry.file_name().to_str().is_some_and(|name| name.starts_with(FOLDER));
        let age = entry.metadata().and_then(|found| found.modified()).ok().and_then(|at| at.elapsed().ok());
        if is_one && age.is_some_and(|age| age > LEFT) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Writes a file to the disk, piece by piece.
pub async fn write_to(database: &Database, upload: &upload::Model, path: &Path) -> anyhow::Result<()> {
    let mut file = std::fs::File::create_new(path).context("a file cannot be made for what was uploaded")?;
    let (mut number, mut bytes) = (0, 0);
    while bytes < upload.bytes {
        let piece =
            upload_piece::Entity::find_by_id((upload.community_id, upload.id, number)).one(&database.read).await?;
        let piece = piece.context("the uploaded file is not there any more: upload it again")?;
        file.write_all(&piece.bytes).context("the disk cannot take what was uploaded")?;
        bytes += piece.bytes.len() as i64;
        number += 1;
    }
    Ok(file.flush()?)
}
