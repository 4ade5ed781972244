//! Rates and times of conversion against statsmodels and lifelines: `tests/reference/conversion.py` says how each value in
//! `tests/reference/conversion.json` was computed.

use serde::Deserialize;
use valuemap_shared::statistics::{Durations, MedianDuration, newcombe_interval};

const REFERENCE: &str = include_str!("../../../tests/reference/conversion.json");

#[derive(Deserialize)]
struct Reference {
    differences: Vec<Difference>,
    medians: Vec<Median>,
    longer: Vec<Median>,
}

#[derive(Deserialize)]
struct Difference {
    touched: (u64, u64),
    untouched: (u64, u64),
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct Median {
    /// Each with how many reached it, and how many were watched until then.
    durations: Vec<(u32, u64, u64)>,
    median: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl Median {
    fn ours(&self) -> Option<MedianDuration> {
        let mut durations = Durations::default();
        for (days, reached, watched) in &self.durations {
            (0..*reached).for_each(|_| durations.add(*days, true));
            (0..*watched).for_each(|_| durations.add(*days, false));
        }
        durations.median()
    }
}

fn reference() -> Reference {
    serde_json::from_str(REFERENCE).unwrap()
}

#[test]
fn newcombe_intervals() {
    for row in reference().differences {
        let ours = newcombe_interval(row.touched, row.untouched);
        let is_same = (ours.low - row.low).abs() < 1e-12 && (ours.high - row.high).abs() < 1e-12;
        assert!(is_same, "{:?} {:?}: {ours:?}", row.touched, row.untouched);
    }
}

#[test]
fn medians_of_short_durations_are_exact() {
    for row in reference().medians {
        let ours = row.ours();
        assert_eq!(ours.map(|median| median.value), row.median);
        if let Some(ours) = ours {
            assert_eq!((Some(ours.low), ours.high), (row.low, row.high), "{:?}", row.median);
        }
    }
}

#[test]
fn medians_of_longer_durations_are_off_by_two_percent_at_most() {
    for row in reference().longer {
        let ours = row.ours().unwrap();
        for (ours, exact) in [(Some(ours.value), row.median), (Some(ours.low), row.low), (ours.high, row.high)] {
            let (ours, exact) = (ours.unwrap(), exact.unwrap());
            assert!((ours / exact - 1.0).abs() <= 0.02, "{ours} for {exact}");
        }
    }
}
