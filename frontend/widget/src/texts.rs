use js_sys::JsString;
use valuemap_shared::survey::{Benefit, Question, QuestionKind};
use wasm_bindgen::{JsCast, JsValue};

use crate::json::{field, text};

/// Everything that the survey says, in the member's language: a file of `locales/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Texts(pub JsValue);

/// Names a text of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase(&'static str);

macro_rules! phrases {
    ($($name:ident $key:literal)*) => {
        impl Phrase {
            $(pub const $name: Self = Self($key);)*

            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

phrases! {
    NEXT "next"
    SKIP "skip"
    SKIP_AND_SEND "skip_and_send"
    BACK "back"
    SEND "send"
    RETRY "retry"
    AGREE_LOW "agree_low"
    AGREE_HIGH "agree_high"
    RECOMMEND_LOW "recommend_low"
    RECOMMEND_HIGH "recommend_high"
    REQUIRED "required"
    NOTHING_ANSWERED "nothing_answered"
    NOT_CHOSEN "not_chosen"
    NOT_WRITTEN "not_written"
    SENDING "sending"
    THANKS "thanks"
    ARRIVED "arrived"
    PREVIEW "preview"
    NOT_ARRIVED "not_arrived"
    KEPT "kept"
    SIGN_IN_AGAIN "sign_in_again"
    REFUSED "refused"
    CORRECT "correct"
    CLOSED "closed"
    ARRIVED_BEFORE "arrived_before"
    ALREADY_ANSWERED "already_answered"
    BENEFIT "benefit"
    SCORE "score"
    ANSWERS "answers"
    TOO_FEW "too_few"
    RESULTS "results"
    FOLLOW_UPS "follow_ups"
    HEARD "heard"
    DONE "done"
    PLACE "place"
    QUESTION_PLACE "question_place"
    CHOOSE_ANY "choose_any"
    CHOOSE_ONE_OR_MORE "choose_one_or_more"
    NEEDS_ANSWER "needs_answer"
    CHARACTERS_LEFT "characters_left"
}

impl Texts {
    pub fn say(&self, Phrase(key): Phrase) -> String {
        text(&self.0, key).unwrap_or_default()
    }

    pub fn benefit(&self, benefit: Benefit) -> String {
        text(&self.0, benefit.as_str()).unwrap_or_default()
    }

    /// A text with `{n}` in it, and maybe `{total}`.
    pub fn count(&self, phrase: Phrase, number: usize, total: usize) -> String {
        let text: JsString = field(&self.0, phrase.0).unchecked_into();
        text.replace("{n}", &digits(number)).replace("{total}", &digits(total)).into()
    }

    /// A text with a gap in it.
    pub fn fill(&self, phrase: Phrase, gap: &str, words: &str) -> String {
        let text: JsString = field(&self.0, phrase.0).unchecked_into();
        text.replace(gap, words).into()
    }

    pub fn results(&self, period: &str) -> String {
        // Isolated, so that words from right to left do not turn it round.
        self.fill(Phrase::RESULTS, "{period}", &["\u{2066}", period, "\u{2069}"].concat())
    }

    /// What has to be known before answering a question.
    pub fn note(&self, question: &Question) -> String {
        let phrase = match (&question.kind, question.required) {
            (QuestionKind::MultipleChoice { .. }, false) => Phrase::CHOOSE_ANY,
            (QuestionKind::MultipleChoice { .. }, true) => Phrase::CHOOSE_ONE_OR_MORE,
            (_, true) => Phrase::NEEDS_ANSWER,
            (_, false) => return String::new(),
        };
        self.say(phrase)
    }
}

/// A number as text. That of the standard library brings a kilobyte of tables and padding along.
pub fn digits(number: usize) -> String {
    let mut digits = if number < 10 { String::new() } else { digits(number / 10) };
    digits.push(char::from(b'0' + (number % 10) as u8));
    digits
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn numbers_are_written_out() {
        assert_eq!([0, 7, 10, 1_905].map(digits), ["0", "7", "10", "1905"]);
    }

    #[test]
    fn the_language_files_have_every_text() {
        let english: BTreeMap<String, String> = serde_json::from_str(include_str!("../locales/en.json")).unwrap();
        for Phrase(key) in Phrase::ALL {
            assert!(english.contains_key(*key), "locales/en.json lacks {key}");
        }
        for benefit in Benefit::ALL {
            assert!(english.contains_key(benefit.as_str()), "locales/en.json lacks {benefit}");
        }
    }
}
