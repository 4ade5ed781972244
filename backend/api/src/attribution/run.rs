use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use valuemap_engine::attribution::grouping::Source;
use valuemap_engine::attribution::run::{CreditResult, PrecisionResult, SourceResult};
use valuemap_engine::attribution::store::StoredRun;
use valuemap_engine::attribution::{run, store};
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::attribution as domain;
use valuemap_shared::ids::{ActivityId, ActivityTypeId, AttributionRunId, CommunityId};
use valuemap_shared::money::Currency;

use crate::activities::{OutcomeKind, Role};
use crate::attribution::enums::{AttributionModelName, AttributionUnit, CreditSource};
use crate::attribution::page_of;
use crate::context::{Need, services};
use crate::error::ApiError;
use crate::wire::lists::Nodes;
use crate::wire::node_id::NodeId;
use crate::wire::paging;
use crate::wire::scalars::{Count, Decimal, Money, Quarter};

pub struct AttributionRun(pub StoredRun);

/// The run of this id. Whose it is has been checked.
pub async fn run_node(
    context: &Context<'_>,
    community: CommunityId,
    id: AttributionRunId,
) -> Result<Option<AttributionRun>, ApiError> {
    let services = services(context)?;
    let row = store::find(&services.database.read, community, id).await?;
    row.map(|row| row.try_into().map(AttributionRun)).transpose().map_err(ApiError::internal)
}

/// Credits of outcomes as they were computed once, by several models side by side. A run is never changed.
#[Object]
impl AttributionRun {
    pub async fn id(&self) -> NodeId {
        NodeId::AttributionRun(self.0.community, self.0.id)
    }

    async fn parameters(&self) -> AttributionParameters {
        self.0.parameters.clone().into()
    }

    /// SHA-256 over everything that the credits follow from. Runs of the same parameters and hash have the same
    /// figures.
    async fn data_hash(&self) -> &str {
        &self.0.data_hash
    }

    /// Whether the data has changed since. Everything is read again to find out.
    #[graphql(complexity = 500)]
    async fn is_stale(&self, context: &Context<'_>) -> Result<bool, ApiError> {
        let services = services(context)?;
        let now = run::data_hash(&services.database, self.0.community, &self.0.parameters).await;
        Ok(now.map_err(ApiError::internal)? != self.0.data_hash)
    }

    async fn author(&self) -> &str {
        &self.0.author
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// The outcomes that were divided among the sources.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn credited(&self) -> OutcomeTotal {
        OutcomeTotal::of(self.0.result.credited, self.0.result.currency)
    }

    /// The outcomes before which nothing was met within the look-back window, or whose it is not known.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn uncredited(&self) -> OutcomeTotal {
        OutcomeTotal::of(self.0.result.uncredited, self.0.result.currency)
    }

    /// Of the credited outcomes, those in the time of a comparison. The value map counts what the comparison found in their
    /// place; the rest of the credited ones it counts as credited. Null for runs of earlier releases.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn replaced(&self) -> Option<OutcomeTotal> {
        self.0.result.replaced.map(|replaced| OutcomeTotal::of(replaced, self.0.result.currency))
    }

    /// Members or accounts that were met and have no outcome in the quarters. What was met before an earlier outcome led
    /// to that one and does not count here.
    async fn null_journeys(&self) -> Count {
        Count(self.0.result.null_journeys)
    }

    /// The models that were asked, and those of them that have no answer.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn models(&self) -> Result<Vec<AttributionModelColumn>, ApiError> {
        let columns =
            self.0.result.models.iter().map(|column| {
                Ok(AttributionModelColumn { model: named(&column.model)?, failure: column.failure.clone() })
            });
        columns.collect::<Result<_, ApiError>>()
    }

    /// What is credited, those that some model credits most first.
    #[graphql(guard = "Right::ReadFigures.needed()", complexity = "paging::complexity(first, child_complexity)")]
    async fn sources(&self, first: Option<i32>, after: Option<String>) -> Result<Nodes<AttributedSource>, ApiError> {
        let (community, result) = (self.0.community, &self.0.result);
        let models: Vec<_> =
            result.models.iter().map(|column| named(&column.model)).collect::<Result<_, ApiError>>()?;
        page_of(&result.sources, first, after, |row| {
            AttributedSource::of(row, &models, result.currency, community, self.0.parameters.source)
        })
    }
}

fn named(model: &str) -> Result<AttributionModelName, ApiError> {
    let model: domain::Model = model.parse().map_err(|error| ApiError::internal(anyhow::Error::new(error)))?;
    Ok(model.into())
}

/// What was attributed, and how.
#[derive(SimpleObject)]
pub struct AttributionParameters {
    from: Quarter,
    until: Quarter,
    models: Vec<AttributionModelName>,
    by: AttributionUnit,
    source: CreditSource,
    lookback_days: u32,
    half_life_days: f64,
    minimum_confidence: f64,
    /// How much a touch counts by the role in which somebody was met; with 0 it is no touch.
    role_weights: Vec<RoleWeight>,
    outcomes: Vec<OutcomeKind>,
}

#[derive(SimpleObject)]
pub struct RoleWeight {
    role: Role,
    weight: f64,
}

impl From<domain::Parameters> for AttributionParameters {
    fn from(parameters: domain::Parameters) -> Self {
        Self {
            from: Quarter(parameters.from),
            until: Quarter(parameters.until),
            models: parameters.models.into_iter().map(Into::into).collect(),
            by: parameters.by.into(),
            source: parameters.source.into(),
            lookback_days: parameters.lookback_days,
            half_life_days: parameters.half_life_days,
            minimum_confidence: parameters.minimum_confidence,
            role_weights: parameters.role_weights.into_iter().map(RoleWeight::of).collect(),
            outcomes: parameters.outcomes.into_iter().map(Into::into).collect(),
        }
    }
}

