//! The order of shuffled choices on a form. It is made of the submission's id, so that it need not be remembered.

use valuemap_shared::ids::SubmissionId;
use valuemap_shared::survey::{Choice, Question, QuestionKind, shuffle};

/// The choices of the question at this position in the order in which this form shows them.
pub fn shown_choices(choices: &[Choice], shuffled: bool, position: usize, id: SubmissionId) -> Vec<&Choice> {
    if !shuffled {
        return choices.iter().collect();
    }
    shuffle::order(choices.len(), seed(position, id)).into_iter().map(|index| &choices[index]).collect()
}

/// The keys of shuffled choices in that order.
pub fn shown_order(question: &Question, position: usize, id: SubmissionId) -> Option<Vec<String>> {
    match &question.kind {
        QuestionKind::SingleChoice { choices, shuffled: true }
        | QuestionKind::MultipleChoice { choices, shuffled: true } => {
            Some(shown_choices(choices, true, position, id).into_iter().map(|choice| choice.key.clone()).collect())
        }
        _ => None,
    }
}

/// The last bits of an id are random. Every question has a seed of its own.
fn seed(position: usize, id: SubmissionId) -> u32 {
    (id.0.as_u128() as u32).wrapping_add(position as u32)
}
