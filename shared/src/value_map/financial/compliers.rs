use super::comparison::{Estimate, STRONG_FIRST_STAGE, effect, is_small, small_effect};
use super::{ComparisonError, Effect, Outcomes};

/// One arm of a randomised invitation: the outcomes of those who attended and of those who did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arm {
    pub attended: Outcomes,
    pub stayed_away: Outcomes,
}

/// The effect of attending on those whom the invitation made attend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComplierEffect {
    pub effect: Effect,
    /// The share of compliers: attendance of the invited less that of the others.
    pub compliers: f64,
    /// How strongly the invitation moved attendance; at least [`STRONG_FIRST_STAGE`].
    pub first_stage_f: f64,
}

/// The local average treatment effect by the Wald estimator (p1 - p0) / (a1 - a0), p the shares of outcomes and a those
/// of attendance among the invited and the others (Imbens, Angrist 1994), with the interval of the delta method.
///
/// It holds where invitations were drawn at random, work through attendance alone and keep nobody away. Where they
/// moved attendance too little, the estimate has no normal distribution: below a first-stage F of
/// [`STRONG_FIRST_STAGE`] it is refused. That F adds one who attended and one who did not to each arm (Agresti, Caffo
/// 2000), so that a handful of people is no strong first stage.
///
/// Below [`FEWEST`](super::FEWEST) successes or failures in an arm, a success and a failure are added to it that attended
/// as the arm did: of arms that all did as they were drawn it is the interval of Agresti and Caffo.
pub fn complier_effect(invited: &Arm, others: &Arm) -> Result<ComplierEffect, ComparisonError> {
    let (invited_share, others_share) = (invited.attendance("invited")?, others.attendance("others")?);
    let compliers = invited_share - others_share;
    let first_stage_f = first_stage_f(invited, others);
    if compliers <= 0.0 || first_stage_f < STRONG_FIRST_STAGE {
        let (invited, others) = (invited_share, others_share);
        return Err(ComparisonError::WeakFirstStage { invited, others, first_stage_f });
    }
    let estimate = |added: f64| {
        let (invited, others) = (Added { arm: invited, added }, Added { arm: others, added });
        let value = (invited.success() - others.success()) / compliers;
        let squared_error = invited.squared_error(value) + others.squared_error(value);
        Estimate { value, squared_error: squared_error / compliers.powi(2) }
    };
    let observed = estimate(0.0);
    let effect = match [invited, others].iter().any(|arm| is_small(arm.successes(), arm.trials())) {
        true => small_effect(observed.value, estimate(1.0)),
        false => effect(observed)?,
    };
    Ok(ComplierEffect { effect, compliers, first_stage_f })
}

impl Arm {
    fn size(&self) -> f64 {
        self.attended.trials() as f64 + self.stayed_away.trials() as f64
    }

    fn attendance(&self, group: &'static str) -> Result<f64, ComparisonError> {
        match self.size() {
            0.0 => Err(ComparisonError::TooFew { group, needed: 1 }),
            size => Ok(self.attended.trials() as f64 / size),
        }
    }

    fn successes(&self) -> u64 {
        self.attended.successes().saturating_add(self.stayed_away.successes())
    }

    fn trials(&self) -> u64 {
        self.attended.trials().saturating_add(self.stayed_away.trials())
    }
}

/// An arm to which as many successes and failures each were added, that attended as the arm did.
struct Added<'a> {
    arm: &'a Arm,
    added: f64,
}

impl Added<'_> {
    fn size(&self) -> f64 {
        self.arm.size() + 2.0 * self.added
    }

    fn attendance(&self) -> f64 {
        self.arm.attended.trials() as f64 / self.arm.size()
    }

    fn success(&self) -> f64 {
        (self.arm.successes() as f64 + self.added) / self.size()
    }

    /// That of the mean of success - effect x attendance.
    fn squared_error(&self, effect: f64) -> f64 {
        let mean = self.success() - effect * self.attendance();
        let squares = |outcomes: &Outcomes, attendance: f64, share: f64| {
            let square = |success: f64| (success - effect * attendance - mean).powi(2);
            let added = self.added * share;
            let failures = outcomes.trials() - outcomes.successes();
            (outcomes.successes() as f64 + added) * square(1.0) + (failures as f64 + added) * square(0.0)
        };
        let attended = squares(&self.arm.attended, 1.0, self.attendance());
        let stayed_away = squares(&self.arm.stayed_away, 0.0, 1.0 - self.attendance());
        (attended + stayed_away) / self.size().powi(2)
    }
}

