//! A whole survey as one form, made of nothing but what every browser has.

use maud::{Markup, html};
use valuemap_shared::ids::{SubmissionId, SurveyVersionId};
use valuemap_shared::survey::{Choice, Condition, Lines, LocalisedSurvey, Question, QuestionKind, Test};

use crate::http::embed_pages::answers::{Complaints, Filled, ID_FIELD, VERSION_FIELD};
use crate::http::embed_pages::order::shown_choices;
use crate::http::embed_pages::texts::{Texts, fill};

/// A form to be filled in, or filled in already and not right yet.
pub struct SurveyForm<'a> {
    pub texts: &'a Texts,
    pub survey: &'a LocalisedSurvey,
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
            form.card method="post" action=(self.action) accept-charset="utf-8" {
                h1 lang=[self.language()] { (self.survey.title) }
                (self.summary())
                // A browser that fills in again what was typed before a reload would fill in the old id, too.
                input type="hidden" name=(ID_FIELD) value=(self.id) autocomplete="off";
                input type="hidden" name=(VERSION_FIELD) value=(self.version) autocomplete="off";
                @for (position, question) in self.survey.questions.iter().enumerate() {
                    (self.question(position, question))
                }
                footer { button type="submit" { (self.texts.send) } }
            }
        }
    }

    /// What is wrong, with the way there. Focus starts here, so that a screen reader does.
    fn summary(&self) -> Markup {
        let Some(complaints) = self.complaints else { return html! {} };
        let questions = self.survey.questions.iter().filter(|question| complaints.about(question).is_some());
        let mut questions = questions.peekable();
        html! {
            div.summary role="alert" tabindex="-1" autofocus {
                p { (complaints.summary) }
                @if questions.peek().is_some() {
                    ul lang=[self.language()] { @for question in questions { li { a href={ "#" (question.key) } { (question.prompt) } } } }
                }
            }
        }
    }

    /// The language of the survey's own texts, where it is not that of the page.
    fn language(&self) -> Option<&str> {
        Some(&*self.survey.language).filter(|language| *language != self.texts.language)
    }

    fn question(&self, position: usize, question: &Question) -> Markup {
        let problem = self.complaints.and_then(|complaints| complaints.about(question));
        let note = self.note(question);
        let condition = question.ask_if.as_ref().and_then(|condition| self.condition(condition));
        let name = |part: &str| format!("{}-{part}", question.key);
        let remarked = [("condition", condition.is_some()), ("note", note.is_some()), ("problem", problem.is_some())];
        let described: Vec<String> =
            remarked.into_iter().filter(|(_, is_there)| *is_there).map(|(part, _)| name(part)).collect();
        let described = Some(described.join(" ")).filter(|described| !described.is_empty());
        let remarks = html! {
            @if let Some(condition) = condition { p.condition id=(name("condition")) { (condition) } }
            @if let Some(note) = note { p.note id=(name("note")) { (note) } }
            @if let Some(problem) = problem { p.problem id=(name("problem")) { (problem) } }
        };
        if let QuestionKind::Text { max_chars, lines } = question.kind {
            return html! {
                div.question id=(question.key) data-question=(question.key) {
                    label.prompt for=(name("text")) lang=[self.language()] { (question.prompt) }
                    (remarks)
                    (self.text(question, lines, max_chars, described.as_deref(), problem.is_some()))
                }
            };
        }
        html! {
            fieldset.question id=(question.key) data-question=(question.key) aria-describedby=[described] {
                legend.prompt lang=[self.language()] { (question.prompt) }
                (remarks)
                @match &question.kind {
                    QuestionKind::Agreement { points, .. } => (self.scale(question, 1, *points)),
                    QuestionKind::Recommendation => (self.scale(question, 0, 10)),
                    QuestionKind::SingleChoice { choices, shuffled } => {
                        (self.choices(question, &shown_choices(choices, *shuffled, position, self.id), "radio"))
                    },
                    QuestionKind::MultipleChoice { choices, shuffled } => {
                        (self.choices(question, &shown_choices(choices, *shuffled, position, self.id), "checkbox"))
                    },
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

    /// Which members a question is for, in words.
    fn condition(&self, condition: &Condition) -> Option<String> {
        let earlier = self.survey.questions.iter().find(|question| question.key == condition.question)?;
        let text = match &condition.test {
            Test::AtLeast(least) => fill(&self.texts.form_only_if_at_least, "{n}", least),
            Test::AtMost(most) => fill(&self.texts.form_only_if_at_most, "{n}", most),
            Test::AnyOf(keys) => fill(&self.texts.form_only_if_any_of, "{choices}", labels(earlier, keys)),
        };
        Some(fill(&text, "{question}", &earlier.prompt))
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

    fn choices(&self, question: &Question, choices: &[&Choice], kind: &str) -> Markup {
        // With `required` on every box, a browser would insist on all of them.
        let required = kind == "radio" && self.is_required(question);
        html! {
            div.choices lang=[self.language()] {
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
            @if !question.required {
                label.none {
                    input type="radio" name=(question.key) value="";
                    span { (self.texts.form_no_answer) }
                }
            }
        }
    }

    fn text(
        &self,
        question: &Question,
        lines: Lines,
        max_chars: u16,
        described: Option<&str>,
        is_wrong: bool,
    ) -> Markup {
        let id = format!("{}-text", question.key);
        let required = self.is_required(question);
        let is_wrong = is_wrong.then_some("true");
        let typed = self.filled.values(&question.key).first().map_or("", String::as_str);
        // No browser shows this character; it is left out so that the text can be sent again.
        let typed = typed.replace('\0', "");
        html! {
            @match lines {
                Lines::One => input.line type="text" id=(id) name=(question.key) maxlength=(max_chars) required[required]
                    aria-describedby=[described] aria-invalid=[is_wrong] value=(typed);,
                // The first line break in it is not part of the text.
                Lines::Several => textarea id=(id) name=(question.key) rows="4" maxlength=(max_chars) required[required]
                    aria-describedby=[described] aria-invalid=[is_wrong] { "\n" (typed) },
            }
        }
    }

    /// Whether the browser may insist: it does not know which questions are asked.
    fn is_required(&self, question: &Question) -> bool {
        question.required && question.ask_if.is_none()
    }

    fn is_given(&self, question: &Question, value: &str) -> bool {
        self.filled.values(&question.key).iter().any(|given| given == value)
    }
}

/// The labels of these choices of a question.
fn labels(question: &Question, keys: &[String]) -> String {
    let (QuestionKind::SingleChoice { choices, .. } | QuestionKind::MultipleChoice { choices, .. }) = &question.kind
    else {
        return String::new();
    };
    let chosen = choices.iter().filter(|choice| keys.contains(&choice.key));
    chosen.map(|choice| choice.label.as_str()).collect::<Vec<_>>().join(", ")
}
