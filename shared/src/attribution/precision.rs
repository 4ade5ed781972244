//! How sure credits are, by a delete-a-group jackknife (Quenouille 1956, "Notes on bias in estimation"; Wolter 2007,
//! "Introduction to variance estimation", chapter 4).

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::credit::{RuleSums, Shares, rule_of, rule_sums};
use super::journeys::Credited;
use super::ranks::{is_nothing, ranks};
use super::rules::Rule;
use super::{Attribution, AttributionError, Bucket, Journeys, Model, SourceCredit};
use crate::money::{DECIMALS, rounded, ten_thousandths};
use crate::statistics::{Interval, LEVEL, student_t_quantile};

/// Maximum number of sources with touches for intervals of Markov credits, whose equations are solved 64 times more.
pub const MAX_SOURCES_OF_PRECISE_MARKOV: usize = 250;

/// How sure the credit of a source is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    pub outcomes: Interval,
    /// The ends of the interval of the value, in the reporting currency.
    pub value: (Decimal, Decimal),
    /// The share of buckets without which the source has the same rank. Buckets without a credited outcome do not count.
    pub rank_stability: f64,
}

/// Why it is not known how sure a credit is.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Imprecise {
    #[error(
        "the credited outcomes are of fewer than two of 64 groups of members or accounts, so nothing says how they vary"
    )]
    TooFewBuckets,
    #[error("nothing is credited, whichever members or accounts are left out, so nothing says how much that varies")]
    NothingCredited,
    #[error(
        "credits of {model} have intervals for at most {most} sources that have touches, and these journeys have {used}; \
         credit types or channels in place of single activities", model = Model::MarkovRemoval
    )]
    TooManySources { used: usize, most: usize },
    #[error(transparent)]
    Attribution(#[from] AttributionError),
}

/// The precision of each credit of a model. `rank` has the ranks of the sources by their credits.
///
/// Members or accounts fall into 64 buckets by a hash. The credits are computed again without each bucket in turn and
/// extrapolated to all, c(g) = 64/63 * credit without bucket g; the variance is 63/64 * sum of (c(g) - credit)^2. For a
/// sum over journeys that is 64 times the variance between the sums of the buckets. It contains how many outcomes there
/// happened to be, and that outcomes of one member or account go together, since these share a bucket.
///
/// The interval is symmetric, by Student's t. Its degrees of freedom are the buckets with a credited outcome less one:
/// few outcomes leave most buckets empty, and then the spread between buckets is itself known badly. It is cut off at
/// zero where a credit cannot be below.
pub(super) fn precision(
    journeys: &Journeys,
    attribution: &Attribution,
    rank: &[u32],
) -> Vec<Result<Precision, Imprecise>> {
    let occupied: Vec<Bucket> = journeys.occupied_buckets().collect();
    let replicates = match occupied.len() {
        0 | 1 => Err(Imprecise::TooFewBuckets),
        _ => replicates(journeys, attribution.model),
    };
    let replicates = match replicates {
        Ok(replicates) => replicates,
        Err(reason) => return vec![Err(reason); attribution.sources.len()],
    };
    let ranks: Vec<Vec<u32>> = occupied
        .iter()
        .map(|bucket| {
            let Replicate { outcomes, count, .. } = &replicates[bucket.index()];
            ranks(outcomes, *count)
        })
        .collect();
    let quantile = student_t_quantile(0.5 + LEVEL / 2.0, occupied.len() as f64 - 1.0);
    let has_losses = journeys.credited_without(None).losses < 0;
    let least = if attribution.model == Model::Shapley { f64::NEG_INFINITY } else { 0.0 };
    let least_value = if has_losses { f64::NEG_INFINITY } else { least };
    let of_source = |credit: &SourceCredit| {
        let index = credit.source as usize;
        let outcomes = replicates.iter().map(|replicate| replicate.outcomes[index]);
        if outcomes.clone().chain([credit.outcomes]).all(|credit| is_nothing(credit, attribution.credited.count)) {
            return Err(Imprecise::NothingCredited);
        }
        let half = quantile * standard_error(credit.outcomes, outcomes);
        let low = (credit.outcomes - half).max(least);
        let value = ten_thousandths(credit.value) as f64;
        let half_value = quantile * standard_error(value, replicates.iter().map(|replicate| replicate.values[index]));
        let low_value = (value - half_value).max(least_value);
        let stable = ranks.iter().filter(|ranks| ranks[index] == rank[index]).count();
        Ok(Precision {
            outcomes: Interval { low, high: credit.outcomes + half, level: LEVEL },
            value: (amount(low_value)?, amount(value + half_value)?),
            rank_stability: stable as f64 / ranks.len() as f64,
        })
    };
    attribution.sources.iter().map(of_source).collect()
}

