use crate::statistics::{Interval, LEVEL, normal_quantile};

/// The least first-stage F from which an effect on compliers is given (Staiger, Stock 1997).
pub const STRONG_FIRST_STAGE: f64 = 10.0;

/// With fewer successes or failures than this in a group the normal distribution does not describe its share.
pub const FEWEST: u64 = 10;

/// How many of a group did what one hopes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcomes {
    successes: u64,
    trials: u64,
}

/// What a group has on average of something that is no money: purchases, licences, logins. An effect on it becomes
/// money by [`checked_times`](super::checked_times).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupMean {
    pub mean: f64,
    /// The unbiased sample variance.
    pub variance: f64,
    pub size: u64,
}

/// The same of a group before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeforeAfter<T> {
    pub before: T,
    pub after: T,
}

/// An effect, in the unit of what was compared: a share of 0.05 is five percentage points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// As it was observed.
    pub estimate: f64,
    pub standard_error: f64,
    /// Around the estimate, or of a small comparison around what it shrinks to.
    pub interval: Interval,
    /// Some group has fewer than [`FEWEST`] successes or failures: the interval is made for that, and what it shows is no
    /// experiment's proof.
    pub is_small: bool,
}

/// Why groups were not compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComparisonError {
    #[error("{successes} successes were counted among {trials}; check the two counts")]
    MoreThanAll { successes: u64, trials: u64 },
    #[error("the group `{group}` has too few to compare; it takes at least {needed}")]
    TooFew { group: &'static str, needed: u64 },
    #[error("the mean or the variance of the group `{group}` is not a number, or the variance is below zero")]
    NotANumber { group: &'static str },
    #[error("within each group all are alike, so there is no telling an effect from chance; wait for more data")]
    NoSpread,
    #[error(
        "the invitation hardly changed who attended ({:.1}% of the invited, {:.1}% of the others; first-stage F \
         {first_stage_f:.1}, of which {STRONG_FIRST_STAGE} is the least), so that an effect on those whom it made \
         attend cannot be estimated; compare the invited with the others instead, or invite more people",
        100.0 * .invited, 100.0 * .others
    )]
    WeakFirstStage { invited: f64, others: f64, first_stage_f: f64 },
}

impl Outcomes {
    pub fn new(successes: u64, trials: u64) -> Result<Self, ComparisonError> {
        if successes > trials {
            return Err(ComparisonError::MoreThanAll { successes, trials });
        }
        Ok(Self { successes, trials })
    }

    pub fn successes(&self) -> u64 {
        self.successes
    }

    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// The share with its squared standard error p(1-p)/n, after as many made-up successes and failures each were added.
    fn estimate(&self, group: &'static str, added: f64) -> Result<Estimate, ComparisonError> {
        if self.trials == 0 {
            return Err(ComparisonError::TooFew { group, needed: 1 });
        }
        let trials = self.trials as f64 + 2.0 * added;
        let share = (self.successes as f64 + added) / trials;
        Ok(Estimate { value: share, squared_error: share * (1.0 - share) / trials })
    }
}

impl GroupMean {
    fn estimate(&self, group: &'static str) -> Result<Estimate, ComparisonError> {
        if self.size < 2 {
            return Err(ComparisonError::TooFew { group, needed: 2 });
        }
        if !(self.mean.is_finite() && self.variance.is_finite() && self.variance >= 0.0) {
            return Err(ComparisonError::NotANumber { group });
        }
        Ok(Estimate { value: self.mean, squared_error: self.variance / self.size as f64 })
    }
}

