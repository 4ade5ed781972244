//! How scoring models are read, those of earlier forms included.

use serde::Deserialize;

use super::draft::{FinancialDraft, IndicatorDraft, LinkDraft, MeasureDraft, RangeDraft, ScoringModelDraft};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WrittenModel {
    name: String,
    measures: Vec<MeasureDraft>,
    #[serde(default)]
    indicators: Vec<IndicatorDraft>,
    links: Vec<WrittenLink>,
    financial: FinancialDraft,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenLink {
    from: String,
    to: String,
    /// Before there were indicators, a benefit that measures an internal element was a link with a weight.
    weight: Option<f64>,
    effect: Option<RangeDraft>,
}

impl From<WrittenModel> for ScoringModelDraft {
    fn from(written: WrittenModel) -> Self {
        let WrittenModel { name, measures, mut indicators, links: written_links, financial } = written;
        let mut links = Vec::with_capacity(written_links.len());
        for WrittenLink { from, to, weight, effect } in written_links {
            match weight {
                Some(weight) => indicators.push(IndicatorDraft { benefit: from, element: to, weight }),
                None => links.push(LinkDraft { from, to, effect }),
            }
        }
        Self { name, measures, indicators, links, financial }
    }
}

#[cfg(test)]
mod tests {
    use super::super::standard_model;
    use super::*;

    #[test]
    fn a_link_with_a_weight_becomes_an_indicator() {
        let mut document = serde_json::to_value(standard_model()).unwrap();
        let indicators = document.as_object_mut().unwrap().remove("indicators").unwrap();
        let links = document["links"].as_array_mut().unwrap();
        for indicator in indicators.as_array().unwrap() {
            let (from, to, weight) = (&indicator["benefit"], &indicator["element"], &indicator["weight"]);
            links.push(serde_json::json!({ "from": from, "to": to, "weight": weight }));
        }
        assert_eq!(serde_json::from_value::<ScoringModelDraft>(document).unwrap(), standard_model());
    }
}
