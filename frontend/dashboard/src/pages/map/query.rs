use std::rc::Rc;

use serde::{Deserialize, Serialize};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::{BeingRecomputed, ValueMap, Weighting};

use crate::server::{Failure, Provisional, ask};

const QUERY: &str = include_str!("map.graphql");

/// Which map to ask for; without a period, that of the latest quarter that holds answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MapKey {
    pub community: String,
    pub period: Option<Quarter>,
    pub weighting: Weighting,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    value_map: Option<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(flatten)]
    map: ValueMap,
    being_recomputed: Option<BeingRecomputed>,
}

/// A map, and whether a later one is being computed.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchedMap {
    pub map: Rc<ValueMap>,
    pub being_recomputed: Option<BeingRecomputed>,
}

/// In so many seconds a later map may be there.
const LATER: u32 = 2;

impl Provisional for FetchedMap {
    fn ask_again(&self) -> Option<u32> {
        self.being_recomputed.as_ref().map(|_| LATER)
    }
}

pub async fn fetch_map(key: MapKey) -> Result<FetchedMap, Failure> {
    let data: Data = ask(QUERY, key).await?;
    let Answer { map, being_recomputed } = data.value_map.ok_or(Failure::NotFound)?;
    Ok(FetchedMap { map: Rc::new(map), being_recomputed })
}

#[cfg(test)]
mod tests {
    use valuemap_shared::value_map::{Absence, Reading, RecommendationReading};

    use super::*;

    #[test]
    fn the_map_is_read_as_the_server_writes_it() {
        let json = r#"{"valueMap": {"beingRecomputed": {"asOf": "2026-11-30T10:00:00Z", "summedUp": 70},
            "period": "2026-Q4", "elapsed": 1, "modelVersion": "m", "weighting": "MODEL", "currency": "EUR", "minimumAnswers": 5,
            "responses": 6,
            "recommendation": {"__typename": "NoScore", "reason": "TOO_FEW_ANSWERS", "message": "few", "needed": 5},
            "layers": [{"layer": "MEMBERS", "elements": [
                {"element": "PRODUCT_KNOWLEDGE", "reading": {
                    "__typename": "Score", "value": 65, "interval": {"low": 61.5, "high": 69, "level": 0.95},
                    "answers": 6, "coverage": 1, "change": null, "topTwoBox": null, "parts": [], "movers": [],
                    "explanation": {"formula": "f", "method": "m", "modelVersion": "v", "inputs": []}}}]},
                {"layer": "FINANCIAL", "elements": [{"element": "UPGRADES", "reading": {
                    "__typename": "Worth", "amount": {"low": "1.5", "likely": "2", "high": "2.5"},
                    "evidence": "MEASURED", "value": null, "target": null, "count": 3, "change": "-0.5",
                    "movers": [], "parts": [],
                    "explanation": {"formula": "f", "method": "m", "modelVersion": "v", "inputs": []}}}]}],
            "links": [{"from": "EDUCATION", "to": "UPGRADES", "strength": null,
                "effect": {"low": 0, "likely": 0.03, "high": 0.08}}],
            "returns": {"costs": [{"kind": "CASH", "amount": "7"}], "cost": "7", "levels": [], "tornado": [],
                "communityReturn": null, "valueOfAnswers": "0", "valueOfSelfService": "0", "elasticity": null,
                "draws": 10000, "seed": 1}}}"#;
        let Answer { map, being_recomputed } = serde_json::from_str::<Data>(json).unwrap().value_map.unwrap();
        assert_eq!(being_recomputed.and_then(|earlier| earlier.summed_up), Some(70));
        let RecommendationReading::NoScore(absence) = &map.recommendation else { panic!("a score") };
        assert_eq!((absence.reason, absence.needed), (Absence::TooFewAnswers, Some(5)));
        let Reading::Score(score) = &map.layers[0].elements[0].reading else { panic!("no score") };
        assert_eq!((score.value, score.interval.map(|interval| interval.low), score.answers), (65.0, Some(61.5), 6));
        let Reading::Worth(worth) = &map.layers[1].elements[0].reading else { panic!("no amount") };
        assert_eq!((worth.amount.low.to_string(), worth.change), ("1.5".to_owned(), "-0.5".parse().ok()));
        assert_eq!((map.links.len(), map.returns.cost), (1, "7".parse().unwrap()));
    }

    #[test]
    fn an_unknown_community_has_no_map() {
        assert!(serde_json::from_str::<Data>(r#"{"valueMap": null}"#).unwrap().value_map.is_none());
    }

    #[test]
    fn the_key_is_the_variables() {
        let key = |period| MapKey { community: "c".into(), period, weighting: Weighting::Equal };
        let written = |period| serde_json::to_string(&key(period)).unwrap();
        assert_eq!(written(None), r#"{"community":"c","period":null,"weighting":"EQUAL"}"#);
        assert_eq!(written(Quarter::new(2026, 4)), r#"{"community":"c","period":"2026-Q4","weighting":"EQUAL"}"#);
    }
}
