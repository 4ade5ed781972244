//! What a cell answers.

use std::collections::BTreeMap;

use valuemap_shared::survey::{AnswerDraft, Question, QuestionKind};

use crate::import::columns::{normalised, value_key};
use crate::import::row::is_gap;

/// What labels of answers mean, by the label without case and punctuation: the number of a scale, the key of a choice, or
/// nothing where there is no answer.
pub type Labels = BTreeMap<String, String>;

/// An answer, and the label that it was read from where that is no number.
#[derive(Debug, PartialEq)]
pub struct ReadCell {
    pub draft: AnswerDraft,
    pub label: Option<String>,
}

/// What a cell answers; nothing where it is empty or says so.
pub fn read_cell(question: &Question, cell: &str, labels: &Labels) -> Result<Option<ReadCell>, String> {
    let meaning = labels.get(&value_key(cell));
    let text = meaning.map_or(cell, String::as_str);
    if is_no_answer(text) {
        return Ok(None);
    }
    let draft = AnswerDraft { question: question.key.clone(), ..AnswerDraft::default() };
    let read = match question.kind {
        QuestionKind::Agreement { .. } | QuestionKind::Recommendation => {
            let number = number_of(text).ok_or_else(|| not_a_number(cell))?;
            let is_label = meaning.is_some() || text.contains(char::is_alphabetic);
            let label = is_label.then(|| format!("`{}` is {number}", cell.chars().take(60).collect::<String>()));
            return Ok(Some(ReadCell { draft: AnswerDraft { number: Some(number), ..draft }, label }));
        }
        QuestionKind::Text { .. } => AnswerDraft { text: Some(cell.to_owned()), ..draft },
        QuestionKind::SingleChoice { .. } => AnswerDraft { choices: Some(vec![text.to_owned()]), ..draft },
        QuestionKind::MultipleChoice { .. } => {
            let choices = text.split([';', '|']).map(|choice| {
                let choice = choice.trim();
                labels.get(&value_key(choice)).cloned().unwrap_or_else(|| choice.to_owned())
            });
            AnswerDraft { choices: Some(choices.collect()), ..draft }
        }
    };
    Ok(Some(ReadCell { draft: read, label: None }))
}

/// Whether a cell says that there is no answer. `-99` is what Qualtrics writes for a question that was seen.
fn is_no_answer(cell: &str) -> bool {
    let words = ["na", "notapplicable", "noanswer", "notanswered", "doesnotapply"];
    is_gap(cell) || cell == "-99" || words.contains(&normalised(cell).as_str())
}

/// A whole number: `5`, `5.00`, or one that a label begins or ends with: `5 - Strongly agree`, `Strongly agree (5)`.
fn number_of(cell: &str) -> Option<i64> {
    let digits = cell.find(|c: char| !c.is_ascii_digit()).unwrap_or(cell.len());
    let (number, rest) = cell.split_at(digits);
    if number.is_empty() {
        let (_, last) = cell.strip_suffix(')')?.rsplit_once('(')?;
        return last.trim().parse().ok();
    }
    let is_whole = rest.is_empty()
        || rest
            .strip_prefix(['.', ','])
            .is_some_and(|zeros| !zeros.is_empty() && zeros.bytes().all(|zero| zero == b'0'));
    let label = rest.trim_start().strip_prefix(['-', '\u{2013}', '\u{2014}', ':', '.', '=', ')', '(']);
    let is_label = label.is_some_and(|label| label.trim_start().starts_with(char::is_alphabetic));
    (is_whole || is_label).then(|| number.parse().ok()).flatten()
}

fn not_a_number(cell: &str) -> String {
    let shown: String = cell.chars().take(60).collect();
    let is_fraction = cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-'));
    match is_fraction {
        true => format!("`{shown}` is not a whole number"),
        false => format!("`{shown}` is not a whole number; say which one it means, such as --value \"{shown}=4\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, expected: &str) {
        let kind = QuestionKind::Agreement { points: 5, benefit: None, reversed: false };
        let question = Question { key: "q".into(), prompt: "Q".into(), required: false, ask_if: None, kind };
        let labels = Labels::from([("agree".to_owned(), "4".to_owned()), ("dontknow".to_owned(), String::new())]);
        let found = match read_cell(&question, cell, &labels) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(read)) => {
                let number = read.draft.number.unwrap().to_string();
                read.label.map_or(number.clone(), |label| format!("{number}, {label}"))
            }
            Err(reason) => reason,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_are_read_in_the_forms_of_exports() {
        check("5", "5");
        check("5.00", "5");
        check("4,0", "4");
        check("4.5", "`4.5` is not a whole number");
        check("2-3", "`2-3` is not a whole number");
    }

    #[test]
    fn labels_are_read_by_their_number_or_by_what_is_said_of_them() {
        check("5 - Strongly agree", "5, `5 - Strongly agree` is 5");
        check("5: fully", "5, `5: fully` is 5");
        check("Strongly agree (5)", "5, `Strongly agree (5)` is 5");
        check("AGREE", "4, `AGREE` is 4");
        check("Disagree", "`Disagree` is not a whole number; say which one it means, such as --value \"Disagree=4\"");
        check("3 of 5", "`3 of 5` is not a whole number; say which one it means, such as --value \"3 of 5=4\"");
    }

    #[test]
    fn what_says_that_there_is_no_answer_is_none() {
        for cell in ["", "NA", "n/a", "-", "Not applicable", "-99", "Don't know"] {
            check(cell, "nothing");
        }
    }
}
