//! Scoring models say what measures an internal element (indicators) apart from what is held to raise what (links, which
//! run up the map).

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use serde_json::{Map, Value, json};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, on SQLite as well.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rewrite(manager, split_links).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rewrite(manager, join_links).await
    }
}

async fn rewrite(manager: &SchemaManager<'_>, change: fn(&mut Map<String, Value>)) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let all = Query::select().columns(["community_id", "version", "document"]).from("scoring_model").take();
    for row in db.query_all(&all).await? {
        let (community, version): (Uuid, i32) = (row.try_get("", "community_id")?, row.try_get("", "version")?);
        let mut document: Value = row.try_get("", "document")?;
        if let Some(document) = document.as_object_mut() {
            change(document);
        }
        let update = Query::update()
            .table("scoring_model")
            .value("document", document)
            .and_where(Expr::col("community_id").eq(community))
            .and_where(Expr::col("version").eq(version))
            .take();
        manager.execute(update).await?;
    }
    Ok(())
}

/// A link with a weight is an indicator. Of the others, those that do not run up were drawn and never computed with.
fn split_links(document: &mut Map<String, Value>) {
    let links = document.get_mut("links").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    let (weighted, drawn): (Vec<Value>, Vec<Value>) = links.into_iter().partition(|link| link["weight"].is_number());
    let indicator = |link: Value| json!({ "benefit": link["from"], "element": link["to"], "weight": link["weight"] });
    let indicators: Vec<Value> = weighted.into_iter().map(indicator).collect();
    let runs_up = |link: &Value| layer(&link["from"]) < layer(&link["to"]);
    document.insert("indicators".into(), indicators.into());
    document.insert("links".into(), drawn.into_iter().filter(runs_up).collect::<Vec<Value>>().into());
}

fn join_links(document: &mut Map<String, Value>) {
    let indicators = document.remove("indicators").and_then(|indicators| indicators.as_array().cloned());
    let link = |indicator: Value| json!({ "from": indicator["benefit"], "to": indicator["element"], "weight": indicator["weight"] });
    if let Some(links) = document.get_mut("links").and_then(Value::as_array_mut) {
        for link in links.iter_mut().filter(|link| layer(&link["to"]) < 3) {
            // Only what pays had an effect.
            link.as_object_mut().and_then(|link| link.remove("effect"));
        }
        links.extend(indicators.unwrap_or_default().into_iter().map(link));
    }
    if let Some(attribution) = document.get_mut("financial").and_then(|financial| financial.get_mut("attribution")) {
        attribution.as_object_mut().and_then(|attribution| attribution.remove("roleWeights"));
    }
}

/// How high an element stands on the map. Names were read in any case.
fn layer(name: &Value) -> usize {
    const LAYERS: [&[&str]; 4] = [
        &["CURRENT_CUSTOMER_NEEDS", "PROSPECTIVE_CUSTOMER_NEEDS", "INTEGRATION_OPPORTUNITIES"],
        &["SCALABILITY", "EDUCATION", "ENGAGEMENT", "KNOWLEDGE", "REPUTATION"],
        &[
            "PRODUCT_KNOWLEDGE",
            "UNCONVENTIONAL_USES",
            "PEER_BEST_PRACTICES",
            "RECOGNISED_EXPERTISE",
            "ROADMAP_INFLUENCE",
        ],
        &["UPGRADES", "REPEAT_PURCHASES", "ACQUISITION", "COST_CONTAINMENT"],
    ];
    let name = name.as_str().unwrap_or_default().trim().to_uppercase().replace([' ', '-'], "_");
    LAYERS.iter().position(|layer| layer.contains(&name.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_make_indicators_and_what_does_not_run_up_is_left_out() {
        let written = json!({ "name": "ours", "links": [
            { "from": "PRODUCT_KNOWLEDGE", "to": "EDUCATION", "weight": 2.0 },
            { "from": "education", "to": "Upgrades", "effect": { "low": 0.0, "mode": 0.1, "high": 0.2 } },
            { "from": "EDUCATION", "to": "KNOWLEDGE" },
        ] });
        let mut document = written.as_object().unwrap().clone();
        split_links(&mut document);
        assert_eq!(
            Value::Object(document.clone()),
            json!({ "name": "ours",
                "indicators": [{ "benefit": "PRODUCT_KNOWLEDGE", "element": "EDUCATION", "weight": 2.0 }],
                "links": [written["links"][1]] })
        );
        join_links(&mut document);
        assert_eq!(Value::Object(document)["links"], json!([written["links"][1], written["links"][0]]));
    }
}
