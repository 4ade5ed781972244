//! Shapley values of sources (Shapley 1953) in a game of conversion rates (after Shao, Li 2011, "Data-driven
//! multi-touch attribution models", and Dalessandro, Perlich, Stitelman, Provost 2012, "Causally motivated attribution
//! for online advertising").

use std::collections::{BTreeMap, HashMap};

use super::{AttributionError, Bucket, CreditSource, Journeys, Model};

/// Maximum number of sources that have touches: the sets of them are what is counted.
pub const MAX_SOURCES: usize = 20;
/// A set of sources that fewer journeys met exactly has no conversion rate of its own.
pub const MIN_JOURNEYS: u64 = 10;
/// Maximum number of subsets of all sets together. Each is looked at 65 times for the credits and their intervals, which
/// takes some seconds.
const MAX_SUBSETS: u64 = 1 << 20;

/// How often each set of sources was met, and how often with a conversion: all that the credits follow from. It is a sum
/// over journeys.
///
/// The worth of a set S of sources is the number of conversions that are expected if the sources of S alone had been
/// there: v(S) = sum over T of n(T) * r(T and S). T are the sets of sources that journeys met, n(T) is how many
/// journeys met exactly T, with and without a conversion, and r(U) is the conversion rate of those that met exactly U.
/// r of no sources is zero.
///
/// A rate of few journeys says little and would be multiplied by the many journeys of a larger set. So sets that fewer
/// than [`MIN_JOURNEYS`] journeys met are pooled:
///
/// - As a part of a larger set, such a set U has the rate of all journeys of rare sets of as many sources. Where there
///   are none of that size, r(U) is the mean of r over U less one source each.
/// - As a set of its own, its conversions are divided equally among its sources, as
///   [`Model::ShapleyNonnegative`] divides all.
///
/// v of all sources is the number of conversions, so that is what the values add up to.
///
/// - v is not the conversion rate of all journeys within S, which is written of more often: a rate does not know how
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
pub(super) struct Game {
    /// How many sources there are, with and without touches.
    sources: usize,
    /// Those with touches. Bit j of a set says whether it has the source of index j here.
    used: Vec<usize>,
    /// In order, so that the same journeys give the same digits.
    sets: BTreeMap<u32, Set>,
}

/// The journeys that met exactly the same sources.
struct Set {
    is_rare: bool,
    all: Met,
    by_bucket: Vec<Met>,
}

#[derive(Clone, Copy, Default)]
struct Met {
    journeys: u64,
    conversions: u64,
}

impl Met {
    fn rate(self) -> Option<f64> {
        (self.journeys > 0).then(|| self.conversions as f64 / self.journeys as f64)
    }
}

impl Set {
    /// All of its journeys, or all but those of a bucket.
    fn without(&self, bucket: Option<Bucket>) -> Met {
        let left_out = bucket.map_or(Met::default(), |bucket| self.by_bucket[bucket.index()]);
        Met {
            journeys: self.all.journeys - left_out.journeys,
            conversions: self.all.conversions - left_out.conversions,
        }
    }
}

impl Game {
    pub fn of(journeys: &Journeys) -> Result<Self, AttributionError> {
        if journeys.kind() == CreditSource::Activity {
            return Err(AttributionError::ShapleyOfActivities);
        }
        let (used, indexes) = journeys.used_sources();
        if used.len() > MAX_SOURCES {
            let model = Model::Shapley;
            return Err(AttributionError::TooManySources { model, used: used.len(), most: MAX_SOURCES });
        }
        let mut sets: BTreeMap<u32, Set> = BTreeMap::new();
        let converted = journeys.successful_paths().map(|path| (path, 1));
        for (path, conversions) in converted.chain(journeys.unconverted_paths().map(|path| (path, 0))) {
            let met = path.touches.iter().fold(0, |set, touch| set | 1 << indexes[touch.source as usize]);
            let empty = || Set { is_rare: true, all: Met::default(), by_bucket: vec![Met::default(); Bucket::COUNT] };
            let set = sets.entry(met).or_insert_with(empty);
            for met in [&mut set.all, &mut set.by_bucket[path.bucket.index()]] {
                met.journeys += 1;
                met.conversions += conversions;
            }
            set.is_rare = set.all.journeys < MIN_JOURNEYS;
        }
        let subsets = sets.iter().filter(|(_, set)| !set.is_rare).map(|(members, _)| 1 << members.count_ones()).sum();
        if subsets > MAX_SUBSETS {
            return Err(AttributionError::TooManySets { subsets, most: MAX_SUBSETS });
        }
        Ok(Self { sources: indexes.len(), used, sets })
    }

