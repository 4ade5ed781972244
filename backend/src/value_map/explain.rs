//! Where a figure of the map comes from: formula, inputs, model version, and the rows behind it.

use async_graphql::connection::{Connection, CursorType, Edge, EmptyFields};
use async_graphql::{Context, Object, OneofObject, SimpleObject};
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Money as Amount;
use valuemap_shared::value_map::model::{MeasureSource, ScoringModel};
use valuemap_shared::value_map::{self as domain, Layer, Reading, RecommendationReading};

use super::counted::Days;
use super::explained_rows::{Row, RowSource, part_row};
use super::models::model_of;
use super::money::{Ledger, paid_outcomes};
use super::wire::{Element, Explanation};
use crate::error::ApiError;
use crate::graphql::document_limits::PAGE;
use crate::graphql::scalars::{Count, Money};
use crate::graphql::schema::state;

/// A figure of the map.
#[derive(OneofObject)]
pub enum FigureInput {
    Element(Element),
    /// A measure, by its key in the scoring model.
    Measure(String),
    /// The Net Promoter Score; say true.
    Recommendation(bool),
    /// What the community cost; say true.
    Cost(bool),
}

/// Where a figure comes from.
pub struct Explained {
    explanation: Option<domain::Explanation>,
    source: RowSource,
}

#[Object]
impl Explained {
    /// Null where there is no figure to explain.
    async fn explanation(&self) -> Option<Explanation> {
        self.explanation.clone().map(Explanation::from)
    }

    /// The rows behind the figure, oldest first. What members answered is not among them: its sums are the inputs.
    async fn rows(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> async_graphql::Result<Connection<Place, Row, RowCount, EmptyFields>> {
        let size = match usize::try_from(first.unwrap_or(20)) {
            Ok(size) if (1..=PAGE).contains(&size) => size,
            _ => return Err(ApiError::BadUserInput(format!("first: from 1 to {PAGE} rows at a time")).into()),
        };
        let start = match after.map(|cursor| Place::decode_cursor(&cursor)) {
            None => 0,
            Some(Ok(Place(place))) => place + 1,
            Some(Err(_)) => return Err(ApiError::BadUserInput("after: not a cursor of rows".into()).into()),
        };
        let db = &state(context)?.database.read;
        let total = self.source.count(db).await.map_err(ApiError::from)?;
        let rows = self.source.page(db, start, size as u64).await.map_err(ApiError::from)?;
        let has_next = start + (rows.len() as u64) < total;
        let mut connection =
            Connection::with_additional_fields(start > 0, has_next, RowCount { total_count: Count(total) });
        connection.edges.extend((start..).zip(rows).map(|(place, row)| Edge::new(Place(place), row)));
        Ok(connection)
    }
}

#[derive(SimpleObject)]
pub struct RowCount {
    /// How many rows there are in all.
    total_count: Count,
}

/// The place of a row among those behind a figure.
#[derive(Clone, Copy, Debug)]
pub struct Place(u64);

impl CursorType for Place {
    type Error = std::num::ParseIntError;

    fn decode_cursor(text: &str) -> Result<Self, Self::Error> {
        text.trim_start_matches("row").parse().map(Self)
    }

