//! The texts of a survey in more languages, on the wire.

use async_graphql::{InputObject, SimpleObject};
use valuemap_shared::survey as domain;

use crate::survey::question::Choice;

/// All texts of a survey in one more language.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "TranslationInput")]
pub struct Translation {
    /// A BCP 47 tag in lower case: `de`, `pt-br`.
    language: String,
    title: String,
    /// Every question of the survey.
    #[graphql(validator(max_items = 100))]
    questions: Vec<TranslatedQuestion>,
}

#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "TranslatedQuestionInput")]
pub struct TranslatedQuestion {
    /// The key of the question.
    key: String,
    prompt: String,
    /// Every choice of the question.
    #[graphql(default)]
    choices: Vec<Choice>,
}

impl From<domain::Translation> for Translation {
    fn from(translation: domain::Translation) -> Self {
        let question = |question: domain::TranslatedQuestion| TranslatedQuestion {
            key: question.key,
            prompt: question.prompt,
            choices: question.choices.into_iter().map(Choice::from).collect(),
        };
        let questions = translation.questions.into_iter().map(question).collect();
        Self { language: translation.language, title: translation.title, questions }
    }
}

impl From<Translation> for domain::Translation {
    fn from(input: Translation) -> Self {
        let question = |question: TranslatedQuestion| domain::TranslatedQuestion {
            key: question.key,
            prompt: question.prompt,
            choices: question.choices.into_iter().map(domain::Choice::from).collect(),
        };
        let questions = input.questions.into_iter().map(question).collect();
        Self { language: input.language, title: input.title, questions }
    }
}
