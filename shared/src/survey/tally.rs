use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{Answer, Benefit, Question, QuestionKind, Submission, SurveyDefinition};

/// What a tally counts answers about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Everybody who submitted, whatever they answered.
    Responses,
    /// All questions of a survey that ask about one benefit, a respondent at a time.
    Benefit(Benefit),
    /// The recommendation question.
    Recommendation,
    /// One agreement question by itself; of a single-choice question, on a scale of no points, everybody who answered.
    Question(String),
    /// An answer to a single-choice question.
    Choice { question: String, choice: String },
    /// Everybody who gave these answers, each to a single-choice question, one after the other.
    Together(Vec<GivenChoice>),
    /// What keeps respondents who answered several surveys in a quarter from being counted more than once under this
    /// subject: counts to be added to its own, some of them below zero.
    Repeats(Box<Subject>),
}

/// An answer to a single-choice question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GivenChoice {
    pub question: String,
    /// `None` for any.
    pub choice: Option<String>,
}

/// The bin of a histogram that one respondent falls in.
///
/// It is a sum and not a mean, so that a benefit asked by several questions keeps whole numbers, exactly: the
/// respondent answered `answered` questions on scales of `points` points, and the points chosen sum to `total`,
/// reversed questions turned round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub points: u8,
    pub answered: u8,
    pub total: u16,
}

impl Cell {
    /// Where the respondent stands on 0..100: `100 (x - 1) / (K - 1)`, x the mean of the points chosen on a K-point
    /// scale.
    pub fn percent(self) -> f64 {
        let mean = f64::from(self.total) / f64::from(self.answered);
        100.0 * (mean - 1.0) / (f64::from(self.points) - 1.0)
    }

    /// Whether a respondent who answered one question chose one of the two highest points.
    pub fn is_top_two(self) -> bool {
        self.answered == 1 && self.total + 1 >= u16::from(self.points)
    }
}

/// Two benefits, the smaller first, with where a respondent stands on both, in hundredths of a point on 0..100.
pub type PairPositions = ((Benefit, Benefit), (i64, i64));

/// The pairs of benefits that one respondent answered about.
pub fn pairs_of(cells: &[(Subject, Cell)]) -> Vec<PairPositions> {
    let mut positions = BTreeMap::new();
    for (subject, cell) in cells {
        if let Subject::Benefit(benefit) = subject {
            positions.insert(*benefit, (cell.percent() * 100.0).round() as i64);
        }
    }
    let mut pairs = Vec::new();
    for (first, at_first) in &positions {
        for (second, at_second) in positions.range((std::ops::Bound::Excluded(first), std::ops::Bound::Unbounded)) {
            pairs.push(((*first, *second), (*at_first, *at_second)));
        }
    }
    pairs
}

/// What one submission adds to the tallies: one to each of these cells.
pub fn cells_of(survey: &SurveyDefinition, submission: &Submission) -> Vec<(Subject, Cell)> {
    let mut cells = vec![(Subject::Responses, Cell { points: 0, answered: 1, total: 0 })];
    let mut benefits: BTreeMap<Benefit, Cell> = BTreeMap::new();
    for (key, answer) in submission.answers() {
        if let (Some(QuestionKind::SingleChoice { .. }), Answer::Choices(choices)) =
            (survey.question(key).map(|question| &question.kind), answer)
        {
            let counted = Cell { points: 0, answered: 1, total: 0 };
            cells.push((Subject::Question(key.clone()), counted));
            for choice in choices {
                cells.push((Subject::Choice { question: key.clone(), choice: choice.clone() }, counted));
            }
        }
        let (Some(question), Answer::Number(number)) = (survey.question(key), answer) else { continue };
        match question.kind {
            QuestionKind::Agreement { points, benefit, reversed } => {
                let value = u16::from(if reversed { points + 1 - number } else { *number });
                cells.push((Subject::Question(key.clone()), Cell { points, answered: 1, total: value }));
                if let Some(benefit) = benefit {
                    let cell = benefits.entry(benefit).or_insert(Cell { points, answered: 0, total: 0 });
                    cell.answered += 1;
                    cell.total += value;
                }
            }
            QuestionKind::Recommendation => {
                cells.push((Subject::Recommendation, Cell { points: 11, answered: 1, total: u16::from(*number) }));
            }
            QuestionKind::Text { .. } | QuestionKind::SingleChoice { .. } | QuestionKind::MultipleChoice { .. } => {}
        }
    }
    cells.extend(benefits.into_iter().map(|(benefit, cell)| (Subject::Benefit(benefit), cell)));
    let counted = Cell { points: 0, answered: 1, total: 0 };
    cells.extend(given_together(survey, submission).into_iter().map(|given| (Subject::Together(given), counted)));
    cells
}

