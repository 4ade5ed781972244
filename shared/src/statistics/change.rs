use super::{Change, Interval};
use super::{LEVEL, Sample, student_t_quantile};

/// The difference of two means with Welch's interval (Welch 1947; degrees of freedom by Satterthwaite 1946).
/// `None` when one of the samples has fewer than two observations.
pub fn change_between(before: &Sample, now: &Sample) -> Option<Change> {
    let difference = now.mean()? - before.mean()?;
    let parts = [before, now].map(|sample| Some((sample.variance()? / sample.size() as f64, sample.size() as f64)));
    let [Some((before_error, before_size)), Some((now_error, now_size))] = parts else { return None };
    let squared_error = before_error + now_error;
    if squared_error == 0.0 {
        return Some(Change { difference, interval: None });
    }
    let freedom =
        squared_error.powi(2) / (before_error.powi(2) / (before_size - 1.0) + now_error.powi(2) / (now_size - 1.0));
    let half = student_t_quantile(0.5 + LEVEL / 2.0, freedom) * squared_error.sqrt();
    let interval = Interval { low: difference - half, high: difference + half, level: LEVEL };
    Some(Change { difference, interval: Some(interval) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changed_between_a_sample_and_itself() {
        let sample = Sample::from_counts([(25.0, 10), (75.0, 20)]);
        let change = change_between(&sample, &sample).unwrap();
        let interval = change.interval.unwrap();
        assert_eq!(change.difference, 0.0);
        assert!((interval.low + interval.high).abs() < 1e-12 && interval.high > 0.0);
    }

    #[test]
    fn one_observation_is_not_enough_for_a_change() {
        let one = Sample::from_counts([(25.0, 1)]);
        assert_eq!(change_between(&one, &Sample::from_counts([(25.0, 9), (50.0, 3)])), None);
    }
}
