//! How well members are served and kept: the community health figures that executives ask for, from what is tracked.

mod answerers;
mod customers;
mod questions;
mod retention;

pub use answerers::{AnswererCounts, BUSIEST};
pub use customers::CustomerCounts;
pub use questions::{ANSWER_DAYS, FirstPosts, HISTORY_DAYS, QuestionCounts};
pub use retention::{Cohort, MONTH_ONE, MONTH_THREE, RetentionWindow};

use super::Input;
use super::model::MeasureSource;

/// What is counted for such measures in some days. Parts that the scoring model does not ask for are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    pub questions: QuestionCounts,
    pub answerers: AnswererCounts,
    pub month_one: Cohort,
    pub month_three: Cohort,
    pub customers: CustomerCounts,
}

/// What has to be counted for a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthPart {
    Questions,
    FirstPosts,
    Answerers,
    MonthOne,
    MonthThree,
    Customers,
}

impl HealthPart {
    /// `None` where the measure is counted elsewhere, or observed.
    pub fn of(source: MeasureSource) -> Option<Self> {
        use MeasureSource::*;
        match source {
            TimeToFirstAnswer | TimeToSolution | UnansweredShare => Some(Self::Questions),
            FirstPostAnsweredRate => Some(Self::FirstPosts),
            BusiestAnswererShare | AnswerersOfHalf => Some(Self::Answerers),
            RetentionMonthOne => Some(Self::MonthOne),
            RetentionMonthThree => Some(Self::MonthThree),
            ActiveCustomerShare => Some(Self::Customers),
            _ => None,
        }
    }
}

impl Health {
    /// What a measure was counted from; nothing where it is counted elsewhere, or observed.
    pub fn inputs(&self, source: MeasureSource) -> Vec<Input> {
        let Self { questions, answerers, month_one, month_three, customers } = self;
        let counts = match source {
            MeasureSource::TimeToFirstAnswer => questions.wait_counts(&questions.first_answers),
            MeasureSource::TimeToSolution => questions.wait_counts(&questions.solutions),
            MeasureSource::UnansweredShare => questions.unanswered_counts(),
            MeasureSource::FirstPostAnsweredRate => questions.first_posts.counts(),
            MeasureSource::BusiestAnswererShare | MeasureSource::AnswerersOfHalf => answerers.counts(),
            MeasureSource::RetentionMonthOne => month_one.counts(),
            MeasureSource::RetentionMonthThree => month_three.counts(),
            MeasureSource::ActiveCustomerShare => customers.counts(),
            _ => Vec::new(),
        };
        counts.into_iter().map(|(name, count)| Input { name: name.to_owned(), value: count as f64 }).collect()
    }
}