/// What was answered to single-choice questions that follow each other: to two of them, and to three. The last answer is
/// counted as what it is and as any, so that of those who gave the ones before the share who gave it is known.
fn given_together(survey: &SurveyDefinition, submission: &Submission) -> Vec<Vec<GivenChoice>> {
    let is_choice = |question: &&Question| matches!(question.kind, QuestionKind::SingleChoice { .. });
    let keys: Vec<&String> = survey.questions().iter().filter(is_choice).map(|question| &question.key).collect();
    let given = |key: &&String| match submission.answers().iter().find(|(of, _)| of == *key) {
        Some((_, Answer::Choices(choices))) => choices.first().map(|choice| GivenChoice::chosen(key, choice)),
        _ => None,
    };
    let mut together = Vec::new();
    for size in [2, 3] {
        // Two questions are the beginning of three, or of nothing that anybody asks for.
        for keys in keys.windows(3).map(|keys| &keys[..size]) {
            let Some(chosen) = keys.iter().map(given).collect::<Option<Vec<GivenChoice>>>() else { continue };
            let mut any = chosen.clone();
            if let Some(last) = any.last_mut() {
                last.choice = None;
            }
            together.extend([any, chosen]);
        }
    }
    together
}

impl GivenChoice {
    pub fn chosen(question: &str, choice: &str) -> Self {
        Self { question: question.to_owned(), choice: Some(choice.to_owned()) }
    }

    pub fn any(question: &str) -> Self {
        Self { question: question.to_owned(), choice: None }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Responses => f.write_str("responses"),
            Self::Benefit(benefit) => write!(f, "benefit:{benefit}"),
            Self::Recommendation => f.write_str("recommendation"),
            Self::Question(key) => write!(f, "question:{key}"),
            Self::Choice { question, choice } => write!(f, "choice:{question}:{choice}"),
            Self::Repeats(of) => write!(f, "repeats:{of}"),
            Self::Together(given) => {
                let given = given.iter().map(|GivenChoice { question, choice }| match choice {
                    Some(choice) => format!("{question}={choice}"),
                    None => question.clone(),
                });
                write!(f, "together:{}", given.collect::<Vec<_>>().join("&"))
            }
        }
    }
}

impl FromStr for Subject {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            None if text == "responses" => Ok(Self::Responses),
            None if text == "recommendation" => Ok(Self::Recommendation),
            Some(("benefit", benefit)) => benefit.parse().map(Self::Benefit),
            Some(("repeats", of)) => Ok(Self::Repeats(Box::new(of.parse()?))),
            Some(("question", key)) => Ok(Self::Question(key.to_owned())),
            Some(("together", rest)) => {
                let given = rest.split('&').map(|given| match given.split_once('=') {
                    Some((question, choice)) => GivenChoice::chosen(question, choice),
                    None => GivenChoice::any(given),
                });
                Ok(Self::Together(given.collect()))
            }
            Some(("choice", rest)) => {
                let (question, choice) = rest.split_once(':').ok_or(())?;
                Ok(Self::Choice { question: question.to_owned(), choice: choice.to_owned() })
            }
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{AnswerDraft, Choice, SurveyDraft};

    fn survey_of_three_items() -> SurveyDefinition {
        let item = |key: &str, reversed| Question {
            key: key.into(),
            prompt: key.into(),
            required: false,
            ask_if: None,
            kind: QuestionKind::Agreement { points: 6, benefit: Some(Benefit::ProductKnowledge), reversed },
        };
        let mut questions = vec![item("a1", true), item("a2", false), item("a3", false)];
        questions.push(Question { kind: QuestionKind::Recommendation, ..item("nps", false) });
        SurveyDefinition::parse(SurveyDraft { title: "Items".into(), questions, ..SurveyDraft::default() }).unwrap()
    }

