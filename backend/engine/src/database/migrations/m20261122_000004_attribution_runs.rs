//! Attributions as they were computed: parameters, a hash of the data, and the credits.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("attribution_run")
            .col(uuid("community_id"))
            .col(uuid("id"))
            .col(json("parameters"))
            .col(string("data_hash"))
            .col(json("result"))
            .col(string("author"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("community_id").col("id"))
            .foreign_key(ForeignKey::create().from("attribution_run", "community_id").to("community", "id"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("attribution_run").to_owned()).await
    }
}
