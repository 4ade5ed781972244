use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Element;
use super::financial::around;
use super::financial::{
    Arm, BeforeAfter, ComparisonError, Effect, Evidence, Outcomes, Triangular, complier_effect,
    difference_in_differences,
};

/// A comparison that the organisation ran: what would have come about without the community?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    pub name: String,
    /// The financial element that the outcomes belong to.
    pub element: Element,
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// What one outcome brings before the margin, in the community's own currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount_per_outcome: Decimal,
    pub design: Design,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Design {
    /// Accounts that the community reached and accounts that it did not, before and after.
    DifferenceInDifferences { treated_before: Count, treated_after: Count, control_before: Count, control_after: Count },
    /// Some were invited by lot; not all who were invited came.
    RandomisedInvitation { invited: ArmCount, others: ArmCount },
}

/// How many of a group had the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub outcomes: u64,
    pub of: u64,
}

/// A group that was drawn by lot, by who attended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArmCount {
    pub attended: Count,
    pub stayed_away: Count,
}

impl Count {
    fn parse(self) -> Result<Outcomes, ComparisonError> {
        Outcomes::new(self.outcomes, self.of)
    }
}

impl ArmCount {
    fn parse(self) -> Result<Arm, ComparisonError> {
        Ok(Arm { attended: self.attended.parse()?, stayed_away: self.stayed_away.parse()? })
    }

    fn size(self) -> u64 {
        self.attended.of.saturating_add(self.stayed_away.of)
    }
}

impl Comparison {
    /// The effect on one account, and on how many it was had.
    pub fn effect(&self) -> Result<(Effect, f64), ComparisonError> {
        match self.design {
            Design::DifferenceInDifferences { treated_before, treated_after, control_before, control_after } => {
                let treated = BeforeAfter { before: treated_before.parse()?, after: treated_after.parse()? };
                let control = BeforeAfter { before: control_before.parse()?, after: control_after.parse()? };
                Ok((difference_in_differences(&treated, &control)?, treated_after.of as f64))
            }
            Design::RandomisedInvitation { invited, others } => {
                let found = complier_effect(&invited.parse()?, &others.parse()?)?;
                Ok((found.effect, found.compliers * invited.size() as f64))
            }
        }
    }

    /// What it proves: of few, no more than a model that credits outcomes does.
    pub fn evidence(&self) -> Evidence {
        match self.effect() {
            Ok((effect, _)) if !effect.is_small => Evidence::Experiment,
            _ => Evidence::Attributed,
        }
    }

    /// How many accounts were counted in it.
    pub fn accounts(&self) -> u64 {
        match self.design {
            Design::DifferenceInDifferences { treated_after, control_after, .. } => {
                treated_after.of.saturating_add(control_after.of)
            }
            Design::RandomisedInvitation { invited, others } => invited.size().saturating_add(others.size()),
        }
    }

    /// The effect as an assumption: a triangle so wide that 95 of 100 draws fall into its interval. Outcomes in all, over
    /// its whole time.
    pub(super) fn outcomes(&self) -> Option<Triangular> {
        let (effect, reached) = self.effect().ok()?;
        // Of few, the interval lies nearer to zero than what was observed.
        let middle = (effect.interval.low + effect.interval.high) / 2.0;
        let range = around(middle, effect.interval);
        Triangular::new(range.0 * reached, middle * reached, range.1 * reached).ok()
    }

    /// The share of its time that falls into some days, in 0..1.
    pub(super) fn share_in(&self, first: NaiveDate, last: NaiveDate) -> f64 {
        let days = |from: NaiveDate, until: NaiveDate| ((until - from).num_days() + 1).max(0) as f64;
        let within = days(self.from.max(first), self.until.min(last));
        let all = days(self.from, self.until);
        if all > 0.0 { within / all } else { 0.0 }
    }

    /// Whether it is about an outcome of this element on this day.
    pub fn covers(&self, element: Element, day: NaiveDate) -> bool {
        self.element == element && self.from <= day && day <= self.until
    }

    /// Whether the two would count the same outcomes.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.element == other.element && self.from <= other.until && other.from <= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Quarter;

    fn comparison(until: (i32, u32, u32)) -> Comparison {
        let day = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        Comparison {
            name: "Advocates".into(),
            element: Element::Upgrades,
            from: day((2026, 1, 1)),
            until: day(until),
            amount_per_outcome: Decimal::from(1_000),
            design: Design::DifferenceInDifferences {
                treated_before: Count { outcomes: 20, of: 200 },
                treated_after: Count { outcomes: 50, of: 200 },
                control_before: Count { outcomes: 30, of: 300 },
                control_after: Count { outcomes: 45, of: 300 },
            },
        }
    }

    #[test]
    fn the_effect_is_had_by_those_who_were_treated() {
        // (25 % - 10 %) - (15 % - 10 %) = 10 points, of 200 accounts.
        let range = comparison((2026, 3, 31)).outcomes().unwrap();
        assert!((range.mode() - 20.0).abs() < 1e-9);
        assert!(range.low() < 20.0 && range.high() > 20.0);
    }

    #[test]
    fn a_comparison_of_few_is_no_experiment() {
        assert_eq!(comparison((2026, 3, 31)).evidence(), Evidence::Experiment);
        let few = Comparison {
            design: Design::DifferenceInDifferences {
                treated_before: Count { outcomes: 0, of: 2 },
                treated_after: Count { outcomes: 1, of: 2 },
                control_before: Count { outcomes: 0, of: 2 },
                control_after: Count { outcomes: 0, of: 2 },
            },
            ..comparison((2026, 3, 31))
        };
        assert_eq!(few.evidence(), Evidence::Attributed);
        let range = few.outcomes().unwrap();
        assert!(range.low() < 0.0 && range.mode() < 2.0 * 0.5, "{range:?}");
    }

    #[test]
    fn a_comparison_counts_in_a_quarter_for_its_days_there() {
        let first = Quarter::new(2026, 1).unwrap();
        let share = |comparison: &Comparison, of: Quarter| comparison.share_in(of.first_day(), of.last_day());
        assert_eq!(share(&comparison((2026, 3, 31)), first), 1.0);
        assert_eq!(share(&comparison((2026, 3, 31)), first.next()), 0.0);
        let over_two = comparison((2026, 6, 30));
        assert!((share(&over_two, first) + share(&over_two, first.next()) - 1.0).abs() < 1e-12);
        // A quarter that is running has had what is over by then.
        let january = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
        assert_eq!(comparison((2026, 1, 31)).share_in(first.first_day(), january), 1.0);
    }
}
