//! Removal effects in a first-order Markov chain (Anderl, Becker, von Wangenheim, Schumann 2016, "Mapping the customer
//! journey", International Journal of Research in Marketing 33).

use nalgebra::{DMatrix, DVector};

use super::journeys::Path;
use super::{AttributionError, Bucket, Journeys, Model};

/// Maximum number of sources with touches. The time grows with their cube: a second for half as many, some seconds for
/// these.
pub const MAX_SOURCES: usize = 2_000;

/// The share of each source in the credit, R_j / sum R, where R_j = 1 - P(conversion without j) / P(conversion): of all
/// journeys, or of all but those of a bucket. Without a conversion nobody has a share.
///
/// A journey is a walk from start over its sources to conversion or to null; what follows a source depends on that
/// source alone, with the frequencies that were seen. Without j, whoever comes to j goes to null.
///
/// The probabilities are solved for and not simulated. One inverse N = (I - Q)^-1, of the transitions Q between
/// sources, serves all removals (Kemeny, Snell 1960): with h = N * P(conversion next) and the expected visits
/// v = start * N, a walk comes to j at all with probability F_j = v_j / N_jj, so P(conversion) - F_j h_j is
/// P(conversion without j), and R_j = F_j h_j / P(conversion).
///
/// Touches of the same second have no order: every order of their sources counts, each as often as any other. Summed
/// over all orders of k sources, a journey comes to each of them first and leaves each of them last in 1/k of the
/// orders, and each of them is followed by each other one in 1/k.
///
/// Touches of the same source one after the other count as one. A loop from a source to itself only delays where the
/// walk goes next: leaving out the loop and normalising what remains gives the same P(conversion) with and without
/// each source, and keeps the equations solvable to full precision however long the loops are.
pub(super) fn shares(journeys: &Journeys, without: Option<Bucket>) -> Result<Vec<f64>, AttributionError> {
    let (used, indexes) = journeys.used_sources();
    if used.len() > MAX_SOURCES {
        let model = Model::MarkovRemoval;
        return Err(AttributionError::TooManySources { model, used: used.len(), most: MAX_SOURCES });
    }
    let mut shares = vec![0.0; indexes.len()];
    if journeys.successful_paths().all(|path| Some(path.bucket) == without) {
        return Ok(shares);
    }
    let effects = removal_effects(&Transitions::count(journeys, without, &indexes, used.len()))
        .ok_or(AttributionError::NoSolution(Model::MarkovRemoval))?;
    let sum: f64 = effects.iter().sum();
    for (source, effect) in used.into_iter().zip(&effects) {
        shares[source] = effect / sum;
    }
    Ok(shares)
}

/// How often each step was taken: the mean over the orders that a journey may have had. Steps from a source to itself
/// are not among them.
struct Transitions {
    starts: DVector<f64>,
    /// From the row's source to the column's.
    steps: DMatrix<f64>,
    conversions: DVector<f64>,
    nulls: DVector<f64>,
}

impl Transitions {
    /// `indexes` has the matrix row of each source that occurs.
    fn count(journeys: &Journeys, without: Option<Bucket>, indexes: &[usize], size: usize) -> Self {
        let mut counts = Self {
            starts: DVector::zeros(size),
            steps: DMatrix::zeros(size, size),
            conversions: DVector::zeros(size),
            nulls: DVector::zeros(size),
        };
        let mut walk = Walk::default();
        let counts_in = |path: &Path| Some(path.bucket) != without;
        for path in journeys.successful_paths().filter(counts_in) {
            walk.count(path, indexes, &mut counts);
            walk.here.iter().for_each(|last| counts.conversions[*last] += walk.part());
        }
        for path in journeys.unconverted_paths().filter(counts_in) {
            walk.count(path, indexes, &mut counts);
            walk.here.iter().for_each(|last| counts.nulls[*last] += walk.part());
        }
        counts
    }
}

/// A walk over the positions of a path.
#[derive(Default)]
struct Walk {
    /// The sources of the position that it has come to, each once, and of the one before.
    here: Vec<usize>,
    before: Vec<usize>,
}

impl Walk {
    /// In how many of the orders of this position a given source is the first, the last, or follows a given other one.
    fn part(&self) -> f64 {
        1.0 / self.here.len() as f64
    }

