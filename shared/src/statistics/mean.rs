use super::Interval;
use super::{LEVEL, Sample, student_t_quantile, wilson_interval};

/// How the interval of a mean was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeanMethod {
    /// Student's t, clipped to 0..100.
    StudentT,
    /// All observations are equal, so the sample says nothing about its spread. The mean is treated as a proportion
    /// of the scale: nothing between 0 and 100 varies more than what is only ever 0 or 100.
    NoSpread,
}

/// The interval of a mean on 0..100: Student's t, clipped, at every size. `None` below two observations.
///
/// In small samples of few points it covers more often than the BCa bootstrap does: `tests/reference/coverage.py`.
pub fn mean_interval(sample: &Sample) -> Option<(Interval, MeanMethod)> {
    if sample.variance()? == 0.0 {
        let trials = sample.size() as f64;
        let share = wilson_interval(sample.mean()? / 100.0 * trials, trials);
        let interval = Interval { low: 100.0 * share.low, high: 100.0 * share.high, level: share.level };
        return Some((interval, MeanMethod::NoSpread));
    }
    let interval = student_t_interval(sample)?;
    let clipped = Interval { low: interval.low.max(0.0), high: interval.high.min(100.0), level: interval.level };
    Some((clipped, MeanMethod::StudentT))
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
    fn two_observations_are_the_fewest() {
        let two = Sample::from_counts([(50.0, 1), (75.0, 1)]);
        assert_eq!(mean_interval(&two).unwrap().1, MeanMethod::StudentT);
        assert_eq!(mean_interval(&Sample::from_counts([(50.0, 1)])), None);
    }

    #[test]
    fn agreement_of_everybody_is_not_certainty() {
        let (interval, method) = mean_interval(&Sample::from_counts([(100.0, 40)])).unwrap();
        assert_eq!(method, MeanMethod::NoSpread);
        assert!(interval.low < 95.0 && interval.high == 100.0, "{interval:?}");
    }

    #[test]
    fn an_interval_is_clipped_to_the_scale() {
        let (interval, _) = mean_interval(&Sample::from_counts([(100.0, 39), (0.0, 1)])).unwrap();
        assert_eq!(interval.high, 100.0);
    }
}
