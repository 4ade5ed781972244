//! A whole survey as one form, made of nothing but what every browser has.

use maud::{Markup, html};
use valuemap_shared::ids::{SubmissionId, SurveyVersionId};
use valuemap_shared::survey::{Choice, Question, QuestionKind, SurveyDefinition};

use super::answers::{Complaints, Filled, ID_FIELD, VERSION_FIELD};
use super::texts::Texts;

/// A form to be filled in, or filled in already and not right yet.
pub struct SurveyForm<'a> {
    pub texts: &'a Texts,
    pub survey: &'a SurveyDefinition,
    pub version: SurveyVersionId,
    /// Made when the form is: however often this form is sent, it is one submission.
    pub id: SubmissionId,
    /// Where it is sent to.
    pub action: &'a str,
    pub filled: &'a Filled,
    pub complaints: Option<&'a Complaints>,
}

impl SurveyForm<'_> {
    pub fn markup(&self) -> Markup {
        html! {
            form.card method="post" action=(self.action) accept-charset="utf-8" autocomplete="off" {
                h1 { (self.survey.title()) }
                (self.summary())
                input type="hidden" name=(ID_FIELD) value=(self.id);
                input type="hidden" name=(VERSION_FIELD) value=(self.version);
                @for question in self.survey.questions() { (self.question(question)) }
                footer { button type="submit" { (self.texts.send) } }
            }
        }
    }

    /// What is wrong, with the way there. Focus starts here, so that a screen reader does.
    fn summary(&self) -> Markup {
        let Some(complaints) = self.complaints else { return html! {} };
        let questions = self.survey.questions().iter().filter(|question| complaints.about(question).is_some());
        let mut questions = questions.peekable();
        html! {
            div.summary role="alert" tabindex="-1" autofocus {
                p { (complaints.summary) }
                @if questions.peek().is_some() {
                    ul { @for question in questions { li { a href={ "#" (question.key) } { (question.prompt) } } } }
                }
            }
        }
    }

    fn question(&self, question: &Question) -> Markup {
        let problem = self.complaints.and_then(|complaints| complaints.about(question));
        let note = self.note(question);
        let name = |part: &str| format!("{}-{part}", question.key);
        let described: Vec<String> =
            [note.map(|_| name("note")), problem.map(|_| name("problem"))].into_iter().flatten().collect();
        let described = Some(described.join(" ")).filter(|described| !described.is_empty());
        let remarks = html! {
            @if let Some(note) = note { p.note id=(name("note")) { (note) } }
            @if let Some(problem) = problem { p.problem id=(name("problem")) { (problem) } }
        };
        if let QuestionKind::Text { max_chars, .. } = question.kind {
            return html! {
                div.question id=(question.key) data-question=(question.key) {
                    label.prompt for=(name("text")) { (question.prompt) }
                    (remarks)
                    (self.text(question, max_chars, &name("text"), described.as_deref(), problem.is_some()))
                }
            };
        }
        html! {
            fieldset.question id=(question.key) data-question=(question.key) aria-describedby=[described] {
                legend.prompt { (question.prompt) }
                (remarks)
                @match &question.kind {
                    QuestionKind::Agreement { points, .. } => (self.scale(question, 1, *points)),
                    QuestionKind::Recommendation => (self.scale(question, 0, 10)),
                    QuestionKind::SingleChoice { choices, .. } => (self.choices(question, choices, "radio")),
                    QuestionKind::MultipleChoice { choices, .. } => (self.choices(question, choices, "checkbox")),
                    QuestionKind::Text { .. } => {},
                }
            }
        }
    }

    fn note(&self, question: &Question) -> Option<&str> {
        match (&question.kind, question.required) {
            (QuestionKind::MultipleChoice { .. }, false) => Some(&self.texts.choose_any),
            (QuestionKind::MultipleChoice { .. }, true) => Some(&self.texts.choose_one_or_more),
            (_, true) => Some(&self.texts.needs_answer),
            (_, false) => None,
        }
    }

    /// Points in a row. The ends' meaning stands beside them, and in their own names.
    fn scale(&self, question: &Question, low: u8, high: u8) -> Markup {
        let ends = match question.kind {
            QuestionKind::Recommendation => [&self.texts.recommend_low, &self.texts.recommend_high],
            _ => [&self.texts.agree_low, &self.texts.agree_high],
        };
        let meaning = |point| if point == low { Some(ends[0]) } else { (point == high).then_some(ends[1]) };
        html! {
            div.scale data-points=(high - low + 1) {
                div.points {
                    @for point in low..=high {
                        label.point {
                            input type="radio" name=(question.key) value=(point) required[self.is_required(question)]
                                checked[self.is_given(question, &point.to_string())];
                            span { (point) }
                            @if let Some(meaning) = meaning(point) { span.unseen { (meaning) } }
                        }
                    }
                }
                span.end aria-hidden="true" { (ends[0]) }
                span.end aria-hidden="true" { (ends[1]) }
            }
            (self.no_answer(question))
        }
    }

    fn choices(&self, question: &Question, choices: &[Choice], kind: &str) -> Markup {
        // A browser that is told so would want all the boxes.
        let required = kind == "radio" && self.is_required(question);
        html! {
            div.choices {
                @for choice in choices {
                    label.choice {
                        input type=(kind) name=(question.key) value=(choice.key) required[required]
                            checked[self.is_given(question, &choice.key)];
                        span { (choice.label) }
                    }
                }
            }
            @if kind == "radio" { (self.no_answer(question)) }
        }
    }

    /// The way back from a point that was chosen, which a radio button does not have.
    fn no_answer(&self, question: &Question) -> Markup {
        html! {
            @if !self.is_required(question) {
                label.none {
                    input type="radio" name=(question.key) value="";
                    span { (self.texts.form_no_answer) }
                }
            }
        }
    }

    fn text(&self, question: &Question, max_chars: u16, id: &str, described: Option<&str>, is_wrong: bool) -> Markup {
        let typed = self.filled.values(&question.key).first().map_or("", String::as_str);
        // No browser shows this character; it is left out so that the text can be sent again.
        let typed = typed.replace('\0', "");
        html! {
            // The first line break in it is not part of the text.
            textarea id=(id) name=(question.key) rows="4" maxlength=(max_chars) required[self.is_required(question)]
                aria-describedby=[described] aria-invalid=[is_wrong.then_some("true")] { "\n" (typed) }
        }
    }

    fn is_required(&self, question: &Question) -> bool {
        question.required
    }

    fn is_given(&self, question: &Question, value: &str) -> bool {
        self.filled.values(&question.key).iter().any(|given| given == value)
    }
}
