//! The rules of translations.

use std::collections::BTreeSet;

use super::labels::{check_label, shortened};
use super::{Problem, ProblemCode, Question, QuestionKind, SurveyDraft, TranslatedQuestion, Translation};

/// Checks that each translation has all texts of the survey and no others.
pub fn check_translations(draft: &SurveyDraft, problems: &mut Vec<Problem>) {
    check_language("language", &draft.language, problems);
    let mut languages = BTreeSet::from([draft.language.as_str()]);
    for (index, translation) in draft.translations.iter().enumerate() {
        let path = format!("translations.{index}");
        let language = &translation.language;
        check_language(&format!("{path}.language"), language, problems);
        if !languages.insert(language) {
            let message = format!("the survey has its texts in `{}` already", shortened(language));
            problems.push(Problem::new(format!("{path}.language"), ProblemCode::Duplicate, message));
        }
        check_label(&format!("{path}.title"), &translation.title, 200, problems);
        check_questions(&path, translation, &draft.questions, problems);
    }
}

fn check_language(path: &str, language: &str, problems: &mut Vec<Problem>) {
    let mut parts = language.split('-');
    let is_lower = |part: &str| part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let primary = parts.next().unwrap_or_default();
    let is_primary = (2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_lowercase());
    if !is_primary || language.len() > 35 || !parts.all(|part| (2..=8).contains(&part.len()) && is_lower(part)) {
        let message = "a language is a BCP 47 tag in lower case, such as de or pt-br";
        problems.push(Problem::new(path, ProblemCode::Malformed, message));
    }
}

fn check_questions(path: &str, translation: &Translation, questions: &[Question], problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for (index, translated) in translation.questions.iter().enumerate() {
        let path = format!("{path}.questions.{index}");
        let Some(question) = questions.iter().find(|question| question.key == translated.key) else {
            let message = format!("this survey has no question `{}`", shortened(&translated.key));
            problems.push(Problem::new(format!("{path}.key"), ProblemCode::Unknown, message));
            continue;
        };
        if !seen.insert(&question.key) {
            let message = format!("`{}` is translated twice", question.key);
            problems.push(Problem::new(format!("{path}.key"), ProblemCode::Duplicate, message));
        }
        check_label(&format!("{path}.prompt"), &translated.prompt, 500, problems);
        check_choices(&path, translated, question, problems);
    }
    for question in questions.iter().filter(|question| !seen.contains(&question.key)) {
        let message = format!("`{}` is not translated", shortened(&question.key));
        problems.push(Problem::new(format!("{path}.questions"), ProblemCode::Missing, message));
    }
}

