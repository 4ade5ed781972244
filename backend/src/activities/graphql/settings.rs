//! What a community adds up with: its currency, exchange rates and outcome weights.

use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal as Rate;
use sea_orm::DatabaseTransaction;
use valuemap_shared::activities as domain;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money;
use valuemap_shared::survey::{Problem, ProblemCode};

use super::cost::ExchangeRate;
use super::recording::{InvalidInput, community_in};
use super::weights::{OutcomeWeight, OutcomeWeights};
use crate::access::entities::community;
use crate::access::graphql::Community;
use crate::activities::entities::exchange_rate;
use crate::activities::rates::state_rate;
use crate::activities::store;
use crate::error::ApiError;
use crate::graphql::node_id::NodeId;
use crate::graphql::scalars::{Currency, Decimal};
use crate::graphql::schema::{State, editor};
use crate::survey::graphql::NotFound;

const LARGEST_RATE: u32 = 1_000_000_000;
const RATE_DECIMALS: u32 = 12;

#[derive(Default)]
pub struct SettingsMutation;

#[Object]
impl SettingsMutation {
    /// States what one unit of a currency is worth in the community's own, from a day on until the next rate. Stating
    /// it again for the same day replaces it.
    async fn set_exchange_rate(
        &self,
        context: &Context<'_>,
        input: SetExchangeRateInput,
    ) -> async_graphql::Result<SetExchangeRateResult> {
        let state = context.data::<State>()?;
        let Some((transaction, community)) = begin(context, input.community).await? else {
            return Ok(SetExchangeRateResult::NotFound(NotFound::new(input.community)));
        };
        let own = community.currency().map_err(ApiError::from)?;
        let problems = rate_problems(own, &input);
        if !problems.is_empty() {
            return Ok(SetExchangeRateResult::Invalid(problems.into()));
        }
        let (id, currency, rate) = (CommunityId(community.id), input.currency.0, input.rate.0.normalize());
        let recorded_at = state.ambient.now();
        state_rate(&transaction, id, currency, input.valid_from, rate, recorded_at).await.map_err(ApiError::from)?;
        commit(state, transaction).await?;
        Ok(SetExchangeRateResult::Rate(ExchangeRate(exchange_rate::Model {
            community_id: community.id,
            currency: currency.to_string(),
            valid_from: input.valid_from,
            rate: rate.to_string(),
            recorded_at,
        })))
    }

    /// Sets how many points outcomes count for, as a new version. Kinds that are left out keep the points that they had.
    async fn set_outcome_weights(
        &self,
        context: &Context<'_>,
        input: SetOutcomeWeightsInput,
    ) -> async_graphql::Result<SetOutcomeWeightsResult> {
        let state = context.data::<State>()?;
        let Some((transaction, community)) = begin(context, input.community).await? else {
            return Ok(SetOutcomeWeightsResult::NotFound(NotFound::new(input.community)));
        };
        let id = CommunityId(community.id);
        let latest = store::outcome_weights(&transaction, id, None).await.map_err(ApiError::from)?;
        let version = latest.as_ref().map_or(1, |latest| latest.version + 1);
        let before = latest.map(|latest| latest.weights()).transpose().map_err(ApiError::from)?.unwrap_or_default();
        let changes: Vec<(domain::OutcomeKind, f64)> = input.weights.into_iter().map(<_>::from).collect();
        let weights = match before.with(&changes) {
            Ok(weights) => weights,
            Err(problems) => return Ok(SetOutcomeWeightsResult::Invalid(problems.into())),
        };
        let row = store::add_outcome_weights(&transaction, id, version, &weights, state.ambient.now())
            .await
            .map_err(ApiError::from)?;
        commit(state, transaction).await?;
        Ok(SetOutcomeWeightsResult::Weights(row.try_into()?))
    }

