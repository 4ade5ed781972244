//! Shapley values of sources (Shapley 1953) in a game of conversion rates (after Shao, Li 2011, "Data-driven
//! multi-touch attribution models", and Dalessandro, Perlich, Stitelman, Provost 2012, "Causally motivated attribution
//! for online advertising").

use std::collections::{BTreeMap, HashMap};

use super::{AttributionError, Journeys, Touch};

/// Maximum number of sources that one journey may have met: all sets of them are looked at, and there are 2^20 of
/// these.
pub const MAX_SOURCES: usize = 20;
/// Maximum number of sets over all journeys, which take some seconds.
const MAX_SETS: u64 = 1 << 26;

/// The share of each source in the credit: its Shapley value over that of all sources together. Without a conversion
/// nobody has a share.
///
/// The worth of a set S of sources is the number of conversions that are expected if the sources of S alone had been
/// there: v(S) = sum over T of n(T) * r(T and S). T are the sets of sources that journeys met, n(T) is how many
/// journeys met exactly T, with and without a conversion, and r(U) is the conversion rate of those that met exactly U.
/// r of no sources is zero. r of a set that nobody met is the mean of r over that set less one source each.
///
/// - v of all sources is the number of conversions, so that is what the values add up to.
/// - It is not the conversion rate of all journeys within S, which is written of more often: a rate does not know how
///   many journeys it stands for. One journey of a source that always converts would outweigh a thousand of another
///   that convert less often, and its share could be several times all there is to divide.
/// - It is not the number of conversions of the journeys within S either: that divides each conversion alike among the
///   sources of its journey, as if nobody had met them in vain.
///
/// A journey of T moves no value by more than one, so that the credit of a source lies within the number of journeys
/// that met it. It is below zero where journeys convert less often with the source than without it.
///
/// v is a sum of games over the members of one T each, and the values of a sum are the sums of the values. The values
/// of each come from its potential (Hart, Mas-Colell 1989): P(U) = (r(U) + sum of P(U less j)) / |U|, and the value of j
/// in T is P(T) - P(T less j).
pub(super) fn shares(journeys: &Journeys) -> Result<Vec<f64>, AttributionError> {
    let mut shares = vec![0.0; journeys.sources() as usize];
    let conversions = journeys.credited().count;
    if conversions == 0 {
        return Ok(shares);
    }
    let sets = met_sets(journeys);
    check_size(sets.keys())?;
    let rates = Rates::of(&sets);
    for (members, met) in &sets {
        for (source, value) in members.iter().zip(rates.shapley_values(members)) {
            shares[*source as usize] += value * met.journeys as f64 / conversions as f64;
        }
    }
    Ok(shares)
}

/// The journeys that met exactly the same sources.
#[derive(Default)]
struct Met {
    journeys: u64,
    conversions: u64,
}

/// In order, so that the same journeys give the same digits.
fn met_sets(journeys: &Journeys) -> BTreeMap<Vec<u32>, Met> {
    let set_of = |path: &[Touch]| {
        let mut members: Vec<u32> = path.iter().map(|touch| touch.source).collect();
        members.sort_unstable();
        members.dedup();
        members
    };
    let mut sets: BTreeMap<Vec<u32>, Met> = BTreeMap::new();
    for (path, _) in journeys.converted_paths() {
        let met = sets.entry(set_of(path)).or_default();
        met.journeys += 1;
        met.conversions += 1;
    }
    for path in journeys.unconverted_paths() {
        sets.entry(set_of(path)).or_default().journeys += 1;
    }
    sets
}

fn check_size<'a>(sets: impl Iterator<Item = &'a Vec<u32>>) -> Result<(), AttributionError> {
    let mut subsets: u64 = 0;
    for members in sets {
        if members.len() > MAX_SOURCES {
            return Err(AttributionError::TooManySourcesInAJourney { met: members.len(), most: MAX_SOURCES });
        }
        subsets += 1 << members.len();
    }
    if subsets > MAX_SETS { Err(AttributionError::TooManySets { subsets, most: MAX_SETS }) } else { Ok(()) }
}

