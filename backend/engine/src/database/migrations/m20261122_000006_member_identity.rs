//! Which keys may sign for the members of a site, and who answered in which wave.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [json("identity_keys").default("[]").take(), boolean("requires_identity").default(false).take()] {
            manager.alter_table(Table::alter().table("site").add_column(column).take()).await?;
        }
        manager.create_table(pseudonym_secret()).await?;
        manager.create_table(member_answer()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["member_answer", "pseudonym_secret"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for column in ["requires_identity", "identity_keys"] {
            manager.alter_table(Table::alter().table("site").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

fn pseudonym_secret() -> TableCreateStatement {
    Table::create()
        .table("pseudonym_secret")
        .col(pk_uuid("community_id"))
        .col(string("secret"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(ForeignKey::create().from("pseudonym_secret", "community_id").to("community", "id"))
        .take()
}

/// The key is what allows a member one answer a wave.
fn member_answer() -> TableCreateStatement {
    Table::create()
        .table("member_answer")
        .col(uuid("community_id"))
        .col(uuid("survey_id"))
        .col(string("wave"))
        .col(string("member"))
        .col(uuid("response_id"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("survey_id").col("wave").col("member"))
        .index(
            Index::create()
                .unique()
                .name("a_response_is_of_one_member")
                .col("community_id")
                .col("survey_id")
                .col("response_id"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("member_answer", ("community_id", "survey_id", "response_id"))
                .to("response", ("community_id", "survey_id", "id")),
        )
        .take()
}
