//! Tracking: parties and their links, activities with their costs, touchpoints, outcomes, support cases, contributions.
//!
//! Money is a whole number of ten-thousandths with its currency. An id is made from the source and its key, so that a
//! row that is sent again meets itself. `content_hash` tells whether it says the same.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let currency = ColumnDef::new("currency").string().not_null().default("EUR").take();
        manager.alter_table(Table::alter().table("community").add_column(currency).take()).await?;
        for table in [
            party(),
            identity_link(),
            activity_type(),
            activity(),
            cost_line(),
            touchpoint(),
            outcome(),
            support_case(),
            contribution(),
            exchange_rate(),
            outcome_weights(),
        ] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in INDEXES {
            let mut index = Index::create().name(*name).table(*table).take();
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "outcome_weights",
            "exchange_rate",
            "contribution",
            "support_case",
            "outcome",
            "touchpoint",
            "cost_line",
            "activity",
            "activity_type",
            "identity_link",
            "party",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("community").drop_column("currency").take()).await
    }
}

type IndexRow = (&'static str, &'static str, &'static [&'static str]);

/// What is asked for by time, or by whom it is about.
const INDEXES: &[IndexRow] = &[
    ("party_by_since", "party", &["community_id", "kind", "since"]),
    ("identity_link_by_from", "identity_link", &["community_id", "from_id"]),
    ("identity_link_by_to", "identity_link", &["community_id", "to_id"]),
    ("activity_by_start", "activity", &["community_id", "starts_on"]),
    ("cost_line_by_day", "cost_line", &["community_id", "day"]),
    ("cost_line_by_activity", "cost_line", &["community_id", "activity_id"]),
    ("touchpoint_by_activity", "touchpoint", &["community_id", "activity_id", "at"]),
    ("touchpoint_by_party", "touchpoint", &["community_id", "party_id", "at"]),
    ("touchpoint_by_time", "touchpoint", &["community_id", "at"]),
    ("outcome_by_time", "outcome", &["community_id", "at"]),
    ("outcome_by_party", "outcome", &["community_id", "party_id", "at"]),
    ("support_case_by_time", "support_case", &["community_id", "opened_at"]),
    ("contribution_by_time", "contribution", &["community_id", "at"]),
    ("contribution_by_thread", "contribution", &["community_id", "source", "thread"]),
];

/// A table of what came from a source under a key.
fn tracked(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(string("source"))
        .col(string("external_key"))
        .col(string("content_hash"))
        .col(uuid_null("batch_id"))
        .col(timestamp_with_time_zone("recorded_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .foreign_key(ForeignKey::create().from(name, "community_id").to("community", "id"))
        .take()
}

fn party() -> TableCreateStatement {
    tracked("party")
        .col(string("kind"))
        .col(string_null("name"))
        .col(boolean("is_staff"))
        .col(date_null("since"))
        .col(date_null("until"))
        .take()
}

fn identity_link() -> TableCreateStatement {
    tracked("identity_link")
        .col(uuid("from_id"))
        .col(uuid("to_id"))
        .col(string("method"))
        .col(double("confidence"))
        .col(date_null("valid_from"))
        .col(date_null("valid_until"))
        .foreign_key(&mut references("identity_link", "from_id", "party"))
        .foreign_key(&mut references("identity_link", "to_id", "party"))
        .take()
}

fn activity_type() -> TableCreateStatement {
    tracked("activity_type").col(string("name")).col(string("modality")).col(string("goal")).take()
}

fn activity() -> TableCreateStatement {
    tracked("activity")
        .col(uuid("type_id"))
        .col(string("name"))
        .col(string_null("modality"))
        .col(date("starts_on"))
        .col(date("ends_on"))
        .col(string_null("owner"))
        .col(json("channels"))
        .foreign_key(&mut references("activity", "type_id", "activity_type"))
        .take()
}

fn cost_line() -> TableCreateStatement {
    tracked("cost_line")
        .col(uuid_null("activity_id"))
        .col(string("kind"))
        .col(string_null("description"))
        .col(date("day"))
        .col(big_integer("amount"))
        .col(string("currency"))
        .col(big_integer_null("hours"))
        .col(big_integer_null("rate"))
        .foreign_key(&mut references("cost_line", "activity_id", "activity"))
        .take()
}

fn touchpoint() -> TableCreateStatement {
    tracked("touchpoint")
        .col(uuid("activity_id"))
        .col(uuid("party_id"))
        .col(timestamp_with_time_zone("at"))
        .col(string("role"))
        .col(string_null("channel"))
        .foreign_key(&mut references("touchpoint", "activity_id", "activity"))
        .foreign_key(&mut references("touchpoint", "party_id", "party"))
        .take()
}

fn outcome() -> TableCreateStatement {
    tracked("outcome")
        .col(string("kind"))
        .col(uuid_null("party_id"))
        .col(timestamp_with_time_zone("at"))
        .col(big_integer_null("amount"))
        .col(string_null("currency"))
        .col(string_null("title"))
        .col(timestamp_with_time_zone_null("lead_at"))
        .col(timestamp_with_time_zone_null("opportunity_at"))
        .col(boolean("withdrawn"))
        .foreign_key(&mut references("outcome", "party_id", "party"))
        .take()
}

fn support_case() -> TableCreateStatement {
    tracked("support_case")
        .col(uuid_null("party_id"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone_null("solved_at"))
        .col(string_null("channel"))
        .foreign_key(&mut references("support_case", "party_id", "party"))
        .take()
}

fn contribution() -> TableCreateStatement {
    tracked("contribution")
        .col(string("kind"))
        .col(string_null("thread"))
        .col(uuid("party_id"))
        .col(timestamp_with_time_zone("at"))
        .col(boolean("withdrawn"))
        .foreign_key(&mut references("contribution", "party_id", "party"))
        .take()
}

/// What one unit of a currency was worth in the community's own, from a day on. A decimal, written out.
fn exchange_rate() -> TableCreateStatement {
    Table::create()
        .table("exchange_rate")
        .col(uuid("community_id"))
        .col(string("currency"))
        .col(date("valid_from"))
        .col(string("rate"))
        .col(timestamp_with_time_zone("recorded_at"))
        .primary_key(Index::create().col("community_id").col("currency").col("valid_from"))
        .foreign_key(ForeignKey::create().from("exchange_rate", "community_id").to("community", "id"))
        .take()
}

fn outcome_weights() -> TableCreateStatement {
    Table::create()
        .table("outcome_weights")
        .col(uuid("community_id"))
        .col(integer("version"))
        .col(json("weights"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("version"))
        .foreign_key(ForeignKey::create().from("outcome_weights", "community_id").to("community", "id"))
        .take()
}

fn references(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from, ("community_id", column)).to(to, ("community_id", "id")).take()
}
