//! How a figure of the map went, quarter by quarter or month by month.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::ask::Ask;
use super::internal::{combined, interval};
use super::measures::measured;
use super::members::{index_of, recommendation};
use super::model::{Choice, Measure, MeasureSource, ScoringModel};
use super::{
    Absence, AmountRange, ContactBaseline, DistinctPace, Element, Figures, Interval, Layer, NoScore, Reading,
    RecommendationReading, Stretch, TallyCounts, ValueMap, Weighting, WorthInputs, financial_layer,
};
use crate::calendar::Quarter;
use crate::survey::Subject;

/// A figure of the map.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    Element(Element),
    /// A measure, by its key in the scoring model.
    Measure(String),
    /// The Net Promoter Score.
    Recommendation,
    /// What the community cost.
    Cost,
}

/// How long the periods of a series are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "SCREAMING_SNAKE_CASE"))]
pub enum Step {
    #[default]
    Quarter,
    Month,
}

/// The figure in one period.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct SeriesPoint {
    /// `2026-Q4`, or `2026-11`.
    pub period: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// How much of the period is over, in 0..1.
    pub elapsed: f64,
    pub reading: SeriesReading,
}

/// What the figure was, or why it has none.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "__typename"))]
pub enum SeriesReading {
    SeriesFigure(SeriesFigure),
    SeriesAmount(SeriesAmount),
    NoScore(NoScore),
}

/// A score of 0 to 100, a measure in its unit, or a Net Promoter Score.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct SeriesFigure {
    pub value: f64,
    /// `None` where it is exact.
    pub interval: Option<Interval>,
    /// How many members' answers it rests on; 0 where it is counted from what is tracked.
    pub answers: u64,
    /// The share of what it is scored from that had data, by weight, in 0..1.
    pub coverage: f64,
}

/// Money, in the community's currency.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct SeriesAmount {
    /// P10, P50 and P90 of the simulation; three times the same where it was counted.
    pub amount: AmountRange,
    /// The likely amount on the way to the target, 0 to 100; `None` without one, and of a month, since targets are those of
    /// a quarter.
    pub score: Option<f64>,
}

/// What is known of one month.
#[derive(Clone, Debug)]
pub struct Month {
    /// The quarter that it is of.
    pub period: Quarter,
    pub first_day: NaiveDate,
    /// Of its days so far.
    pub figures: Figures,
    /// What members answered about, without being shown by month and so not in the figures: the quarter less the other
    /// months would uncover it.
    pub hidden: BTreeSet<Subject>,
}

impl Month {
    /// Its days as some of its quarter, whose targets elements are held against: counts and sums at their pace, as those of
    /// a quarter that is running. Members who come again count once, and a month does not tell how many the quarter has.
    fn in_quarter(&self) -> Figures {
        let of = self.period.days();
        let of_quarter = f64::from(self.figures.stretch.of) / f64::from(of);
        let mut figures = self.figures.clone();
        figures.stretch = Stretch { days: figures.stretch.days, of };
        for observed in figures.observed.values_mut() {
            observed.covered *= of_quarter;
        }
        let unknown = DistinctPace { first_days: 0, whole: 0 };
        figures.active_pace = Some(unknown);
        figures.health.customers.pace = Some(unknown);
        figures
    }

    /// What its money is computed from.
    pub fn worth(&self, model: &ScoringModel, minimum: u64, baseline: Option<ContactBaseline>) -> WorthInputs {
        let figures = self.in_quarter();
        WorthInputs { first_day: self.first_day, ..WorthInputs::of(self.period, model, &figures, minimum, baseline) }
    }

    fn hides(&self, choice: &Choice) -> bool {
        self.hidden.contains(&Subject::Question(choice.question.clone()))
    }

    /// Something that members said and that an internal element is scored from.
    fn hides_part_of(&self, element: Element, model: &ScoringModel) -> bool {
        let mut indicators = model.indicators_of(element);
        indicators.any(|indicator| self.hidden.contains(&Subject::Benefit(indicator.benefit)))
    }

    /// One of the three questions is hidden, or what was said to one after the others.
    fn hides_self_help(&self, model: &ScoringModel) -> bool {
        let asked = &model.financial.self_service;
        let together = asked.nested().into_iter().any(|given| self.hidden.contains(&Subject::Together(given)));
        together
            || [&asked.success, &asked.intent, &asked.no_further_action].into_iter().any(|choice| self.hides(choice))
    }
}

const NO_COST: &str = "No cost is on record for this period.";
const DISTINCT: &str =
    "The month is running, and members who come again count once: there is a figure when it is over.";

