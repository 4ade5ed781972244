//! How data comes in: batches, mappings that are remembered, webhook endpoints and the inbox of their events.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [import_batch(), import_mapping(), webhook_endpoint(), inbox_event()] {
            manager.create_table(table).await?;
        }
        let by_status = Index::create()
            .name("inbox_event_by_status")
            .table("inbox_event")
            .col("community_id")
            .col("status")
            .col("id")
            .take();
        manager.create_index(by_status).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["inbox_event", "webhook_endpoint", "import_mapping", "import_batch"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// A file that was loaded, as a whole.
fn import_batch() -> TableCreateStatement {
    Table::create()
        .table("import_batch")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(string("format"))
        .col(string("file_name"))
        .col(string("file_hash"))
        .col(big_integer("rows"))
        .col(big_integer("new"))
        .col(big_integer("changed"))
        .col(big_integer("known"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .foreign_key(ForeignKey::create().from("import_batch", "community_id").to("community", "id"))
        .take()
}

/// Which column is what, as it was last given for a source.
fn import_mapping() -> TableCreateStatement {
    Table::create()
        .table("import_mapping")
        .col(uuid("community_id"))
        .col(string("source"))
        .col(json("mapping"))
        .col(timestamp_with_time_zone("updated_at"))
        .primary_key(Index::create().col("community_id").col("source"))
        .foreign_key(ForeignKey::create().from("import_mapping", "community_id").to("community", "id"))
        .take()
}

fn webhook_endpoint() -> TableCreateStatement {
    Table::create()
        .table("webhook_endpoint")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(string("kind"))
        .col(string("name"))
        // Part of the address that the sender posts to.
        .col(string_uniq("address_key"))
        // Signatures are made with it, so it has to be kept as it is.
        .col(string("secret"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("disabled_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .index(Index::create().unique().name("webhook_endpoint_name_is_unique").col("community_id").col("name"))
        .foreign_key(ForeignKey::create().from("webhook_endpoint", "community_id").to("community", "id"))
        .take()
}

/// Every event that came in under a valid signature, whether it was understood or not.
fn inbox_event() -> TableCreateStatement {
    Table::create()
        .table("inbox_event")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(uuid("endpoint_id"))
        .col(string("event"))
        // Instance, event, object and version: a sender that tries again gives its event another id.
        .col(string("deduplication_key"))
        .col(text("body"))
        .col(string("status"))
        .col(text_null("problem"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone("received_at"))
        .col(timestamp_with_time_zone_null("applied_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .index(
            Index::create()
                .unique()
                .name("inbox_event_is_stored_once")
                .col("community_id")
                .col("endpoint_id")
                .col("deduplication_key"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("inbox_event", ("community_id", "endpoint_id"))
                .to("webhook_endpoint", ("community_id", "id")),
        )
        .take()
}
