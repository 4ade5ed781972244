//! Rows of a file are stored piece by piece and seen by nobody until all are there.
//!
//! Everybody reads what is tracked from views without the rows of batches that are still being loaded. What would replace
//! rows that others see waits in tables of its own.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

/// The tables that files are loaded into, and what their keys have beside the community.
const TABLES: [(&str, &[&str]); 10] = [
    ("party", &["id"]),
    ("identity_link", &["id"]),
    ("activity_type", &["id"]),
    ("activity", &["id"]),
    ("cost_line", &["id"]),
    ("touchpoint", &["id"]),
    ("outcome", &["id"]),
    ("support_case", &["id"]),
    ("contribution", &["id"]),
    ("observation", &["measure", "day", "source"]),
];
/// What sums are made of, read without a look at the rows themselves: the batch is the last of their columns from now on.
const INDEXES: [IndexChange; 5] = [
    ("touchpoint_by_party", "touchpoint", &["community_id", "party_id", "at", "role", "batch_id"]),
    ("touchpoint_by_time", "touchpoint", &["community_id", "at", "party_id", "role", "batch_id"]),
    ("contribution_by_party", "contribution", &["community_id", "party_id", "at", "withdrawn", "batch_id"]),
    ("contribution_by_time", "contribution", &["community_id", "at", "kind", "party_id", "withdrawn", "batch_id"]),
    ("party_by_staff", "party", &["community_id", "is_staff", "batch_id"]),
];
/// Without it each party that is deleted is looked for in all cases.
const CASES_OF_PARTY: IndexChange = ("support_case_by_party", "support_case", &["community_id", "party_id"]);
type IndexChange = (&'static str, &'static str, &'static [&'static str]);

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing on every database, so that what breaks off can be repeated.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let open = Table::create()
            .table("open_batch")
            .col(uuid("community_id").primary_key())
            .col(uuid("batch_id").unique_key())
            .col(timestamp_with_time_zone("alive_at"))
            .col(boolean("is_swept"))
            .foreign_key(ForeignKey::create().from("open_batch", "community_id").to("community", "id"))
            .take();
        manager.create_table(open).await?;
        for (table, key) in TABLES {
            for statement in [staged(table), staged_key(table, key), view(table)] {
                manager.get_connection().execute_unprepared(&statement).await?;
            }
        }
        for (name, table, columns) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
            manager.create_index(index(name, table, columns)).await?;
        }
        let (name, table, columns) = CASES_OF_PARTY;
        manager.create_index(index(name, table, columns)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, columns) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
            manager.create_index(index(name, table, &columns[..columns.len() - 1])).await?;
        }
        let (name, table, _) = CASES_OF_PARTY;
        manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        for (table, _) in TABLES {
            for statement in [format!("DROP VIEW published_{table}"), format!("DROP TABLE staged_{table}")] {
                manager.get_connection().execute_unprepared(&statement).await?;
            }
        }
        manager.drop_table(Table::drop().table("open_batch").to_owned()).await
    }
}

/// What rows of a table are going to be, and which content they replace.
fn staged(table: &str) -> String {
    format!(
        "CREATE TABLE staged_{table} AS SELECT {table}.*, CAST(NULL AS varchar) AS replaced_hash FROM {table} WHERE 1 = 0"
    )
}

fn staged_key(table: &str, key: &[&str]) -> String {
    let key = key.join(", ");
    format!("CREATE UNIQUE INDEX staged_{table}_key ON staged_{table} (community_id, {key})")
}

/// What everybody sees of a table. A later migration that adds a column to it has to make the view anew.
fn view(table: &str) -> String {
    format!(
        "CREATE VIEW published_{table} AS SELECT {table}.* FROM {table} \
         WHERE {table}.batch_id IS NULL OR {table}.batch_id NOT IN (SELECT open_batch.batch_id FROM open_batch)"
    )
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(*column);
    }
    index
}
