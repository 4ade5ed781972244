//! Models that look at one journey at a time: the credits of its touches follow from their positions and times.
//!
//! Touches of the same second share one position: nothing says which of them came first, so a model that credits a
//! position credits all of them alike. Models without positions, linear and time decay, credit each touch by itself.

use std::ops::Range;

use super::{Conversion, HalfLife, Model, Touch};

const SECONDS_PER_DAY: f64 = 86_400.0;

/// A model that divides the credit for each conversion by itself.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    FirstTouch,
    LastTouch,
    Linear,
    TimeDecay(HalfLife),
    UShaped,
    WShaped,
    EqualSplit,
    /// What was divided before: the weight of a touch is its credit.
    Given,
}

impl Model {
    /// Whether the credit for an outcome follows from the touches before it alone, whatever they are grouped by: then it is
    /// divided once for all groupings.
    pub fn is_additive(self) -> bool {
        !matches!(Rule::of(self), None | Some(Rule::EqualSplit))
    }

    /// The credit of each touch of a path, which is in the order of time and within the look-back window; together they are
    /// 1. `None` where the path is empty, or the model is not additive.
    pub fn divide(self, path: &[Touch], conversion: &Conversion) -> Option<Vec<f64>> {
        let rule = Rule::of(self).filter(|_| self.is_additive() && !path.is_empty())?;
        let mut credits = Vec::new();
        rule.divide(path, conversion, &mut credits);
        Some(credits)
    }
}

impl Rule {
    /// The rule of a model; `None` where credits follow from all journeys together.
    pub fn of(model: Model) -> Option<Self> {
        match model {
            Model::FirstTouch => Some(Self::FirstTouch),
            Model::LastTouch => Some(Self::LastTouch),
            Model::Linear => Some(Self::Linear),
            Model::TimeDecay { half_life } => Some(Self::TimeDecay(half_life)),
            Model::UShaped => Some(Self::UShaped),
            Model::WShaped => Some(Self::WShaped),
            Model::ShapleyNonnegative => Some(Self::EqualSplit),
            Model::MarkovRemoval | Model::Shapley => None,
        }
    }

    /// Fills `credits` with the credit of each touch of a path; they add up to 1. The path has at least one touch.
    ///
    /// What a touch is credited by its position and time is multiplied by its weight, and all of it normalised. Equal
    /// split takes no notice of weights: a source was met or not.
    ///
    /// The rules are those of web analytics, which has no single author: first, last and linear touch, time decay by a
    /// half-life, position based (40/20/40), and, of sales pipelines, W-shaped (30/30/30/10).
    pub fn divide(self, path: &[Touch], conversion: &Conversion, credits: &mut Vec<f64>) {
        credits.clear();
        credits.resize(path.len(), 0.0);
        match self {
            Self::FirstTouch => share(credits, position(path, 0), 1.0),
            Self::LastTouch => share(credits, position(path, path.len() - 1), 1.0),
            Self::Linear => credits.fill(1.0),
            Self::TimeDecay(half_life) => time_decay(path, half_life, credits),
            Self::UShaped => u_shaped(path, credits),
            Self::WShaped => w_shaped(path, conversion, credits),
            Self::EqualSplit => equal_split(path, credits),
            Self::Given => return credits.iter_mut().zip(path).for_each(|(credit, touch)| *credit = touch.weight),
        }
        if !matches!(self, Self::EqualSplit) {
            credits.iter_mut().zip(path).for_each(|(credit, touch)| *credit *= touch.weight);
        }
        normalise(credits);
    }
}

/// The touches of the same second as that of an index.
fn position(path: &[Touch], index: usize) -> Range<usize> {
    let at = path[index].at;
    path.partition_point(|touch| touch.at < at)..path.partition_point(|touch| touch.at <= at)
}

/// Adds the same part of a credit to each touch of a range, if there are any.
fn share(credits: &mut [f64], range: Range<usize>, credit: f64) {
    let part = credit / range.len() as f64;
    credits[range].iter_mut().for_each(|credit| *credit += part);
}

/// 2^(-age/half-life). Ages are counted from the last touch: that leaves the ratios as they are, and a
/// touch that is very many half-lives older than the outcome still has a weight above zero.
fn time_decay(path: &[Touch], half_life: HalfLife, credits: &mut [f64]) {
    let last = path[path.len() - 1].at;
    for (credit, touch) in credits.iter_mut().zip(path) {
        let days = last.abs_diff(touch.at) as f64 / SECONDS_PER_DAY;
        *credit = (-days / half_life.days()).exp2();
    }
}

/// .4 to the first and the last position, .2 spread over the touches between. Two positions share equally.
fn u_shaped(path: &[Touch], credits: &mut [f64]) {
    let (first, last) = (position(path, 0), position(path, path.len() - 1));
    if first == last {
        return share(credits, first, 1.0);
    }
    share(credits, first.end..last.start, 0.2);
    share(credits, first, 0.4);
    share(credits, last, 0.4);
}

