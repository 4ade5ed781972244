//! Where a figure of the map comes from: formula, inputs, model version, and the rows behind it.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::{MeasureSource, ScoringModel};
use valuemap_shared::value_map::{self as domain, Figure, Health, HealthPart, Layer, Reading, RecommendationReading};

use crate::activities::identity::Identities;
use crate::database::Database;
use crate::scoring_models::store::model_of;
use crate::value_map::days::Days;
use crate::value_map::explained_outcomes::ExplainedOutcomes;
use crate::value_map::explained_rows::{RowSource, Who, part_row};
use crate::value_map::health::{health_of, pace_customers};
use crate::value_map::map_cache::MapCache;
use crate::value_map::no_map::NoMap;
use crate::value_map::store::answered;

/// Where a figure comes from.
#[derive(Debug)]
pub struct Explained {
    /// `None` where there is no figure to explain.
    pub explanation: Option<domain::Explanation>,
    pub source: RowSource,
    /// Answers of members that went into it, too: they are counted and never listed.
    pub answers: u64,
}

/// Why answers of members are not among the rows.
pub const ANSWERS_ARE_NOT_LISTED: &str =
    "Answers of members are counted and not listed, so that nobody can be identified.";

#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error("model: there is no such version")]
    NoSuchModel,
    #[error("figure.measure: the scoring model has no measure `{key}`; it has {known}")]
    NoSuchMeasure { key: String, known: String },
    #[error(transparent)]
    Sums(#[from] NoMap),
    #[error(transparent)]
    Database(#[from] DbErr),
}

pub async fn explain(
    (database, maps): (&Database, &MapCache),
    community: CommunityId,
    map: &domain::ValueMap,
    version: Option<u32>,
    figure: Figure,
    now: DateTime<Utc>,
) -> Result<Explained, ExplainError> {
    let db = &database.read;
    // A newer version may have been saved since the map was made.
    let version = version.or_else(|| map.model_version.rsplit('-').next()?.parse().ok());
    let model = model_of(db, community, version).await?.map(|stored| stored.model);
    let model = model.ok_or(ExplainError::NoSuchModel)?;
    // The days that the map counts: of a quarter that is running, those so far.
    let days = Days::so_far(map.period, now.date_naive());
    match figure {
        Figure::Recommendation => {
            let (explanation, answers) = match &map.recommendation {
                RecommendationReading::Recommendation(score) => (Some(score.explanation.clone()), score.answers),
                RecommendationReading::NoScore(_) => (None, 0),
            };
            Ok(Explained { explanation, source: RowSource::Listed(Vec::new()), answers })
        }
        Figure::Cost => {
            let explanation = domain::Explanation {
                formula: "sum of cash, travel, hours x loaded rate, and platform share".into(),
                method: "Amounts in other currencies are converted at the rate in force on their day.".into(),
                model_version: map.model_version.clone(),
                inputs: Vec::new(),
            };
            Ok(Explained { explanation: Some(explanation), source: RowSource::Costs { community, days }, answers: 0 })
        }
        Figure::Measure(key) => explain_measure(db, community, map, &model, &key, (days, now)).await,
        Figure::Element(element) if is_of_outcomes(element) => {
            let book = maps.book(database, community, &model, now).await?;
            let of = (element, &model.financial.attribution);
            let outcomes = ExplainedOutcomes::of(community, of, (&book, days.into()));
            let explanation = reading_of(map, element).and_then(explanation_of);
            Ok(Explained { explanation, source: RowSource::Outcomes(outcomes), answers: 0 })
        }
        Figure::Element(element) => explain_element(db, community, map, &model, element, days).await,
    }
}

/// Whether it is what outcomes brought.
fn is_of_outcomes(element: domain::Element) -> bool {
    element.layer() == Layer::Financial && element != domain::Element::CostContainment
}

fn explanation_of(reading: &Reading) -> Option<domain::Explanation> {
    match reading {
        Reading::Score(score) => Some(score.explanation.clone()),
        Reading::Worth(worth) => Some(worth.explanation.clone()),
        Reading::NoScore(_) => None,
    }
}

fn reading_of(map: &domain::ValueMap, element: domain::Element) -> Option<&Reading> {
    let mut elements = map.layers.iter().flat_map(|layer| &layer.elements);
    elements.find(|reading| reading.element == element).map(|reading| &reading.reading)
}

async fn explain_measure(
    db: &impl ConnectionTrait,
    community: CommunityId,
    map: &domain::ValueMap,
    model: &ScoringModel,
    key: &str,
    (days, now): (Days, DateTime<Utc>),
) -> Result<Explained, ExplainError> {
    let Some(measure) = model.measure(key) else {
        let known: Vec<&str> = model.measures.iter().map(|measure| measure.key.as_str()).collect();
        let known = known.join(", ");
        return Err(ExplainError::NoSuchMeasure { key: key.to_owned(), known });
    };
    let part = match reading_of(map, measure.element) {
        Some(Reading::Score(score)) => score.parts.iter().find(|part| part.key == key),
        _ => None,
    };
    let input = |name: &str, value: f64| domain::Input { name: name.to_owned(), value };
    let mut inputs = vec![input("baseline", measure.scale.baseline()), input("target", measure.scale.target())];
    inputs.extend(part.and_then(|part| part.value).map(|value| input("measured", value)));
    inputs.extend(part.and_then(|part| part.score).map(|score| input("score", score)));
    let mut method = measure.source.method().to_owned();
    let health = match HealthPart::of(measure.source) {
        Some(_) => {
            let confidence = model.financial.attribution.minimum_confidence;
            let identities = Identities::of(db, community, confidence).await?;
            let mut health = health_of(db, community, (model, &identities), days, now).await?;
            if !days.is_whole_quarter() {
                let both = (&mut health, &mut Health::default());
                pace_customers(db, community, (model, &identities), days.before(), both).await?;
            }
            health
        }
        None => Health::default(),
    };
    // Below the minimum of people there is no figure, and what it would be counted from is as little to be told.
    if part.is_some_and(|part| part.value.is_some()) {
        inputs.extend(health.inputs(measure.source));
    }
    let cohort = match measure.source {
        MeasureSource::RetentionMonthOne => health.month_one.joined,
        MeasureSource::RetentionMonthThree => health.month_three.joined,
        _ => None,
    };
    if let Some((first, last)) = cohort {
        method += &format!(" This is about those who joined from {first} to {last}.");
    }
    let explanation = domain::Explanation {
        formula: "100 x clip((measured - baseline) / (target - baseline), 0, 1)".into(),
        method,
        model_version: map.model_version.clone(),
        inputs,
    };
    let contributions =
        |kinds: &[ContributionKind]| RowSource::Contributions { community, days, kinds: kinds.to_vec() };
    let source = match measure.source {
        MeasureSource::Observed => RowSource::Observations { community, days, measures: vec![measure.key.clone()] },
        MeasureSource::ContactRate => RowSource::Cases { community, days },
        MeasureSource::AcceptedAnswerRate => contributions(&[ContributionKind::Question, ContributionKind::Solution]),
        MeasureSource::StaffAnswerShare => contributions(&[ContributionKind::Reply]),
        MeasureSource::ActiveMembers => contributions(ContributionKind::ALL),
        MeasureSource::Deflection => contributions(&[ContributionKind::Solution]),
        MeasureSource::Recommendation | MeasureSource::ChoiceShare => RowSource::Listed(Vec::new()),
        MeasureSource::TimeToFirstAnswer
        | MeasureSource::TimeToSolution
        | MeasureSource::UnansweredShare
        | MeasureSource::FirstPostAnsweredRate => {
            contributions(&[ContributionKind::Question, ContributionKind::Reply, ContributionKind::Solution])
        }
        MeasureSource::BusiestAnswererShare | MeasureSource::AnswerersOfHalf => {
            contributions(&[ContributionKind::Reply])
        }
        MeasureSource::RetentionMonthOne | MeasureSource::RetentionMonthThree => match cohort {
            Some(joined) => RowSource::Parties { community, who: Who::Joined(joined) },
            None => RowSource::Listed(Vec::new()),
        },
        MeasureSource::ActiveCustomerShare => RowSource::Parties { community, who: Who::Customers(days.last_day()) },
    };
    let answers = match (measure.source, &map.recommendation) {
        (MeasureSource::Deflection, _) => asked_who_helped_themselves(db, community, model, days).await?,
        (MeasureSource::ChoiceShare, _) => part.map_or(0, |part| part.answers),
        (MeasureSource::Recommendation, RecommendationReading::Recommendation(score)) => score.answers,
        _ => 0,
    };
    Ok(Explained { explanation: Some(explanation), source, answers })
}

/// How many were asked whether they found the answer: all of them.
async fn asked_who_helped_themselves(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    days: Days,
) -> Result<u64, DbErr> {
    let (tallies, _) = answered(db, community, model, &[days.period.into()]).await?.pop().unwrap_or_default();
    let figures = domain::Figures { tallies, ..domain::Figures::default() };
    Ok(figures.chosen(&model.financial.self_service.success).1)
}

async fn explain_element(
    db: &impl ConnectionTrait,
    community: CommunityId,
    map: &domain::ValueMap,
    model: &ScoringModel,
    element: domain::Element,
    days: Days,
) -> Result<Explained, ExplainError> {
    let explanation = reading_of(map, element).and_then(explanation_of);
    let answers = match (reading_of(map, element), element.layer()) {
        (Some(Reading::Score(score)), Layer::Members) => score.answers,
        (Some(Reading::Worth(_)), _) if element == domain::Element::CostContainment => {
            asked_who_helped_themselves(db, community, model, days).await?
        }
        _ => 0,
    };
    let source = match reading_of(map, element) {
        _ if element == domain::Element::CostContainment => {
            let measures = vec![model.financial.self_service.sessions.clone()];
            RowSource::Observations { community, days, measures }
        }
        Some(Reading::Score(score)) => RowSource::Listed(score.parts.iter().cloned().filter_map(part_row).collect()),
        _ => RowSource::Listed(Vec::new()),
    };
    Ok(Explained { explanation, source, answers })
}
