//! Where a figure of the map comes from: formula, inputs, model version, and the rows behind it.

use async_graphql::connection::{Connection, CursorType, Edge, EmptyFields};
use async_graphql::{Context, Object, OneofObject, SimpleObject};
use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Order, QueryOrder, QuerySelect};
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Money as Amount;
use valuemap_shared::value_map::model::{MeasureSource, ScoringModel};
use valuemap_shared::value_map::{self as domain, Layer, Reading, RecommendationReading};

use super::counted::Days;
use super::entities::observation;
use super::models::model_of;
use super::money::{Ledger, paid_outcomes};
use super::wire::{Element, Explanation};
use crate::activities::entities::{contribution, cost_line, support_case};
use crate::error::ApiError;
use crate::graphql::document_limits::PAGE;
use crate::graphql::scalars::{Count, Money};
use crate::graphql::schema::State;

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

/// Which rows stand behind a figure.
#[derive(Debug)]
enum RowSource {
    /// Listed already.
    Listed(Vec<Row>),
    Observations {
        community: CommunityId,
        period: Quarter,
        measures: Vec<String>,
    },
    Cases {
        community: CommunityId,
        period: Quarter,
    },
    Contributions {
        community: CommunityId,
        period: Quarter,
        kinds: Vec<ContributionKind>,
    },
    Costs {
        community: CommunityId,
        period: Quarter,
    },
}

/// A row behind a figure.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ExplainedRow")]
pub struct Row {
    /// What it is: `outcome`, `observation`, `cost`, `support_case`, `contribution`, `part`.
    kind: String,
    /// The key that its source knows it by.
    id: String,
    day: Option<NaiveDate>,
    text: String,
    value: Option<f64>,
    amount: Option<Money>,
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
        let db = &context.data::<State>()?.database.read;
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
) -> Result<Explained, ApiError> {
    let model = model_of(db, community, version).await?.map(|stored| stored.model);
    let model = model.ok_or_else(|| ApiError::BadUserInput("model: there is no such version".into()))?;
    let period = map.period;
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
            Ok(Explained { explanation: Some(explanation), source: RowSource::Costs { community, period } })
        }
        FigureInput::Measure(key) => explain_measure(community, map, &model, &key),
        FigureInput::Element(element) => explain_element(db, community, map, &model, element.into()).await,
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
    let period = map.period;
    let contributions =
        |kinds: &[ContributionKind]| RowSource::Contributions { community, period, kinds: kinds.to_vec() };
    let source = match measure.source {
        MeasureSource::Observed => RowSource::Observations { community, period, measures: vec![measure.key.clone()] },
        MeasureSource::ContactRate => RowSource::Cases { community, period },
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
) -> Result<Explained, ApiError> {
    let period = map.period;
    let (explanation, parts) = match reading_of(map, element) {
        Some(Reading::Score(score)) => (Some(score.explanation.clone()), score.parts.clone()),
        Some(Reading::Worth(worth)) => (Some(worth.explanation.clone()), Vec::new()),
        Some(Reading::NoScore(_)) | None => (None, Vec::new()),
    };
    let source = match (element.layer(), element) {
        (Layer::Financial, domain::Element::CostContainment) => {
            let measures = vec![model.financial.self_service.sessions.clone()];
            RowSource::Observations { community, period, measures }
        }
        (Layer::Financial, _) => {
            let ledger = Ledger::of(db, community, model).await?;
            let paid = paid_outcomes(db, community, model, &ledger, Days::all(period)).await?;
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

fn part_row(part: domain::Part) -> Option<Row> {
    let text = match (part.value, &part.unit) {
        (Some(value), Some(unit)) => format!("{}: {} {unit}", part.name, (value * 100.0).round() / 100.0),
        _ => part.name,
    };
    Some(Row { kind: "part".into(), id: part.key, day: None, text, value: Some(part.score?), amount: None })
}

impl RowSource {
    async fn count(&self, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
        match self {
            Self::Listed(rows) => Ok(rows.len() as u64),
            Self::Observations { community, period, measures } => {
                observations(*community, *period, measures).count(db).await
            }
            Self::Cases { community, period } => cases(*community, *period).count(db).await,
            Self::Contributions { community, period, kinds } => {
                contributions(*community, *period, kinds).count(db).await
            }
            Self::Costs { community, period } => costs(*community, *period).count(db).await,
        }
    }

    async fn page(&self, db: &impl ConnectionTrait, start: u64, size: u64) -> Result<Vec<Row>, DbErr> {
        match self {
            Self::Listed(rows) => Ok(rows.iter().skip(start as usize).take(size as usize).cloned().collect()),
            Self::Observations { community, period, measures } => {
                let rows = observations(*community, *period, measures).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(observation_row).collect())
            }
            Self::Cases { community, period } => {
                let rows = cases(*community, *period).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(case_row).collect())
            }
            Self::Contributions { community, period, kinds } => {
                let rows = contributions(*community, *period, kinds).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(contribution_row).collect())
            }
            Self::Costs { community, period } => {
                let rows = costs(*community, *period).offset(start).limit(size).all(db).await?;
                Ok(rows.into_iter().map(cost_row).collect())
            }
        }
    }
}