    /// The share of each source in the credit: its Shapley value over that of all sources together, of all journeys or of
    /// all but those of a bucket. Which sets are rare is decided by all. Without a conversion nobody has a share.
    pub fn shares(&self, without: Option<Bucket>) -> Vec<f64> {
        let mut shares = vec![0.0; self.sources];
        let conversions: u64 = self.sets.values().map(|set| set.without(without).conversions).sum();
        if conversions == 0 {
            return shares;
        }
        let rates = Rates::of(&self.sets, without);
        for (set, of_set) in &self.sets {
            let met = of_set.without(without);
            let members: Vec<usize> = (0..self.used.len()).filter(|index| set >> index & 1 == 1).collect();
            let credits = if of_set.is_rare {
                vec![met.conversions as f64 / members.len() as f64; members.len()]
            } else if met.journeys == 0 {
                continue;
            } else {
                let values = rates.shapley_values(&members);
                values.into_iter().map(|value| value * met.journeys as f64).collect()
            };
            for (member, credit) in members.iter().zip(credits) {
                shares[self.used[*member]] += credit / conversions as f64;
            }
        }
        shares
    }
}

/// Conversion rates.
struct Rates {
    /// By set, of those that are not rare.
    own: HashMap<u32, f64>,
    /// By the number of sources, of all rare sets together; `None` where there are no such journeys.
    pooled: [Option<f64>; MAX_SOURCES + 1],
}

impl Rates {
    fn of(sets: &BTreeMap<u32, Set>, without: Option<Bucket>) -> Self {
        let mut own = HashMap::new();
        let mut pools = [Met::default(); MAX_SOURCES + 1];
        for (members, set) in sets {
            let met = set.without(without);
            if set.is_rare {
                let pool = &mut pools[members.count_ones() as usize];
                pool.journeys += met.journeys;
                pool.conversions += met.conversions;
            } else if let Some(rate) = met.rate() {
                own.insert(*members, rate);
            }
        }
        Self { own, pooled: pools.map(Met::rate) }
    }

