//! Organisations and their access, surveys with their answers, and the tallies.
//!
//! Every key of what can grow leads with the community, so that the data can be spread over machines by community.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            organisation(),
            api_token(),
            community(),
            survey(),
            survey_version(),
            site(),
            response(),
            answer(),
            tally(),
        ] {
            manager.create_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "tally",
            "answer",
            "response",
            "site",
            "survey_version",
            "survey",
            "community",
            "api_token",
            "organisation",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn organisation() -> TableCreateStatement {
    Table::create()
        .table("organisation")
        .col(pk_uuid("id"))
        .col(string_uniq("name"))
        .col(big_integer("minimum_answers"))
        .col(timestamp_with_time_zone("created_at"))
        .take()
}

fn api_token() -> TableCreateStatement {
    Table::create()
        .table("api_token")
        .col(pk_uuid("id"))
        .col(uuid("organisation_id"))
        .col(string("name"))
        .col(string("kind"))
        .col(boolean("can_write"))
        .col(string_uniq("secret_hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .foreign_key(ForeignKey::create().from("api_token", "organisation_id").to("organisation", "id"))
        .take()
}

fn community() -> TableCreateStatement {
    Table::create()
        .table("community")
        .col(pk_uuid("id"))
        .col(uuid("organisation_id"))
        .col(string("name"))
        .col(boolean("is_sample"))
        .col(timestamp_with_time_zone("created_at"))
        .index(
            Index::create()
                .unique()
                .name("community_name_is_unique_in_organisation")
                .col("organisation_id")
                .col("name"),
        )
        .foreign_key(ForeignKey::create().from("community", "organisation_id").to("organisation", "id"))
        .take()
}

fn survey() -> TableCreateStatement {
    Table::create()
        .table("survey")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(string("name"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .index(Index::create().unique().name("survey_name_is_unique_in_community").col("community_id").col("name"))
        .foreign_key(ForeignKey::create().from("survey", "community_id").to("community", "id"))
        .take()
}

fn survey_version() -> TableCreateStatement {
    Table::create()
        .table("survey_version")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(uuid("survey_id"))
        .col(integer("number"))
        .col(json("definition"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("published_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .index(
            Index::create()
                .unique()
                .name("survey_version_number_is_unique")
                .col("community_id")
                .col("survey_id")
                .col("number"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("survey_version", ("community_id", "survey_id"))
                .to("survey", ("community_id", "id")),
        )
        .take()
}

fn site() -> TableCreateStatement {
    Table::create()
        .table("site")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(uuid("survey_id"))
        .col(string("name"))
        .col(string_uniq("key"))
        .col(json("origins"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .foreign_key(
            ForeignKey::create().from("site", ("community_id", "survey_id")).to("survey", ("community_id", "id")),
        )
        .take()
}

fn response() -> TableCreateStatement {
    Table::create()
        .table("response")
        .col(uuid("community_id"))
        .col(uuid("survey_id"))
        .col(uuid("id"))
        .col(uuid("version_id"))
        .col(uuid_null("site_id"))
        .col(string_null("source"))
        .col(date("day"))
        .col(timestamp_with_time_zone("received_at"))
        .col(string("content_hash"))
        .primary_key(Index::create().col("community_id").col("survey_id").col("id"))
        .foreign_key(
            ForeignKey::create()
                .from("response", ("community_id", "version_id"))
                .to("survey_version", ("community_id", "id")),
        )
        .take()
}

fn answer() -> TableCreateStatement {
    Table::create()
        .table("answer")
        .col(uuid("community_id"))
        .col(uuid("survey_id"))
        .col(uuid("response_id"))
        .col(string("question"))
        .col(json("value"))
        .primary_key(Index::create().col("community_id").col("survey_id").col("response_id").col("question"))
        .foreign_key(
            ForeignKey::create()
                .from("answer", ("community_id", "survey_id", "response_id"))
                .to("response", ("community_id", "survey_id", "id")),
        )
        .take()
}

/// The key leads with what a score asks for: a subject, in a range of days.
fn tally() -> TableCreateStatement {
    Table::create()
        .table("tally")
        .col(uuid("community_id"))
        .col(string("subject"))
        .col(date("day"))
        .col(uuid("version_id"))
        .col(small_integer("points"))
        .col(small_integer("answered"))
        .col(integer("total"))
        .col(big_integer("count"))
        .primary_key(
            Index::create()
                .col("community_id")
                .col("subject")
                .col("day")
                .col("version_id")
                .col("points")
                .col("answered")
                .col("total"),
        )
        .take()
}
