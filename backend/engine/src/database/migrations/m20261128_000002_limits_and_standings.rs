//! Whether an answer counts and which address it came from, the keys that addresses are hashed with, and the pace of
//! each site.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [string("standing").default("counted").take(), string_null("address_hash").take()] {
            manager.alter_table(Table::alter().table("response").add_column(column).take()).await?;
        }
        manager.create_index(set_aside()).await?;
        manager.create_table(address_key()).await?;
        manager.create_table(site_pace()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["site_pace", "address_key"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        manager.drop_index(Index::drop().name("response_set_aside").table("response").to_owned()).await?;
        for column in ["address_hash", "standing"] {
            manager.alter_table(Table::alter().table("response").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Holds what does not count and nothing else, so that an answer that counts does not pay for it.
fn set_aside() -> IndexCreateStatement {
    Index::create()
        .name("response_set_aside")
        .table("response")
        .col("community_id")
        .col("received_at")
        .col("id")
        .and_where(Expr::col("standing").ne("counted"))
        .take()
}

fn address_key() -> TableCreateStatement {
    Table::create().table("address_key").col(date("day").primary_key()).col(string("key")).take()
}

fn site_pace() -> TableCreateStatement {
    Table::create()
        .table("site_pace")
        .col(uuid("community_id"))
        .col(uuid("site_id"))
        .col(big_integer("highest_minute"))
        .col(timestamp_with_time_zone_null("surge_at"))
        .col(big_integer("surge_answers"))
        .col(big_integer("surge_before"))
        .primary_key(Index::create().col("community_id").col("site_id"))
        .foreign_key(
            ForeignKey::create().from("site_pace", ("community_id", "site_id")).to("site", ("community_id", "id")),
        )
        .take()
}
