//! Rights of tokens and sessions instead of one flag, and the log of who changed what.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, on SQLite as well.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let rights = string("rights").default("read_figures read_answers").take();
        manager.alter_table(Table::alter().table("api_token").add_column(rights).take()).await?;
        let all = Query::update()
            .table("api_token")
            .value("rights", "read_figures read_answers write manage operate")
            .and_where(Expr::col("can_write").eq(true))
            .take();
        manager.execute(all).await?;
        manager.alter_table(Table::alter().table("api_token").drop_column("can_write").take()).await?;
        manager.create_table(audit_entry()).await?;
        let by_organisation = Index::create()
            .name("audit_entry_organisation")
            .table("audit_entry")
            .col("organisation_id")
            .col("id")
            .take();
        manager.create_index(by_organisation).await?;
        for statement in append_only(manager.get_database_backend()) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_entry").to_owned()).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION audit_entry_is_kept").await?;
        }
        let can_write = boolean("can_write").default(false).take();
        manager.alter_table(Table::alter().table("api_token").add_column(can_write).take()).await?;
        let writers = Query::update()
            .table("api_token")
            .value("can_write", true)
            .and_where(Expr::col("rights").like("%write%"))
            .take();
        manager.execute(writers).await?;
        manager.alter_table(Table::alter().table("api_token").drop_column("rights").take()).await
    }
}

fn audit_entry() -> TableCreateStatement {
    Table::create()
        .table("audit_entry")
        .col(uuid("id").primary_key())
        .col(timestamp_with_time_zone("at"))
        .col(uuid_null("organisation_id"))
        .col(uuid_null("community_id"))
        .col(uuid_null("token_id"))
        .col(string("actor"))
        .col(string("what"))
        .take()
}

/// Rows of the log are added and never changed, by any statement.
fn append_only(backend: DatabaseBackend) -> &'static [&'static str] {
    match backend {
        DatabaseBackend::Postgres => &[
            "CREATE FUNCTION audit_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'the audit log is append-only'; END $$",
            "CREATE TRIGGER audit_entry_is_kept BEFORE UPDATE OR DELETE ON audit_entry \
             FOR EACH ROW EXECUTE FUNCTION audit_entry_is_kept()",
            "CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON audit_entry \
             FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_kept()",
        ],
        _ => &[
            "CREATE TRIGGER audit_entry_is_not_changed BEFORE UPDATE ON audit_entry \
             BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
            "CREATE TRIGGER audit_entry_is_not_deleted BEFORE DELETE ON audit_entry \
             BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
            // INSERT OR REPLACE deletes without asking the trigger above.
            "CREATE TRIGGER audit_entry_is_not_replaced BEFORE INSERT ON audit_entry \
             WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) BEGIN SELECT RAISE(IGNORE); END",
        ],
    }
}
