//! What a community adds up with: its currency, exchange rates and outcome weights.

use async_graphql::{Context, InputObject, Object, Union};
use chrono::NaiveDate;
use valuemap_engine::activities::rates::{RateError, rate_problems, state_rate};
use valuemap_engine::activities::store;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Transaction;
use valuemap_engine::tenancy::entities::community;
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::activities as domain;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::{Problem, ProblemCode};

use crate::activities::cost::ExchangeRate;
use crate::activities::recording::InvalidInput;
use crate::activities::weights::{OutcomeWeight, OutcomeWeights};
use crate::context::{own, services};
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::results::NotFound;
use crate::wire::scalars::{Currency, Decimal};

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
    ) -> Result<SetExchangeRateResult, ApiError> {
        let services = services(context)?;
        let Some((transaction, community)) = begin(context, input.community, Right::Write).await? else {
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
            state_rate(&transaction, CommunityId(community.id), currency, from, rate, services.ambient.now()).await;
        let row = stated.map_err(|error| match error {
            RateError::Database(error) => ApiError::from(error),
            other => ApiError::BadUserInput(other.to_string()),
        })?;
        transaction.commit().await?;
        Ok(SetExchangeRateResult::Rate(ExchangeRate(row)))
    }

    /// Sets how many points outcomes count for, as a new version. Kinds that are left out keep the points that they had.
    async fn set_outcome_weights(
        &self,
        context: &Context<'_>,
        input: SetOutcomeWeightsInput,
    ) -> Result<SetOutcomeWeightsResult, ApiError> {
        let services = services(context)?;
        let Some((transaction, community)) = begin(context, input.community, Right::Write).await? else {
            return Ok(SetOutcomeWeightsResult::NotFound(NotFound::new(input.community)));
        };
        let id = CommunityId(community.id);
        let latest = store::outcome_weights(&transaction, id, None).await?;
        let version = latest.as_ref().map_or(1, |latest| latest.version + 1);
        let before = latest.map(|latest| latest.weights()).transpose()?.unwrap_or_default();
        let changes: Vec<(domain::OutcomeKind, f64)> = input.weights.into_iter().map(<_>::from).collect();
        let weights = match before.with(&changes) {
            Ok(weights) => weights,
            Err(problems) => return Ok(SetOutcomeWeightsResult::Invalid(problems.into())),
        };
        let row = store::add_outcome_weights(&transaction, id, version, &weights, services.ambient.now()).await?;
        transaction.commit().await?;
        Ok(SetOutcomeWeightsResult::Weights(row.try_into()?))
    }
}

/// A transaction that holds the community, if it is one of the organisation of whoever asks.
pub async fn begin(
    context: &Context<'_>,
    community: NodeId,
    right: Right,
) -> Result<Option<(Transaction, community::Model)>, ApiError> {
    let Some(own) = own(context, community.as_community()?, right).await? else { return Ok(None) };
    let touches = Touches::tracked(own.community());
    let transaction = services(context)?.database.begin_write(own.author(), touches).await?;
    let community = store::locked_community(&transaction, &own).await?;
    Ok(community.map(|community| (transaction, community)))
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
