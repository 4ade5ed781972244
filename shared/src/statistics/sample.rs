/// Values and how often each was seen: all that a mean and its interval need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Sorted by value, each value once, no count of zero.
    values: Vec<(f64, u64)>,
}

impl Sample {
    pub fn from_counts(counts: impl IntoIterator<Item = (f64, u64)>) -> Self {
        let mut values: Vec<(f64, u64)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        values.dedup_by(|next, kept| {
            let same = next.0 - kept.0 < 1e-9;
            if same {
                kept.1 += next.1;
            }
            same
        });
        Self { values }
    }

    /// How many were observed.
    pub fn size(&self) -> u64 {
        self.values.iter().map(|(_, count)| count).sum()
    }

    /// `None` for an empty sample.
    pub fn mean(&self) -> Option<f64> {
        if let [(value, _)] = self.values[..] {
            return Some(value);
        }
        let size = self.size();
        let sum: f64 = self.values.iter().map(|(value, count)| value * *count as f64).sum();
        (size > 0).then(|| sum / size as f64)
    }

    /// The unbiased sample variance; `None` below two observations.
    pub fn variance(&self) -> Option<f64> {
        let mean = self.mean()?;
        let size = self.size();
        let squares: f64 = self.values.iter().map(|(value, count)| (value - mean).powi(2) * *count as f64).sum();
        (size > 1).then(|| squares / (size - 1) as f64)
    }

    pub fn counts(&self) -> &[(f64, u64)] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_counted_together() {
        let sample = Sample::from_counts([(75.0, 1), (25.0, 2), (75.0, 3), (50.0, 0)]);
        assert_eq!(sample.counts(), [(25.0, 2), (75.0, 4)]);
        assert_eq!(sample.size(), 6);
    }

    #[test]
    fn an_empty_sample_has_no_mean_and_a_single_observation_no_variance() {
        assert_eq!(Sample::default().mean(), None);
        assert_eq!(Sample::from_counts([(1.0, 1)]).variance(), None);
        assert_eq!(Sample::from_counts([(0.0, 1), (100.0, 1)]).variance(), Some(5_000.0));
    }
}