    fn cells(answers: &[(&str, i64)]) -> Vec<(String, Cell)> {
        let survey = survey_of_three_items();
        let draft = |(key, number): &(&str, i64)| AnswerDraft {
            question: (*key).into(),
            number: Some(*number),
            ..AnswerDraft::default()
        };
        let drafts: Vec<_> = answers.iter().map(draft).collect();
        let submission = Submission::parse(&survey, &drafts).unwrap();
        cells_of(&survey, &submission).into_iter().map(|(subject, cell)| (subject.to_string(), cell)).collect()
    }

    fn cell(points: u8, answered: u8, total: u16) -> Cell {
        Cell { points, answered, total }
    }

    #[test]
    fn a_respondent_is_counted_once_for_a_benefit_however_many_questions_ask_about_it() {
        assert_eq!(
            cells(&[("a1", 1), ("a3", 4), ("nps", 0)]),
            [
                ("responses".to_owned(), cell(0, 1, 0)),
                ("question:a1".to_owned(), cell(6, 1, 6)),
                ("question:a3".to_owned(), cell(6, 1, 4)),
                ("recommendation".to_owned(), cell(11, 1, 0)),
                ("benefit:product_knowledge".to_owned(), cell(6, 2, 10)),
            ]
        );
    }

    #[test]
    fn answers_that_follow_each_other_are_counted_together() {
        let choice = |key: &str| Choice { key: key.into(), label: key.into() };
        let question = |key: &str| Question {
            key: key.into(),
            prompt: key.into(),
            required: false,
            ask_if: None,
            kind: QuestionKind::SingleChoice { choices: vec![choice("yes"), choice("no")], shuffled: false },
        };
        let questions = ["a", "b", "c"].map(question).to_vec();
        let draft = SurveyDraft { title: "Nested".into(), questions, ..SurveyDraft::default() };
        let survey = SurveyDefinition::parse(draft).unwrap();
        let together = |answers: &[(&str, &str)]| -> Vec<String> {
            let draft = |(key, choice): &(&str, &str)| AnswerDraft {
                question: (*key).into(),
                choices: Some(vec![(*choice).into()]),
                ..AnswerDraft::default()
            };
            let submission = Submission::parse(&survey, &answers.iter().map(draft).collect::<Vec<_>>()).unwrap();
            let subjects = cells_of(&survey, &submission).into_iter().map(|(subject, _)| subject.to_string());
            subjects.filter(|subject| subject.starts_with("together")).collect()
        };
        assert_eq!(
            together(&[("a", "yes"), ("b", "yes"), ("c", "no")]),
            ["together:a=yes&b", "together:a=yes&b=yes", "together:a=yes&b=yes&c", "together:a=yes&b=yes&c=no"]
        );
        assert_eq!(together(&[("a", "yes"), ("b", "no")]), ["together:a=yes&b", "together:a=yes&b=no"]);
        assert!(together(&[("a", "yes"), ("c", "no")]).is_empty());
    }

    #[test]
    fn a_cell_stands_on_the_scale_from_0_to_100() {
        assert_eq!(cell(5, 1, 1).percent(), 0.0);
        assert_eq!(cell(5, 1, 4).percent(), 75.0);
        assert_eq!(cell(6, 2, 10).percent(), 80.0);
        assert_eq!(cell(7, 3, 21).percent(), 100.0);
    }

    #[test]
    fn the_two_highest_points_are_the_top() {
        let top = [cell(5, 1, 4), cell(5, 1, 5), cell(6, 1, 5)];
        let below = [cell(5, 1, 3), cell(6, 1, 4), cell(6, 2, 10)];
        assert!(top.iter().all(|cell| cell.is_top_two()));
        assert!(!below.iter().any(|cell| cell.is_top_two()));
    }

    #[test]
    fn subjects_are_read_as_they_were_written() {
        let mut subjects = vec![Subject::Responses, Subject::Recommendation, Subject::Question("a1".into())];
        subjects.push(Subject::Choice { question: "found_answer".into(), choice: "yes".into() });
        subjects.push(Subject::Together(vec![
            GivenChoice::chosen("found_answer", "yes"),
            GivenChoice::any("asked_anyway"),
        ]));
        subjects.extend(Benefit::ALL.map(Subject::Benefit));
        subjects.push(Subject::Repeats(Box::new(Subject::Benefit(Benefit::ProductKnowledge))));
        for subject in subjects {
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
        assert_eq!("benefit:wealth".parse::<Subject>(), Err(()));
    }
}