/// The difference in differences of shares (Card, Krueger 1994): how much more the treated changed than the control
/// group, which says what would have happened anyway if both would have gone the same way.
///
/// The four groups count as independent samples. Where each of them has [`FEWEST`] successes and failures or more, the
/// interval is Wald's. Below that half a success and half a failure are added to each group (Price, Bonett 2004,
/// Computational Statistics and Data Analysis 45, 449-456, which of two groups is the interval of Agresti and Caffo), so
/// that it is centred nearer to zero than the estimate. Where the same people were counted before and after and remain
/// much as they were, the standard error is too large, so that it errs on the safe side.
pub fn difference_in_differences(
    treated: &BeforeAfter<Outcomes>,
    control: &BeforeAfter<Outcomes>,
) -> Result<Effect, ComparisonError> {
    let groups = [treated.before, treated.after, control.before, control.after];
    let of = |added: f64| {
        let mut estimates = [const { Estimate { value: 0.0, squared_error: 0.0 } }; 4];
        for ((estimate, group), name) in estimates.iter_mut().zip(groups).zip(GROUPS) {
            *estimate = group.estimate(name, added)?;
        }
        Ok(difference(estimates))
    };
    let observed = of(0.0)?;
    if groups.iter().any(|group| is_small(group.successes, group.trials)) {
        return Ok(small_effect(observed.value, of(0.5)?));
    }
    effect(observed)
}

/// As [`difference_in_differences`], of means. The interval is that of the normal distribution too: each group should
/// have thirty members or more.
pub fn difference_in_differences_of_means(
    treated: &BeforeAfter<GroupMean>,
    control: &BeforeAfter<GroupMean>,
) -> Result<Effect, ComparisonError> {
    effect(difference([
        treated.before.estimate(GROUPS[0])?,
        treated.after.estimate(GROUPS[1])?,
        control.before.estimate(GROUPS[2])?,
        control.after.estimate(GROUPS[3])?,
    ]))
}

const GROUPS: [&str; 4] = ["treated, before", "treated, after", "control, before", "control, after"];

pub(super) struct Estimate {
    pub value: f64,
    pub squared_error: f64,
}

fn difference([treated_before, treated_after, control_before, control_after]: [Estimate; 4]) -> Estimate {
    let value = (treated_after.value - treated_before.value) - (control_after.value - control_before.value);
    let squared_error = treated_before.squared_error
        + treated_after.squared_error
        + control_before.squared_error
        + control_after.squared_error;
    Estimate { value, squared_error }
}

/// Whether a group has too few successes or failures for the normal distribution.
pub(super) fn is_small(successes: u64, trials: u64) -> bool {
    successes < FEWEST || trials.saturating_sub(successes) < FEWEST
}

pub(super) fn effect(estimate: Estimate) -> Result<Effect, ComparisonError> {
    if estimate.squared_error <= 0.0 {
        return Err(ComparisonError::NoSpread);
    }
    Ok(Effect { is_small: false, ..small_effect(estimate.value, estimate) })
}

