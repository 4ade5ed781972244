use rust_decimal::Decimal;

use super::precision::precision;
use super::ranks::ranks;
use super::{
    Attribution, AttributionError, Imprecise, Journeys, Model, Outcomes, Precision, SourceActivity, SourceCredit,
    attribute,
};

/// What several models say about the same journeys.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub credited: Outcomes,
    pub uncredited: Outcomes,
    /// Those of the credited outcomes that a comparison counts on the value map.
    pub replaced: Outcomes,
    /// The models that were asked for, in that order.
    pub models: Vec<ModelColumn>,
    /// By source, in the order of their indices.
    pub sources: Vec<SourceComparison>,
}

/// A model, and why it says nothing if it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelColumn {
    pub model: Model,
    pub failure: Option<AttributionError>,
}

/// What the models say about a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceComparison {
    pub source: u32,
    pub activity: SourceActivity,
    /// One for each of [`Comparison::models`]; `None` where the model says nothing.
    pub credits: Vec<Option<ModelCredit>>,
    /// `None` when no model says anything, as is `value`.
    pub outcomes: Option<Range<f64>>,
    pub value: Option<Range<Decimal>>,
    /// Whether the source is ahead of some other source under one model and behind it under another. Then the models
    /// do not agree on which of the two did more, and nobody should decide by it.
    pub rank_flips: bool,
}

/// What a model says about a source.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCredit {
    pub outcomes: f64,
    pub value: Decimal,
    /// By credited outcomes, from 1 on. Sources with the same credit share a rank, and as many ranks after it are
    /// left out.
    pub rank: u32,
    /// How sure that is, or why it is not known.
    pub precision: Result<Precision, Imprecise>,
}

/// The least and the most across models.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    pub min: T,
    pub max: T,
}

/// Asks several models about the same journeys. A model that has no answer does not keep the others from theirs.
pub fn compare(journeys: &Journeys, models: &[Model]) -> Comparison {
    let answers: Vec<_> = models.iter().map(|model| attribute(journeys, *model)).collect();
    let columns: Vec<Option<Vec<ModelCredit>>> =
        answers.iter().map(|answer| answer.as_ref().ok().map(|credits| column(journeys, credits))).collect();
    let flips = rank_flips(&columns, journeys.activity().len());
    let row = |(index, activity): (usize, &SourceActivity)| {
        let credits: Vec<_> =
            columns.iter().map(|column| column.as_ref().map(|credits| credits[index].clone())).collect();
        let answered = || credits.iter().flatten();
        SourceComparison {
            source: index as u32,
            activity: *activity,
            outcomes: range(answered().map(|credit| credit.outcomes), f64::total_cmp),
            value: range(answered().map(|credit| credit.value), Decimal::cmp),
            rank_flips: flips[index],
            credits,
        }
    };
    Comparison {
        credited: journeys.credited(),
        uncredited: journeys.uncredited(),
        replaced: journeys.replaced(),
        sources: journeys.activity().iter().enumerate().map(row).collect(),
        models: models
            .iter()
            .zip(answers)
            .map(|(model, answer)| ModelColumn { model: *model, failure: answer.err() })
            .collect(),
    }
}

fn column(journeys: &Journeys, attribution: &Attribution) -> Vec<ModelCredit> {
    let credits: Vec<f64> = attribution.sources.iter().map(|credit| credit.outcomes).collect();
    let ranks = ranks(&credits, attribution.credited.count);
    let precision = precision(journeys, attribution, &ranks);
    let credit = |((credit, rank), precision): ((&SourceCredit, u32), _)| ModelCredit {
        outcomes: credit.outcomes,
        value: credit.value,
        rank,
        precision,
    };
    attribution.sources.iter().zip(ranks).zip(precision).map(credit).collect()
}

/// For each source, whether two models disagree on which of it and another source is ahead.
fn rank_flips(columns: &[Option<Vec<ModelCredit>>], sources: usize) -> Vec<bool> {
    let mut flips = vec![false; sources];
    for one in 0..sources {
        for other in 0..one {
            let mut orders = columns.iter().flatten().map(|credits| credits[one].rank.cmp(&credits[other].rank));
            if orders.clone().any(|order| order.is_lt()) && orders.any(|order| order.is_gt()) {
                (flips[one], flips[other]) = (true, true);
            }
        }
    }
    flips
}

fn range<T: Copy>(
    values: impl Iterator<Item = T> + Clone,
    order: fn(&T, &T) -> std::cmp::Ordering,
) -> Option<Range<T>> {
    Some(Range { min: values.clone().min_by(order)?, max: values.max_by(order)? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::MAX_SOURCES_OF_SHAPLEY;
    use crate::attribution::testing::{arbitrary_journeys, journeys_of, path};

    #[test]
    fn a_range_a_rank_by_model_and_a_flip() {
        let listed = [path(&[0, 2, 1], true), path(&[0, 1], true), path(&[0, 1], true), path(&[3], true)];
        let comparison = compare(&journeys_of(5, &listed), &[Model::FirstTouch, Model::LastTouch, Model::Linear]);
        let ranks =
            |source: usize| comparison.sources[source].credits.iter().map(|credit| credit.as_ref().unwrap().rank);
        assert_eq!(ranks(0).collect::<Vec<_>>(), [1, 3, 1]);
        assert_eq!(ranks(1).collect::<Vec<_>>(), [3, 1, 1]);
        assert_eq!(ranks(3).collect::<Vec<_>>(), [2, 2, 3]);
        assert_eq!(comparison.sources[0].outcomes, Some(Range { min: 0.0, max: 3.0 }));
        let flips: Vec<bool> = comparison.sources.iter().map(|source| source.rank_flips).collect();
        // 0, 1 and 3 overtake each other; 2 is level with one of them at best, and 4 was never touched.
        assert_eq!(flips, [true, true, false, true, false]);
    }

    #[test]
    fn a_model_without_an_answer_carries_its_reason() {
        let all: Vec<u32> = (0..21).collect();
        let comparison = compare(&journeys_of(21, &[path(&all, true)]), &[Model::Shapley, Model::Linear]);
        let reason = AttributionError::TooManySources { model: Model::Shapley, used: 21, most: MAX_SOURCES_OF_SHAPLEY };
        assert_eq!(comparison.models[0].failure, Some(reason));
        assert_eq!(comparison.models[1].failure, None);
        let source = &comparison.sources[0];
        assert!(source.credits[0].is_none() && source.credits[1].as_ref().unwrap().rank == 1);
        assert!(!source.rank_flips);

        let comparison = compare(&journeys_of(21, &[path(&all, true)]), &[Model::Shapley]);
        assert_eq!((comparison.sources[0].outcomes, comparison.sources[0].value), (None, None));
    }

    proptest! {
        #[test]
        fn every_credit_is_within_the_range_and_one_model_never_flips(listed in arbitrary_journeys(4)) {
            let journeys = journeys_of(4, &listed);
            for source in compare(&journeys, &Model::ALL).sources {
                let (outcomes, value) = (source.outcomes.unwrap(), source.value.unwrap());
                for credit in source.credits.iter().flatten() {
                    prop_assert!(outcomes.min <= credit.outcomes && credit.outcomes <= outcomes.max);
                    prop_assert!(value.min <= credit.value && credit.value <= value.max);
                    prop_assert!((1..=4).contains(&credit.rank));
                }
            }
            let alone = compare(&journeys, &[Model::Linear]);
            prop_assert!(alone.sources.iter().all(|source| !source.rank_flips));
        }
    }
}
