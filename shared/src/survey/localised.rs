use super::{Question, QuestionKind, SurveyDefinition, Translation};

/// A survey as a member reads it, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalisedSurvey {
    pub language: String,
    pub title: String,
    pub questions: Vec<Question>,
}

impl SurveyDefinition {
    /// The survey in the language that was asked for, or in a wider one (`de` for `de-AT`); else in its own.
    pub fn localised(&self, asked: Option<&str>) -> LocalisedSurvey {
        let draft = self.draft();
        let own = LocalisedSurvey {
            language: draft.language.clone(),
            title: draft.title.clone(),
            questions: draft.questions.clone(),
        };
        let asked = asked.unwrap_or_default().to_ascii_lowercase();
        let mut tag = asked.as_str();
        while tag != draft.language {
            if let Some(translation) = draft.translations.iter().find(|translation| translation.language == tag) {
                return translation.apply(own.questions);
            }
            match tag.rsplit_once('-') {
                Some((wider, _)) => tag = wider,
                None => break,
            }
        }
        own
    }
}

impl Translation {
    fn apply(&self, mut questions: Vec<Question>) -> LocalisedSurvey {
        for question in &mut questions {
            let Some(translated) = self.questions.iter().find(|translated| translated.key == question.key) else {
                continue;
            };
            question.prompt.clone_from(&translated.prompt);
            let (QuestionKind::SingleChoice { choices, .. } | QuestionKind::MultipleChoice { choices, .. }) =
                &mut question.kind
            else {
                continue;
            };
            for choice in choices {
                if let Some(translated) = translated.choices.iter().find(|translated| translated.key == choice.key) {
                    choice.label.clone_from(&translated.label);
                }
            }
        }
        LocalisedSurvey { language: self.language.clone(), title: self.title.clone(), questions }
    }
}