/// An effect of few, with the estimate that its interval lies around.
pub(super) fn small_effect(observed: f64, Estimate { value, squared_error }: Estimate) -> Effect {
    let standard_error = squared_error.sqrt();
    let half = normal_quantile(0.5 + LEVEL / 2.0) * standard_error;
    let interval = Interval { low: value - half, high: value + half, level: LEVEL };
    Effect { estimate: observed, standard_error, interval, is_small: true }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcomes(successes: u64, trials: u64) -> Outcomes {
        Outcomes::new(successes, trials).unwrap()
    }

    fn counts(before: (u64, u64), after: (u64, u64)) -> BeforeAfter<Outcomes> {
        BeforeAfter { before: outcomes(before.0, before.1), after: outcomes(after.0, after.1) }
    }

    #[test]
    fn what_would_have_happened_anyway_is_taken_off() {
        // From 10% to 25% against 10% to 15%.
        let effect = difference_in_differences(&counts((20, 200), (50, 200)), &counts((20, 200), (30, 200))).unwrap();
        assert!((effect.estimate - 0.1).abs() < 1e-12);
        let expected = ((0.09 * 2.0 + 0.1875 + 0.1275) / 200.0_f64).sqrt();
        assert!((effect.standard_error - expected).abs() < 1e-12);
        let half = (effect.interval.high - effect.interval.low) / 2.0;
        assert!((half / expected - 1.959_963_984_540_054).abs() < 1e-9);
    }

    #[test]
    fn means_are_compared_by_their_variance() {
        let group = |mean, variance, size| GroupMean { mean, variance, size };
        let treated = BeforeAfter { before: group(2.0, 4.0, 100), after: group(3.5, 9.0, 100) };
        let control = BeforeAfter { before: group(2.0, 1.0, 50), after: group(2.5, 2.0, 50) };
        let effect = difference_in_differences_of_means(&treated, &control).unwrap();
        assert!((effect.estimate - 1.0).abs() < 1e-12);
        assert!((effect.standard_error - 0.19_f64.sqrt()).abs() < 1e-12);
        for wrong in [group(f64::NAN, 1.0, 50), group(1.0, -1.0, 50), group(1.0, f64::INFINITY, 50)] {
            let control = BeforeAfter { after: wrong, ..control };
            let refused = difference_in_differences_of_means(&treated, &control).unwrap_err();
            assert_eq!(refused, ComparisonError::NotANumber { group: "control, after" });
        }
        let control = BeforeAfter { before: group(1.0, 0.0, 1), ..control };
        let refused = difference_in_differences_of_means(&treated, &control).unwrap_err();
        assert_eq!(refused, ComparisonError::TooFew { group: "control, before", needed: 2 });
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let refused = Outcomes::new(3, 2);
        assert_eq!(refused, Err(ComparisonError::MoreThanAll { successes: 3, trials: 2 }));
        let (some, none) = (counts((20, 200), (50, 200)), counts((20, 200), (0, 0)));
        let refused = difference_in_differences(&none, &some);
        assert_eq!(refused, Err(ComparisonError::TooFew { group: "treated, after", needed: 1 }));
    }

    #[test]
    fn a_handful_proves_nothing() {
        // One of two against none of two, with none before: half of them more, and anything from a loss to a gain.
        let effect = difference_in_differences(&counts((0, 2), (1, 2)), &counts((0, 2), (0, 2))).unwrap();
        assert!(effect.is_small && effect.estimate == 0.5);
        // (1.5 / 3 - 0.5 / 3) - 0, three variances of 0.5 / 3 x 2.5 / 3 / 3 and one of 0.25 / 3.
        let error = (3.0 * (0.5 / 3.0) * (2.5 / 3.0) / 3.0 + 0.25 / 3.0_f64).sqrt();
        assert!((effect.standard_error - error).abs() < 1e-12);
        assert!((effect.interval.low + effect.interval.high - 2.0 / 3.0).abs() < 1e-12);
        assert!(effect.interval.low < -0.5, "{effect:?}");
        // Groups without any spread are not certain either.
        let alike = counts((0, 200), (200, 200));
        let alike = difference_in_differences(&alike, &alike).unwrap();
        assert!(alike.is_small && alike.interval.low < 0.0 && alike.interval.high > 0.0);
    }

    fn some_outcomes() -> impl Strategy<Value = Outcomes> {
        (1_u64..2_000).prop_flat_map(|trials| (0..=trials).prop_map(move |successes| outcomes(successes, trials)))
    }

    proptest! {
        #[test]
        fn changing_the_groups_round_turns_the_effect_round(
            groups in proptest::array::uniform4(some_outcomes()),
        ) {
            let [a, b, c, d] = groups;
            let (one, other) = (BeforeAfter { before: a, after: b }, BeforeAfter { before: c, after: d });
            match (difference_in_differences(&one, &other), difference_in_differences(&other, &one)) {
                (Ok(forwards), Ok(backwards)) => {
                    prop_assert!((forwards.estimate + backwards.estimate).abs() < 1e-12);
                    prop_assert!((forwards.interval.low + backwards.interval.high).abs() < 1e-12);
                    prop_assert!(forwards.standard_error > 0.0);
                    prop_assert!((forwards.standard_error - backwards.standard_error).abs() < 1e-12);
                    prop_assert!((-2.0..=2.0).contains(&forwards.estimate));
                }
                (forwards, backwards) => prop_assert_eq!(forwards, backwards),
            }
        }
    }
}
