use rust_decimal::Decimal;

use super::AmountError;
use super::amount::{checked_times, not_negative};
use crate::statistics::Interval;
use crate::statistics::wilson_interval;

/// How many of those who were asked said yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Answers"))]
pub struct Rate {
    yes: u64,
    asked: u64,
}

/// Why two counts are no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    #[error("nobody was asked, so there is no rate; ask first, or enter an assumption")]
    NobodyAsked,
    #[error("{yes} are said to have answered yes, but only {asked} were asked; check the two counts")]
    MoreThanAsked { yes: u64, asked: u64 },
}

/// Support cases that were never opened, because people found help without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cases {
    pub low: f64,
    pub likely: f64,
    pub high: f64,
}

/// An amount that is not known better than to lie between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AmountRange {
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub low: Decimal,
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub likely: Decimal,
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub high: Decimal,
}

/// What people found by themselves, with what they said when they were asked. Each question is put to those who said
/// yes to the one before, so that the rates may be multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct SearchDeflection {
    /// Self-help events: visits in which somebody who is entitled to support searched or read without asking.
    pub events: u64,
    /// Did you find what you were looking for?
    pub success: Rate,
    /// Would you have asked support otherwise?
    pub intent: Rate,
    /// Was that the end of it?
    pub no_further_action: Rate,
}

/// What other members answered, with what those who had asked said. That the answer helped they say by accepting it.
/// Who merely reads an accepted answer later is a self-help event of [`SearchDeflection`] and not counted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct AnswerDeflection {
    /// Answers of members, not of staff, that the one who asked accepted.
    pub accepted: u64,
    /// Would you have asked support otherwise?
    pub intent: Rate,
    /// Was that the end of it?
    pub no_further_action: Rate,
}

impl Rate {
    pub fn new(yes: u64, asked: u64) -> Result<Self, RateError> {
        match asked {
            0 => Err(RateError::NobodyAsked),
            _ if yes > asked => Err(RateError::MoreThanAsked { yes, asked }),
            _ => Ok(Self { yes, asked }),
        }
    }

    pub fn yes(&self) -> u64 {
        self.yes
    }

    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// In 0..1.
    pub fn share(&self) -> f64 {
        self.yes as f64 / self.asked as f64
    }

    /// The Wilson score interval of the share (Wilson 1927).
    pub fn interval(&self) -> Interval {
        wilson_interval(self.yes as f64, self.asked as f64)
    }
}

impl SearchDeflection {
    /// Direct deflection: events x success x intent x no further action (Sweeny, ServiceXRG, "How to Define and Measure
    /// Self-Service Deflection Rates").
    pub fn cases(&self) -> Cases {
        cases(self.events, &[self.success, self.intent, self.no_further_action])
    }
}

impl AnswerDeflection {
    /// Accepted answers x intent x no further action.
    pub fn cases(&self) -> Cases {
        cases(self.accepted, &[self.intent, self.no_further_action])
    }
}

impl Cases {
    /// What they would have cost. A cost per case below zero is refused.
    pub fn saving(&self, cost_per_case: Decimal) -> Result<AmountRange, AmountError> {
        let cost = not_negative("the cost per case", cost_per_case)?;
        Ok(AmountRange {
            low: checked_times(cost, self.low)?,
            likely: checked_times(cost, self.likely)?,
            high: checked_times(cost, self.high)?,
        })
    }
}

/// The ends are the products of the Wilson bounds. All rates would have to lie at the same end at once, so that the
/// range is wider than an interval of 95%: it errs on the safe side.
fn cases(events: u64, rates: &[Rate]) -> Cases {
    let product = |of_rate: fn(&Rate) -> f64| rates.iter().map(of_rate).fold(events as f64, |cases, rate| cases * rate);
    let likely = product(Rate::share);
    Cases {
        low: product(|rate| rate.interval().low).min(likely),
        likely,
        high: product(|rate| rate.interval().high).max(likely),
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Answers {
    yes: u64,
    asked: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Answers> for Rate {
    type Error = RateError;

    fn try_from(answers: Answers) -> Result<Self, RateError> {
        Self::new(answers.yes, answers.asked)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(yes: u64, asked: u64) -> Rate {
        Rate::new(yes, asked).unwrap()
    }

    #[test]
    fn a_rate_is_of_those_who_were_asked() {
        assert_eq!(rate(3, 4).share(), 0.75);
        assert_eq!(Rate::new(0, 0), Err(RateError::NobodyAsked));
        assert_eq!(Rate::new(5, 4), Err(RateError::MoreThanAsked { yes: 5, asked: 4 }));
    }

    #[test]
    fn every_rate_takes_its_part_of_the_events() {
        let searches =
            SearchDeflection { events: 10_000, success: rate(1, 2), intent: rate(1, 4), no_further_action: rate(4, 5) };
        assert_eq!(searches.cases().likely, 1_000.0);
        let answers = AnswerDeflection { accepted: 10_000, intent: rate(1, 4), no_further_action: rate(4, 5) };
        assert_eq!(answers.cases().likely, 2_000.0);
    }

    #[test]
    fn a_case_saves_what_it_would_have_cost() {
        let cases = Cases { low: 10.0, likely: 20.5, high: 30.0 };
        let saving = cases.saving(Decimal::new(2_550, 2)).unwrap();
        assert_eq!(
            [saving.low, saving.likely, saving.high],
            [Decimal::new(255, 0), Decimal::new(52_275, 2), Decimal::new(765, 0)]
        );
        assert!(matches!(cases.saving(Decimal::NEGATIVE_ONE), Err(AmountError::Negative { .. })));
        let endless = Cases { high: 1e300, ..cases };
        assert!(matches!(endless.saving(Decimal::ONE), Err(AmountError::TooLarge { .. })));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_stored_rate_is_checked_again() {
        assert_eq!(serde_json::to_string(&rate(3, 4)).unwrap(), r#"{"yes":3,"asked":4}"#);
        assert_eq!(serde_json::from_str::<Rate>(r#"{"yes":3,"asked":4}"#).unwrap(), rate(3, 4));
        assert!(serde_json::from_str::<Rate>(r#"{"yes":5,"asked":4}"#).is_err());
    }

    fn rates() -> impl Strategy<Value = Rate> {
        (1_u64..5_000, 0.0..=1.0_f64).prop_map(|(asked, part)| rate((asked as f64 * part) as u64, asked))
    }

    proptest! {
        #[test]
        fn no_more_cases_than_events_and_the_likely_within_the_range(
            events in 0_u64..10_000_000, success in rates(), intent in rates(), no_further_action in rates(),
        ) {
            let cases = SearchDeflection { events, success, intent, no_further_action }.cases();
            prop_assert!(0.0 <= cases.low && cases.low <= cases.likely && cases.likely <= cases.high);
            prop_assert!(cases.high <= events as f64);
            let without_success = AnswerDeflection { accepted: events, intent, no_further_action }.cases();
            prop_assert!(cases.likely <= without_success.likely);
        }
    }
}