fn check_choices(path: &str, translated: &TranslatedQuestion, question: &Question, problems: &mut Vec<Problem>) {
    let choices = match &question.kind {
        QuestionKind::SingleChoice { choices, .. } | QuestionKind::MultipleChoice { choices, .. } => choices.as_slice(),
        _ => &[],
    };
    let mut seen = BTreeSet::new();
    for (index, choice) in translated.choices.iter().enumerate() {
        let path = format!("{path}.choices.{index}");
        if !choices.iter().any(|original| original.key == choice.key) {
            let message = format!("`{}` has no choice `{}`", question.key, shortened(&choice.key));
            problems.push(Problem::new(format!("{path}.key"), ProblemCode::Unknown, message));
        } else if !seen.insert(&choice.key) {
            let message = format!("`{}` is translated twice", choice.key);
            problems.push(Problem::new(format!("{path}.key"), ProblemCode::Duplicate, message));
        }
        check_label(&format!("{path}.label"), &choice.label, 200, problems);
    }
    for choice in choices.iter().filter(|choice| !seen.contains(&choice.key)) {
        let message = format!("the choice `{}` is not translated", shortened(&choice.key));
        problems.push(Problem::new(format!("{path}.choices"), ProblemCode::Missing, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Choice, SurveyDefinition};

    fn choice(key: &str, label: &str) -> Choice {
        Choice { key: key.into(), label: label.into() }
    }

    fn translated(key: &str, prompt: &str, choices: &[Choice]) -> TranslatedQuestion {
        TranslatedQuestion { key: key.into(), prompt: prompt.into(), choices: choices.to_vec() }
    }

    fn translation(language: &str, questions: Vec<TranslatedQuestion>) -> Translation {
        Translation { language: language.into(), title: format!("Title in {language}"), questions }
    }

    fn german() -> Translation {
        let pick = translated("pick", "Was?", &[choice("b", "Zwei"), choice("a", "Eins")]);
        translation("de", vec![pick, translated("rate", "Empfehlen?", &[])])
    }

    fn draft(translations: Vec<Translation>) -> SurveyDraft {
        let question =
            |key: &str, kind| Question { key: key.into(), prompt: key.into(), required: false, ask_if: None, kind };
        let choices = vec![choice("a", "One"), choice("b", "Two")];
        let questions = vec![
            question("rate", QuestionKind::Recommendation),
            question("pick", QuestionKind::SingleChoice { choices, shuffled: false }),
        ];
        SurveyDraft { title: "Title".into(), questions, translations, ..SurveyDraft::default() }
    }

    fn check(translations: Vec<Translation>, expected: &[(&str, ProblemCode)]) {
        let found = SurveyDefinition::parse(draft(translations)).err().unwrap_or_default();
        let found: Vec<_> = found.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
        assert_eq!(found, expected);
    }

    fn check_asked(asked: Option<&str>, language: &str) {
        let brazilian = Translation { language: "pt-br".into(), ..german() };
        let survey = SurveyDefinition::parse(draft(vec![german(), brazilian])).unwrap();
        assert_eq!(survey.localised(asked).language, language, "{asked:?}");
    }

    #[test]
    fn the_language_is_the_one_asked_for_or_a_wider_one_or_the_surveys_own() {
        check_asked(None, "en");
        check_asked(Some(""), "en");
        check_asked(Some("fr"), "en");
        check_asked(Some("en-GB"), "en");
        check_asked(Some("de"), "de");
        check_asked(Some("de-AT"), "de");
        check_asked(Some("DE-latn-at"), "de");
        check_asked(Some("den"), "en");
        check_asked(Some("pt-BR"), "pt-br");
        check_asked(Some("pt"), "en");
    }

    #[test]
    fn a_translation_changes_texts_and_nothing_else() {
        let survey = SurveyDefinition::parse(draft(vec![german()])).unwrap();
        let mut german = survey.localised(Some("de"));
        assert_eq!((german.title.as_str(), german.questions[0].prompt.as_str()), ("Title in de", "Empfehlen?"));
        german.questions[0].prompt = "rate".into();
        german.questions[1].prompt = "pick".into();
        let QuestionKind::SingleChoice { choices, .. } = &mut german.questions[1].kind else { panic!() };
        assert_eq!(*choices, [choice("a", "Eins"), choice("b", "Zwei")]);
        *choices = vec![choice("a", "One"), choice("b", "Two")];
        assert_eq!(german.questions, survey.questions());
    }

    #[test]
    fn a_translation_has_all_texts_and_no_others() {
        use ProblemCode::{Duplicate, Malformed, Missing, Size, Unknown};
        check(vec![german()], &[]);
        for language in ["", "d", "DE", "de_AT", "de-", "deutsch", "de-a", "1e"] {
            check(
                vec![Translation { language: language.into(), ..german() }],
                &[("translations.0.language", Malformed)],
            );
        }
        check(vec![german(), german()], &[("translations.1.language", Duplicate)]);
        let own = Translation { language: "en".into(), title: " ".into(), ..german() };
        check(vec![own], &[("translations.0.language", Duplicate), ("translations.0.title", Missing)]);

        let pick = translated("pick", &"x".repeat(501), &[choice("a", "Eins"), choice("a", ""), choice("z", "Zett")]);
        let rate = translated("rate", "Empfehlen?", &[choice("a", "Eins")]);
        check(
            vec![
                translation("fr", vec![pick, rate.clone(), rate, translated("none", "", &[])]),
                translation("es", vec![]),
            ],
            &[
                ("translations.0.questions.0.prompt", Size),
                ("translations.0.questions.0.choices.1.key", Duplicate),
                ("translations.0.questions.0.choices.1.label", Missing),
                ("translations.0.questions.0.choices.2.key", Unknown),
                ("translations.0.questions.0.choices", Missing),
                ("translations.0.questions.1.choices.0.key", Unknown),
                ("translations.0.questions.2.key", Duplicate),
                ("translations.0.questions.2.choices.0.key", Unknown),
                ("translations.0.questions.3.key", Unknown),
                ("translations.1.questions", Missing),
                ("translations.1.questions", Missing),
            ],
        );
    }

    #[test]
    #[cfg(feature = "serde")]
    fn a_definition_that_was_stored_before_there_were_translations_is_still_read() {
        let stored = r#"{"title":"Old","questions":[
            {"key":"a","prompt":"A","required":true,"kind":{"type":"text","max_chars":10}},
            {"key":"b","prompt":"B","required":true,"kind":{"type":"single_choice","choices":[
                {"key":"x","label":"X"},{"key":"y","label":"Y"}]}}]}"#;
        let survey = SurveyDefinition::parse(serde_json::from_str(stored).unwrap()).unwrap();
        assert_eq!(survey.localised(Some("de")).language, "en");
        let written = serde_json::to_string(&survey.clone().into_draft()).unwrap();
        assert_eq!(SurveyDefinition::parse(serde_json::from_str(&written).unwrap()).unwrap(), survey);
    }
}