/// What a figure was in the quarter of a map.
pub fn quarter_reading(map: &ValueMap, figure: &Figure, model: &ScoringModel) -> SeriesReading {
    let reading_of = |element: Element| {
        let mut elements = map.layers.iter().flat_map(|layer| &layer.elements);
        elements.find(|reading| reading.element == element).map(|found| &found.reading)
    };
    match figure {
        Figure::Element(element) => match reading_of(*element) {
            Some(reading) => of_reading(reading.clone()),
            None => SeriesReading::NoScore(NoScore::not_connected(element.layer())),
        },
        Figure::Measure(key) => {
            let element = model.measure(key).map(|measure| measure.element);
            match element.and_then(reading_of) {
                Some(Reading::Score(score)) => match score.parts.iter().find(|part| part.key == *key) {
                    Some(part) if part.value.is_some() => SeriesReading::SeriesFigure(SeriesFigure {
                        value: part.value.unwrap_or_default(),
                        interval: part.interval,
                        answers: part.answers,
                        coverage: 1.0,
                    }),
                    part => no_data(part.and_then(|part| part.message.clone()).unwrap_or_default()),
                },
                Some(Reading::NoScore(absence)) => SeriesReading::NoScore(absence.clone()),
                _ => no_data("It has no data in this quarter."),
            }
        }
        Figure::Recommendation => of_recommendation(map.recommendation.clone()),
        Figure::Cost if map.returns.costs.is_empty() => no_data(NO_COST),
        Figure::Cost => exact(map.returns.cost),
    }
}

/// What a figure was in a month; what an element came to in money, by its inputs ([`Month::worth`]).
pub fn month_reading(
    month: &Month,
    figure: &Figure,
    model: &ScoringModel,
    worth: &WorthInputs,
    (weighting, minimum): (Weighting, u64),
) -> SeriesReading {
    let (tallies, none) = (&month.figures.tallies, TallyCounts::default());
    let is_hidden = |subject: &Subject| month.hidden.contains(subject);
    match figure {
        Figure::Element(element) => match (element.benefit(), element.layer()) {
            (Some(benefit), _) if is_hidden(&Subject::Benefit(benefit)) => hidden(minimum),
            (Some(benefit), _) => {
                of_reading(index_of(&Subject::Benefit(benefit), tallies, &none, &model.label(), minimum))
            }
            (None, Layer::Internal) => {
                month_of_internal(month, *element, model, Ask { weighting, minimum, baseline: worth.baseline })
            }
            (None, Layer::Financial) if *element == Element::CostContainment && month.hides_self_help(model) => {
                hidden(minimum)
            }
            (None, Layer::Financial) => match financial_layer::amount(*element, model, worth) {
                Ok(amount) => SeriesReading::SeriesAmount(SeriesAmount { amount, score: None }),
                Err(absence) => SeriesReading::NoScore(absence),
            },
            (None, layer) => SeriesReading::NoScore(NoScore::not_connected(layer)),
        },
        Figure::Measure(key) => match model.measure(key) {
            None => no_data("The scoring model has no such measure."),
            Some(measure) => month_of_measure(month, measure, model, minimum),
        },
        Figure::Recommendation if is_hidden(&Subject::Recommendation) => hidden(minimum),
        Figure::Recommendation => of_recommendation(recommendation(tallies, &model.label(), minimum)),
        Figure::Cost if month.figures.money.costs.is_empty() => no_data(NO_COST),
        Figure::Cost => exact(month.figures.money.costs.values().sum()),
    }
}

fn month_of_internal(month: &Month, element: Element, model: &ScoringModel, ask: Ask) -> SeriesReading {
    match combined(element, model, &month.in_quarter(), ask) {
        Ok(combined) => SeriesReading::SeriesFigure(SeriesFigure {
            value: combined.value,
            interval: interval(&combined),
            answers: combined.members,
            coverage: combined.coverage,
        }),
        Err(_) if month.hides_part_of(element, model) => hidden(ask.minimum),
        Err(absence) => SeriesReading::NoScore(absence),
    }
}

fn month_of_measure(month: &Month, measure: &Measure, model: &ScoringModel, minimum: u64) -> SeriesReading {
    match measure.source {
        MeasureSource::Deflection if month.hides_self_help(model) => return hidden(minimum),
        MeasureSource::ChoiceShare if measure.choice.as_ref().is_some_and(|choice| month.hides(choice)) => {
            return hidden(minimum);
        }
        MeasureSource::Recommendation if month.hidden.contains(&Subject::Recommendation) => return hidden(minimum),
        MeasureSource::ActiveMembers | MeasureSource::ActiveCustomerShare if month.figures.stretch.share() < 1.0 => {
            return no_data(DISTINCT);
        }
        _ => {}
    }
    let ask = Ask { weighting: Weighting::Model, minimum, baseline: None };
    match measured(measure, model, &month.figures, ask) {
        Ok(measured) => SeriesReading::SeriesFigure(SeriesFigure {
            value: measured.value,
            interval: measured.confidence_interval(),
            answers: measured.answers,
            coverage: 1.0,
        }),
        Err(message) => no_data(message),
    }
}