/// The jackknife's standard error of an estimate, given the same without each bucket in turn.
fn standard_error(estimate: f64, without: impl Iterator<Item = f64>) -> f64 {
    let groups = Bucket::COUNT as f64;
    let extrapolated = without.map(|without| groups / (groups - 1.0) * without);
    let squares: f64 = extrapolated.map(|extrapolated| (extrapolated - estimate).powi(2)).sum();
    ((groups - 1.0) / groups * squares).sqrt()
}

fn amount(ten_thousandths: f64) -> Result<Decimal, AttributionError> {
    let amount = Decimal::from_f64(ten_thousandths).ok_or(AttributionError::ValuesTooLarge)?;
    Ok(rounded(amount / Decimal::from(10_u64.pow(DECIMALS))))
}

/// What a model credits to each source without one bucket.
struct Replicate {
    outcomes: Vec<f64>,
    /// Ten-thousandths, not rounded.
    values: Vec<f64>,
    /// All outcomes that are credited then.
    count: u64,
}

fn replicates(journeys: &Journeys, model: Model) -> Result<Vec<Replicate>, Imprecise> {
    if let Some(rule) = rule_of(journeys, model) {
        return Ok(replicates_of_rule(journeys, rule));
    }
    let used = journeys.used_sources().0.len();
    if model == Model::MarkovRemoval && used > MAX_SOURCES_OF_PRECISE_MARKOV {
        return Err(Imprecise::TooManySources { used, most: MAX_SOURCES_OF_PRECISE_MARKOV });
    }
    let shares = Shares::of(journeys, model)?;
    let without = |bucket| {
        let shares = shares.without(Some(bucket))?;
        let Credited { count, gains, losses } = journeys.credited_without(Some(bucket));
        let of_all = |sum: f64| shares.iter().map(|share| share * sum).collect();
        Ok(Replicate { outcomes: of_all(count as f64), values: of_all((gains + losses) as f64), count })
    };
    Bucket::all().map(without).collect()
}