/// .3 to each key position, .1 spread over the touches in none.
///
/// The position of a stage is the last one not after it; a position that is key twice gets both shares. A stage that is
/// unknown, or before the first touch, has no position: what is left is normalised, as it is when no touch is left for
/// the .1.
fn w_shaped(path: &[Touch], conversion: &Conversion, credits: &mut [f64]) {
    let index_of = |stage: Option<i64>| path.partition_point(|touch| Some(touch.at) <= stage).checked_sub(1);
    let keys = [Some(0), index_of(conversion.lead_at), index_of(conversion.opportunity_at)];
    for index in keys.into_iter().flatten() {
        share(credits, position(path, index), 0.3);
    }
    let others = credits.iter().filter(|credit| **credit == 0.0).count();
    for credit in credits.iter_mut().filter(|credit| **credit == 0.0) {
        *credit = 0.1 / others as f64;
    }
}

/// The same to each source that was met, however often.
///
/// These are the Shapley values of the game whose worth of a set S is the number of conversions of the journeys that met
/// sources of S alone (Zhao, Mahboobi, Bagheri 2018, "Shapley value methods for attribution modeling in online
/// advertising"): that game is a sum over journeys, and each journey's is the same to all that it needs.
fn equal_split(path: &[Touch], credits: &mut [f64]) {
    for (credit, touch) in credits.iter_mut().zip(path) {
        let touches = path.iter().filter(|other| other.source == touch.source).count();
        *credit = 1.0 / touches as f64;
    }
}

