use rust_decimal::Decimal;

use super::journeys::Credited;
use super::rules::Rule;
use super::shapley::Game;
use super::{AttributionError, Bucket, Journeys, Model, Outcomes, SourceActivity, markov};
use crate::money::{DECIMALS, allocate};

/// What a model credits to each source.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Attribution {
    pub model: Model,
    /// What was divided.
    pub credited: Outcomes,
    /// What could not be, because no touch came before it in time.
    pub uncredited: Outcomes,
    /// By source, in the order of their indices; those without touches are among them.
    pub sources: Vec<SourceCredit>,
}

/// What a source gets.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceCredit {
    pub source: u32,
    /// Over all sources these add up to the number of credited outcomes, but for the rounding of floats.
    pub outcomes: f64,
    /// In the reporting currency. Over all sources these add up to the credited value exactly.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub value: Decimal,
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub activity: SourceActivity,
}

/// Divides the credit for all outcomes among the sources, by a model.
pub fn attribute(journeys: &Journeys, model: Model) -> Result<Attribution, AttributionError> {
    let (outcomes, values) = match rule_of(journeys, model) {
        Some(rule) => by_rule(journeys, rule)?,
        None => by_shares(journeys, &Shares::of(journeys, model)?.without(None)?)?,
    };
    let activity = (0..).zip(journeys.activity());
    let sources = activity.zip(outcomes.into_iter().zip(values)).map(|((source, activity), (outcomes, value))| {
        SourceCredit { source, outcomes, value: value.normalize(), activity: *activity }
    });
    let sources = sources.collect();
    Ok(Attribution { model, credited: journeys.credited(), uncredited: journeys.uncredited(), sources })
}

/// The rule of a model for these journeys; `None` where credits follow from all of them together.
pub(super) fn rule_of(journeys: &Journeys, model: Model) -> Option<Rule> {
    if journeys.is_credited() { Some(Rule::Given) } else { Rule::of(model) }
}

/// Outcomes and their value by source.
type Credits = (Vec<f64>, Vec<Decimal>);

/// Outcomes are divided one by one. Their value is divided in proportion to the credits, each as heavy as its outcome's
/// value: gains and losses apart, because both together may be zero, of which there are no proportions.
fn by_rule(journeys: &Journeys, rule: Rule) -> Result<Credits, AttributionError> {
    let mut sums = RuleSums::none(journeys);
    rule_sums(journeys, rule).iter().for_each(|of_bucket| sums.add(of_bucket, 1.0));
    let Credited { gains, losses, .. } = journeys.credited_without(None);
    let values = divided(gains, &sums.gains)?.into_iter().zip(divided(losses, &sums.losses)?);
    Ok((sums.outcomes, values.map(|(gained, lost)| gained + lost).collect()))
}

/// What a rule credits to each source, before it is rounded.
#[derive(Clone)]
pub(super) struct RuleSums {
    pub outcomes: Vec<f64>,
    /// Ten-thousandths, as are losses. Neither is below zero.
    pub gains: Vec<f64>,
    pub losses: Vec<f64>,
}

impl RuleSums {
    fn none(journeys: &Journeys) -> Self {
        let zeros = vec![0.0; journeys.sources() as usize];
        Self { outcomes: zeros.clone(), gains: zeros.clone(), losses: zeros }
    }

    /// Adds other sums, so many times.
    pub fn add(&mut self, other: &Self, times: f64) {
        let sums = [&mut self.outcomes, &mut self.gains, &mut self.losses];
        for (sums, others) in sums.into_iter().zip([&other.outcomes, &other.gains, &other.losses]) {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += times * other);
        }
    }
}

/// By bucket.
pub(super) fn rule_sums(journeys: &Journeys, rule: Rule) -> Vec<RuleSums> {
    let mut by_bucket = vec![RuleSums::none(journeys); Bucket::COUNT];
    let mut credits = Vec::new();
    for (path, conversion) in journeys.converted_paths() {
        rule.divide(path.touches, conversion, &mut credits);
        let RuleSums { outcomes, gains, losses } = &mut by_bucket[path.bucket.index()];
        let values = if conversion.value < 0 { losses } else { gains };
        let value = conversion.value.unsigned_abs() as f64;
        for (touch, credit) in path.touches.iter().zip(&credits) {
            outcomes[touch.source as usize] += if conversion.is_refund { 0.0 } else { *credit };
            values[touch.source as usize] += credit * value;
        }
    }
    by_bucket
}

/// All outcomes together are divided in the same shares, and so is their value.
fn by_shares(journeys: &Journeys, shares: &[f64]) -> Result<Credits, AttributionError> {
    let Credited { count, gains, losses } = journeys.credited_without(None);
    Ok((shares.iter().map(|share| share * count as f64).collect(), divided(gains + losses, shares)?))
}

/// A model whose credits follow from all journeys together.
pub(super) enum Shares<'a> {
    Markov(&'a Journeys),
    Shapley(Game),
}