/// Credits by a rule are sums over journeys, so those of a bucket are taken off.
fn replicates_of_rule(journeys: &Journeys, rule: Rule) -> Vec<Replicate> {
    let by_bucket = rule_sums(journeys, rule);
    let mut all = by_bucket[0].clone();
    by_bucket[1..].iter().for_each(|of_bucket| all.add(of_bucket, 1.0));
    let without = |(bucket, of_bucket): (Bucket, &RuleSums)| {
        let mut rest = all.clone();
        rest.add(of_bucket, -1.0);
        let values = rest.gains.iter().zip(&rest.losses).map(|(gain, loss)| gain - loss).collect();
        Replicate { outcomes: rest.outcomes, values, count: journeys.credited_without(Some(bucket)).count }
    };
    Bucket::all().zip(&by_bucket).map(without).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::testing::{Listed, arbitrary_journeys, journeys_of, path};
    use crate::attribution::{Comparison, Conversion, CreditSource, ModelCredit, Touch, compare};

    fn credits(comparison: &Comparison) -> Vec<&ModelCredit> {
        comparison.sources.iter().flat_map(|source| source.credits.iter().flatten()).collect()
    }

    fn of_source(listed: &[Listed], source: usize) -> Result<Precision, Imprecise> {
        let comparison = compare(&journeys_of(3, listed), &[Model::FirstTouch]);
        comparison.sources[source].credits[0].as_ref().unwrap().precision.clone()
    }

    #[test]
    fn an_example_by_hand() {
        // Source 0 gets four outcomes, each of another bucket, source 1 gets one: s^2 between 64 buckets is
        // (4 - 16/64) / 63, so the variance is 64 * 3.75 / 63; t of 4 degrees of freedom is 2.7764.
        let mut listed: Vec<Listed> = (0..4).map(|_| path(&[0], true)).collect();
        listed.push(path(&[1], true));
        let precision = of_source(&listed, 0).unwrap();
        let half = 2.776_445_105_197_793 * (64.0 * 3.75 / 63.0_f64).sqrt();
        assert_eq!(precision.outcomes.low, 0.0, "it would be below zero: {}", 4.0 - half);
        assert!((precision.outcomes.high - (4.0 + half)).abs() < 1e-9, "{precision:?}");
        // Each outcome is worth a ten-thousandth.
        assert_eq!(precision.value, (Decimal::ZERO, Decimal::new(9, 4)));
        assert_eq!(precision.rank_stability, 1.0);
        // Without its own bucket source 1 has as much as source 2, which was never met; the rank stays.
        assert_eq!(of_source(&listed, 1).unwrap().rank_stability, 1.0);
        listed.push(path(&[1], true));
        listed.push(path(&[2], true));
        // Without either of its two outcomes source 1 is level with source 2, which then comes second.
        assert_eq!(of_source(&listed, 2).unwrap().rank_stability, 5.0 / 7.0);
    }

    #[test]
    fn what_cannot_be_known_is_not_said() {
        assert_eq!(of_source(&[path(&[0], true), path(&[0], false)], 0), Err(Imprecise::TooFewBuckets));
        assert_eq!(of_source(&[], 0), Err(Imprecise::TooFewBuckets));
        let listed = [path(&[0, 1], true), path(&[0, 1], true)];
        assert!(of_source(&listed, 0).is_ok());
        assert_eq!(of_source(&listed, 1), Err(Imprecise::NothingCredited));
    }

    #[test]
    fn markov_has_intervals_up_to_so_many_sources() {
        let most = MAX_SOURCES_OF_PRECISE_MARKOV as u32;
        let of = |sources: u32| {
            let listed: Vec<Listed> = (0..sources).map(|source| path(&[source], true)).collect();
            let journeys = journeys_of(sources, &listed);
            compare(&journeys, &[Model::MarkovRemoval]).sources[0].credits[0].as_ref().unwrap().precision.clone()
        };
        assert!(of(most).is_ok());
        let reason = of(most + 1).unwrap_err();
        assert_eq!(reason, Imprecise::TooManySources { used: most as usize + 1, most: most as usize });
        assert!(reason.to_string().starts_with("credits of markov_removal have intervals"), "{reason}");
    }

    /// 95 % intervals of a source's credit, over many draws of the same world, hold the true mean about so often.
    #[test]
    fn intervals_cover_what_is_true() {
        use rand::{RngExt, SeedableRng};
        let mut generator = rand_pcg::Pcg64::seed_from_u64(11);
        let mut covered = [0; 2];
        let draws = 300;
        for _ in 0..draws {
            let mut builder = Journeys::builder(CreditSource::Goal, 2, std::time::Duration::from_secs(1_000)).unwrap();
            for unit in 0..400 {
                // One in ten converts; of those, three in four met source 0 first. Hashes are as good as random.
                let bucket = Bucket::of_hash(generator.random());
                if generator.random_bool(0.1) {
                    let source = u32::from(generator.random_bool(0.25));
                    let touches = [Touch::new(source, 1), Touch::new(1 - source, 2)];
                    builder.add(bucket, touches, Some(Conversion::new(3, unit))).unwrap();
                }
            }
            let comparison = compare(&builder.build(), &[Model::FirstTouch]);
            for (covered, (truth, source)) in covered.iter_mut().zip([30.0, 10.0].into_iter().zip(&comparison.sources))
            {
                let precision = source.credits[0].as_ref().unwrap().precision.clone().unwrap();
                *covered += u32::from(precision.outcomes.low <= truth && truth <= precision.outcomes.high);
            }
        }
        for covered in covered {
            let share = f64::from(covered) / f64::from(draws);
            assert!((0.91..0.985).contains(&share), "{share}");
        }
    }

    proptest! {
        #[test]
        fn a_credit_lies_in_its_interval_or_says_why_it_has_none(listed in arbitrary_journeys(4)) {
            let journeys = journeys_of(4, &listed);
            for credit in credits(&compare(&journeys, &Model::ALL)) {
                match &credit.precision {
                    Ok(Precision { outcomes, value, rank_stability }) => {
                        prop_assert!(outcomes.low <= credit.outcomes && credit.outcomes <= outcomes.high, "{credit:?}");
                        prop_assert!(outcomes.low < outcomes.high, "a few outcomes are never certain: {credit:?}");
                        prop_assert!(value.0 <= credit.value && credit.value <= value.1, "{credit:?}");
                        prop_assert!((0.0..=1.0).contains(rank_stability));
                    }
                    Err(reason) => prop_assert!(!reason.to_string().is_empty()),
                }
            }
        }
    }
}