fn first_stage_f(invited: &Arm, others: &Arm) -> f64 {
    let [invited, others] = [invited, others].map(|arm| {
        let size = arm.size() + 2.0;
        let share = (arm.attended.trials() as f64 + 1.0) / size;
        Estimate { value: share, squared_error: share * (1.0 - share) / size }
    });
    (invited.value - others.value).powi(2) / (invited.squared_error + others.squared_error)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcomes(successes: u64, trials: u64) -> Outcomes {
        Outcomes::new(successes, trials).unwrap()
    }

    fn arm(attended: (u64, u64), stayed_away: (u64, u64)) -> Arm {
        Arm { attended: outcomes(attended.0, attended.1), stayed_away: outcomes(stayed_away.0, stayed_away.1) }
    }

    #[test]
    fn the_effect_on_compliers_is_that_of_the_invitation_over_the_share_it_moved() {
        // 50% of the invited attend and none of the others; outcomes of 30% against 20%.
        let found = complier_effect(&arm((100, 250), (50, 250)), &arm((0, 0), (100, 500))).unwrap();
        assert_eq!(found.compliers, 0.5);
        assert!((found.effect.estimate - 0.2).abs() < 1e-12);
        let expected = ((0.21 + 0.04 * 0.25 - 2.0 * 0.2 * 0.05 + 0.16) / 500.0_f64).sqrt() / 0.5;
        assert!((found.effect.standard_error - expected).abs() < 1e-12);
    }

    #[test]
    fn when_all_do_as_they_were_drawn_it_is_the_plain_difference() {
        let found = complier_effect(&arm((60, 200), (0, 0)), &arm((0, 0), (40, 200))).unwrap();
        assert_eq!(found.compliers, 1.0);
        assert!((found.effect.estimate - 0.1).abs() < 1e-12);
        assert!((found.effect.standard_error - ((0.21 + 0.16) / 200.0_f64).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn where_attending_decides_everything_there_is_no_spread() {
        let refused = complier_effect(&arm((70, 70), (0, 30)), &arm((10, 10), (0, 90)));
        assert_eq!(refused, Err(ComparisonError::NoSpread));
    }

    #[test]
    fn few_successes_are_compared_by_an_interval_for_few() {
        let found = complier_effect(&arm((3, 20), (0, 0)), &arm((0, 0), (0, 20))).unwrap().effect;
        // Agresti and Caffo: 4 / 22 - 1 / 22.
        let error = (4.0 * 18.0 / 22.0_f64.powi(3) + 21.0 / 22.0_f64.powi(3)).sqrt();
        assert!(found.is_small && (found.estimate - 0.15).abs() < 1e-12);
        assert!((found.standard_error - error).abs() < 1e-12, "{found:?}");
        assert!((found.interval.low + found.interval.high - 2.0 * 3.0 / 22.0).abs() < 1e-12);
    }

    #[test]
    fn an_invitation_that_moved_nobody_is_refused() {
        let weak = complier_effect(&arm((20, 60), (30, 140)), &arm((10, 50), (30, 150))).unwrap_err();
        assert!(matches!(weak, ComparisonError::WeakFirstStage { .. }));
        assert!(
            weak.to_string().starts_with("the invitation hardly changed who attended (30.0% of the invited, 25.0%")
        );
        let turned_round = complier_effect(&arm((0, 0), (100, 500)), &arm((100, 250), (50, 250)));
        assert!(matches!(turned_round, Err(ComparisonError::WeakFirstStage { .. })));
        let handful = complier_effect(&arm((2, 3), (0, 0)), &arm((0, 0), (1, 3)));
        assert!(matches!(handful, Err(ComparisonError::WeakFirstStage { .. })));
        let nobody = complier_effect(&arm((0, 0), (0, 0)), &arm((0, 0), (1, 3)));
        assert_eq!(nobody, Err(ComparisonError::TooFew { group: "invited", needed: 1 }));
    }

    fn some_outcomes() -> impl Strategy<Value = Outcomes> {
        (1_u64..2_000).prop_flat_map(|trials| (0..=trials).prop_map(move |successes| outcomes(successes, trials)))
    }

    proptest! {
        #[test]
        fn an_effect_on_compliers_is_never_less_than_that_of_the_invitation(
            groups in proptest::array::uniform4(some_outcomes()),
        ) {
            let [a, b, c, d] = groups;
            let (invited, others) = (Arm { attended: a, stayed_away: b }, Arm { attended: c, stayed_away: d });
            if let Ok(found) = complier_effect(&invited, &others) {
                let share = |arm: &Arm| (arm.attended.successes() + arm.stayed_away.successes()) as f64 / arm.size();
                prop_assert!(found.effect.estimate.abs() >= (share(&invited) - share(&others)).abs() - 1e-12);
                prop_assert!(found.compliers > 0.0 && found.first_stage_f >= STRONG_FIRST_STAGE);
                prop_assert!(found.effect.standard_error.is_finite());
            }
        }
    }
}
