use super::{Interval, LEVEL, normal_cdf, normal_quantile};

/// How two variables go together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// Pearson's coefficient, -1 to 1.
    pub value: f64,
    /// By Fisher's transformation (1921).
    pub interval: Interval,
    /// Of no correlation at all, two-sided, by the same transformation.
    pub p_value: f64,
}

/// Pearson's correlation of pairs that say as much as `size` independent ones; `None` below four pairs, and where one of
/// the two does not vary.
pub fn correlation(pairs: &[(f64, f64)], size: f64) -> Option<Correlation> {
    if pairs.len() < 4 {
        return None;
    }
    let (products, firsts, seconds) = sums_of_deviations(pairs);
    if firsts <= 0.0 || seconds <= 0.0 {
        return None;
    }
    let value = (products / (firsts * seconds).sqrt()).clamp(-1.0, 1.0);
    if size <= 3.0 {
        return Some(Correlation { value, interval: Interval { low: -1.0, high: 1.0, level: LEVEL }, p_value: 1.0 });
    }
    let error = 1.0 / (size - 3.0).sqrt();
    let half = normal_quantile(0.5 + LEVEL / 2.0) * error;
    let interval = Interval { low: (value.atanh() - half).tanh(), high: (value.atanh() + half).tanh(), level: LEVEL };
    let p_value = 2.0 * normal_cdf(-value.atanh().abs() / error);
    Some(Correlation { value, interval, p_value })
}

/// How many independent pairs say as much as these of a time series: n (1 - ab) / (1 + ab) with the correlations of each
/// variable with its own value before, a and b (Quenouille 1947). At most n.
pub fn effective_size(pairs: &[(f64, f64)]) -> f64 {
    let size = pairs.len() as f64;
    let own = |of: fn(&(f64, f64)) -> f64| {
        let mean = pairs.iter().map(of).sum::<f64>() / size;
        let squares: f64 = pairs.iter().map(|pair| (of(pair) - mean).powi(2)).sum();
        let products: f64 = pairs.windows(2).map(|pair| (of(&pair[0]) - mean) * (of(&pair[1]) - mean)).sum();
        if squares > 0.0 { products / squares } else { 0.0 }
    };
    let product = own(|pair| pair.0) * own(|pair| pair.1);
    (size * (1.0 - product) / (1.0 + product)).min(size)
}

/// P values corrected for how many there are, so that among those below a threshold at most that share is expected to be
/// chance (Benjamini, Hochberg 1995). In the order in which they came.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*b].total_cmp(&p_values[*a]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (behind, index) in order.into_iter().enumerate() {
        least = least.min(p_values[index] * count / (count - behind as f64));
        adjusted[index] = least;
    }
    adjusted
}

/// Of the products of the deviations, and of the squares of each.
fn sums_of_deviations(pairs: &[(f64, f64)]) -> (f64, f64, f64) {
    let size = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / size;
    let (mean_first, mean_second) = (mean(|pair| pair.0), mean(|pair| pair.1));
    pairs.iter().fold((0.0, 0.0, 0.0), |(products, firsts, seconds), (first, second)| {
        let (first, second) = (first - mean_first, second - mean_second);
        (products + first * second, firsts + first * first, seconds + second * second)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_correlation_is_that_of_other_packages() {
        // scipy.stats.pearsonr of the same pairs, with its confidence_interval(0.95).
        let pairs = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 6.0), (6.0, 5.0)];
        let Correlation { value, interval, .. } = correlation(&pairs, 6.0).unwrap();
        assert!((value - 0.828_571_428_571_428_5).abs() < 1e-12, "{value}");
        assert!((interval.low - 0.051_983).abs() < 1e-3 && (interval.high - 0.980_624).abs() < 1e-3, "{interval:?}");
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(correlation(&[(1.0, 5.0), (2.0, 5.0), (3.0, 5.0), (4.0, 5.0)], 4.0), None);
        assert_eq!(correlation(&[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)], 3.0), None);
        let found = correlation(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0), (4.0, 8.0)], 4.0).unwrap();
        assert_eq!(found.value, 1.0);
    }

    #[test]
    fn pairs_that_follow_each_other_closely_say_less() {
        let trend: Vec<(f64, f64)> = (0..8).map(|at| (f64::from(at), f64::from(at * at))).collect();
        assert!(effective_size(&trend) < 5.0, "{}", effective_size(&trend));
        // One swings, the other does not depend on what was before: as many as there are.
        let swing = [(1.0, 1.0), (-1.0, 0.0), (1.0, -1.0), (-1.0, 0.0)];
        assert_eq!(effective_size(&swing), 4.0);
        assert_eq!(correlation(&trend[..4], 2.5).unwrap().p_value, 1.0);
    }

    #[test]
    fn p_values_are_corrected_as_others_do() {
        // scipy.stats.false_discovery_control([0.01, 0.04, 0.03, 0.5, 0.005], method='bh'), scipy 1.16.
        let adjusted = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.5, 0.005]);
        for (found, expected) in adjusted.iter().zip([0.025, 0.05, 0.05, 0.5, 0.025]) {
            assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
    }
}