fn normalise(credits: &mut [f64]) {
    let sum: f64 = credits.iter().sum();
    for credit in credits {
        *credit /= sum;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::testing::{DAY, assert_close};

    fn credits_of(rule: Rule, path: &[Touch]) -> Vec<f64> {
        let mut credits = Vec::new();
        rule.divide(path, &Conversion::new(100 * DAY, 0), &mut credits);
        credits
    }

    /// The credits of touches on these days before an outcome on day 100.
    fn credits(rule: Rule, days: &[i64], stages: [Option<i64>; 2]) -> Vec<f64> {
        let path: Vec<Touch> = days.iter().map(|day| Touch::new(0, day * DAY)).collect();
        let [lead_at, opportunity_at] = stages.map(|day| day.map(|day| day * DAY));
        let conversion = Conversion { lead_at, opportunity_at, ..Conversion::new(100 * DAY, 0) };
        let mut credits = Vec::new();
        rule.divide(&path, &conversion, &mut credits);
        credits
    }

    #[test]
    fn first_last_and_linear() {
        assert_eq!(credits(Rule::FirstTouch, &[1, 2, 3], [None; 2]), [1.0, 0.0, 0.0]);
        assert_eq!(credits(Rule::LastTouch, &[1, 2, 3], [None; 2]), [0.0, 0.0, 1.0]);
        assert_eq!(credits(Rule::Linear, &[1, 2, 3, 4], [None; 2]), [0.25; 4]);
    }

    #[test]
    fn a_touch_one_half_life_earlier_gets_half() {
        let rule = Rule::TimeDecay(HalfLife::DEFAULT);
        assert_close(&credits(rule, &[86, 93, 100], [None; 2]), &[1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0]);
        assert_close(&credits(rule, &[-1_000_000, -1_000_000], [None; 2]), &[0.5, 0.5]);
    }

    #[test]
    fn u_shaped_by_the_number_of_touches() {
        assert_eq!(credits(Rule::UShaped, &[1], [None; 2]), [1.0]);
        assert_eq!(credits(Rule::UShaped, &[1, 2], [None; 2]), [0.5, 0.5]);
        assert_close(&credits(Rule::UShaped, &[1, 2, 3, 4], [None; 2]), &[0.4, 0.1, 0.1, 0.4]);
    }

    #[test]
    fn touches_of_the_same_second_share_a_position() {
        let check = |rule, days: &[i64], stages, expected: &[f64]| assert_close(&credits(rule, days, stages), expected);
        check(Rule::FirstTouch, &[1, 1, 2], [None; 2], &[0.5, 0.5, 0.0]);
        check(Rule::LastTouch, &[1, 2, 2, 2], [None; 2], &[0.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
        check(Rule::UShaped, &[1, 1], [None; 2], &[0.5, 0.5]);
        check(Rule::UShaped, &[1, 1, 2], [None; 2], &[0.25, 0.25, 0.5]);
        check(Rule::UShaped, &[1, 2, 2, 3, 3], [None; 2], &[0.4, 0.1, 0.1, 0.2, 0.2]);
        check(Rule::WShaped, &[1, 1, 2, 2, 3], [Some(2), Some(2)], &[0.15, 0.15, 0.3, 0.3, 0.1]);
        // Without positions each touch counts by itself.
        check(Rule::Linear, &[1, 1, 2, 3], [None; 2], &[0.25; 4]);
        let decay = Rule::TimeDecay(HalfLife::DEFAULT);
        check(decay, &[93, 93, 100], [None; 2], &[0.25, 0.25, 0.5]);
    }

    #[test]
    fn w_shaped_by_the_stages() {
        let w = |days: &[i64], stages| credits(Rule::WShaped, days, stages);
        // All key positions, and two touches beside them.
        assert_close(&w(&[1, 2, 3, 4, 5], [Some(2), Some(4)]), &[0.3, 0.3, 0.05, 0.3, 0.05]);
        // The lead came between two touches: the earlier one led to it.
        assert_close(&w(&[1, 20, 40, 60], [Some(39), Some(60)]), &[0.3, 0.3, 0.1, 0.3]);
        // The first touch led to the lead too.
        assert_close(&w(&[1, 2, 3], [Some(1), Some(3)]), &[0.6, 0.1, 0.3]);
        // No touch is left for the .1.
        assert_close(&w(&[1, 2, 3], [Some(2), Some(3)]), &[1.0 / 3.0; 3]);
        // The opportunity is unknown, and the lead was there before the first touch.
        assert_close(&w(&[1, 2, 3], [Some(0), None]), &[0.75, 0.125, 0.125]);
        assert_close(&w(&[1, 2, 3], [Some(2), None]), &[3.0 / 7.0, 3.0 / 7.0, 1.0 / 7.0]);
        assert_close(&w(&[1], [None; 2]), &[1.0]);
    }

    #[test]
    fn a_weight_multiplies_the_share_of_a_touch() {
        let path = |touches: &[(i64, f64)]| -> Vec<Touch> {
            touches.iter().map(|(day, weight)| Touch { weight: *weight, ..Touch::new(0, day * DAY) }).collect()
        };
        let check = |rule, touches: &[(i64, f64)], expected: &[f64]| {
            assert_close(&credits_of(rule, &path(touches)), expected);
        };
        check(Rule::Linear, &[(1, 1.0), (2, 3.0)], &[0.25, 0.75]);
        check(Rule::FirstTouch, &[(1, 0.5), (1, 1.5), (2, 9.0)], &[0.25, 0.75, 0.0]);
        check(Rule::FirstTouch, &[(1, 0.5), (2, 1.0)], &[1.0, 0.0]);
        check(Rule::TimeDecay(HalfLife::DEFAULT), &[(93, 2.0), (100, 1.0)], &[0.5, 0.5]);
        // .4, .2 and .4, the last one half.
        check(Rule::UShaped, &[(1, 1.0), (2, 1.0), (3, 0.5)], &[0.5, 0.25, 0.25]);
        check(Rule::EqualSplit, &[(1, 0.5), (2, 1.0)], &[0.5, 0.5]);
    }

    #[test]
    fn equal_split_is_by_source() {
        let path = [0, 1, 0, 2].map(|source| Touch::new(source, DAY));
        assert_close(&credits_of(Rule::EqualSplit, &path), &[1.0 / 6.0, 1.0 / 3.0, 1.0 / 6.0, 1.0 / 3.0]);
    }

    proptest! {
        #[test]
        fn the_credits_for_a_conversion_add_up_to_1(
            mut days in prop::collection::vec(0_i64..=100, 1..12),
            stages in [prop::option::of(0_i64..=100), prop::option::of(0_i64..=100)],
            half_life in 0.01..1e4_f64,
        ) {
            days.sort();
            let decay = Rule::TimeDecay(HalfLife::from_days(half_life).unwrap());
            for rule in [Rule::FirstTouch, Rule::LastTouch, Rule::Linear, decay, Rule::UShaped, Rule::WShaped, Rule::EqualSplit] {
                let credits = credits(rule, &days, stages);
                prop_assert!((credits.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                prop_assert!(credits.iter().all(|credit| (0.0..=1.0).contains(credit)));
            }
        }

        #[test]
        fn a_long_half_life_is_linear_and_a_short_one_is_the_last_touch(
            days in prop::collection::btree_set(0_i64..=100, 1..12),
        ) {
            let days: Vec<i64> = days.into_iter().collect();
            let decay = |days: f64| Rule::TimeDecay(HalfLife::from_days(days).unwrap());
            assert_close(&credits(decay(1e12), &days, [None; 2]), &credits(Rule::Linear, &days, [None; 2]));
            assert_close(&credits(decay(0.01), &days, [None; 2]), &credits(Rule::LastTouch, &days, [None; 2]));
        }
    }
}
