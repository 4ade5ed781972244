use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use valuemap_engine::attribution::returns::{Group, Returns};
use valuemap_engine::attribution::run::in_background;
use valuemap_shared::attribution as domain;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::financial::{Percentiles, cost_per_credited_outcome, efficiency};

use crate::activities::Goal;
use crate::attribution::page_of;
use crate::attribution::run::{AttributionParameters, CreditPrecision, CreditedSource, OutcomeTotal, money};
use crate::error::ApiError;
use crate::wire::lists::Nodes;
use crate::wire::paging;
use crate::wire::scalars::{Count, Money};

pub struct ActivityReturns {
    pub community: CommunityId,
    pub parameters: domain::Parameters,
    pub returns: Arc<Returns>,
}

/// What activities of some quarters returned: the outcomes that one model credits them with, against what they cost.
#[Object]
impl ActivityReturns {
    async fn parameters(&self) -> AttributionParameters {
        self.parameters.clone().into()
    }

    /// The outcomes that were divided among the groups.
    async fn credited(&self) -> OutcomeTotal {
        OutcomeTotal::of(self.returns.credited, self.returns.currency)
    }

    /// The outcomes before which nothing was met within the look-back window, or whose it is not known.
    async fn uncredited(&self) -> OutcomeTotal {
        OutcomeTotal::of(self.returns.uncredited, self.returns.currency)
    }

    /// Of the credited outcomes, those in the time of a comparison. The value map counts what the comparison found in their
    /// place; the rest of the credited ones it counts as credited.
    async fn replaced(&self) -> OutcomeTotal {
        OutcomeTotal::of(self.returns.replaced, self.returns.currency)
    }

    /// Costs of no activity. No group bears a part of them.
    async fn running_costs(&self) -> Money {
        money(self.returns.running_costs, self.returns.currency)
    }

    /// The highest return first; those that cost nothing follow.
    #[graphql(complexity = "paging::complexity(first, child_complexity)")]
    async fn groups(&self, first: Option<i32>, after: Option<String>) -> Result<Nodes<ActivityReturn>, ApiError> {
        let (community, returns, kind) = (self.community, self.returns.clone(), self.parameters.source);
        // Each group is simulated, which no other request shall wait for.
        let page = in_background(move || {
            page_of(&returns.groups, first, after, |group| ActivityReturn::of(group, &returns, community, kind))
        });
        page.await.map_err(ApiError::internal)?
    }

    /// By goal, which of the types that serve it did best and worst. Those without costs are left out. Success at
    /// revenue, new customers and retention is the return; at other goals it is the efficiency.
    async fn goals(&self) -> Result<Vec<GoalReturns>, ApiError> {
        let (community, returns) = (self.community, self.returns.clone());
        let goals = in_background(move || {
            let of = |group: &Group| ActivityReturn::of(group, &returns, community, domain::CreditSource::ActivityType);
            let goal = |(goal, types): &(_, Vec<Group>)| GoalReturns {
                goal: Goal::from(*goal),
                types: Count(types.len() as u64),
                most_successful: types.first().map(of),
                least_successful: types.last().filter(|_| types.len() > 1).map(of),
            };
            returns.goals.iter().map(goal).collect::<Vec<_>>()
        });
        goals.await.map_err(ApiError::internal)
    }
}

/// The types of activities that serve a goal.
#[derive(SimpleObject)]
struct GoalReturns {
    goal: Goal,
    /// How many were compared.
    types: Count,
    most_successful: Option<ActivityReturn>,
    /// Null where there is but one.
    least_successful: Option<ActivityReturn>,
}

/// What a group of activities returned.
#[derive(SimpleObject)]
pub struct ActivityReturn {
    source: CreditedSource,
    /// 1 for the highest median return; null where nothing was spent.
    rank: Option<u32>,
    /// In the quarters themselves.
    touches: Count,
    /// Members or accounts that took part in the quarters themselves.
    participants: Count,
    /// Credited outcomes; parts of outcomes count.
    outcomes: f64,
    /// What these outcomes brought, before margin and incrementality.
    credited_value: Money,
    /// How sure these credits are; null where that is not known. `rankStability` is that of the rank by credited outcomes.
    precision: Option<CreditPrecision>,
    /// Why it is not known how sure they are.
    imprecise: Option<String>,
    /// What would not have come in otherwise, after margins.
    value: MoneyPercentiles,
    /// Cash, travel, hours and platform shares. The cost of an activity is spread evenly over the days on which it can be
    /// credited, from its first until the look-back window after its last is over; what falls into the quarters counts.
    /// Channels share the cost of an activity by its touches.
    fully_loaded_cost: Money,
    /// Null without outcomes.
    cost_per_outcome: Option<Money>,
    /// Credited outcomes by their points.
    weighted_outcome_index: f64,
    /// Points for each unit of the currency; null where nothing was spent.
    efficiency: Option<f64>,
    /// (Value - cost) / cost: 0.5 gains half of the cost. Null where nothing was spent.
    return_on_investment: Option<SharePercentiles>,
    /// The share of draws whose value is above the cost: both the assumptions and the number of outcomes are drawn. Null
    /// where nothing was spent.
    chance_of_gain: Option<f64>,
    /// Why there is no return and no chance of gain.
    message: Option<String>,
}

/// The 10th, 50th and 90th percentiles of the draws.
#[derive(SimpleObject)]
struct MoneyPercentiles {
    p10: Money,
    p50: Money,
    p90: Money,
}

/// The 10th, 50th and 90th percentiles of the draws.
#[derive(SimpleObject)]
struct SharePercentiles {
    p10: f64,
    p50: f64,
    p90: f64,
}

impl ActivityReturn {
    fn of(group: &Group, returns: &Returns, community: CommunityId, kind: domain::CreditSource) -> Self {
        let currency = returns.currency;
        let simulated = group.simulated;
        let shares = simulated.return_on_investment;
        let (precision, imprecise) = CreditPrecision::of(group.precision.as_ref(), currency);
        let per_outcome = cost_per_credited_outcome(group.cost, group.outcomes);
        Self {
            source: CreditedSource::of(&group.source, community, kind),
            rank: group.rank,
            touches: Count(group.touches),
            participants: Count(group.participants),
            outcomes: group.outcomes,
            credited_value: money(group.amounts.total(), currency),
            precision,
            imprecise,
            value: MoneyPercentiles::of(simulated.value, currency),
            fully_loaded_cost: money(group.cost, currency),
            cost_per_outcome: per_outcome.map(|amount| money(amount, currency)),
            weighted_outcome_index: group.points,
            efficiency: efficiency(group.points, group.cost),
            return_on_investment: shares.map(|Percentiles { p10, p50, p90 }| SharePercentiles { p10, p50, p90 }),
            chance_of_gain: simulated.chance_of_gain,
            message: group.cost.is_zero().then(|| "no costs are recorded".to_owned()),
        }
    }
}

impl MoneyPercentiles {
    fn of(amounts: Percentiles<rust_decimal::Decimal>, currency: Currency) -> Self {
        let money = |amount| money(amount, currency);
        Self { p10: money(amounts.p10), p50: money(amounts.p50), p90: money(amounts.p90) }
    }
}
