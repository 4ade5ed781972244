//! How often the interval of a mean holds the true mean in small samples: `tests/reference/coverage.py` says how each
//! value in `tests/reference/coverage.json` was computed.

use serde::Deserialize;
use valuemap_shared::statistics::{Sample, mean_interval};

const COVERAGE: &str = include_str!("../../../tests/reference/coverage.json");
const POINTS: usize = 5;

#[derive(Deserialize)]
struct Reference {
    coverage: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    community: String,
    shares: [f64; POINTS],
    size: u64,
    /// The share of samples whose interval holds the mean, by Student's t and by the BCa bootstrap.
    t: f64,
    bca: f64,
}

/// All ways in which `size` answers fall on the points of the scale.
fn samples(size: u64) -> Vec<[u64; POINTS]> {
    fn fill(point: usize, left: u64, counts: &mut [u64; POINTS], found: &mut Vec<[u64; POINTS]>) {
        if point == POINTS - 1 {
            counts[point] = left;
            found.push(*counts);
            return;
        }
        for count in 0..=left {
            counts[point] = count;
            fill(point + 1, left - count, counts, found);
        }
    }
    let mut found = Vec::new();
    fill(0, size, &mut [0; POINTS], &mut found);
    found
}

/// The multinomial probability of a sample.
fn probability(counts: &[u64; POINTS], shares: &[f64; POINTS]) -> f64 {
    let (mut drawn, mut product) = (0, 1.0);
    for (count, share) in counts.iter().zip(shares) {
        for nth in 1..=*count {
            drawn += 1;
            product *= share * drawn as f64 / nth as f64;
        }
    }
    product
}

fn coverage(row: &Row) -> f64 {
    let position = |point: usize| 25.0 * point as f64;
    let mean: f64 = row.shares.iter().enumerate().map(|(point, share)| position(point) * share).sum();
    let holds = |counts: &[u64; POINTS]| {
        let sample = Sample::from_counts(counts.iter().enumerate().map(|(point, count)| (position(point), *count)));
        let (interval, _) = mean_interval(&sample).unwrap();
        interval.low - 1e-9 <= mean && mean <= interval.high + 1e-9
    };
    samples(row.size).iter().filter(|counts| holds(counts)).map(|counts| probability(counts, &row.shares)).sum()
}

#[test]
fn small_samples_are_covered_as_often_as_by_scipy() {
    let reference: Reference = serde_json::from_str(COVERAGE).unwrap();
    for row in &reference.coverage {
        let ours = coverage(row);
        let case = format!("{} of a community that is {}", row.size, row.community);
        assert!((ours - row.t).abs() < 1e-9, "{case}: ours {ours}, reference {}", row.t);
    }
}

#[test]
fn student_t_covers_more_often_than_the_bootstrap_that_it_replaced() {
    let reference: Reference = serde_json::from_str(COVERAGE).unwrap();
    let mean = |of: fn(&Row) -> f64| {
        let small = reference.coverage.iter().filter(|row| row.size <= 10);
        small.clone().map(of).sum::<f64>() / small.count() as f64
    };
    let (t, bca) = (mean(|row| row.t), mean(|row| row.bca));
    assert!(t > 0.92 && t - bca > 0.02, "t {t}, BCa {bca}");
}