    /// Counts the steps of a path, which has at least one touch, and stays where it ends.
    fn count(&mut self, path: Path, indexes: &[usize], counts: &mut Transitions) {
        self.here.clear();
        for position in path.touches.chunk_by(|one, next| one.at == next.at) {
            std::mem::swap(&mut self.here, &mut self.before);
            self.here.clear();
            self.here.extend(position.iter().map(|touch| indexes[touch.source as usize]));
            // Sources are sorted within a position, and their indexes are in the same order.
            self.here.dedup();
            let part = self.part();
            if self.before.is_empty() {
                self.here.iter().for_each(|first| counts.starts[*first] += part);
            }
            let arrivals = self.before.iter().map(|from| (from, part / self.before.len() as f64));
            for (from, part) in arrivals.chain(self.here.iter().map(|from| (from, part))) {
                for to in self.here.iter().filter(|to| *to != from) {
                    counts.steps[(*from, *to)] += part;
                }
            }
        }
    }
}

/// The removal effect of each source; `None` when rounding left nothing usable.
fn removal_effects(counts: &Transitions) -> Option<Vec<f64>> {
    let size = counts.starts.len();
    // What no journey came to is left nowhere; any number above zero does.
    let left = (counts.steps.column_sum() + &counts.conversions + &counts.nulls)
        .map(|left| if left > 0.0 { left } else { 1.0 });
    let mut remaining = DMatrix::identity(size, size);
    for (to, mut column) in remaining.column_iter_mut().enumerate() {
        for from in 0..size {
            column[from] -= counts.steps[(from, to)] / left[from];
        }
    }
    let visits_from = remaining.try_inverse()?;
    let conversion_from = &visits_from * counts.conversions.component_div(&left);
    let visits = visits_from.tr_mul(&counts.starts) / counts.starts.sum();
    let conversion = conversion_from.dot(&counts.starts) / counts.starts.sum();
    let effects: Vec<f64> = (0..size)
        .map(|index| visits[index] / visits_from[(index, index)] * conversion_from[index] / conversion)
        // A source from which nothing leads to a conversion has none; rounding may say a little less.
        .map(|effect| effect.clamp(0.0, 1.0))
        .collect();
    let sum: f64 = effects.iter().sum();
    (sum.is_finite() && sum > 0.0).then_some(effects)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::testing::{DAY, Listed, arbitrary_journeys, assert_close, journeys_of, path};
    use crate::attribution::{Conversion, Touch};

    fn shares_of(sources: u32, listed: &[Listed]) -> Vec<f64> {
        shares(&journeys_of(sources, listed), None).unwrap()
    }

    #[test]
    fn an_example_by_hand() {
        // P(conversion) is 1/2. Without 0, one of four walks is left, which converts with probability 1/2 at 1;
        // without 1, one of four that goes on from 0 to the conversion.
        let listed = [path(&[0, 1], true), path(&[0], true), path(&[0, 1], false), path(&[1], false)];
        // From 1: 1/3 convert. P = 3/4 * (1/3 + 2/3 * 1/3) + 1/4 * 1/3 = 1/2.
        // Without 0: 1/12. Without 1: 3/4 * 1/3 = 1/4. R = (1 - 1/6, 1 - 1/2).
        let (first, second) = (5.0 / 6.0, 1.0 / 2.0);
        assert_close(&shares_of(2, &listed), &[first / (first + second), second / (first + second)]);
    }

    #[test]
    fn touches_of_the_same_second_are_walked_in_every_order() {
        let at = |days: &[(u32, i64)], converts: bool| -> Listed {
            let touches = days.iter().map(|(source, day)| Touch::new(*source, day * DAY)).collect();
            (touches, converts.then(|| Conversion::new(10 * DAY, 1)))
        };
        // 0 and 1 at once, 2 and 0 at once: four orders, one of which meets 0 twice running.
        let at_once = [at(&[(0, 1), (1, 1), (2, 2), (0, 2)], true), path(&[0], false), path(&[1, 2], false)];
        let orders = [[0, 1, 0, 2], [0, 1, 2, 0], [1, 0, 0, 2], [1, 0, 2, 0]].map(|order| path(&order, true));
        let mut listed = orders.to_vec();
        for _ in 0..4 {
            listed.extend([path(&[0], false), path(&[1, 2], false)]);
        }
        assert_close(&shares_of(3, &at_once), &shares_of(3, &listed));
        // Of three at once, all have the same share.
        assert_close(&shares_of(3, &[at(&[(0, 1), (1, 1), (2, 1), (1, 1)], true)]), &[1.0 / 3.0; 3]);
    }

    #[test]
    fn a_source_that_every_conversion_needs_gets_no_less_than_any_other() {
        let listed = [path(&[0, 1], true), path(&[0, 2], true), path(&[0], false), path(&[1], false)];
        let shares = shares_of(3, &listed);
        assert!(shares[0] >= shares[1] && shares[0] >= shares[2], "{shares:?}");
    }

    #[test]
    fn without_a_conversion_nobody_has_a_share() {
        assert_eq!(shares_of(2, &[path(&[0, 1], false)]), [0.0, 0.0]);
        assert_eq!(shares_of(2, &[]), [0.0, 0.0]);
    }

    #[test]
    fn sources_without_touches_take_no_room() {
        let listed = [path(&[4_999, 0], true)];
        let shares = shares_of(5_000, &listed);
        assert_close(&[shares[0], shares[4_999]], &[0.5, 0.5]);
    }

    #[test]
    fn more_sources_than_can_be_solved_for_are_refused() {
        let sources: Vec<u32> = (0..=MAX_SOURCES as u32).collect();
        let listed: Vec<Listed> = sources.iter().map(|source| path(&[*source], true)).collect();
        let error = shares(&journeys_of(sources.len() as u32, &listed), None).unwrap_err();
        assert!(error.to_string().starts_with("markov_removal takes at most 2000 sources"), "{error}");
    }

    fn moved(listed: &[Listed], by: i64) -> Vec<Listed> {
        let moved = listed.iter().map(|(touches, conversion)| {
            let touches = touches.iter().map(|touch| Touch { at: touch.at + by, ..*touch });
            let conversion = conversion.map(|mut conversion| {
                conversion.at += by;
                conversion
            });
            (touches.collect(), conversion)
        });
        moved.collect()
    }

    proptest! {
        #[test]
        fn shares_add_up_to_1_and_do_not_depend_on_the_order_of_journeys(mut listed in arbitrary_journeys(5)) {
            let journeys = journeys_of(5, &listed);
            let shares = shares(&journeys, None).unwrap();
            let expected = if journeys.successful_paths().next().is_some() { 1.0 } else { 0.0 };
            prop_assert!((shares.iter().sum::<f64>() - expected).abs() < 1e-9);
            prop_assert!(shares.iter().all(|share| *share >= 0.0));
            listed.reverse();
            assert_close(&shares_of(5, &listed), &shares);
            assert_close(&shares_of(5, &moved(&listed, 1_000 * DAY)), &shares);
        }

        #[test]
        fn with_single_touches_each_source_gets_its_conversions(
            journeys in prop::collection::vec((0_u32..4, any::<bool>()), 1..40),
        ) {
            let listed: Vec<Listed> = journeys.iter().map(|(source, converts)| path(&[*source], *converts)).collect();
            let conversions = journeys.iter().filter(|(_, converts)| *converts);
            let total = conversions.clone().count().max(1) as f64;
            let of = |source: u32| conversions.clone().filter(|(touched, _)| *touched == source).count() as f64;
            assert_close(&shares_of(4, &listed), &[0, 1, 2, 3].map(|source| of(source) / total));
        }

        #[test]
        fn repeating_a_touch_changes_nothing(
            journeys in prop::collection::vec((prop::collection::vec(0_u32..4, 1..5), any::<bool>()), 1..20),
            times in 2_usize..5,
        ) {
            let once: Vec<Listed> = journeys.iter().map(|(sources, converts)| path(sources, *converts)).collect();
            let repeated = journeys.iter().map(|(sources, converts)| {
                let sources: Vec<u32> = sources.iter().flat_map(|source| std::iter::repeat_n(*source, times)).collect();
                path(&sources, *converts)
            });
            assert_close(&shares_of(4, &repeated.collect::<Vec<_>>()), &shares_of(4, &once));
        }
    }
}
