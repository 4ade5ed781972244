//! Links that a person ended.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

const ENDED: &str = "identity_link_ended";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [timestamp_with_time_zone_null("ended_at"), string_null("ended_by"), string_null("end_reason")] {
            manager.alter_table(Table::alter().table("identity_link").add_column(column).take()).await?;
        }
        // Whoever records reads them, and they are few.
        let ended = Index::create()
            .name(ENDED)
            .table("identity_link")
            .col("community_id")
            .and_where(Expr::col("ended_at").is_not_null())
            .take();
        manager.create_index(ended).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(ENDED).table("identity_link").to_owned()).await?;
        for column in ["ended_at", "ended_by", "end_reason"] {
            manager.alter_table(Table::alter().table("identity_link").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
