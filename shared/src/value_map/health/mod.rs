//! How well members are served and kept: the community health figures that executives ask for, from what is tracked.

mod questions;

pub use questions::{ANSWER_DAYS, FirstPosts, HISTORY_DAYS, QuestionCounts};

use super::Input;
use super::measured::Measured;
use super::model::MeasureSource;
use crate::statistics::wilson_interval;

/// What is counted for such measures in some days. Parts that the scoring model does not ask for are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    pub questions: QuestionCounts,
}

/// What has to be counted for a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthPart {
    Questions,
    FirstPosts,
}

impl HealthPart {
    /// `None` where the measure is counted elsewhere, or observed.
    pub fn of(source: MeasureSource) -> Option<Self> {
        use MeasureSource::*;
        match source {
            TimeToFirstAnswer | TimeToSolution | UnansweredShare => Some(Self::Questions),
            FirstPostAnsweredRate => Some(Self::FirstPosts),
            _ => None,
        }
    }
}

impl Health {
    /// What a measure was counted from; nothing where it is counted elsewhere, or observed.
    pub fn inputs(&self, source: MeasureSource) -> Vec<Input> {
        let Self { questions } = self;
        let counts = match source {
            MeasureSource::TimeToFirstAnswer => questions.wait_counts(&questions.first_answers),
            MeasureSource::TimeToSolution => questions.wait_counts(&questions.solutions),
            MeasureSource::UnansweredShare => questions.unanswered_counts(),
            MeasureSource::FirstPostAnsweredRate => questions.first_posts.counts(),
            _ => Vec::new(),
        };
        counts.into_iter().map(|(name, count)| Input { name: name.to_owned(), value: count as f64 }).collect()
    }
}

/// A share of at least `minimum`, with its Wilson interval.
fn share(part: u64, whole: u64, minimum: u64, of: &str) -> Result<Measured, String> {
    if whole < minimum.max(1) {
        return Err(format!("too few {of}: there is a figure from {minimum} on"));
    }
    let interval = wilson_interval(part as f64, whole as f64);
    Ok(Measured { value: part as f64 / whole as f64, interval: Some((interval.low, interval.high)), answers: 0 })
}
