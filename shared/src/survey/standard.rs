use super::standard_translations::{TRANSLATIONS, Texts};
use super::{Benefit, Lines, Question, QuestionKind, SurveyDefinition, SurveyDraft, TranslatedQuestion, Translation};

/// The survey that a new community starts with: one agreement item a benefit, the recommendation question and one
/// open question. It takes well under a minute, in six languages.
pub fn standard_survey() -> SurveyDefinition {
    let agreement = |key: &str, prompt: &str, benefit| Question {
        key: key.into(),
        prompt: prompt.into(),
        required: false,
        ask_if: None,
        kind: QuestionKind::Agreement { points: 5, benefit: Some(benefit), reversed: false },
    };
    let questions = vec![
        agreement(
            "product_knowledge",
            "The community helps me understand the product better.",
            Benefit::ProductKnowledge,
        ),
        agreement(
            "unconventional_uses",
            "Here I find ways to use the product that I would not have thought of.",
            Benefit::UnconventionalUses,
        ),
        agreement("peer_best_practices", "I learn from how other members do their work.", Benefit::PeerBestPractices),
        agreement(
            "recognised_expertise",
            "My knowledge and experience are recognised here.",
            Benefit::RecognisedExpertise,
        ),
        agreement("roadmap_influence", "What we say here shapes where the product goes.", Benefit::RoadmapInfluence),
        Question {
            key: "recommendation".into(),
            prompt: "How likely are you to recommend this community to a colleague?".into(),
            required: false,
            ask_if: None,
            kind: QuestionKind::Recommendation,
        },
        Question {
            key: "more_useful".into(),
            prompt: "What would make this community more useful to you?".into(),
            required: false,
            ask_if: None,
            kind: QuestionKind::Text { max_chars: 2_000, lines: Lines::Several },
        },
    ];
    let translations = TRANSLATIONS.map(|texts| translation(texts, &questions)).to_vec();
    let draft = SurveyDraft {
        title: "What is this community worth to you?".into(),
        questions,
        translations,
        ..SurveyDraft::default()
    };
    match SurveyDefinition::parse(draft) {
        Ok(survey) => survey,
        Err(problems) => unreachable!("the standard survey breaks its own rules: {problems:?}"),
    }
}

fn translation((language, title, prompts): Texts, questions: &[Question]) -> Translation {
    let question = |(question, prompt): (&Question, &str)| TranslatedQuestion {
        key: question.key.clone(),
        prompt: prompt.into(),
        choices: Vec::new(),
    };
    let questions = questions.iter().zip(prompts).map(question).collect();
    Translation { language: language.into(), title: title.into(), questions }
}
