//! The queue of jobs. Events that wait to be applied become jobs of it.

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
        manager.create_table(job()).await?;
        let free = Index::create().name("job_free").table("job").col("state").col("due_at").take();
        manager.create_index(free).await?;
        let list = Index::create().name("job_list").table("job").col("community_id").col("created_at").col("id").take();
        manager.create_index(list).await?;
        let event = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "json_build_object('apply_event', json_build_object('event', id))",
            // An id is a blob there.
            _ => {
                "json_object('apply_event', json_object('event', lower(substr(hex(id), 1, 8) || '-' || \
                 substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || \
                 substr(hex(id), 21))))"
            }
        };
        let pending = format!(
            "INSERT INTO job (id, community_id, kind, payload, asked_by, state, attempts, due_at, is_cancelled, part, \
             steps_done, steps, created_at) SELECT id, community_id, 'apply_event', {event}, 'webhook', 'waiting', 0, \
             received_at, false, '', 0, 0, received_at FROM inbox_event WHERE status = 'pending'"
        );
        manager.get_connection().execute_unprepared(&pending).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("job").to_owned()).await
    }
}

fn job() -> TableCreateStatement {
    Table::create()
        .table("job")
        .col(uuid("id").primary_key())
        .col(uuid("community_id"))
        .col(string("kind"))
        .col(json("payload"))
        .col(string("asked_by"))
        .col(string("state"))
        .col(big_integer("attempts"))
        .col(timestamp_with_time_zone("due_at"))
        .col(uuid_null("worker_id"))
        .col(timestamp_with_time_zone_null("leased_until"))
        .col(boolean("is_cancelled"))
        .col(string("part"))
        .col(big_integer("steps_done"))
        .col(big_integer("steps"))
        .col(json_null("result"))
        .col(string_null("problem"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(ForeignKey::create().from("job", "community_id").to("community", "id"))
        .take()
}
