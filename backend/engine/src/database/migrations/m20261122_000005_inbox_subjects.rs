//! What was last told about what, so that an event that arrives late does not undo a newer one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Which installation sent it: what its headers say and its body does not.
        let instance = Table::alter().table("inbox_event").add_column(string_null("instance")).take();
        manager.alter_table(instance).await?;
        manager.create_table(inbox_subject()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("inbox_subject").to_owned()).await?;
        manager.alter_table(Table::alter().table("inbox_event").drop_column("instance").take()).await
    }
}

fn inbox_subject() -> TableCreateStatement {
    Table::create()
        .table("inbox_subject")
        .col(uuid("community_id"))
        // A digest of what it is about, so that its length is no matter.
        .col(uuid("id"))
        .col(timestamp_with_time_zone("told_at"))
        .col(big_integer("version"))
        .col(uuid("event_id"))
        .primary_key(Index::create().col("community_id").col("id"))
        .foreign_key(ForeignKey::create().from("inbox_subject", "community_id").to("community", "id"))
        .take()
}
