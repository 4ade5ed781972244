//! The order in which a member saw the choices of a shuffled question.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let order = Table::alter().table("answer").add_column(json_null("choice_order")).take();
        manager.alter_table(order).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("answer").drop_column("choice_order").take()).await
    }
}
