//! What is tracked of a day, summed up.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use uuid::Uuid;

use crate::database::statements::day_of;

/// What is tracked, by the column that says when.
const TIMES: [(&str, &str); 4] =
    [("outcome", "at"), ("support_case", "opened_at"), ("contribution", "at"), ("touchpoint", "at")];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing on every database, so that what breaks off can be repeated.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("tracked_day")
            .col(uuid("community_id"))
            .col(date("day"))
            .col(uuid("mark"))
            .col(uuid("active"))
            .col(string_null("basis"))
            .col(json_binary_null("body"))
            .primary_key(Index::create().col("community_id").col("day"))
            .take();
        manager.create_table(table).await?;
        let quarters = Table::create()
            .table("tracked_quarter")
            .col(uuid("community_id"))
            .col(date("first_day"))
            .col(string("marks"))
            .col(json_binary("body"))
            .primary_key(Index::create().col("community_id").col("first_day"))
            .take();
        manager.create_table(quarters).await?;
        let backend = manager.get_database_backend();
        for (table, at) in TIMES {
            add_days(manager, table, day_of(backend, Expr::col(at))).await?;
        }
        add_days(manager, "cost_line", Expr::col("day")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("tracked_quarter").to_owned()).await?;
        manager.drop_table(Table::drop().table("tracked_day").to_owned()).await
    }
}

/// A row for each day that something is recorded of: to be summed up by who asks first.
async fn add_days(manager: &SchemaManager<'_>, table: &'static str, day: Expr) -> Result<(), DbErr> {
    let days = Query::select()
        .distinct()
        .column("community_id")
        .expr(day)
        .expr(Expr::val(Uuid::nil()))
        .expr(Expr::val(Uuid::nil()))
        .from(table)
        // Without a condition SQLite takes `ON CONFLICT` for a part of a join.
        .and_where(Expr::val(1).eq(1))
        .take();
    let mut insert = Query::insert();
    insert.into_table("tracked_day").columns(["community_id", "day", "mark", "active"]);
    insert.select_from(days).map_err(|error| DbErr::Migration(error.to_string()))?;
    insert.on_conflict(OnConflict::columns(["community_id", "day"]).do_nothing().to_owned());
    manager.execute(insert).await
}
