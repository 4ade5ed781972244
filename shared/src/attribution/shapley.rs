//! Shapley values of sources (Shapley 1953), in the game whose worth is the conversion rate (Dalessandro, Perlich,
//! Stitelman, Provost 2012, "Causally motivated attribution for online advertising", after Shao, Li 2011).

use super::{AttributionError, Journeys, Model, Touch};

/// The most sources with touches: every set of them has a worth, and there are 2^20 of these.
pub const MOST_SOURCES: usize = 20;

/// The share of each source in the credit: its Shapley value over that of all sources together. Without a conversion
/// nobody has a share.
///
/// The worth v(S) of a set of sources is the conversion rate of the journeys that touched only sources of S; it is
/// zero where there are none. Journeys without an outcome count, those without a touch do not. The values are exact:
/// v of all 2^n sets comes from sums over subsets (Yates 1937), and
/// phi_j = sum over S without j of |S|! (n - |S| - 1)! / n! * (v(S with j) - v(S)).
///
/// A rate does not know how many journeys it stands for. A source whose journeys convert less often than those of the
/// others lowers it, and has a share below zero; another one then has so much more, which may be above one.
pub(super) fn shares(journeys: &Journeys) -> Result<Vec<f64>, AttributionError> {
    let (used, places) = journeys.used_sources();
    if used.len() > MOST_SOURCES {
        return Err(AttributionError::TooManySources { model: Model::Shapley, used: used.len(), most: MOST_SOURCES });
    }
    let mut shares = vec![0.0; places.len()];
    if journeys.credited().count == 0 {
        return Ok(shares);
    }
    let worths = worths(journeys, &places, used.len());
    let all = worths[worths.len() - 1];
    for (source, value) in used.iter().zip(shapley_values(&worths, used.len())) {
        shares[*source] = value / all;
    }
    Ok(shares)
}

/// v of every set. A set is a number whose bit j tells whether it has the source at place j.
fn worths(journeys: &Journeys, places: &[usize], size: usize) -> Vec<f64> {
    let set_of = |path: &[Touch]| path.iter().fold(0, |set, touch| set | 1_usize << places[touch.source as usize]);
    let mut conversions = vec![0_u32; 1 << size];
    let mut all = vec![0_u32; 1 << size];
    for (path, _) in journeys.converted_paths() {
        let set = set_of(path);
        conversions[set] += 1;
        all[set] += 1;
    }
    for path in journeys.unconverted_paths() {
        all[set_of(path)] += 1;
    }
    sum_over_subsets(&mut conversions);
    sum_over_subsets(&mut all);
    let rate = |(conversions, all): (u32, u32)| if all == 0 { 0.0 } else { f64::from(conversions) / f64::from(all) };
    conversions.into_iter().zip(all).map(rate).collect()
}

/// Puts in the place of each set the sum over all its subsets.
fn sum_over_subsets(counts: &mut [u32]) {
    let mut bit = 1;
    while bit < counts.len() {
        for block in counts.chunks_exact_mut(2 * bit) {
            let (without, with) = block.split_at_mut(bit);
            for (with, without) in with.iter_mut().zip(without) {
                *with += *without;
            }
        }
        bit *= 2;
    }
}

fn shapley_values(worths: &[f64], size: usize) -> Vec<f64> {
    let weights = weights(size);
    let value = |place: usize| {
        let bit = 1 << place;
        let without = (0..worths.len()).filter(|set| set & bit == 0);
        without.map(|set| weights[set.count_ones() as usize] * (worths[set | bit] - worths[set])).sum()
    };
    (0..size).map(value).collect()
}

/// |S|! (n - |S| - 1)! / n! for each size of S.
fn weights(size: usize) -> Vec<f64> {
    let mut weights = Vec::with_capacity(size);
    let mut weight = 1.0 / size as f64;
    for members in 0..size {
        weights.push(weight);
        weight *= (members + 1) as f64 / (size - members - 1).max(1) as f64;
    }
    weights
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
        // v(0) = 1/2, v(1) = 0, v(01) = 2/4: 1 adds nothing.
        let listed = [path(&[0], true), path(&[0], false), path(&[0, 1], true), path(&[1], false)];
        assert_close(&shares_of(2, &listed), &[1.0, 0.0]);
        // v(0) = 1, v(1) = 0, v(01) = 2/3: phi = (5/6, -1/6).
        let listed = [path(&[0], true), path(&[0, 1], true), path(&[1], false)];
        assert_close(&shares_of(2, &listed), &[1.25, -0.25]);
    }

    #[test]
    fn the_weights_are_those_of_orders() {
        assert_close(&weights(1), &[1.0]);
        assert_close(&weights(4), &[6.0 / 24.0, 2.0 / 24.0, 2.0 / 24.0, 6.0 / 24.0]);
    }

    #[test]
    fn more_than_twenty_sources_are_refused_with_what_to_do() {
        let journeys = |sources: u32| {
            let all: Vec<u32> = (0..sources).collect();
            journeys_of(50, &[path(&all, true), path(&[0], false)])
        };
        assert!(shares(&journeys(20)).is_ok());
        let message = shares(&journeys(21)).unwrap_err().to_string();
        assert_eq!(
            message,
            "shapley takes at most 20 sources that have touches, and these journeys have 21; credit types or channels \
             in place of single activities, or choose a model without this limit, such as linear"
        );
    }

    #[test]
    fn without_a_conversion_nobody_has_a_share() {
        assert_eq!(shares_of(2, &[path(&[0, 1], false)]), [0.0, 0.0]);
        assert!(shares_of(0, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn values_add_up_to_the_worth_of_all(listed in arbitrary_journeys(5)) {
            let journeys = journeys_of(5, &listed);
            let (used, places) = journeys.used_sources();
            let worths = worths(&journeys, &places, used.len());
            let sum: f64 = shapley_values(&worths, used.len()).iter().sum();
            prop_assert!((sum - worths[worths.len() - 1]).abs() < 1e-12);
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