    fn encode_cursor(&self) -> String {
        format!("row{}", self.0)
    }
}

pub async fn explain(
    db: &impl ConnectionTrait,
    community: CommunityId,
    map: &domain::ValueMap,
    version: Option<u32>,
    figure: FigureInput,
    today: NaiveDate,
) -> Result<Explained, ApiError> {
    let model = model_of(db, community, version).await?.map(|stored| stored.model);
    let model = model.ok_or_else(|| ApiError::BadUserInput("model: there is no such version".into()))?;
    // The days that the map counts: of a quarter that is running, those so far.
    let days = Days::so_far(map.period, today);
    match figure {
        FigureInput::Recommendation(_) => {
            let explanation = match &map.recommendation {
                RecommendationReading::Recommendation(score) => Some(score.explanation.clone()),
                RecommendationReading::NoScore(_) => None,
            };
            Ok(Explained { explanation, source: RowSource::Listed(Vec::new()) })
        }
        FigureInput::Cost(_) => {
            let explanation = domain::Explanation {
                formula: "sum of cash, travel, hours x loaded rate, and platform share".into(),
                method: "Amounts in other currencies are converted at the rate in force on their day.".into(),
                model_version: map.model_version.clone(),
                inputs: Vec::new(),
            };
            Ok(Explained { explanation: Some(explanation), source: RowSource::Costs { community, days } })
        }
        FigureInput::Measure(key) => explain_measure(community, map, &model, &key, days),
        FigureInput::Element(element) => explain_element(db, community, map, &model, element.into(), days).await,
    }
}

fn reading_of(map: &domain::ValueMap, element: domain::Element) -> Option<&Reading> {
    let mut elements = map.layers.iter().flat_map(|layer| &layer.elements);
    elements.find(|reading| reading.element == element).map(|reading| &reading.reading)
}

fn explain_measure(
    community: CommunityId,
    map: &domain::ValueMap,
    model: &ScoringModel,
    key: &str,
    days: Days,
) -> Result<Explained, ApiError> {
    let Some(measure) = model.measure(key) else {
        let known: Vec<&str> = model.measures.iter().map(|measure| measure.key.as_str()).collect();
        let message = format!("figure.measure: the scoring model has no measure `{key}`; it has {}", known.join(", "));
        return Err(ApiError::BadUserInput(message));
    };
    let part = match reading_of(map, measure.element) {
        Some(Reading::Score(score)) => score.parts.iter().find(|part| part.key == key),
        _ => None,
    };
    let input = |name: &str, value: f64| domain::Input { name: name.to_owned(), value };
    let mut inputs = vec![input("baseline", measure.scale.baseline()), input("target", measure.scale.target())];
    inputs.extend(part.and_then(|part| part.value).map(|value| input("measured", value)));
    inputs.extend(part.and_then(|part| part.score).map(|score| input("score", score)));
    let explanation = domain::Explanation {
        formula: "100 x clip((measured - baseline) / (target - baseline), 0, 1)".into(),
        method: source_in_words(measure.source).into(),
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
        MeasureSource::Recommendation => RowSource::Listed(Vec::new()),
    };
    Ok(Explained { explanation: Some(explanation), source })
}

fn source_in_words(source: MeasureSource) -> &'static str {
    match source {
        MeasureSource::Observed => "Observed: the last, mean or sum of the quarter's observations, as the model says.",
        MeasureSource::ContactRate => {
            "Support cases opened in the quarter, over accounts that were customers at its end."
        }
        MeasureSource::AcceptedAnswerRate => {
            "Questions asked in the quarter that have an accepted answer, over all of them; Wilson interval."
        }
        MeasureSource::StaffAnswerShare => "Replies by staff, over all replies of the quarter; Wilson interval.",
        MeasureSource::ActiveMembers => {
            "Members who wrote, liked or took part in an activity in the quarter; staff not counted."
        }
        MeasureSource::Recommendation => "The Net Promoter Score of the quarter with its interval.",
        MeasureSource::Deflection => {
            "Cases deflected over these and the cases opened. Deflected: sessions x found x would have asked x nothing \
             further, and members' accepted answers x would have asked x nothing further."
        }
    }
}

async fn explain_element(
    db: &impl ConnectionTrait,
    community: CommunityId,
    map: &domain::ValueMap,
    model: &ScoringModel,
    element: domain::Element,
    days: Days,
) -> Result<Explained, ApiError> {
    let (explanation, parts) = match reading_of(map, element) {
        Some(Reading::Score(score)) => (Some(score.explanation.clone()), score.parts.clone()),
        Some(Reading::Worth(worth)) => (Some(worth.explanation.clone()), Vec::new()),
        Some(Reading::NoScore(_)) | None => (None, Vec::new()),
    };
    let source = match (element.layer(), element) {
        (Layer::Financial, domain::Element::CostContainment) => {
            let measures = vec![model.financial.self_service.sessions.clone()];
            RowSource::Observations { community, days, measures }
        }
        (Layer::Financial, _) => {
            let ledger = Ledger::of(db, community, model).await?;
            let paid = paid_outcomes(db, community, model, &ledger, days).await?;
            let rows = paid.into_iter().filter(|paid| paid.element == element).map(|paid| Row {
                kind: "outcome".into(),
                id: format!("{}:{}", paid.row.source, paid.row.external_key),
                day: Some(paid.row.at.date_naive()),
                text: format!(
                    "{}, {}",
                    paid.row.title.as_deref().unwrap_or(&paid.row.kind),
                    if paid.credited { "credited" } else { "no activity met before it" }
                ),
                value: None,
                amount: Some(Money::from(Amount { amount: paid.amount, currency: map.currency })),
            });
            RowSource::Listed(rows.collect())
        }
        _ => RowSource::Listed(parts.into_iter().filter_map(part_row).collect()),
    };
    Ok(Explained { explanation, source })
}
