//! What the organisation heard and what it did about it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("follow_up")
            .col(uuid("community_id"))
            .col(uuid("id"))
            .col(string("heard"))
            .col(string("done"))
            .col(date("done_on"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("community_id").col("id"))
            .foreign_key(ForeignKey::create().from("follow_up", "community_id").to("community", "id"))
            .take();
        manager.create_table(table).await?;
        let latest_first = Index::create()
            .name("follow_ups_by_day")
            .table("follow_up")
            .col("community_id")
            .col("done_on")
            .col("id")
            .take();
        manager.create_index(latest_first).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("follow_up").to_owned()).await
    }
}
