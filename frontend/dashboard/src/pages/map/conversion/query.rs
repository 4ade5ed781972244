use std::rc::Rc;

use serde::{Deserialize, Serialize};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::conversion::Conversion;

use crate::server::{Failure, ask};

const QUERY: &str = include_str!("conversion.graphql");

/// Whose leads and opportunities, and of which quarter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConversionKey {
    pub community: String,
    pub period: Quarter,
}

#[derive(Deserialize)]
struct Data {
    conversion: Answer,
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum Answer {
    Conversion(Conversion),
    #[serde(other)]
    Other,
}

pub async fn fetch_conversion(key: ConversionKey) -> Result<Rc<Conversion>, Failure> {
    let data: Data = ask(QUERY, key).await?;
    match data.conversion {
        Answer::Conversion(found) => Ok(Rc::new(found)),
        Answer::Other => Err(Failure::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use valuemap_shared::conversion::Stage;
    use valuemap_shared::value_map::Verdict;

    use super::*;

    #[test]
    fn conversions_are_read_as_the_server_writes_them() {
        let json = r#"{"conversion": {"__typename": "Conversion", "from": "2026-Q4", "until": "2026-Q4",
            "followedUntil": "2026-11-29", "unit": "ACCOUNT", "lookbackDays": 90, "ofNobody": 2, "ofAccounts": 0, "steps": [{
                "from": "LEAD", "to": "SALE", "summary": "s",
                "all": {"entered": 20, "reading": {"__typename": "ConversionRate", "reached": 7, "share": 0.35,
                    "interval": {"low": 0.18, "high": 0.57, "level": 0.95}, "medianDaysOfReached": 30,
                    "time": {"__typename": "MedianTime", "days": 40, "low": 30, "high": null}}},
                "touched": {"entered": 3, "reading":
                    {"__typename": "NoScore", "reason": "TOO_FEW_ENTRIES", "message": "m", "needed": null}},
                "untouched": {"entered": 17, "reading":
                    {"__typename": "NoScore", "reason": "TOO_FEW_ENTRIES", "message": "m", "needed": null}},
                "difference": {"__typename": "ShareDifference", "value": 0.2, "verdict": "CANNOT_TELL",
                    "interval": {"low": -0.1, "high": 0.5, "level": 0.95}}}]}}"#;
        let Answer::Conversion(found) = serde_json::from_str::<Data>(json).unwrap().conversion else { panic!("none") };
        let step = &found.steps[0];
        assert_eq!((step.from, step.to, found.of_nobody), (Stage::Lead, Stage::Sale, 2));
        assert_eq!(step.all.reading.figure().unwrap().reached, 7);
        assert_eq!(step.touched.reading.figure(), None);
        assert_eq!(step.difference.figure().unwrap().verdict, Verdict::CannotTell);
        let other = r#"{"conversion": {"__typename": "NotFound"}}"#;
        assert!(matches!(serde_json::from_str::<Data>(other).unwrap().conversion, Answer::Other));
    }
}
