//! How many commits of each process touched what the figures of a community are computed from.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("community_commit")
            .col(uuid("community_id"))
            .col(string("part"))
            .col(uuid("process_id"))
            .col(big_integer("number"))
            .col(timestamp_with_time_zone("noted_at"))
            .primary_key(Index::create().col("community_id").col("part").col("process_id"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("community_commit").to_owned()).await
    }
}
