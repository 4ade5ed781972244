use super::Interval;
use super::{LEVEL, Sample, bca_interval, student_t_quantile, wilson_interval};

/// How the interval of a mean was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeanMethod {
    /// Student's t, from 30 observations on.
    StudentT,
    /// The BCa bootstrap, below 30.
    Bootstrap,
    /// All observations are equal, so the sample says nothing about its spread. The mean is treated as a proportion
    /// of the scale: nothing between 0 and 100 varies more than what is only ever 0 or 100.
    NoSpread,
}

/// The interval of a mean on 0..100. `None` below two observations.
pub fn mean_interval(sample: &Sample, seed: u64) -> Option<(Interval, MeanMethod)> {
    let size = sample.size();
    if sample.variance()? == 0.0 {
        let trials = size as f64;
        let share = wilson_interval(sample.mean()? / 100.0 * trials, trials);
        let interval = Interval { low: 100.0 * share.low, high: 100.0 * share.high, level: share.level };
        return Some((interval, MeanMethod::NoSpread));
    }
    let (interval, method) = if size >= 30 {
        (student_t_interval(sample)?, MeanMethod::StudentT)
    } else {
        (bca_interval(sample, seed)?, MeanMethod::Bootstrap)
    };
    let clipped = Interval { low: interval.low.max(0.0), high: interval.high.min(100.0), level: interval.level };
    Some((clipped, method))
}

/// Student's t interval of a mean (Student 1908). `None` below two observations.
pub fn student_t_interval(sample: &Sample) -> Option<Interval> {
    let (mean, size) = (sample.mean()?, sample.size() as f64);
    let error = (sample.variance()? / size).sqrt();
    let half = student_t_quantile(0.5 + LEVEL / 2.0, size - 1.0) * error;
    Some(Interval { low: mean - half, high: mean + half, level: LEVEL })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_decides_the_method() {
        let sample = |size: u64| Sample::from_counts([(50.0, size - 1), (75.0, 1)]);
        assert_eq!(mean_interval(&sample(29), 1).unwrap().1, MeanMethod::Bootstrap);
        assert_eq!(mean_interval(&sample(30), 1).unwrap().1, MeanMethod::StudentT);
        assert_eq!(mean_interval(&Sample::from_counts([(50.0, 1)]), 1), None);
    }

    #[test]
    fn agreement_of_everybody_is_not_certainty() {
        let (interval, method) = mean_interval(&Sample::from_counts([(100.0, 40)]), 1).unwrap();
        assert_eq!(method, MeanMethod::NoSpread);
        assert!(interval.low < 95.0 && interval.high == 100.0, "{interval:?}");
    }

    #[test]
    fn an_interval_is_clipped_to_the_scale() {
        let (interval, _) = mean_interval(&Sample::from_counts([(100.0, 39), (0.0, 1)]), 1).unwrap();
        assert_eq!(interval.high, 100.0);
    }
}