impl RoleWeight {
    fn of((role, weight): (valuemap_shared::activities::Role, f64)) -> Self {
        Self { role: role.into(), weight }
    }
}

#[derive(SimpleObject)]
pub struct OutcomeTotal {
    count: Count,
    value: Money,
}

impl OutcomeTotal {
    pub fn of(outcomes: domain::Outcomes, currency: Currency) -> Self {
        Self { count: Count(outcomes.count), value: money(outcomes.value, currency) }
    }
}

pub fn money(amount: rust_decimal::Decimal, currency: Currency) -> Money {
    valuemap_shared::money::Money { amount, currency }.into()
}

#[derive(SimpleObject)]
pub struct AttributionModelColumn {
    model: AttributionModelName,
    /// Why it has no answer for these journeys; null where it has one.
    failure: Option<String>,
}

/// What gets credit: an activity, or what activities have in common.
#[derive(SimpleObject)]
pub struct CreditedSource {
    /// Of an activity or a type.
    id: Option<NodeId>,
    /// The name that files and inputs have for it; empty for touches without a channel.
    key: String,
    name: String,
}

impl CreditedSource {
    pub fn of(source: &Source, community: CommunityId, kind: domain::CreditSource) -> Self {
        let id = source.id.map(|id| match kind {
            domain::CreditSource::Activity => NodeId::Activity(community, ActivityId(id)),
            _ => NodeId::ActivityType(community, ActivityTypeId(id)),
        });
        Self { id, key: source.key.clone(), name: source.name.clone() }
    }
}

/// What the models say about a source.
#[derive(SimpleObject)]
pub struct AttributedSource {
    source: CreditedSource,
    /// Touches that could be credited; one counts again for each outcome that it came before.
    touches: Count,
    /// Outcomes that at least one of those touches came before.
    converting_journeys: Count,
    /// One for each model that has an answer.
    credits: Vec<ModelCredit>,
    /// The least and the most over the models; null when none has an answer.
    outcomes: Option<OutcomeRange>,
    value: Option<ValueRange>,
    /// Whether it is ahead of some other source under one model and behind it under another. Then nobody should decide
    /// between the two by their credits.
    rank_flips: bool,
}

#[derive(SimpleObject)]
struct ModelCredit {
    model: AttributionModelName,
    outcomes: f64,
    value: Money,
    /// By outcomes, from 1 on. Equal credits share a rank.
    rank: u32,
    /// How sure the credit is; null where that is not known.
    precision: Option<CreditPrecision>,
    /// Why it is not known how sure the credit is.
    imprecise: Option<String>,
}

/// How sure a credit is, by leaving out each of 64 groups of members or accounts in turn (delete-a-group jackknife).
#[derive(Clone, SimpleObject)]
pub struct CreditPrecision {
    /// The ends of 95% intervals.
    outcomes: OutcomeEnds,
    value: ValueEnds,
    /// The share of groups without which the source has the same rank; groups without a credited outcome do not count.
    rank_stability: f64,
}

#[derive(Clone, SimpleObject)]
pub struct OutcomeEnds {
    low: f64,
    high: f64,
}

#[derive(Clone, SimpleObject)]
pub struct ValueEnds {
    low: Money,
    high: Money,
}

impl CreditPrecision {
    /// Or why it is not known.
    pub fn of(precision: Option<&PrecisionResult>, currency: Currency) -> (Option<Self>, Option<String>) {
        let of_earlier_release = || "the run is of a release that computed no intervals; run it again".to_owned();
        match precision {
            Some(PrecisionResult::Known { outcomes, value, rank_stability }) => {
                let outcomes = OutcomeEnds { low: outcomes.0, high: outcomes.1 };
                let value = ValueEnds { low: money(value.0, currency), high: money(value.1, currency) };
                (Some(Self { outcomes, value, rank_stability: *rank_stability }), None)
            }
            Some(PrecisionResult::Unknown(reason)) => (None, Some(reason.clone())),
            None => (None, Some(of_earlier_release())),
        }
    }
}

#[derive(SimpleObject)]
struct OutcomeRange {
    min: f64,
    max: f64,
}

#[derive(SimpleObject)]
struct ValueRange {
    min: Decimal,
    max: Decimal,
}

impl AttributedSource {
    fn of(
        row: &SourceResult,
        models: &[AttributionModelName],
        currency: Currency,
        community: CommunityId,
        kind: domain::CreditSource,
    ) -> Self {
        let credit = |(model, credit): (&AttributionModelName, &Option<CreditResult>)| {
            let CreditResult { outcomes, value, rank, precision } = credit.as_ref()?;
            let (precision, imprecise) = CreditPrecision::of(precision.as_ref(), currency);
            let (value, rank) = (money(*value, currency), *rank);
            Some(ModelCredit { model: *model, outcomes: *outcomes, value, rank, precision, imprecise })
        };
        Self {
            source: CreditedSource::of(&row.source, community, kind),
            touches: Count(row.touches),
            converting_journeys: Count(row.converting_journeys),
            credits: models.iter().zip(&row.credits).filter_map(credit).collect(),
            outcomes: row.outcomes.map(|(min, max)| OutcomeRange { min, max }),
            value: row.value.map(|(min, max)| ValueRange { min: Decimal(min), max: Decimal(max) }),
            rank_flips: row.rank_flips,
        }
    }
}
