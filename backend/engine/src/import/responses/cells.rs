//! What a cell answers.

use valuemap_shared::survey::{AnswerDraft, Question, QuestionKind};

use crate::import::columns::normalised;
use crate::import::responses::labels::Labels;
use crate::import::row::{is_gap, unwrapped};

/// An answer, and how it was read where it is no plain number.
#[derive(Debug, PartialEq)]
pub struct ReadCell {
    pub draft: AnswerDraft,
    pub label: Option<Label>,
}

/// What a number was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The cell, shortened.
    pub shown: String,
    /// What its number is called, where the cell itself has both.
    pub words: Option<String>,
}

/// What a cell of the column at `index` answers; nothing where it is empty or says so.
pub fn read_cell(
    question: &Question,
    (index, cell): (usize, &str),
    labels: &mut Labels,
) -> Result<Option<ReadCell>, String> {
    let is_text = matches!(question.kind, QuestionKind::Text { .. });
    let cell = if is_text { cell } else { unwrapped(cell) };
    let meaning = labels.meaning(index, cell).map(str::to_owned);
    let text = meaning.as_deref().unwrap_or(cell);
    if is_no_answer(text) {
        return Ok(None);
    }
    let draft = AnswerDraft { question: question.key.clone(), ..AnswerDraft::default() };
    let read = match question.kind {
        QuestionKind::Agreement { .. } | QuestionKind::Recommendation => {
            let (number, words) = number_of(text).ok_or_else(|| not_a_number(cell))?;
            let is_label = meaning.is_some() || words.is_some();
            let words = words.filter(|_| meaning.is_none()).map(str::to_owned);
            let label = is_label.then(|| Label { shown: shown(cell), words });
            return Ok(Some(ReadCell { draft: AnswerDraft { number: Some(number), ..draft }, label }));
        }
        QuestionKind::Text { .. } => AnswerDraft { text: Some(cell.to_owned()), ..draft },
        QuestionKind::SingleChoice { .. } => AnswerDraft { choices: Some(vec![text.to_owned()]), ..draft },
        QuestionKind::MultipleChoice { .. } => {
            let chosen = choices_of(&question.kind, text, |choice| labels.meaning(index, choice).map(str::to_owned));
            if chosen.is_empty() {
                return Ok(None);
            }
            AnswerDraft { choices: Some(chosen), ..draft }
        }
    };
    Ok(Some(ReadCell { draft: read, label: None }))
}