/// Conversion rates by the exact set of sources, in a tree: a set is reached by its members in ascending order.
struct Rates {
    /// From a node and a source to the node of the set with that source.
    steps: HashMap<(u32, u32), u32>,
    /// By node; `None` where nobody met exactly that set.
    rates: Vec<Option<f64>>,
}

/// The node of the empty set.
const ROOT: u32 = 0;
/// No set that anybody met begins like this.
const NOWHERE: u32 = u32::MAX;

impl Rates {
    fn of(sets: &BTreeMap<Vec<u32>, Met>) -> Self {
        let mut tree = Self { steps: HashMap::new(), rates: vec![Some(0.0)] };
        for (members, met) in sets {
            let node = members.iter().fold(ROOT, |node, source| {
                *tree.steps.entry((node, *source)).or_insert_with(|| {
                    tree.rates.push(None);
                    tree.rates.len() as u32 - 1
                })
            });
            tree.rates[node as usize] = Some(met.conversions as f64 / met.journeys as f64);
        }
        tree
    }

    /// The Shapley value of each member in the game whose worth is r. A set is a number whose bit j says whether it
    /// has the member of index j, so every set comes after its subsets.
    fn shapley_values(&self, members: &[u32]) -> Vec<f64> {
        let size = 1_usize << members.len();
        let (mut nodes, mut rates, mut potentials) = (vec![ROOT; size], vec![0.0; size], vec![0.0; size]);
        for set in 1..size {
            let last = set.ilog2() as usize;
            let node = match nodes[set ^ (1 << last)] {
                NOWHERE => NOWHERE,
                before => self.steps.get(&(before, members[last])).copied().unwrap_or(NOWHERE),
            };
            nodes[set] = node;
            let (mut rate, mut potential) = (0.0, 0.0);
            let mut left = set;
            while left != 0 {
                let without = set ^ (left & left.wrapping_neg());
                rate += rates[without];
                potential += potentials[without];
                left &= left - 1;
            }
            let count = f64::from(set.count_ones());
            rates[set] = self.rates.get(node as usize).copied().flatten().unwrap_or(rate / count);
            potentials[set] = (rates[set] + potential) / count;
        }
        (0..members.len()).map(|index| potentials[size - 1] - potentials[(size - 1) ^ (1 << index)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::testing::{Listed, arbitrary_journeys, assert_close, journeys_of, path};

    fn shares_of(sources: u32, listed: &[Listed]) -> Vec<f64> {
        shares(&journeys_of(sources, listed)).unwrap()
    }

    #[test]
    fn an_example_by_hand() {
        // r(0) = 1/2, r(1) = 0, r(01) = 1. Of 01, 0 gets (1/2 + 1) / 2 and 1 gets (0 + 1/2) / 2; of the two journeys of
        // 0, it gets the conversion.
        let listed = [path(&[0], true), path(&[0], false), path(&[0, 1], true), path(&[1], false)];
        assert_close(&shares_of(2, &listed), &[1.75 / 2.0, 0.25 / 2.0]);
        // r(0) = 1, r(1) = 0, r(01) = 0: whoever met 1 after 0 was lost to it.
        let listed = [path(&[0], true), path(&[0, 1], false), path(&[1], false)];
        assert_close(&shares_of(2, &listed), &[1.5, -0.5]);
    }

    #[test]
    fn a_set_that_nobody_met_is_worth_what_its_parts_are() {
        // r(0) = 1, r(1) = r(2) = 0, so r(01) = r(02) = 1/2, r(12) = 0 and r(012) = 1. Over the six orders, 0 adds
        // 1, 1, 1/2, 1/2, 1 and 1, and the others share the rest.
        let listed = [path(&[0], true), path(&[1], false), path(&[0, 1, 2], true)];
        let of_three = [5.0 / 6.0, 1.0 / 12.0, 1.0 / 12.0];
        assert_close(&shares_of(3, &listed), &[(1.0 + of_three[0]) / 2.0, of_three[1] / 2.0, of_three[2] / 2.0]);
    }

    #[test]
    fn a_rate_of_few_journeys_does_not_outweigh_many() {
        let mut listed = vec![path(&[0], true)];
        for number in 0..100 {
            listed.push(path(&[1], number < 3));
        }
        assert_close(&shares_of(2, &listed), &[0.25, 0.75]);
    }

    #[test]
    fn more_than_twenty_sources_in_a_journey_are_refused_with_what_to_do() {
        let journeys = |sources: u32| {
            let all: Vec<u32> = (0..sources).collect();
            journeys_of(50, &[path(&all, true), path(&[0], false)])
        };
        assert!(shares(&journeys(20)).is_ok());
        let message = shares(&journeys(21)).unwrap_err().to_string();
        assert_eq!(
            message,
            "shapley takes journeys that met at most 20 sources, and one met 21; credit types or channels in place of \
             single activities, shorten the look-back window, or choose a model without this limit, such as linear"
        );
        let long: Vec<Listed> = (0..=64).map(|first| path(&(first..first + 20).collect::<Vec<_>>(), true)).collect();
        assert!(matches!(shares(&journeys_of(100, &long)), Err(AttributionError::TooManySets { .. })));
    }

    #[test]
    fn any_number_of_sources_is_taken() {
        let listed: Vec<Listed> = (0..999).map(|first| path(&[first, first + 1], first % 3 == 0)).collect();
        assert_close(&[shares_of(1_000, &listed).iter().sum()], &[1.0]);
    }

    #[test]
    fn without_a_conversion_nobody_has_a_share() {
        assert_eq!(shares_of(2, &[path(&[0, 1], false)]), [0.0, 0.0]);
        assert!(shares_of(0, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn no_credit_exceeds_the_journeys_that_met_the_source(listed in arbitrary_journeys(5)) {
            let journeys = journeys_of(5, &listed);
            let credits = shares(&journeys).unwrap();
            let mut met = [0_u64; 5];
            for (members, journeys) in met_sets(&journeys) {
                members.iter().for_each(|source| met[*source as usize] += journeys.journeys);
            }
            let conversions = journeys.credited().count as f64;
            for (credit, met) in credits.iter().zip(met) {
                prop_assert!((credit * conversions).abs() <= met as f64 + 1e-9, "{credits:?}");
            }
            let sum: f64 = credits.iter().sum();
            prop_assert!(conversions == 0.0 || (sum - 1.0).abs() < 1e-9, "{credits:?}");
        }

        #[test]
        fn neither_the_order_of_touches_nor_repetition_matters(
            journeys in prop::collection::vec((prop::collection::vec(0_u32..4, 1..5), any::<bool>()), 1..20),
        ) {
            let forth: Vec<Listed> = journeys.iter().map(|(sources, converts)| path(sources, *converts)).collect();
            let back = journeys.iter().rev().map(|(sources, converts)| {
                let sources: Vec<u32> = sources.iter().rev().flat_map(|source| [*source; 2]).collect();
                path(&sources, *converts)
            });
            assert_close(&shares_of(4, &back.collect::<Vec<_>>()), &shares_of(4, &forth));
        }

        /// Every journey happens once more with the source 3 in it: it changes no rate.
        #[test]
        fn a_null_player_gets_nothing(
            journeys in prop::collection::vec((prop::collection::vec(0_u32..3, 1..5), any::<bool>()), 1..20),
        ) {
            let without: Vec<Listed> = journeys.iter().map(|(sources, converts)| path(sources, *converts)).collect();
            let with = journeys.iter().map(|(sources, converts)| path(&[&sources[..], &[3]].concat(), *converts));
            let listed: Vec<Listed> = without.iter().cloned().chain(with).collect();
            let shares = shares_of(4, &listed);
            prop_assert!(shares[3].abs() < 1e-12, "{shares:?}");
            assert_close(&shares[..3], &shares_of(3, &without));
        }

        #[test]
        fn sources_that_play_the_same_part_get_the_same(
            journeys in prop::collection::vec((prop::collection::vec(0_u32..4, 1..5), any::<bool>()), 1..20),
        ) {
            let swapped = |source: &u32| match source { 0 => 1, 1 => 0, other => *other };
            let listed: Vec<Listed> = journeys
                .iter()
                .flat_map(|(sources, converts)| {
                    let mirrored: Vec<u32> = sources.iter().map(swapped).collect();
                    [path(sources, *converts), path(&mirrored, *converts)]
                })
                .collect();
            let shares = shares_of(4, &listed);
            assert_close(&shares[..1], &shares[1..2]);
        }
    }
}