impl<'a> Shares<'a> {
    /// `model` is none that has a rule.
    pub fn of(journeys: &'a Journeys, model: Model) -> Result<Self, AttributionError> {
        Ok(if model == Model::Shapley { Self::Shapley(Game::of(journeys)?) } else { Self::Markov(journeys) })
    }

    /// The share of each source, of all journeys or of all but those of a bucket.
    pub fn without(&self, bucket: Option<Bucket>) -> Result<Vec<f64>, AttributionError> {
        match self {
            Self::Markov(journeys) => markov::shares(journeys, bucket),
            Self::Shapley(game) => Ok(game.shares(bucket)),
        }
    }
}

/// Divides ten-thousandths so that the parts add up to them. The parts and their sums have to fit 64 bits, and Shapley
/// values can be far larger than what they add up to.
fn divided(total: i64, proportions: &[f64]) -> Result<Vec<Decimal>, AttributionError> {
    let sum: f64 = proportions.iter().sum();
    let turnover: f64 = proportions.iter().map(|proportion| proportion.abs()).sum();
    if total != 0 && total.unsigned_abs() as f64 * (turnover / sum) > i64::MAX as f64 / 4.0 {
        return Err(AttributionError::ValuesTooLarge);
    }
    Ok(allocate(Decimal::new(total, DECIMALS), proportions))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::testing::{DAY, Listed, arbitrary_journeys, assert_close, journeys_of, path};
    use crate::attribution::{Conversion, SourceComparison, Touch, compare};

    fn outcomes(attribution: &Attribution) -> Vec<f64> {
        attribution.sources.iter().map(|credit| credit.outcomes).collect()
    }

    fn values(attribution: &Attribution) -> Vec<String> {
        attribution.sources.iter().map(|credit| credit.value.to_string()).collect()
    }

    #[test]
    fn money_goes_where_the_outcome_goes() {
        let worth = |sources: &[u32], value: i64| {
            let (touches, conversion) = path(sources, true);
            (touches, conversion.map(|conversion| Conversion { value, ..conversion }))
        };
        let journeys = journeys_of(3, &[worth(&[0, 1], 10_000), worth(&[1, 2, 0], 10_000), worth(&[2], -5_000)]);
        let last = attribute(&journeys, Model::LastTouch).unwrap();
        assert_eq!(values(&last), ["1", "1", "-0.5"]);
        let linear = attribute(&journeys, Model::Linear).unwrap();
        assert_eq!(values(&linear), ["0.8334", "0.8333", "-0.1667"]);
        assert_close(&outcomes(&linear), &[5.0 / 6.0, 5.0 / 6.0, 4.0 / 3.0]);
        assert_eq!(linear.sources[0].activity, SourceActivity { touches: 2, converting_journeys: 2 });
    }

    #[test]
    fn gains_and_losses_that_cancel_out_are_still_divided() {
        let sold = Conversion::new(10, 10_000);
        let lost = Conversion::new(10, -10_000);
        let touch = |source| vec![Touch::new(source, 10)];
        let journeys = journeys_of(2, &[(touch(0), Some(sold)), (touch(1), Some(lost))]);
        for model in [Model::FirstTouch, Model::UShaped] {
            assert_eq!(values(&attribute(&journeys, model).unwrap()), ["1", "-1"]);
        }
    }

    #[test]
    fn what_would_not_fit_is_refused() {
        let touch = vec![Touch::new(0, 10)];
        let journeys = journeys_of(1, &[(touch, Some(Conversion::new(10, i64::MAX)))]);
        for model in Model::ALL {
            assert_eq!(attribute(&journeys, model), Err(AttributionError::ValuesTooLarge));
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn money_is_a_text_in_json() {
        let journeys = journeys_of(1, &[path(&[0], true)]);
        let attribution = attribute(&journeys, Model::Linear).unwrap();
        let json = serde_json::to_string(&attribution).unwrap();
        assert!(json.contains(r#"{"source":0,"outcomes":1.0,"value":"0.0001","touches":1,"converting_journeys":1}"#));
        assert_eq!(serde_json::from_str::<Attribution>(&json).unwrap(), attribution);
    }

    proptest! {
        #[test]
        fn credits_add_up_under_every_model(listed in arbitrary_journeys(6)) {
            let journeys = journeys_of(7, &listed);
            for model in Model::ALL {
                let attribution = attribute(&journeys, model).unwrap();
                let sum: f64 = outcomes(&attribution).iter().sum();
                prop_assert!((sum - journeys.credited().count as f64).abs() < 1e-9, "{model}: {sum}");
                let value: Decimal = attribution.sources.iter().map(|credit| credit.value).sum();
                prop_assert_eq!(value, journeys.credited().value);
                prop_assert_eq!(attribution.sources[6].outcomes, 0.0);
                prop_assert_eq!(attribution.sources[6].value, Decimal::ZERO);
            }
        }

        /// What was credited by touches, and is grouped later, is what is credited by groups.
        #[test]
        fn outcomes_are_credited_once_for_all_groupings(listed in arbitrary_journeys(6)) {
            let grouped = |source: u32| source / 2;
            let in_groups: Vec<Listed> = listed
                .iter()
                .map(|(touches, conversion)| {
                    let group = |touch: &Touch| Touch { source: grouped(touch.source), ..*touch };
                    (touches.iter().map(group).collect(), *conversion)
                })
                .collect();
            let journeys = journeys_of(3, &in_groups);
            for model in Model::ALL.into_iter().filter(|model| model.is_additive()) {
                let mut builder = Journeys::credited_builder(journeys.kind(), 3).unwrap();
                for (number, (touches, conversion)) in (0..).zip(&listed) {
                    let Some(conversion) = conversion else { continue };
                    let is_met = |touch: &&Touch| {
                        touch.weight > 0.0 && touch.at <= conversion.at && touch.at > conversion.at - 90 * DAY
                    };
                    let mut path: Vec<Touch> = touches.iter().filter(is_met).copied().collect();
                    path.sort_by_key(|touch| touch.at);
                    let credits = model.divide(&path, conversion).unwrap_or_default();
                    let credited = path.iter().zip(credits).map(|(touch, weight)| Touch {
                        source: grouped(touch.source),
                        at: conversion.at,
                        weight,
                    });
                    builder.add(Bucket::of_hash(number), credited, Some(*conversion)).unwrap();
                }
                let credited = builder.build();
                prop_assert_eq!(credited.credited(), journeys.credited());
                prop_assert_eq!(credited.uncredited(), journeys.uncredited());
                let (once, usual) = (attribute(&credited, model).unwrap(), attribute(&journeys, model).unwrap());
                assert_close(&outcomes(&once), &outcomes(&usual));
                for (once, usual) in once.sources.iter().zip(&usual.sources) {
                    prop_assert_eq!(once.activity.converting_journeys, usual.activity.converting_journeys);
                    // Which of two equal parts gets the last ten-thousandth may differ.
                    prop_assert!((once.value - usual.value).abs() <= Decimal::new(2, DECIMALS), "{once:?} {usual:?}");
                }
                // The upper ends of the intervals; below zero where there is none.
                let ends = |journeys| -> Vec<f64> {
                    let end = |source: &SourceComparison| {
                        let credit = source.credits[0].as_ref().unwrap();
                        credit.precision.as_ref().map_or(-1.0, |precision| precision.outcomes.high)
                    };
                    compare(journeys, &[model]).sources.iter().map(end).collect()
                };
                assert_close(&ends(&credited), &ends(&journeys));
            }
        }

        #[test]
        fn the_order_of_journeys_does_not_matter(listed in arbitrary_journeys(4)) {
            let journeys = journeys_of(4, &listed);
            let backwards = journeys_of(4, &listed.iter().rev().cloned().collect::<Vec<_>>());
            for model in Model::ALL {
                let forth = attribute(&journeys, model).unwrap();
                assert_close(&outcomes(&attribute(&backwards, model).unwrap()), &outcomes(&forth));
            }
        }

        /// What the sources are called never matters: not which of two of the same second comes first, either.
        #[test]
        fn numbering_the_sources_anew_moves_credits_and_changes_none(
            listed in arbitrary_journeys(5),
            numbers in Just([0_u32, 1, 2, 3, 4]).prop_shuffle(),
        ) {
            let renamed: Vec<Listed> = listed
                .iter()
                .map(|(touches, conversion)| {
                    let rename = |touch: &Touch| Touch { source: numbers[touch.source as usize], ..*touch };
                    (touches.iter().map(rename).collect(), *conversion)
                })
                .collect();
            let (before, after) = (journeys_of(5, &listed), journeys_of(5, &renamed));
            for model in Model::ALL {
                let (before, after) = (attribute(&before, model).unwrap(), attribute(&after, model).unwrap());
                let moved: Vec<&SourceCredit> = numbers.iter().map(|number| &after.sources[*number as usize]).collect();
                let moved_outcomes: Vec<f64> = moved.iter().map(|credit| credit.outcomes).collect();
                assert_close(&moved_outcomes, &outcomes(&before));
                for (moved, credit) in moved.iter().zip(&before.sources) {
                    prop_assert_eq!(moved.activity, credit.activity);
                    // The last ten-thousandth of a gain and of a loss goes to one of several by their numbers.
                    let difference = (moved.value - credit.value).abs();
                    prop_assert!(difference <= Decimal::new(2, DECIMALS), "{model}: {difference}");
                }
            }
        }

        #[test]
        fn one_touch_gets_everything_under_every_rule(
            touched in prop::collection::vec((0_u32..4, any::<bool>()), 1..20),
        ) {
            let listed: Vec<Listed> = touched.iter().map(|(source, converts)| path(&[*source], *converts)).collect();
            let journeys = journeys_of(4, &listed);
            let last = attribute(&journeys, Model::LastTouch).unwrap();
            for model in Model::ALL {
                let credits = attribute(&journeys, model).unwrap();
                assert_close(&outcomes(&credits), &outcomes(&last));
                prop_assert_eq!(values(&credits), values(&last), "{}", model);
            }
        }
    }
}
