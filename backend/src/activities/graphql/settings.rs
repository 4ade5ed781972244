//! What a community adds up with: its currency, exchange rates and outcome weights.

use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use chrono::NaiveDate;
use sea_orm::DatabaseTransaction;
use valuemap_shared::activities as domain;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::{Problem, ProblemCode};

use super::cost::ExchangeRate;
use super::recording::{InvalidInput, community_in};
use super::weights::{OutcomeWeight, OutcomeWeights};
use crate::access::entities::community;
use crate::access::graphql::Community;
use crate::activities::rates::{RateError, rate_problems, state_rate};
use crate::activities::store;
use crate::error::ApiError;
use crate::graphql::node_id::NodeId;
use crate::graphql::scalars::{Currency, Decimal};
use crate::graphql::schema::{State, editor, state};
use crate::survey::graphql::NotFound;

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
        let state = state(context)?;
        let Some((transaction, community)) = begin(context, input.community).await? else {
            return Ok(SetExchangeRateResult::NotFound(NotFound::new(input.community)));
        };
        let (currency, from, rate) = (input.currency.0, input.valid_from, input.rate.0);
        let refused = rate_problems(&community.currency, currency, from, rate).into_iter();
        let problem = |(path, error): (&str, RateError)| Problem::new(path, ProblemCode::OutOfRange, error.to_string());
        let problems: Vec<Problem> = refused.map(problem).collect();
        if !problems.is_empty() {
            return Ok(SetExchangeRateResult::Invalid(problems.into()));
        }
        let stated =
            state_rate(&transaction, CommunityId(community.id), currency, from, rate, state.ambient.now()).await;
        let row = stated.map_err(|error| match error {
            RateError::Database(error) => ApiError::from(error),
            other => ApiError::BadUserInput(other.to_string()),
        })?;
        commit(state, transaction, community.id).await?;
        Ok(SetExchangeRateResult::Rate(ExchangeRate(row)))
    }

    /// Sets how many points outcomes count for, as a new version. Kinds that are left out keep the points that they had.
    async fn set_outcome_weights(
        &self,
        context: &Context<'_>,
        input: SetOutcomeWeightsInput,
    ) -> async_graphql::Result<SetOutcomeWeightsResult> {
        let state = state(context)?;
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
        commit(state, transaction, community.id).await?;
        Ok(SetOutcomeWeightsResult::Weights(row.try_into()?))
    }

    /// Sets what the community's amounts are added up in, as long as no money and no exchange rate is stored.
    async fn set_reporting_currency(
        &self,
        context: &Context<'_>,
        input: SetReportingCurrencyInput,
    ) -> async_graphql::Result<SetReportingCurrencyResult> {
        let state = state(context)?;
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
        commit(state, transaction, row.id).await?;
        Ok(SetReportingCurrencyResult::Community(Community(row)))
    }
}

/// A transaction that holds the community, if it is one of the editor's organisation.
async fn begin(
    context: &Context<'_>,
    community: NodeId,
) -> Result<Option<(DatabaseTransaction, community::Model)>, ApiError> {
    let viewer = editor(context)?;
    let state = state(context)?;
    let id = community_in(community)?;
    let transaction = state.database.begin_write().await?;
    let community = store::locked_community(&transaction, viewer.organisation_id(), id).await?;
    Ok(community.map(|community| (transaction, community)))
}

async fn commit(
    state: &State,
    transaction: DatabaseTransaction,
    community: sea_orm::prelude::Uuid,
) -> Result<(), ApiError> {
    transaction.commit().await?;
    state.maps.note_commit(CommunityId(community));
    Ok(())
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
