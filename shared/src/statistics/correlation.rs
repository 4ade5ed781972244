use super::Interval;
use super::{LEVEL, normal_quantile};

/// Pearson's product-moment correlation with its interval by Fisher's z (Fisher 1921): z = artanh(r) with the standard
/// error 1 / sqrt(n - 3). `None` below four pairs, or where one side does not vary.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<(f64, Interval)> {
    if pairs.len() < 4 {
        return None;
    }
    let size = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / size;
    let (mean_first, mean_second) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let (mut products, mut firsts, mut seconds) = (0.0, 0.0, 0.0);
    for (first, second) in pairs {
        let (first, second) = (first - mean_first, second - mean_second);
        products += first * second;
        firsts += first * first;
        seconds += second * second;
    }
    if firsts <= 0.0 || seconds <= 0.0 {
        return None;
    }
    let r = (products / (firsts * seconds).sqrt()).clamp(-1.0, 1.0);
    let half = normal_quantile(0.5 + LEVEL / 2.0) / (size - 3.0).sqrt();
    let interval = Interval { low: (r.atanh() - half).tanh(), high: (r.atanh() + half).tanh(), level: LEVEL };
    Some((r, interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_correlation_is_that_of_other_packages() {
        // scipy.stats.pearsonr of the same pairs, with its confidence_interval(0.95).
        let pairs = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 6.0), (6.0, 5.0)];
        let (r, interval) = correlation(&pairs).unwrap();
        assert!((r - 0.828_571_428_571_428_5).abs() < 1e-12, "{r}");
        assert!((interval.low - 0.051_983).abs() < 1e-3 && (interval.high - 0.980_624).abs() < 1e-3, "{interval:?}");
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(correlation(&[(1.0, 5.0), (2.0, 5.0), (3.0, 5.0), (4.0, 5.0)]), None);
        assert_eq!(correlation(&[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]), None);
        let (r, interval) = correlation(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0), (4.0, 8.0)]).unwrap();
        assert_eq!((r, interval.high), (1.0, 1.0));
    }
}