    /// The Shapley value of each member in the game whose worth is r. A subset is a number whose bit j says whether it
    /// has the member of index j, so every subset comes after its own subsets.
    fn shapley_values(&self, members: &[usize]) -> Vec<f64> {
        let size = 1_usize << members.len();
        let (mut sets, mut rates, mut potentials) = (vec![0_u32; size], vec![0.0; size], vec![0.0; size]);
        for subset in 1..size {
            let last = subset.ilog2() as usize;
            sets[subset] = sets[subset ^ (1 << last)] | 1 << members[last];
            let (mut rate, mut potential) = (0.0, 0.0);
            let mut left = subset;
            while left != 0 {
                let without = subset ^ (left & left.wrapping_neg());
                rate += rates[without];
                potential += potentials[without];
                left &= left - 1;
            }
            let count = subset.count_ones() as usize;
            let known = self.own.get(&sets[subset]).copied().or(self.pooled[count]);
            rates[subset] = known.unwrap_or(rate / count as f64);
            potentials[subset] = (rates[subset] + potential) / count as f64;
        }
        (0..members.len()).map(|index| potentials[size - 1] - potentials[(size - 1) ^ (1 << index)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::testing::{Listed, arbitrary_journeys, assert_close, journeys_by, journeys_of, path};

    fn shares_of(sources: u32, listed: &[Listed]) -> Vec<f64> {
        Game::of(&journeys_of(sources, listed)).unwrap().shares(None)
    }

    /// Every journey as often as it takes for its set not to be rare.
    fn often(listed: &[Listed]) -> Vec<Listed> {
        listed.iter().flat_map(|journey| std::iter::repeat_n(journey.clone(), MIN_JOURNEYS as usize)).collect()
    }

    #[test]
    fn an_example_by_hand() {
        // r(0) = 1/2, r(1) = 0, r(01) = 1. Of 01, 0 gets (1/2 + 1) / 2 and 1 gets (0 + 1/2) / 2; of the two journeys of
        // 0, it gets the conversion.
        let listed = [path(&[0], true), path(&[0], false), path(&[0, 1], true), path(&[1], false)];
        assert_close(&shares_of(2, &often(&listed)), &[1.75 / 2.0, 0.25 / 2.0]);
        // r(0) = 1, r(1) = 0, r(01) = 0: whoever met 1 after 0 was lost to it.
        let listed = [path(&[0], true), path(&[0, 1], false), path(&[1], false)];
        assert_close(&shares_of(2, &often(&listed)), &[1.5, -0.5]);
    }

    #[test]
    fn a_set_that_nobody_met_is_worth_what_its_parts_are() {
        // r(0) = 1, r(1) = r(2) = 0, so r(01) = r(02) = 1/2, r(12) = 0 and r(012) = 1. Over the six orders, 0 adds
        // 1, 1, 1/2, 1/2, 1 and 1, and the others share the rest.
        let listed = [path(&[0], true), path(&[1], false), path(&[0, 1, 2], true)];
        let of_three = [5.0 / 6.0, 1.0 / 12.0, 1.0 / 12.0];
        let expected = [(1.0 + of_three[0]) / 2.0, of_three[1] / 2.0, of_three[2] / 2.0];
        assert_close(&shares_of(3, &often(&listed)), &expected);
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
    fn rare_sets_are_pooled() {
        // 01 was met by 20, of whom 10 converted; 0 alone by one who did, 1 alone by one who did not and 2 alone by two of
        // whom one did: together four, of whom 2 converted. So r(0) = r(1) = 1/2 and 01 is divided equally. Unpooled, 0
        // would get 15 of its 10 conversions and 1 would get -5.
        let mut listed: Vec<Listed> = (0..20).map(|number| path(&[0, 1], number % 2 == 0)).collect();
        listed.extend([path(&[0], true), path(&[1], false), path(&[2], true), path(&[2], false)]);
        assert_close(&shares_of(3, &listed), &[6.0 / 12.0, 5.0 / 12.0, 1.0 / 12.0]);
        // A rare set of its own divides its conversions equally, whatever its parts are worth.
        let mut listed = often(&[path(&[0], true), path(&[1], false)]);
        listed.extend([path(&[0, 1], true), path(&[1, 0], false)]);
        assert_close(&shares_of(2, &listed), &[10.5 / 11.0, 0.5 / 11.0]);
    }

    #[test]
    fn what_takes_too_long_is_refused_with_what_to_do() {
        let refused = |journeys| Game::of(&journeys).err().unwrap().to_string();
        let listed = |sources: u32| often(&[path(&(0..sources).collect::<Vec<_>>(), true)]);
        assert!(Game::of(&journeys_of(20, &listed(20))).is_ok());
        assert_eq!(
            refused(journeys_of(50, &listed(21))),
            "shapley takes at most 20 sources that have touches, and these journeys have 21; credit what activities have in \
             common, such as modality or goal, or choose a model without this limit, such as linear"
        );
        let many: Vec<Listed> = (0..=64)
            .map(|left_out| {
                let members: Vec<u32> =
                    (0..20).filter(|source| *source != left_out % 20 && *source != left_out / 20).collect();
                path(&members, true)
            })
            .collect();
        assert!(matches!(Game::of(&journeys_of(20, &often(&many))), Err(AttributionError::TooManySets { .. })));
        let activities = journeys_by(CreditSource::Activity, 1, &[path(&[0], true)]);
        assert!(refused(activities).starts_with("shapley credits types, channels, modalities or goals"));
    }

    #[test]
    fn without_a_conversion_nobody_has_a_share() {
        assert_eq!(shares_of(2, &[path(&[0, 1], false)]), [0.0, 0.0]);
        assert!(shares_of(0, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn no_credit_exceeds_the_journeys_that_met_the_source(listed in arbitrary_journeys(5)) {
            let listed = often(&listed);
            let journeys = journeys_of(5, &listed);
            let game = Game::of(&journeys).unwrap();
            let credits = game.shares(None);
            let mut met = [0_u64; 5];
            for (members, set) in &game.sets {
                let of_set = (0..game.used.len()).filter(|index| members >> index & 1 == 1);
                of_set.for_each(|index| met[game.used[index]] += set.all.journeys);
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
            let listed = often(&without.iter().cloned().chain(with).collect::<Vec<_>>());
            let shares = shares_of(4, &listed);
            prop_assert!(shares[3].abs() < 1e-12, "{shares:?}");
            assert_close(&shares[..3], &shares_of(3, &often(&without)));
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
