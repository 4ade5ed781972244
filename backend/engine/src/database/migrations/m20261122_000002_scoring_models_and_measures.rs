//! Scoring models, what their measures were observed to be, comparisons, and the co-moments of benefits.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [scoring_model(), observation(), comparison(), co_moment()] {
            manager.create_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["co_moment", "comparison", "observation", "scoring_model"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// A version is never changed: scores name the one that they were computed with.
fn scoring_model() -> TableCreateStatement {
    Table::create()
        .table("scoring_model")
        .col(uuid("community_id"))
        .col(integer("version"))
        .col(json("document"))
        .col(string("author"))
        .col(string_null("note"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("version"))
        .foreign_key(ForeignKey::create().from("scoring_model", "community_id").to("community", "id"))
        .take()
}

/// The key leads with what a score asks for: a measure, in a range of days. A source that reads it again that day
/// replaces what it said.
fn observation() -> TableCreateStatement {
    Table::create()
        .table("observation")
        .col(uuid("community_id"))
        .col(string("measure"))
        .col(date("day"))
        .col(string("source"))
        .col(double("value"))
        .col(double_null("low"))
        .col(double_null("high"))
        .col(uuid_null("batch_id"))
        .col(timestamp_with_time_zone("recorded_at"))
        .primary_key(Index::create().col("community_id").col("measure").col("day").col("source"))
        .foreign_key(ForeignKey::create().from("observation", "community_id").to("community", "id"))
        .take()
}

/// A comparison group, or a randomised invitation, as the organisation counted it.
fn comparison() -> TableCreateStatement {
    Table::create()
        .table("comparison")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(string("name"))
        .col(string("element"))
        .col(date("from_day"))
        .col(date("until_day"))
        .col(json("design"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .index(Index::create().unique().name("comparison_name_is_unique").col("community_id").col("name"))
        .foreign_key(ForeignKey::create().from("comparison", "community_id").to("community", "id"))
        .take()
}

/// Sums over the members who answered about both benefits of a pair, in hundredths of a point on 0..100.
fn co_moment() -> TableCreateStatement {
    Table::create()
        .table("co_moment")
        .col(uuid("community_id"))
        .col(string("pair"))
        .col(date("day"))
        .col(uuid("version_id"))
        .col(big_integer("count"))
        .col(big_integer("first_sum"))
        .col(big_integer("second_sum"))
        .col(big_integer("product_sum"))
        .primary_key(Index::create().col("community_id").col("pair").col("day").col("version_id"))
        .take()
}
