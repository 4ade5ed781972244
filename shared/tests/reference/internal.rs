//! Our internal layer against numpy and scipy: `tests/reference/internal.py` says how each value in
//! `tests/reference/internal.json` was computed.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::money::Currency;
use valuemap_shared::statistics::{Correlation, correlation};
use valuemap_shared::survey::{Benefit, Cell, Subject};
use valuemap_shared::value_map::model::{IndicatorDraft, ScoringModel, standard_model};
use valuemap_shared::value_map::{
    CoMoment, Element, Figures, MapInputs, Reading, Score, Strengths, Weighting, WorthInputs, financial_reading,
    value_map,
};

const INTERNAL: &str = include_str!("../../../tests/reference/internal.json");
const BENEFITS: [Benefit; 2] = [Benefit::ProductKnowledge, Benefit::PeerBestPractices];

fn reference<Row: DeserializeOwned>(name: &str) -> Vec<Row> {
    let mut reference: serde_json::Value = serde_json::from_str(INTERNAL).unwrap();
    serde_json::from_value(reference[name].take()).unwrap()
}

#[derive(Deserialize)]
struct ReferenceElement {
    /// Of each member, the points that both benefits got.
    points: Vec<[u16; 2]>,
    shares: [f64; 2],
    value: f64,
    standard_error: f64,
    bootstrap_error: f64,
    t: f64,
}

/// Education, driven by two benefits alone.
fn education(case: &ReferenceElement) -> Score {
    let mut draft = standard_model();
    draft.indicators.retain(|indicator| indicator.element != "EDUCATION");
    for (benefit, weight) in BENEFITS.into_iter().zip(case.shares) {
        let benefit = Element::from(benefit).as_str().to_owned();
        draft.indicators.push(IndicatorDraft { benefit, element: "EDUCATION".into(), weight });
    }
    let model = ScoringModel::parse(&draft, 1).unwrap();
    let mut figures = Figures::default();
    for points in &case.points {
        let mut positions = [0; 2];
        for index in 0..2 {
            let cell = Cell { points: 5, answered: 1, total: points[index] };
            figures.tallies.add(Subject::Benefit(BENEFITS[index]), cell, 1);
            positions[index] = (cell.percent() * 100.0) as i64;
        }
        let pair = figures.co_moments.entry((BENEFITS[0], BENEFITS[1])).or_default();
        pair.add(CoMoment::of(positions[0], positions[1]));
    }
    let period = Quarter::new(2026, 3).unwrap();
    let worth = WorthInputs::of(period, &model, &figures, 5, None);
    let financial = financial_reading(&model, &worth, &worth);
    let inputs = MapInputs {
        period,
        weighting: Weighting::Model,
        minimum: 5,
        currency: Currency::EUR,
        now: figures,
        before: Figures::default(),
        baseline: None,
    };
    let map = value_map(&model, &inputs, &financial, &Strengths::default());
    let mut elements = map.layers.into_iter().flat_map(|layer| layer.elements);
    match elements.find(|reading| reading.element == Element::Education).unwrap().reading {
        Reading::Score(score) => score,
        other => panic!("{other:?}"),
    }
}

#[test]
fn answers_of_the_same_members_are_taken_jointly() {
    let cases: Vec<ReferenceElement> = reference("elements");
    assert_eq!(cases.len(), 3);
    for case in cases {
        let score = education(&case);
        assert!((score.value - case.value).abs() < 1e-9, "{} is not {}", score.value, case.value);
        let error = (score.interval.unwrap().high - score.value) / case.t;
        assert!((error - case.standard_error).abs() < 1e-9, "{error} is not {}", case.standard_error);
        // A bootstrap that resamples members jointly, of 20,000 resamples, has an error of about half a percent itself,
        // and divides by n where the sample variance divides by n - 1.
        let members = case.points.len() as f64;
        let bootstrap = case.bootstrap_error * (members / (members - 1.0)).sqrt();
        assert!((error / bootstrap - 1.0).abs() < 0.02, "{error} is far from the bootstrap's {bootstrap}");
    }
}

#[derive(Deserialize)]
struct ReferenceAssociation {
    first: Vec<f64>,
    second: Vec<f64>,
    correlation: f64,
    low: f64,
    high: f64,
}

#[test]
fn correlations_have_fishers_interval() {
    for case in reference::<ReferenceAssociation>("associations") {
        let pairs: Vec<(f64, f64)> = case.first.iter().copied().zip(case.second.iter().copied()).collect();
        let Correlation { value, interval, .. } = correlation(&pairs, pairs.len() as f64).unwrap();
        for (ours, theirs) in [(value, case.correlation), (interval.low, case.low), (interval.high, case.high)] {
            assert!((ours - theirs).abs() < 1e-9, "{ours} is not {theirs}");
        }
    }
}
