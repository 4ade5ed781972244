//! Our censored medians against those of lifelines: `tests/reference/waits.py` says how each value in
//! `tests/reference/waits.json` was computed.

use serde::Deserialize;
use valuemap_shared::statistics::Waits;

const WAITS: &str = include_str!("../../../tests/reference/waits.json");

#[derive(Deserialize)]
struct Reference {
    medians: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    over: Vec<u64>,
    open: Vec<u64>,
    exact: Ends,
    bucketed: Ends,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Ends {
    median: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl Ends {
    /// Whether these are the others to a share of them.
    fn are_close_to(self, other: Self, allowed: f64) -> bool {
        let pairs = [(self.median, other.median), (self.low, other.low), (self.high, other.high)];
        pairs.into_iter().all(|pair| match pair {
            (Some(one), Some(other)) => (one - other).abs() <= allowed * other,
            (one, other) => one == other,
        })
    }
}

#[test]
fn censored_medians_are_those_of_lifelines() {
    let reference: Reference = serde_json::from_str(WAITS).unwrap();
    assert!(reference.medians.len() >= 8);
    for Case { name, over, open, exact, bucketed } in reference.medians {
        let mut waits = Waits::default();
        over.iter().for_each(|seconds| waits.add_event(*seconds));
        open.iter().for_each(|seconds| waits.add_censored(*seconds));
        let ours = waits.median();
        // Without a median, lifelines may still have a lower end; we show neither.
        let ours = Ends {
            median: ours.map(|ours| ours.seconds),
            low: ours.map_or(exact.low, |ours| Some(ours.low)),
            high: ours.and_then(|ours| ours.high),
        };
        let without_median = Ends { low: exact.low, ..bucketed };
        let same = if ours.median.is_none() { without_median } else { bucketed };
        assert!(ours.are_close_to(same, 1e-9), "{name}: {ours:?}, of buckets {bucketed:?}");
        assert!(ours.are_close_to(exact, 0.0201), "{name}: {ours:?}, exactly {exact:?}");
    }
}
