//! Those who help themselves: how many cases were deflected, by what the organisation's own survey says.

use super::ask::Ask;
use super::financial::{AnswerDeflection, Cases, Rate, SearchDeflection};
use super::measured::Measured;
use super::model::{Choice, ScoringModel};
use super::{Counts, Figures};
use crate::survey::Subject;

/// What the organisation's own survey and counters say about those who help themselves. Each rate is of those who said
/// yes to the questions before, so that they may be multiplied: their product is the joint share of all three.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelfHelp {
    /// `None` where sessions were not observed.
    pub sessions: Option<u64>,
    /// Of all who were asked; `None` where they are too few.
    pub success: Option<Rate>,
    /// Of those who found the answer.
    pub intent: Option<Rate>,
    /// Of those who found the answer and would have asked.
    pub no_further_action: Option<Rate>,
    pub nesting: Nesting,
}

/// Whether each of the three questions was put to those who said yes to the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// It was.
    Nested,
    /// Others answered, too. They are left out.
    AskedOfOthers,
    /// The questions were answered, and never one after the other in one survey: nothing is known of all three together.
    Apart,
}

impl SelfHelp {
    pub(super) fn of(model: &ScoringModel, figures: &Figures, minimum: u64) -> Self {
        let self_service = &model.financial.self_service;
        let sessions = figures.observed.get(&self_service.sessions).map(|observed| observed.value.max(0.0) as u64);
        let [first, second, third] = [&self_service.success, &self_service.intent, &self_service.no_further_action];
        let rate = |yes: u64, asked: u64| if asked < minimum { None } else { Rate::new(yes, asked).ok() };
        let together = self_service.nested().map(|given| figures.respondents(&Subject::Together(given)));
        let [asked_second, would_have_asked, asked_third, nothing_further] = together;
        let (found_of_all, asked_first) = figures.chosen(first);
        let answered = |choice: &Choice| figures.chosen(choice).1;
        let nesting = match (answered(second), answered(third)) {
            (second, third) if second == asked_second && third == asked_third => Nesting::Nested,
            _ if asked_third == 0 => Nesting::Apart,
            _ => Nesting::AskedOfOthers,
        };
        Self {
            sessions,
            success: rate(found_of_all, asked_first),
            intent: rate(would_have_asked, asked_second),
            no_further_action: rate(nothing_further, asked_third),
            nesting,
        }
    }

    pub(super) fn searches(&self) -> Option<SearchDeflection> {
        let (success, intent) = (self.success?, self.intent?);
        Some(SearchDeflection { events: self.sessions?, success, intent, no_further_action: self.no_further_action? })
    }

    pub(super) fn answers(&self, counts: &Counts) -> Option<AnswerDeflection> {
        let (intent, no_further_action) = (self.intent?, self.no_further_action?);
        (counts.questions > 0 || counts.member_solutions > 0).then_some(AnswerDeflection {
            accepted: counts.member_solutions,
            intent,
            no_further_action,
        })
    }
}

/// Cases that self-service and peers solved, as a share of these and the cases that were opened.
pub(super) fn deflection_share(model: &ScoringModel, figures: &Figures, ask: Ask) -> Result<Measured, String> {
    let help = SelfHelp::of(model, figures, ask.minimum);
    // As many days of cases as of sessions, where those lag behind.
    let covered = figures.observed.get(&model.financial.self_service.sessions).map_or(1.0, |sessions| sessions.covered);
    let cases = figures.counts.cases as f64 * (covered / figures.stretch.share()).min(1.0);
    if cases == 0.0 {
        return Err("no support cases are tracked for this period".into());
    }
    let parts = [
        help.searches().map(|searches| searches.cases()),
        help.answers(&figures.counts).map(|answers| answers.cases()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        let apart = help.nesting == Nesting::Apart;
        let together = "the questions whether the answer was found, support would have been asked and nothing further was \
                        needed have to follow each other in one survey";
        return Err(
            if apart { together } else { "too few were asked whether they would have contacted support" }.into()
        );
    }
    let share = |deflected: f64| deflected / (deflected + cases);
    let sum = |of: fn(&Cases) -> f64| share(parts.iter().map(of).sum());
    let interval = (sum(|cases| cases.low), sum(|cases| cases.high));
    // All of them were asked whether they found the answer.
    let (_, answers) = figures.chosen(&model.financial.self_service.success);
    Ok(Measured { value: sum(|cases| cases.likely), interval: Some(interval), answers })
}