    /// Sets what the community's amounts are added up in, as long as no money and no exchange rate is stored.
    async fn set_reporting_currency(
        &self,
        context: &Context<'_>,
        input: SetReportingCurrencyInput,
    ) -> async_graphql::Result<SetReportingCurrencyResult> {
        let state = context.data::<State>()?;
        let Some((transaction, community)) = begin(context, input.community).await? else {
            return Ok(SetReportingCurrencyResult::NotFound(NotFound::new(input.community)));
        };
        let own = community.currency().map_err(ApiError::from)?;
        let is_another = own != input.currency.0;
        if is_another && store::has_money(&transaction, CommunityId(community.id)).await.map_err(ApiError::from)? {
            return Ok(SetReportingCurrencyResult::InUse(CurrencyInUse {
                message: format!(
                    "amounts or exchange rates are stored that are worth something in {own}; in {} they would have no \
                     worth. Create another community for it",
                    input.currency.0
                ),
            }));
        }
        let row = store::set_currency(&transaction, community, input.currency.0).await.map_err(ApiError::from)?;
        commit(state, transaction).await?;
        Ok(SetReportingCurrencyResult::Community(Community(row)))
    }
}

/// A transaction that holds the community, if it is one of the editor's organisation.
async fn begin(
    context: &Context<'_>,
    community: NodeId,
) -> Result<Option<(DatabaseTransaction, community::Model)>, ApiError> {
    let viewer = editor(context)?;
    let state = context.data_opt::<State>().ok_or(ApiError::Unavailable)?;
    let id = community_in(community)?;
    let transaction = state.database.begin_write().await?;
    let community = store::locked_community(&transaction, viewer.organisation_id(), id).await?;
    Ok(community.map(|community| (transaction, community)))
}

async fn commit(state: &State, transaction: DatabaseTransaction) -> Result<(), ApiError> {
    transaction.commit().await?;
    state.maps.note_commit();
    Ok(())
}

fn rate_problems(own: money::Currency, input: &SetExchangeRateInput) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |path: &str, message: String| {
        problems.push(Problem::new(path, ProblemCode::OutOfRange, message));
    };
    if input.currency.0 == own {
        refuse("currency", format!("the community adds up in {own}, which is worth 1 of itself"));
    }
    if !(1970..=9998).contains(&input.valid_from.year()) {
        refuse("validFrom", format!("{} is not between 1970 and 9998", input.valid_from));
    }
    let rate = input.rate.0.normalize();
    if rate <= Rate::ZERO || rate > Rate::from(LARGEST_RATE) {
        refuse("rate", format!("a rate is more than 0 and at most {LARGEST_RATE}"));
    } else if rate.scale() > RATE_DECIMALS {
        refuse("rate", format!("a rate has at most {RATE_DECIMALS} decimals"));
    }
    problems
}

#[derive(InputObject)]
pub struct SetExchangeRateInput {
    community: NodeId,
    currency: Currency,
    valid_from: NaiveDate,
    /// What one unit is worth in the community's own currency.
    rate: Decimal,
}

#[derive(InputObject)]
pub struct SetOutcomeWeightsInput {
    community: NodeId,
    #[graphql(validator(max_items = 250))]
    weights: Vec<OutcomeWeight>,
}

#[derive(InputObject)]
pub struct SetReportingCurrencyInput {
    community: NodeId,
    currency: Currency,
}

#[derive(Union)]
pub enum SetExchangeRateResult {
    Rate(ExchangeRate),
    NotFound(NotFound),
    Invalid(InvalidInput),
}

#[derive(Union)]
pub enum SetOutcomeWeightsResult {
    Weights(OutcomeWeights),
    NotFound(NotFound),
    Invalid(InvalidInput),
}

#[derive(Union)]
pub enum SetReportingCurrencyResult {
    Community(Community),
    NotFound(NotFound),
    InUse(CurrencyInUse),
}

/// Money is stored already, which another currency would give another worth.
#[derive(SimpleObject)]
pub struct CurrencyInUse {
    message: String,
}
