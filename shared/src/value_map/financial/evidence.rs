use rust_decimal::Decimal;

use super::AmountError;
use super::amount::sum;

/// What an amount rests on, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Evidence {
    /// Counted where it happened: invoices, closed cases.
    Measured,
    /// The difference to a comparison group.
    Experiment,
    /// Credited to activities by an attribution model.
    Attributed,
    /// Somebody's estimate.
    Assumed,
}

impl Evidence {
    pub const ALL: [Self; 4] = [Self::Measured, Self::Experiment, Self::Attributed, Self::Assumed];
}

/// An amount with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GradedAmount {
    pub evidence: Evidence,
    /// Written as a text, as [`Money`](crate::money::Money) is.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub amount: Decimal,
}

/// Amounts by what they rest on. Only amounts of the same grade are ever added up, and there is no total: a sum of
/// invoices and estimates would pass for measured. On the wire a list of [`GradedAmount`], the strongest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<GradedAmount>", into = "Vec<GradedAmount>")
)]
pub struct GradedAmounts {
    /// Each grade at most once, the strongest first.
    amounts: Vec<GradedAmount>,
}

impl GradedAmounts {
    /// Adds an amount to those of its grade. On an error nothing is changed.
    pub fn add(&mut self, evidence: Evidence, amount: Decimal) -> Result<(), AmountError> {
        match self.amounts.binary_search_by_key(&evidence, |graded| graded.evidence) {
            Ok(index) => self.amounts[index].amount = sum([self.amounts[index].amount, amount])?,
            Err(index) => self.amounts.insert(index, GradedAmount { evidence, amount: sum([amount])? }),
        }
        Ok(())
    }

    /// `None` where no amount has this grade, which is not the same as zero.
    pub fn of(&self, evidence: Evidence) -> Option<Decimal> {
        self.amounts.iter().find(|graded| graded.evidence == evidence).map(|graded| graded.amount)
    }

    /// Each grade that has an amount, the strongest first.
    pub fn amounts(&self) -> &[GradedAmount] {
        &self.amounts
    }

    /// The weakest grade among them, which is what any claim about all of them rests on. `None` without amounts.
    pub fn weakest(&self) -> Option<Evidence> {
        self.amounts.last().map(|graded| graded.evidence)
    }
}

impl TryFrom<Vec<GradedAmount>> for GradedAmounts {
    type Error = AmountError;

    fn try_from(graded: Vec<GradedAmount>) -> Result<Self, AmountError> {
        let mut amounts = Self::default();
        graded.into_iter().try_for_each(|graded| amounts.add(graded.evidence, graded.amount))?;
        Ok(amounts)
    }
}

impl From<GradedAmounts> for Vec<GradedAmount> {
    fn from(graded: GradedAmounts) -> Self {
        graded.amounts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_same_grade_adds_up() {
        let mut amounts = GradedAmounts::default();
        assert_eq!(amounts.weakest(), None);
        amounts.add(Evidence::Attributed, Decimal::from(100)).unwrap();
        amounts.add(Evidence::Measured, Decimal::from(7)).unwrap();
        amounts.add(Evidence::Attributed, Decimal::from(20)).unwrap();
        assert_eq!(amounts.of(Evidence::Attributed), Some(Decimal::from(120)));
        assert_eq!(amounts.of(Evidence::Measured), Some(Decimal::from(7)));
        assert_eq!(amounts.of(Evidence::Assumed), None);
        assert_eq!(amounts.weakest(), Some(Evidence::Attributed));
    }

    #[test]
    fn an_amount_that_is_too_large_leaves_the_others_as_they_were() {
        let mut amounts = GradedAmounts::default();
        amounts.add(Evidence::Measured, Decimal::ONE).unwrap();
        let before = amounts.clone();
        assert!(amounts.add(Evidence::Measured, Decimal::MAX).is_err());
        assert!(amounts.add(Evidence::Assumed, Decimal::MAX).is_err());
        assert_eq!(amounts, before);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn amounts_are_texts_on_the_wire() {
        let mut amounts = GradedAmounts::default();
        amounts.add(Evidence::Experiment, Decimal::new(15, 1)).unwrap();
        let text = serde_json::to_string(&amounts).unwrap();
        assert_eq!(text, r#"[{"evidence":"EXPERIMENT","amount":"1.5"}]"#);
        assert_eq!(serde_json::from_str::<GradedAmounts>(&text).unwrap(), amounts);
        assert!(serde_json::from_str::<GradedAmounts>(r#"[{"evidence":"MEASURED","amount":1.5}]"#).is_err());
    }

    proptest! {
        #[test]
        fn order_does_not_matter(
            entries in proptest::collection::vec((0..4_usize, -1_000_000_i64..1_000_000), 0..20),
        ) {
            let graded = |(index, count): &(usize, i64)| GradedAmount {
                evidence: Evidence::ALL[*index],
                amount: Decimal::new(*count, 4),
            };
            let forwards = GradedAmounts::try_from(entries.iter().map(graded).collect::<Vec<_>>()).unwrap();
            let backwards = GradedAmounts::try_from(entries.iter().rev().map(graded).collect::<Vec<_>>()).unwrap();
            prop_assert_eq!(&forwards, &backwards);
            prop_assert!(forwards.amounts().is_sorted_by_key(|graded| graded.evidence));
            prop_assert_eq!(forwards.weakest(), entries.iter().map(|entry| Evidence::ALL[entry.0]).max());
        }
    }
}
