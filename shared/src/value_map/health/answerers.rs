use std::collections::BTreeMap;

use crate::value_map::measured::Measured;

/// How many of the busiest answerers are held against the others.
pub const BUSIEST: u64 = 10;
/// With fewer answerers than this, the busiest would be most of them.
const LEAST_ANSWERERS: u64 = 20;

/// How the answers of some days are spread over the members who gave them. Staff and replies to own questions are left
/// out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswererCounts {
    /// By how many answers, the members who gave so many.
    members: BTreeMap<u64, u64>,
}

impl AnswererCounts {
    /// Of how many answers each member gave.
    pub fn of(answers: impl IntoIterator<Item = u64>) -> Self {
        let mut members = BTreeMap::new();
        for count in answers.into_iter().filter(|count| *count > 0) {
            *members.entry(count).or_default() += 1;
        }
        Self { members }
    }

    pub fn answers(&self) -> u64 {
        self.members.iter().map(|(answers, members)| answers * members).sum()
    }

    pub fn answerers(&self) -> u64 {
        self.members.values().sum()
    }

    /// How many answers the [`BUSIEST`] gave.
    fn of_busiest(&self) -> u64 {
        let mut places = BUSIEST;
        let mut sum = 0;
        for (answers, members) in self.members.iter().rev() {
            let members = Ord::min(*members, places);
            sum += answers * members;
            places -= members;
        }
        sum
    }

    /// The fewest members who gave half of the answers together.
    fn of_half(&self) -> u64 {
        let (mut left, mut found) = (self.answers().div_ceil(2), 0);
        for (answers, members) in self.members.iter().rev() {
            let members = Ord::min(*members, left.div_ceil(*answers));
            left = left.saturating_sub(answers * members);
            found += members;
        }
        found
    }

    pub(in crate::value_map) fn busiest_share(&self, minimum: u64) -> Result<Measured, String> {
        let least = Ord::max(LEAST_ANSWERERS, minimum);
        if self.answerers() < least {
            return Err(self.too_few(least));
        }
        let value = self.of_busiest() as f64 / self.answers() as f64;
        Ok(Measured { value, interval: None, answers: 0 })
    }

    pub(in crate::value_map) fn answerers_of_half(&self, minimum: u64) -> Result<Measured, String> {
        if self.answerers() < minimum.max(1) {
            return Err(self.too_few(minimum));
        }
        Ok(Measured { value: self.of_half() as f64, interval: None, answers: 0 })
    }

    fn too_few(&self, least: u64) -> String {
        if self.answerers() == 0 {
            return "no reply by a member is on record".into();
        }
        format!("too few members answered: there is a figure from {least} on")
    }

    pub(super) fn counts(&self) -> Vec<(&'static str, u64)> {
        vec![("answers by members", self.answers()), ("members who answered", self.answerers())]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ten_of_twenty_may_give_most_answers() {
        let counts = AnswererCounts::of((0..10).map(|_| 9).chain((0..10).map(|_| 1)));
        assert_eq!(counts.busiest_share(5).unwrap().value, 0.9);
        // 50 of 100 answers: six members of nine each.
        assert_eq!(counts.answerers_of_half(5).unwrap().value, 6.0);
        let few = AnswererCounts::of((0..19).map(|_| 3));
        assert_eq!(few.busiest_share(5).unwrap_err(), "too few members answered: there is a figure from 20 on");
        assert_eq!(few.answerers_of_half(5).unwrap().value, 10.0);
        assert!(AnswererCounts::of([4; 4]).answerers_of_half(5).is_err());
        assert_eq!(AnswererCounts::default().busiest_share(5).unwrap_err(), "no reply by a member is on record");
    }

    proptest! {
        #[test]
        fn they_are_those_of_the_sorted_list(answers in prop::collection::vec(1_u64..40, 1..60)) {
            let counts = AnswererCounts::of(answers.iter().copied());
            let mut sorted = answers;
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let all: u64 = sorted.iter().sum();
            prop_assert_eq!(counts.answers(), all);
            prop_assert_eq!(counts.of_busiest(), sorted.iter().take(10).sum::<u64>());
            let mut sum = 0;
            let half = sorted.iter().position(|answers| { sum += answers; 2 * sum >= all }).unwrap() as u64 + 1;
            prop_assert_eq!(counts.of_half(), half);
        }
    }
}
