/// When a question is asked: only if what was answered to an earlier one passes a test.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Condition {
    /// The key of the earlier question.
    pub question: String,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Test {
    /// A point of a scale, or a higher one.
    AtLeast(u8),
    /// A point of a scale, or a lower one.
    AtMost(u8),
    /// Any of these choices, by their keys.
    AnyOf(Vec<String>),
}

/// What was answered to the earlier question, whoever holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    Number(u8),
    Text,
    /// Keys of choices.
    Choices(&'a [String]),
}

impl Condition {
    /// Whether the answer passes. None at all never does.
    pub fn holds(&self, given: Option<Given<'_>>) -> bool {
        match (&self.test, given) {
            (Test::AtLeast(least), Some(Given::Number(number))) => number >= *least,
            (Test::AtMost(most), Some(Given::Number(number))) => number <= *most,
            (Test::AnyOf(keys), Some(Given::Choices(chosen))) => chosen.iter().any(|key| keys.contains(key)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(test: Test, given: Option<Given<'_>>, expected: bool) {
        let condition = Condition { question: "earlier".into(), test };
        assert_eq!(condition.holds(given), expected, "{condition:?} {given:?}");
    }

    #[test]
    fn an_answer_is_tested_and_no_answer_never_passes() {
        check(Test::AtLeast(4), Some(Given::Number(4)), true);
        check(Test::AtLeast(4), Some(Given::Number(3)), false);
        check(Test::AtMost(6), Some(Given::Number(6)), true);
        check(Test::AtMost(6), Some(Given::Number(7)), false);
        check(Test::AtMost(6), None, false);
        let chosen = ["a".to_owned(), "c".to_owned()];
        check(Test::AnyOf(vec!["b".into(), "c".into()]), Some(Given::Choices(&chosen)), true);
        check(Test::AnyOf(vec!["b".into()]), Some(Given::Choices(&chosen)), false);
        check(Test::AnyOf(vec!["b".into()]), Some(Given::Choices(&[])), false);
        check(Test::AtLeast(0), Some(Given::Text), false);
    }
}
