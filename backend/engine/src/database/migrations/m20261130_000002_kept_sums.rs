//! What is tracked of a day, and who was active in a quarter, each kept under a mark of its own.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use uuid::Uuid;
use valuemap_shared::calendar::Quarter;

use crate::database::migrations::m20261130_000001_tracked_days as tracked_days;

/// What was kept is summed up again, but for which days there are.
const BEFORE: [&str; 2] = ["tracked_day", "tracked_quarter"];
/// What sums are made of, read without a look at the rows themselves.
const INDEXES: [IndexChange; 5] = [
    ("touchpoint_by_party", "touchpoint", &["community_id", "party_id", "at", "role"], 3),
    ("touchpoint_by_time", "touchpoint", &["community_id", "at", "party_id", "role"], 2),
    ("contribution_by_party", "contribution", &["community_id", "party_id", "at", "withdrawn"], 0),
    ("contribution_by_time", "contribution", &["community_id", "at", "kind", "party_id", "withdrawn"], 2),
    ("party_by_staff", "party", &["community_id", "is_staff"], 0),
];
/// Its name, table and columns, and how many of these it had before.
type IndexChange = (&'static str, &'static str, &'static [&'static str], usize);
const ROWS: usize = 1_000;

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
            .table("kept_sum")
            .col(uuid("community_id"))
            .col(date("day"))
            .col(small_integer("part"))
            .col(uuid("mark"))
            .col(string_null("basis"))
            .col(text_null("body"))
            .primary_key(Index::create().col("community_id").col("day").col("part"))
            .take();
        manager.create_table(table).await?;
        let days = Query::select().column("community_id").column("day").from("tracked_day").take();
        let mut keys: BTreeSet<(Uuid, NaiveDate, i16)> = BTreeSet::new();
        let accounts = Query::select().distinct().column("community_id").from("party").take();
        for row in manager.get_connection().query_all(&accounts).await? {
            keys.insert((row.try_get_by_index(0)?, NaiveDate::from_epoch_days(0).unwrap_or_default(), -1));
        }
        for row in manager.get_connection().query_all(&days).await? {
            let (community, day): (Uuid, NaiveDate) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            keys.insert((community, day, 0));
            let first_day = Quarter::containing(day).first_day();
            keys.extend((1..=256).map(|part| (community, first_day, part)));
        }
        for some in keys.into_iter().collect::<Vec<_>>().chunks(ROWS) {
            let mut insert = Query::insert();
            insert.into_table("kept_sum").columns(["community_id", "day", "part", "mark"]);
            for (community, day, part) in some {
                insert.values_panic([(*community).into(), (*day).into(), (*part).into(), Uuid::nil().into()]);
            }
            manager.execute(insert).await?;
        }
        for table in BEFORE {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (name, table, columns, before) in INDEXES {
            if before > 0 {
                manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
            }
            manager.create_index(index(name, table, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, columns, before) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
            if before > 0 {
                manager.create_index(index(name, table, &columns[..before])).await?;
            }
        }
        manager.drop_table(Table::drop().table("kept_sum").to_owned()).await?;
        tracked_days::Migration.up(manager).await
    }
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(*column);
    }
    index
}
