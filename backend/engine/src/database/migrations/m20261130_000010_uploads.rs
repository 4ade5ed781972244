//! Files that are uploaded wait in the database until they are loaded, and all that is said of a source's files is
//! remembered, not its columns alone.

use std::collections::BTreeMap;

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::ConnectionTrait;
use sea_orm_migration::sea_orm::prelude::{Json, Uuid};
use serde_json::json;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing on every database, so that what breaks off can be repeated.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(upload()).await?;
        manager.create_table(upload_piece()).await?;
        let db = manager.get_connection();
        for (community, source, mapping) in mappings(db).await? {
            let said: BTreeMap<String, String> =
                serde_json::from_value(mapping).map_err(|error| DbErr::Json(error.to_string()))?;
            rewrite(db, (community, &source), remembered(said)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (community, source, remembered) in mappings(db).await? {
            rewrite(db, (community, &source), mapping(&remembered)).await?;
        }
        for table in ["upload_piece", "upload"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn upload() -> TableCreateStatement {
    Table::create()
        .table("upload")
        .col(uuid("community_id"))
        .col(uuid("id"))
        .col(string("file_name"))
        .col(big_integer("bytes"))
        // Whether all of it is here.
        .col(boolean("is_whole"))
        .col(string("uploaded_by"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("community_id").col("id"))
        .foreign_key(ForeignKey::create().from("upload", "community_id").to("community", "id"))
        .take()
}

fn upload_piece() -> TableCreateStatement {
    Table::create()
        .table("upload_piece")
        .col(uuid("community_id"))
        .col(uuid("upload_id"))
        .col(integer("number"))
        .col(binary("bytes"))
        .primary_key(Index::create().col("community_id").col("upload_id").col("number"))
        .foreign_key(
            ForeignKey::create()
                .from("upload_piece", ("community_id", "upload_id"))
                .to("upload", ("community_id", "id"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// What is remembered of files of records. Of files of answers something else is.
async fn mappings(db: &impl ConnectionTrait) -> Result<Vec<(Uuid, String, Json)>, DbErr> {
    let all = Query::select().columns(["community_id", "source", "mapping"]).from("import_mapping").take();
    let mut found = Vec::new();
    for row in db.query_all(&all).await? {
        let source: String = row.try_get("", "source")?;
        if !source.starts_with("responses/") {
            found.push((row.try_get("", "community_id")?, source, row.try_get("", "mapping")?));
        }
    }
    Ok(found)
}

async fn rewrite(db: &impl ConnectionTrait, (community, source): (Uuid, &str), said: Json) -> Result<(), DbErr> {
    let update = Query::update()
        .table("import_mapping")
        .value("mapping", said)
        .and_where(Expr::col("community_id").eq(community))
        .and_where(Expr::col("source").eq(source))
        .take();
    db.execute(&update).await.map(|_| ())
}

const WON_STAGES: &str = "--won-stage";
const VALUE: &str = "--value ";

/// Everything used to stand among the columns: `--won-stage`, and `--value role:Checked In`.
fn remembered(mut said: BTreeMap<String, String>) -> Json {
    let stages = said.remove(WON_STAGES).unwrap_or_default();
    let stages: Vec<&str> = stages.lines().collect();
    let meaning = |(key, meaning): (&String, &String)| {
        let (field, value) = key.strip_prefix(VALUE)?.split_once(':')?;
        Some(json!({ "column": null, "field": field, "value": value, "meaning": meaning }))
    };
    let meanings: Vec<Json> = said.iter().filter_map(meaning).collect();
    said.retain(|key, _| !key.starts_with(VALUE));
    json!({ "columns": said, "won_stages": stages, "meanings": meanings })
}

fn mapping(remembered: &Json) -> Json {
    let mut said = remembered["columns"].as_object().cloned().unwrap_or_default();
    let stages = remembered["won_stages"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let stages = stages.collect::<Vec<_>>().join("\n");
    if !stages.is_empty() {
        said.insert(WON_STAGES.to_owned(), stages.into());
    }
    for meaning in remembered["meanings"].as_array().into_iter().flatten() {
        let text = |name: &str| meaning[name].as_str().unwrap_or_default();
        said.insert(format!("{VALUE}{}:{}", text("field"), text("value")), text("meaning").into());
    }
    said.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_stays_known() {
        let before =
            json!({ "amount": "Deal value", "--won-stage": "Won\nPaid", "--value role:Checked In": "attended" });
        let after = remembered(serde_json::from_value(before.clone()).unwrap());
        assert_eq!(
            after,
            json!({
                "columns": { "amount": "Deal value" },
                "won_stages": ["Won", "Paid"],
                "meanings": [{ "column": null, "field": "role", "value": "Checked In", "meaning": "attended" }],
            })
        );
        assert_eq!(mapping(&after), before);
    }
}
