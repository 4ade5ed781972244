//! What other processes commit to the same database: other servers, and commands in a terminal.
//!
//! Each process counts its commits up in rows of its own, one for each part of a community, in the transaction that
//! touches it. So no two processes wait for each other's, and a sum over the rows of the others says whether anything that
//! a cache holds is out of date: figures are computed again when something changed, and not because time went by.

use std::collections::BTreeSet;
use std::time::Duration;

use moka::sync::Cache;
use sea_orm::sea_query::{Alias, Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseBackend, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;

use crate::base::ambient::Ambient;
use crate::base::commits::{Part, Revision, Touches};
use crate::database::Database;
use crate::database::additions::Addition;

mod community_commit {
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "community_commit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub process_id: Uuid,
        pub number: i64,
        /// When the process touched this part first.
        pub noted_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How far a process may be behind what others have committed.
const LAG: Duration = Duration::from_secs(1);
/// Of how many communities it is remembered what others committed.
const COMMUNITIES: u64 = 10_000;

/// This process among those that write to the database.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    process: Uuid,
    ambient: Ambient,
    seen: Cache<CommunityId, Revision>,
}

impl Elsewhere {
    pub fn new(ambient: Ambient) -> Self {
        let seen = Cache::builder().max_capacity(COMMUNITIES).time_to_live(LAG).build();
        Self { process: ambient.new_id(), ambient, seen }
    }

    /// What a commit adds, for other processes to see. `None` where it touches nothing.
    pub fn note(&self, backend: DatabaseBackend, touches: &Touches) -> Result<Option<Addition>, DbErr> {
        let noted_at = self.ambient.now();
        // In the order in which all transactions lock rows.
        let touched: BTreeSet<_> = touches.iter().map(|(community, part)| (community.0, part.name())).collect();
        let row = |(community_id, part): (Uuid, &str)| community_commit::Model {
            community_id,
            part: part.to_owned(),
            process_id: self.process,
            number: 1,
            noted_at,
        };
        let rows: Vec<_> = touched.into_iter().map(row).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let number = [community_commit::Column::Number];
        Addition::summing::<community_commit::Entity>(backend, rows, &number).map(Some)
    }
}

impl Database {
    /// How many commits of this process touched each part of a community: for what must not wait for the database.
    pub fn own_revision(&self, community: CommunityId) -> Revision {
        self.commits.revision(community)
    }

    /// How many commits touched each part of a community: at once those of this process, those of others
    /// [within a second](LAG).
    pub async fn revision(&self, community: CommunityId) -> Result<Revision, DbErr> {
        // First, because what this process commits meanwhile must not be taken to be known.
        let own = self.own_revision(community);
        if let Some(seen) = self.elsewhere.seen.get(&community) {
            return Ok(own + seen);
        }
        let seen = self.committed_elsewhere(community).await?;
        self.elsewhere.seen.insert(community, seen);
        Ok(own + seen)
    }

    async fn committed_elsewhere(&self, community: CommunityId) -> Result<Revision, DbErr> {
        use community_commit::Column;
        // PostgreSQL sums to a type that holds more than these numbers will reach.
        let number = Expr::col(Column::Number).sum().cast_as(Alias::new("bigint"));
        let sums: Vec<(String, i64)> = community_commit::Entity::find()
            .select_only()
            .column(Column::Part)
            .column_as(number, "number")
            .filter(Column::CommunityId.eq(community.0))
            .filter(Column::ProcessId.ne(self.elsewhere.process))
            .group_by(Column::Part)
            .into_tuple()
            .all(&self.read)
            .await?;
        let mut seen = Revision::default();
        for (part, number) in sums {
            // What a newer version knows more of, nothing here is computed from.
            if let Some(part) = Part::ALL.into_iter().find(|known| known.name() == part) {
                *seen.of(part) += u64::try_from(number).unwrap_or_default();
            }
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::author::Author;

    const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(7));

    async fn touch(database: &Database, part: Part) {
        database.write(&Author::SERVER, Touches::one(COMMUNITY, part), async |_| Ok(())).await.unwrap();
    }

    #[tokio::test]
    async fn what_another_process_commits_moves_the_revision_of_what_it_touches() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let (one, other) = (
            Database::connect(&url, Ambient::real()).await.unwrap(),
            Database::connect(&url, Ambient::real()).await.unwrap(),
        );
        one.migrate().await.unwrap();
        touch(&one, Part::Tracked).await;
        touch(&other, Part::Answers).await;
        touch(&other, Part::Answers).await;
        let both = Revision { answers: 2, tracked: 1, ..Revision::default() };
        assert_eq!(one.revision(COMMUNITY).await.unwrap(), both);
        assert_eq!(other.revision(COMMUNITY).await.unwrap(), both);
        // Its own it knows at once.
        touch(&one, Part::Standings).await;
        assert_eq!(one.revision(COMMUNITY).await.unwrap(), Revision { standings: 1, ..both });
        other.elsewhere.seen.invalidate_all();
        assert_eq!(other.revision(COMMUNITY).await.unwrap(), Revision { standings: 1, ..both });
        assert_eq!(other.revision(CommunityId(Uuid::nil())).await.unwrap(), Revision::default());
    }
}
