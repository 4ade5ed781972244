//! What a browser sends of a plain form, read as answers.

use std::collections::{BTreeMap, HashMap, HashSet};

use valuemap_shared::ids::{SubmissionId, SurveyVersionId};
use valuemap_shared::survey::{AnswerDraft, Given, Problem, ProblemCode, Question, QuestionKind, SurveyDefinition};

use crate::http::embed_pages::order::shown_order;
use crate::http::embed_pages::texts::{Texts, fill};

/// Names of fields that are no question. A question's key has no hyphen, so none can be mistaken for one of these.
pub const ID_FIELD: &str = "submission-id";
pub const VERSION_FIELD: &str = "survey-version";

/// A form as it was filled in.
#[derive(Debug, Default)]
pub struct Filled {
    fields: HashMap<String, Vec<String>>,
}

impl Filled {
    /// Reads `application/x-www-form-urlencoded`. A line ends with one character, as everywhere but in forms; fields
    /// that were left empty are not there.
    pub fn read(body: &[u8]) -> Self {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(body).filter(|(_, value)| !value.is_empty()) {
            fields.entry(name.into_owned()).or_default().push(value.replace("\r\n", "\n"));
        }
        Self { fields }
    }

    pub fn id(&self) -> Option<SubmissionId> {
        SubmissionId::from_browser(self.values(ID_FIELD).first()?)
    }

    pub fn version(&self) -> Option<SurveyVersionId> {
        self.values(VERSION_FIELD).first()?.parse().ok().map(SurveyVersionId)
    }

    /// What was typed or chosen at a question.
    pub fn values(&self, name: &str) -> &[String] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// The answers that were given to what was asked. One that makes no sense is left for the rules to refuse; one to a
    /// question that turned out not to be asked is left out: nobody can take back a radio button.
    pub fn drafts(&self, survey: &SurveyDefinition, id: SubmissionId) -> Vec<AnswerDraft> {
        let asked = self.asked(survey);
        let questions = survey.questions().iter().enumerate().filter(|(_, question)| asked.contains(&*question.key));
        let of = |(position, question): (usize, &Question)| {
            let order = shown_order(question, position, id);
            drafts(question, self.values(&question.key))
                .into_iter()
                .map(move |draft| AnswerDraft { order: order.clone(), ..draft })
        };
        questions.flat_map(of).collect()
    }

    /// The keys of the questions that are asked after these answers.
    fn asked<'a>(&self, survey: &'a SurveyDefinition) -> HashSet<&'a str> {
        let mut asked: HashSet<&str> = HashSet::new();
        for question in survey.questions() {
            let is_asked = question.ask_if.as_ref().is_none_or(|condition| {
                let earlier = survey.question(&condition.question).filter(|earlier| asked.contains(&*earlier.key));
                condition.holds(earlier.and_then(|earlier| self.given(earlier)))
            });
            if is_asked {
                asked.insert(&question.key);
            }
        }
        asked
    }

    fn given(&self, question: &Question) -> Option<Given<'_>> {
        let values = self.values(&question.key);
        let first = values.first()?;
        match question.kind {
            QuestionKind::Agreement { .. } | QuestionKind::Recommendation => first.parse().ok().map(Given::Number),
            QuestionKind::SingleChoice { .. } | QuestionKind::MultipleChoice { .. } => Some(Given::Choices(values)),
            QuestionKind::Text { .. } => Some(Given::Text),
        }
    }

    /// What is wrong, question by question, of what the rules of the survey found.
    pub fn complaints(
        &self,
        texts: &Texts,
        survey: &SurveyDefinition,
        id: SubmissionId,
        problems: &[Problem],
    ) -> Complaints {
        let drafts = self.drafts(survey, id);
        let mut complaints = Complaints::default();
        let asked = self.asked(survey);
        for question in survey.questions() {
            let is_blank = self.values(&question.key).iter().all(|value| value.trim().is_empty());
            if question.required && is_blank && asked.contains(&*question.key) {
                complaints.add(question, &texts.required);
            }
        }
        for problem in problems {
            let mut path = problem.path.split('.').skip(1);
            let draft = path.next().and_then(|index| drafts.get(index.parse::<usize>().ok()?));
            if let Some(question) = draft.and_then(|draft| survey.question(&draft.question)) {
                complaints.add(question, &message(texts, question, problem.code));
            }
        }
        let is_all_blank = complaints.by_question.is_empty();
        complaints.summary = if is_all_blank { texts.nothing_answered.clone() } else { texts.form_problems.clone() };
        complaints
    }
}

fn drafts(question: &Question, values: &[String]) -> Vec<AnswerDraft> {
    let draft = AnswerDraft { question: question.key.clone(), ..AnswerDraft::default() };
    match &question.kind {
        _ if values.is_empty() => vec![],
        QuestionKind::SingleChoice { .. } | QuestionKind::MultipleChoice { .. } => {
            vec![AnswerDraft { choices: Some(values.to_vec()), ..draft }]
        }
        QuestionKind::Text { .. } => {
            values.iter().map(|value| AnswerDraft { text: Some(value.clone()), ..draft.clone() }).collect()
        }
        QuestionKind::Agreement { .. } | QuestionKind::Recommendation => {
            let number = |value: &String| match value.parse() {
                Ok(number) => AnswerDraft { number: Some(number), ..draft.clone() },
                Err(_) => AnswerDraft { text: Some(value.clone()), ..draft.clone() },
            };
            values.iter().map(number).collect()
        }
    }
}

/// What is wrong, in the member's language: the problems themselves are written for programmers.
fn message(texts: &Texts, question: &Question, code: ProblemCode) -> String {
    match (&question.kind, code) {
        (QuestionKind::Text { max_chars, .. }, ProblemCode::Size) => fill(&texts.form_too_long, "{n}", max_chars),
        _ => texts.form_invalid.clone(),
    }
}

/// What has to be put right before the answers can be taken.
#[derive(Debug, Default)]
pub struct Complaints {
    pub summary: String,
    by_question: BTreeMap<String, String>,
}

impl Complaints {
    /// Something is wrong with the form itself, and nothing with an answer.
    pub fn of_form(summary: &str) -> Self {
        Self { summary: summary.to_owned(), by_question: BTreeMap::new() }
    }

    pub fn about(&self, question: &Question) -> Option<&str> {
        self.by_question.get(&question.key).map(String::as_str)
    }

    fn add(&mut self, question: &Question, message: &str) {
        self.by_question.entry(question.key.clone()).or_insert_with(|| message.to_owned());
    }
}
