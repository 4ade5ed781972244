//! Support cases that were deleted, or merged into others, count no more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing on every database, so that what breaks off can be repeated.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP VIEW published_support_case").await?;
        for table in TABLES {
            let column = boolean("withdrawn").default(false).take();
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        manager.get_connection().execute_unprepared(VIEW).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP VIEW published_support_case").await?;
        for table in TABLES {
            manager.alter_table(Table::alter().table(table).drop_column("withdrawn").take()).await?;
        }
        manager.get_connection().execute_unprepared(VIEW).await?;
        Ok(())
    }
}

const TABLES: [&str; 2] = ["support_case", "staged_support_case"];

/// What everybody sees, made anew of all columns that the table has.
const VIEW: &str = "CREATE VIEW published_support_case AS SELECT support_case.* FROM support_case \
                    WHERE support_case.batch_id IS NULL \
                    OR support_case.batch_id NOT IN (SELECT open_batch.batch_id FROM open_batch)";