fn observations(community: CommunityId, period: Quarter, measures: &[String]) -> Select<observation::Entity> {
    observation::Entity::find()
        .filter(observation::Column::CommunityId.eq(community.0))
        .filter(observation::Column::Measure.is_in(measures))
        .filter(observation::Column::Day.between(period.first_day(), period.last_day()))
        .order_by_asc(observation::Column::Day)
        .order_by_asc(observation::Column::Source)
}

fn cases(community: CommunityId, period: Quarter) -> Select<support_case::Entity> {
    let (from, until) = Days::all(period).span();
    support_case::Entity::find()
        .filter(support_case::Column::CommunityId.eq(community.0))
        .filter(support_case::Column::OpenedAt.gte(from))
        .filter(support_case::Column::OpenedAt.lt(until))
        .order_by(support_case::Column::OpenedAt, Order::Asc)
        .order_by_asc(support_case::Column::Id)
}

fn contributions(community: CommunityId, period: Quarter, kinds: &[ContributionKind]) -> Select<contribution::Entity> {
    let (from, until) = Days::all(period).span();
    contribution::Entity::find()
        .filter(contribution::Column::CommunityId.eq(community.0))
        .filter(contribution::Column::At.gte(from))
        .filter(contribution::Column::At.lt(until))
        .filter(contribution::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .filter(contribution::Column::Withdrawn.eq(false))
        .order_by(contribution::Column::At, Order::Asc)
        .order_by_asc(contribution::Column::Id)
}

fn costs(community: CommunityId, period: Quarter) -> Select<cost_line::Entity> {
    cost_line::Entity::find()
        .filter(cost_line::Column::CommunityId.eq(community.0))
        .filter(cost_line::Column::Day.between(period.first_day(), period.last_day()))
        .order_by_asc(cost_line::Column::Day)
        .order_by_asc(cost_line::Column::Id)
}

fn observation_row(row: observation::Model) -> Row {
    Row {
        kind: "observation".into(),
        id: format!("{}:{}", row.measure, row.source),
        day: Some(row.day),
        text: format!("{}, said by {}", row.measure, row.source),
        value: Some(row.value),
        amount: None,
    }
}

fn case_row(row: support_case::Model) -> Row {
    let channel = row.channel.map(|channel| format!(", by {channel}")).unwrap_or_default();
    Row {
        kind: "support_case".into(),
        id: format!("{}:{}", row.source, row.external_key),
        day: Some(row.opened_at.date_naive()),
        text: format!("opened{channel}{}", if row.solved_at.is_some() { ", solved" } else { "" }),
        value: None,
        amount: None,
    }
}

fn contribution_row(row: contribution::Model) -> Row {
    let thread = row.thread.map(|thread| format!(" in topic {thread}")).unwrap_or_default();
    Row {
        kind: "contribution".into(),
        id: format!("{}:{}", row.source, row.external_key),
        day: Some(row.at.date_naive()),
        text: format!("{}{thread}", row.kind),
        value: None,
        amount: None,
    }
}

fn cost_row(row: cost_line::Model) -> Row {
    let amount = row.currency.parse().ok().map(|currency| Amount::from_ten_thousandths(row.amount, currency));
    Row {
        kind: "cost".into(),
        id: format!("{}:{}", row.source, row.external_key),
        day: Some(row.day),
        text: row.description.unwrap_or(row.kind),
        value: None,
        amount: amount.map(Money::from),
    }
}