fn of_reading(reading: Reading) -> SeriesReading {
    match reading {
        Reading::Score(score) => SeriesReading::SeriesFigure(SeriesFigure {
            value: score.value,
            interval: score.interval,
            answers: score.answers,
            coverage: score.coverage,
        }),
        Reading::Worth(worth) => SeriesReading::SeriesAmount(SeriesAmount { amount: worth.amount, score: worth.value }),
        Reading::NoScore(absence) => SeriesReading::NoScore(absence),
    }
}

fn of_recommendation(reading: RecommendationReading) -> SeriesReading {
    match reading {
        RecommendationReading::Recommendation(score) => SeriesReading::SeriesFigure(SeriesFigure {
            value: score.value,
            interval: Some(score.interval),
            answers: score.answers,
            coverage: 1.0,
        }),
        RecommendationReading::NoScore(absence) => SeriesReading::NoScore(absence),
    }
}

fn exact(amount: Decimal) -> SeriesReading {
    let amount = AmountRange { low: amount, likely: amount, high: amount };
    SeriesReading::SeriesAmount(SeriesAmount { amount, score: None })
}

fn no_data(message: impl Into<String>) -> SeriesReading {
    SeriesReading::NoScore(NoScore::no_data(message))
}

fn hidden(minimum: u64) -> SeriesReading {
    let message = "Too few answered in this month or in another of its quarter, which the quarter less the others would \
                   uncover. Ask by quarter.";
    SeriesReading::NoScore(NoScore {
        reason: Absence::TooFewAnswers,
        message: message.to_owned(),
        needed: Some(minimum),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::{Benefit, Cell};
    use crate::value_map::model::standard_model;
    use crate::value_map::{Counts, Observed, Stretch};

    /// In February of a quarter of 90 days.
    fn reading(figure: Figure, figures: Figures, hidden: &[Subject]) -> SeriesReading {
        let model = ScoringModel::parse(&standard_model(), 1).unwrap();
        let period = Quarter::new(2026, 1).unwrap();
        let hidden = hidden.iter().cloned().collect();
        let month = Month { period, first_day: period.months()[1].first_day(), figures, hidden };
        let worth = month.worth(&model, 5, None);
        month_reading(&month, &figure, &model, &worth, (Weighting::Model, 5))
    }

    fn message(reading: SeriesReading) -> String {
        match reading {
            SeriesReading::NoScore(absence) => absence.message,
            figure => panic!("{figure:?}"),
        }
    }

    #[test]
    fn a_month_shows_what_was_answered_in_it_unless_another_would_be_uncovered() {
        let subject = Subject::Benefit(Benefit::ProductKnowledge);
        let mut figures = Figures::default();
        figures.tallies.add(subject.clone(), Cell { points: 5, answered: 1, total: 4 }, 6);
        let knows = || Figure::Element(Element::ProductKnowledge);
        let SeriesReading::SeriesFigure(shown) = reading(knows(), figures.clone(), &[]) else { panic!("it is shown") };
        assert_eq!((shown.value, shown.answers), (75.0, 6));
        assert!(message(reading(knows(), figures, &[subject])).contains("in another of its quarter"));
    }

    #[test]
    fn active_members_of_a_running_month_are_no_figure_yet() {
        let active = || Figure::Measure("active_members".into());
        let of = |days| Figures {
            counts: Counts { active_members: 40, ..Counts::default() },
            stretch: Stretch { days, of: 28 },
            ..Figures::default()
        };
        assert_eq!(message(reading(active(), of(20), &[])), DISTINCT);
        let SeriesReading::SeriesFigure(shown) = reading(active(), of(28), &[]) else { panic!("the month is over") };
        assert_eq!((shown.value, shown.interval, shown.answers), (40.0, None, 0));
    }

    #[test]
    fn an_element_of_a_month_is_what_a_quarter_at_its_pace_would_have() {
        let of = |days, covered| {
            let mut figures = Figures { stretch: Stretch { days, of: 28 }, ..Figures::default() };
            let courses = Observed { value: 28.0, interval: None, observations: 1, covered };
            figures.observed.insert("course_completions".into(), courses);
            figures
        };
        let education = |figures| match reading(Figure::Element(Element::Education), figures, &[]) {
            SeriesReading::SeriesFigure(figure) => (figure.value, (figure.coverage * 100.0).round()),
            other => panic!("{other:?}"),
        };
        // 28 courses in 28 days are 90 in 90, and 40 of the 200 from 50 to 250; benefits and sessions are not known.
        assert_eq!(education(of(28, 1.0)), (20.0, 20.0));
        // As many by the middle of the month are twice that.
        assert_eq!(education(of(14, 0.5)), (65.0, 20.0));
    }
}
