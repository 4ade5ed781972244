use super::{Problem, Question, SurveyDraft, rules};

/// A survey whose every rule holds: the only way to one is [`SurveyDefinition::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyDefinition(SurveyDraft);

impl SurveyDefinition {
    /// Checks every rule of a survey and reports all that are broken.
    pub fn parse(draft: SurveyDraft) -> Result<Self, Vec<Problem>> {
        let problems = rules::check(&draft);
        if problems.is_empty() { Ok(Self(draft)) } else { Err(problems) }
    }

    pub fn title(&self) -> &str {
        &self.0.title
    }

    pub fn questions(&self) -> &[Question] {
        &self.0.questions
    }

    pub fn question(&self, key: &str) -> Option<&Question> {
        self.0.questions.iter().find(|question| question.key == key)
    }

    /// What was written, with its translations.
    pub fn draft(&self) -> &SurveyDraft {
        &self.0
    }

    pub fn into_draft(self) -> SurveyDraft {
        self.0
    }
}