/// The keys of several choices in a cell: Microsoft ends each with `;`, and Google parts them by `, `, which may stand in one,
/// too.
fn choices_of(kind: &QuestionKind, text: &str, mut meaning: impl FnMut(&str) -> Option<String>) -> Vec<String> {
    let QuestionKind::MultipleChoice { choices, .. } = kind else { return Vec::new() };
    let mut key = |piece: &str| meaning(piece.trim()).unwrap_or_else(|| piece.trim().to_owned());
    let is_known = |key: &String| key.is_empty() || choices.iter().any(|choice| choice.key == *key);
    let mut keys: Vec<String> = text.split([';', '|']).map(&mut key).collect();
    if let [only] = &keys[..]
        && !is_known(only)
    {
        let apart: Vec<String> = text.split(", ").map(&mut key).collect();
        if apart.iter().all(is_known) {
            keys = apart;
        }
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// Whether a cell says that there is no answer. `-99` is what Qualtrics writes for a question that was seen.
pub fn is_no_answer(cell: &str) -> bool {
    let words = ["na", "notapplicable", "noanswer", "notanswered", "doesnotapply"];
    is_gap(cell) || cell == "-99" || words.contains(&normalised(cell).as_str())
}

/// A whole number, and what it is called: `5`, `5.00`, or one that a label begins or ends with: `5 - Strongly agree`,
/// `Strongly agree (5)`, `Extremely likely - 10`.
pub fn number_of(cell: &str) -> Option<(i64, Option<&str>)> {
    let digits = cell.find(|c: char| digit(c).is_none()).unwrap_or(cell.len());
    let (whole, rest) = cell.split_at(digits);
    let number = |text: &str| text.chars().filter_map(digit).collect::<String>().parse().ok();
    if whole.is_empty() {
        let bracketed = cell.strip_suffix([')', '\u{ff09}']).and_then(|cell| cell.rsplit_once(['(', '\u{ff08}']));
        let behind = || cell.rsplit_once(" - ").filter(|(words, _)| !is_month(words.trim()));
        let (words, last) = bracketed.or_else(behind)?;
        let is_number = !last.trim().is_empty() && last.trim().chars().all(|c| digit(c).is_some());
        return is_number.then(|| number(last.trim())).flatten().map(|number| (number, Some(words.trim())));
    }
    let zeros = rest.strip_prefix(['.', ',']);
    if rest.is_empty() || zeros.is_some_and(|zeros| !zeros.is_empty() && zeros.bytes().all(|zero| zero == b'0')) {
        return number(whole).map(|number| (number, None));
    }
    let is_line = rest.starts_with('\n');
    let words = rest.trim_start().strip_prefix(SEPARATORS).or(is_line.then_some(rest))?;
    let words = words.trim().trim_end_matches(')').trim();
    let is_label = words.starts_with(char::is_alphabetic) && !is_month(words);
    number(whole).filter(|_| is_label).map(|number| (number, Some(words)))
}

/// What parts a number from its label.
const SEPARATORS: [char; 10] = ['-', '\u{2013}', '\u{2014}', ':', '.', '=', ')', '(', '\u{ff1a}', '\u{ff08}'];

/// A digit, of full width, too.
fn digit(c: char) -> Option<char> {
    match c {
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        _ => Some(c).filter(char::is_ascii_digit),
    }
}

/// Whether a label is the name of a month: spreadsheets make `5-Mar` of `5-3`.
fn is_month(words: &str) -> bool {
    const MONTHS: &str = "january february march april may june july august september october november december \
                          januar februar m\u{e4}rz mrz mai juni juli oktober dezember \
                          janvier f\u{e9}vrier mars avril juin juillet ao\u{fb}t septembre octobre novembre d\u{e9}cembre \
                          enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre";
    let first: String = words.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    let rest = words[words.find(|c: char| !c.is_alphabetic()).unwrap_or(words.len())..].trim();
    let is_year = rest.chars().all(|c| c.is_ascii_digit() || "-. ".contains(c));
    is_year && first.chars().count() >= 3 && MONTHS.split_whitespace().any(|month| month.starts_with(&first))
}

fn shown(cell: &str) -> String {
    cell.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn not_a_number(cell: &str) -> String {
    let shown = shown(cell);
    let advice = format!("say which one it means, such as --value \"{shown}=4\"");
    let is_made_of = |others: &str| cell.chars().all(|c| c.is_ascii_digit() || others.contains(c));
    let is_decimal = cell.matches(['.', ',']).count() == 1 && is_made_of(".,");
    if is_decimal {
        format!("`{shown}` is not a whole number and lies between two points; {advice}")
    } else if cell.ends_with('%') && is_made_of(".,% ") {
        format!("`{shown}` is a percentage and not a point of a scale; {advice}")
    } else if cell.starts_with('=') {
        format!("`{shown}` is a formula, and none is ever computed; save the file with its values")
    } else if is_made_of(".,-") {
        format!("`{shown}` is not a whole number")
    } else {
        format!("`{shown}` is not a whole number; {advice}")
    }
}

#[cfg(test)]
mod tests {
    use valuemap_shared::survey::Choice;

    use super::*;

    fn check(cell: &str, expected: &str) {
        let kind = QuestionKind::Agreement { points: 5, benefit: None, reversed: false };
        let question = Question { key: "q".into(), prompt: "Q".into(), required: false, ask_if: None, kind };
        let given = [("agree", "4"), ("Don't know", ""), ("-1", ""), ("4.5", "5")];
        let mut labels = Labels::for_all(&given);
        let found = match read_cell(&question, (0, cell), &mut labels) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(read)) => {
                let number = read.draft.number.unwrap().to_string();
                let words = |label: Label| label.words.unwrap_or("as it was said".to_owned());
                read.label.map_or(number.clone(), |label| format!("{number}, {}", words(label)))
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
        check("=\"4\"", "4");
        check("\u{ff15}", "5");
        check(
            "3.5",
            "`3.5` is not a whole number and lies between two points; say which one it means, such as --value \"3.5=4\"",
        );
        check(
            "80%",
            "`80%` is a percentage and not a point of a scale; say which one it means, such as --value \"80%=4\"",
        );
        check("2-3", "`2-3` is not a whole number");
        check("=1+1", "`=1+1` is a formula, and none is ever computed; save the file with its values");
    }

    #[test]
    fn labels_are_read_by_their_number_or_by_what_is_said_of_them() {
        check("5 - Strongly agree", "5, Strongly agree");
        check("5: fully", "5, fully");
        check("5\nStrongly agree", "5, Strongly agree");
        check("Strongly agree (5)", "5, Strongly agree");
        check("1 (May be)", "1, May be");
        check("Not at all likely - 0", "0, Not at all likely");
        check("Extremely likely - 10", "10, Extremely likely");
        check("1 - Novice", "1, Novice");
        check("3 - Maybe", "3, Maybe");
        check("2 - Decent", "2, Decent");
        check("AGREE", "4, as it was said");
        check("4.5", "5, as it was said");
        check("Disagree", "`Disagree` is not a whole number; say which one it means, such as --value \"Disagree=4\"");
        check("3 of 5", "`3 of 5` is not a whole number; say which one it means, such as --value \"3 of 5=4\"");
        check(
            "Agree (x5)",
            "`Agree (x5)` is not a whole number; say which one it means, such as --value \"Agree (x5)=4\"",
        );
    }

    #[test]
    fn days_that_spreadsheets_make_of_answers_are_none() {
        for cell in ["5-Mar", "5. Juni", "05-Mrz", "3-May-2026", "4.Dez", "Mar - 5"] {
            let advice = format!("say which one it means, such as --value \"{cell}=4\"");
            check(cell, &format!("`{cell}` is not a whole number; {advice}"));
        }
    }

    #[test]
    fn several_choices_are_parted_as_tools_part_them() {
        let choice = |key: &str| Choice { key: key.to_owned(), label: key.to_owned() };
        let choices = ["a", "b", "c, or d"].map(choice).to_vec();
        let kind = QuestionKind::MultipleChoice { choices, shuffled: false };
        let question = Question { key: "q".into(), prompt: "Q".into(), required: false, ask_if: None, kind };
        let mut labels = Labels::for_all(&[("Maps", "a"), ("None", "")]);
        let mut check = |cell: &str, expected: &[&str]| {
            let read = read_cell(&question, (0, cell), &mut labels).unwrap();
            assert_eq!(read.and_then(|read| read.draft.choices).unwrap_or_default(), expected, "{cell}");
        };
        check("a;b;", &["a", "b"]);
        check("Maps | b", &["a", "b"]);
        check("Maps, b", &["a", "b"]);
        check("c, or d", &["c, or d"]);
        check("a, unknown", &["a, unknown"]);
        check("None;", &[]);
    }

    #[test]
    fn what_says_that_there_is_no_answer_is_none() {
        for cell in ["", "NA", "n/a", "-", "Not applicable", "-99", "Don't know", "-1"] {
            check(cell, "nothing");
        }
        check("1", "1");
    }
}
