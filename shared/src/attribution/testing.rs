//! Journeys for the tests of this module.

use std::time::Duration;

use proptest::prelude::*;

use super::{Bucket, Conversion, CreditSource, Journeys, Touch};

pub const DAY: i64 = 86_400;

pub type Listed = (Vec<Touch>, Option<Conversion>);

/// Journeys with a look-back window of 90 days, of one unit each. One after the other they fall into the buckets.
pub fn journeys_of(sources: u32, listed: &[Listed]) -> Journeys {
    journeys_by(CreditSource::ActivityType, sources, listed)
}

pub fn journeys_by(kind: CreditSource, sources: u32, listed: &[Listed]) -> Journeys {
    let mut builder = Journeys::builder(kind, sources, Duration::from_secs(90 * DAY as u64)).unwrap();
    for (number, (touches, conversion)) in (0..).zip(listed) {
        builder.add(Bucket::of_hash(number), touches.iter().copied(), *conversion).unwrap();
    }
    builder.build()
}

/// A journey that touches sources a day apart, the last on the day of the outcome, which is worth one ten-thousandth.
pub fn path(sources: &[u32], converts: bool) -> Listed {
    let days = (1..).map(|day: i64| day * DAY);
    let touches: Vec<Touch> = days.zip(sources).map(|(at, source)| Touch::new(*source, at)).collect();
    let conversion = converts.then(|| Conversion::new(sources.len() as i64 * DAY, 1));
    (touches, conversion)
}

/// Up to 40 journeys over 120 days, some with touches that are too old or too late, some without any, and some at once.
pub fn arbitrary_journeys(sources: u32) -> impl Strategy<Value = Vec<Listed>> {
    let moment = prop_oneof![0..120 * DAY, (0..12_i64).prop_map(|step| 10 * step * DAY)];
    let weight = prop_oneof![4 => Just(1.0), 2 => 0.1..2.0_f64, 1 => Just(0.0)];
    let touch = (0..sources, moment.clone(), weight).prop_map(|(source, at, weight)| Touch { source, at, weight });
    let value = prop_oneof![3 => 0_i64..1_000_000_000, 1 => -1_000_000_i64..0];
    let stage = || prop::option::of(0..120 * DAY);
    let conversion = (moment, value, stage(), stage()).prop_map(|(at, value, lead_at, opportunity_at)| Conversion {
        lead_at,
        opportunity_at,
        // Some losses are outcomes.
        is_refund: value < 0 && value % 2 == 0,
        ..Conversion::new(at, value)
    });
    let journey = (prop::collection::vec(touch, 0..8), prop::option::of(conversion));
    prop::collection::vec(journey, 0..40)
}

#[track_caller]
pub fn assert_close(ours: &[f64], expected: &[f64]) {
    assert_eq!(ours.len(), expected.len());
    for (one, other) in ours.iter().zip(expected) {
        assert!((one - other).abs() <= 1e-9 * other.abs().max(1.0), "{ours:?} is not {expected:?}");
    }
}
