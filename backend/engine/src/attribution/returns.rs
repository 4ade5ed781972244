//! What groups of activities returned: what a model credits to each, against what it cost.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;
use sea_orm::DatabaseTransaction;
use sea_orm::prelude::*;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use uuid::Uuid;
use valuemap_shared::activities::{Goal, OutcomeWeights};
use valuemap_shared::attribution::{
    AttributionError, CreditSource, CreditedAmounts, Journeys, Outcomes, Parameters, SourceCredit, ValueAssumptions,
    attribute, compare,
};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::{Currency, DECIMALS, allocate, ten_thousandths};
use valuemap_shared::value_map::Element;
use valuemap_shared::value_map::financial::{CompoundSum, ReturnSimulation, SimulationError, efficiency};
use valuemap_shared::value_map::model::ScoringModel;

use crate::activities::store::outcome_weights;
use crate::attribution::costs::Costs;
use crate::attribution::credits::{CreditedDays, Credits};
use crate::attribution::grouping::{Grouping, Source};
use crate::attribution::history::{Happened, History, activities, span};
use crate::attribution::met::Met;
use crate::attribution::run::{PrecisionResult, in_background};
use crate::base::computed::{A_MOMENT, Asked, ComputedCache, NoValue};
use crate::database::Database;
use crate::value_map::days::Span;
use crate::value_map::kept_credits::credits_of_days;
use crate::value_map::money::{Exchange, comparisons};

/// What the activities of some quarters returned.
#[derive(Debug)]
pub struct Returns {
    pub currency: Currency,
    pub credited: Outcomes,
    pub uncredited: Outcomes,
    /// Of the credited ones, those that a comparison counts on the value map.
    pub replaced: Outcomes,
    /// Costs without an activity. No group bears a part of them.
    pub running_costs: Decimal,
    /// The highest return first.
    pub groups: Vec<Group>,
    /// By goal, the types that serve it and cost something, the most successful first.
    pub goals: Vec<(Goal, Vec<Group>)>,
}

/// What a group was, got credit for and cost.
#[derive(Clone, Debug)]
pub struct Group {
    pub source: Source,
    /// In the quarters themselves.
    pub touches: u64,
    pub participants: u64,
    pub outcomes: f64,
    pub amounts: CreditedAmounts,
    /// Of the outcomes, and of all amounts together.
    pub precision: Option<PrecisionResult>,
    /// Of the weighted outcome index.
    pub points: f64,
    pub cost: Decimal,
    pub simulated: ReturnSimulation,
    /// 1 for the highest return. Equal returns share a rank; those without cost have none.
    pub rank: Option<u32>,
}

impl Group {
    /// The median return; `None` where nothing was spent.
    pub fn likely_return(&self) -> Option<f64> {
        self.simulated.return_on_investment.map(|shares| shares.p50)
    }
}

/// Why there are no returns.
#[derive(Debug, thiserror::Error)]
pub enum ReturnsError {
    #[error(transparent)]
    Attribution(#[from] AttributionError),
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// How many answers are kept.
const CAPACITY: u64 = 200;

/// By the version of the scoring model and by the parameters as they are written down.
type Key = (CommunityId, u32, String);

/// What was computed before, used again as long as nothing that is tracked has changed.
#[derive(Debug)]
pub struct ReturnsCache {
    computed: ComputedCache<Key, (u64, NaiveDate), Result<Arc<Returns>, ReturnsError>, anyhow::Error>,
    /// One at a time: each holds a connection for as long as it reads, and there are few.
    turn: Arc<Semaphore>,
}

impl ReturnsCache {
    /// Returns are computed on the runtime of this handle.
    pub fn new(home: Handle) -> Self {
        Self { computed: ComputedCache::new(CAPACITY, home), turn: Arc::new(Semaphore::new(1)) }
    }

    /// The inner error is for whoever asked.
    pub async fn of(
        &self,
        database: &Database,
        community: CommunityId,
        parameters: &Parameters,
        scoring: &Arc<ScoringModel>,
        today: NaiveDate,
    ) -> Result<Arc<Result<Arc<Returns>, ReturnsError>>, NoValue<anyhow::Error>> {
        let failed = |error: DbErr| NoValue::Failed(Arc::new(error.into()));
        let written = serde_json::to_string(parameters).map_err(|error| failed(DbErr::Json(error.to_string())))?;
        let asked = Asked {
            key: (community, scoring.version, written),
            revision: (database.revision(community).await.map_err(failed)?.tracked, today),
            patience: A_MOMENT,
        };
        let compute = || {
            let (database, parameters, scoring) = (database.clone(), parameters.clone(), scoring.clone());
            let turn = self.turn.clone();
            async move {
                let _turn = turn.acquire().await?;
                Ok(returns(&database, community, &parameters, &scoring, today).await?.map(Arc::new))
            }
        };
        self.computed.get(asked, compute).await
    }
}

/// Reads and computes.
async fn returns(
    database: &Database,
    community: CommunityId,
    parameters: &Parameters,
    scoring: &ScoringModel,
    today: NaiveDate,
) -> anyhow::Result<Result<Returns, ReturnsError>> {
    let snapshot = database.begin_snapshot().await?;
    let (met, credits) = read(database, &snapshot, community, (parameters, scoring)).await?;
    let costs = Costs::read(&snapshot, community, parameters, &met.activities, today).await?;
    let currency = Exchange::of(&snapshot, community).await?.own;
    let weights = match outcome_weights(&snapshot, community, None).await? {
        Some(row) => row.weights()?,
        None => OutcomeWeights::default(),
    };
    snapshot.rollback().await?;
    let (parameters, assumptions) = (parameters.clone(), ValueAssumptions::of(&scoring.financial));
    let question = Question { met, credits, costs, parameters, weights, assumptions, currency };
    in_background(move || question.answer()).await
}

/// What was met and what is credited: summed up by day where the scoring model's own settings are asked for, which days are
/// kept by, and its model is additive; else from the records.
async fn read(
    database: &Database,
    snapshot: &DatabaseTransaction,
    community: CommunityId,
    (parameters, scoring): (&Parameters, &ScoringModel),
) -> Result<(Met, Credits), DbErr> {
    let quarters = Span { first: parameters.from.first_day(), last: parameters.until.last_day() };
    let own = &scoring.financial.attribution;
    if parameters.is_usual(own) {
        let lookback = TimeDelta::days(i64::from(parameters.lookback_days));
        let reach = Span { first: quarters.first - lookback, ..quarters };
        if let Some(days) = credits_of_days(database, snapshot, (community, own), reach).await? {
            let met = Met::of_days(activities(snapshot, community).await?, &days, quarters.first);
            let comparisons = comparisons(snapshot, community, quarters.first, quarters.last).await?;
            let credited = CreditedDays::of(&met, &days, quarters, parameters, &comparisons);
            return Ok((met, Credits::Days(credited)));
        }
    }
    let history = History::read(snapshot, community, parameters).await?;
    let first = span(parameters.from, parameters.until).0.timestamp();
    Ok((Met::of_history(&history, first), Credits::Records(history)))
}

/// All that returns follow from.
struct Question {
    met: Met,
    credits: Credits,
    costs: Costs,
    parameters: Parameters,
    weights: OutcomeWeights,
    assumptions: ValueAssumptions,
    currency: Currency,
}

impl Question {
    fn answer(&self) -> Result<Returns, ReturnsError> {
        let Self { parameters, currency, .. } = self;
        let (found, journeys) = self.groups(parameters.source)?;
        let (credited, uncredited, replaced) = (journeys.credited(), journeys.uncredited(), journeys.replaced());
        let types = match parameters.source {
            CreditSource::ActivityType => found.clone(),
            _ => self.groups(CreditSource::ActivityType)?.0,
        };
        let goal_of: HashMap<Uuid, &str> =
            self.met.activities.iter().map(|facts| (facts.activity_type, facts.goal.as_str())).collect();
        let serves = |group: &Group, goal: Goal| {
            group.source.id.and_then(|id| goal_of.get(&id)).is_some_and(|name| *name == goal.as_str())
        };
        let by_success = |goal: Goal| {
            let mut served: Vec<(f64, &Group)> = types
                .iter()
                .filter(|group| serves(group, goal))
                .filter_map(|group| Some((success(group, goal)?, group)))
                .collect();
            served.sort_by(|(a, _), (b, _)| b.total_cmp(a));
            (goal, served.into_iter().map(|(_, group)| group.clone()).collect::<Vec<_>>())
        };
        let goals = Goal::ALL.iter().map(|goal| by_success(*goal)).filter(|(_, types)| !types.is_empty()).collect();
        let (running_costs, currency) = (self.costs.running, *currency);
        Ok(Returns { currency, credited, uncredited, replaced, running_costs, groups: found, goals })
    }

    fn groups(&self, kind: CreditSource) -> Result<(Vec<Group>, Journeys), ReturnsError> {
        let Self { met, credits: outcomes, costs, parameters, weights, assumptions, .. } = self;
        let with_costs: HashSet<u32> = costs.by_activity.keys().copied().collect();
        let grouping = Grouping::of_met(met, kind, &with_costs);
        let credits = |value: &dyn Fn(&Happened) -> i64| -> Result<Vec<SourceCredit>, AttributionError> {
            let journeys = outcomes.journeys(&grouping, parameters, value)?;
            parameters.models.first().map_or(Ok(Vec::new()), |model| Ok(attribute(&journeys, *model)?.sources))
        };
        let sums = |element: Element| -> Result<Vec<CompoundSum>, AttributionError> {
            let largest = outcomes.largest(element).max(1);
            let square = |amount: i64| (i128::from(amount).pow(2) / i128::from(largest)) as i64;
            let value = |of: &dyn Fn(i64) -> i64, outcome: &Happened| {
                if outcome.element() == element { of(outcome.amount) } else { 0 }
            };
            let amounts = credits(&|outcome| value(&|amount| amount, outcome))?;
            let turnovers = match outcomes.has_refunds(element) {
                true => credits(&|outcome| value(&i64::abs, outcome))?,
                false => amounts.clone(),
            };
            let squares = credits(&|outcome| value(&square, outcome))?;
            let largest = Decimal::from(largest) / Decimal::from(10_i64.pow(DECIMALS));
            let sum = |((amount, turnover), square): ((&SourceCredit, &SourceCredit), &SourceCredit)| CompoundSum {
                amount: amount.value,
                turnover: turnover.value,
                squares: squared(square).saturating_mul(largest),
            };
            Ok(amounts.iter().zip(&turnovers).zip(&squares).map(sum).collect())
        };
        let upgrades = sums(Element::Upgrades)?;
        let repeat_purchases = sums(Element::RepeatPurchases)?;
        let acquisition = sums(Element::Acquisition)?;
        let one = 10_i64.pow(DECIMALS);
        // A refund is no customer and has no points.
        let is_refund = |outcome: &Happened| outcome.amount < 0;
        let is_won = |outcome: &Happened| outcome.element() == Element::Acquisition && !is_refund(outcome);
        let acquired = credits(&|outcome| if is_won(outcome) { one } else { 0 })?;
        let points = credits(&|outcome| {
            if is_refund(outcome) {
                return 0;
            }
            let points = Decimal::from_f64_retain(weights.points(outcome.kind)).unwrap_or_default();
            ten_thousandths(points)
        })?;
        let journeys = outcomes.journeys(&grouping, parameters, |outcome| outcome.amount)?;
        let precise = compare(&journeys, &parameters.models).sources;
        let cost = costs_of(met, costs, &grouping);
        let (touches, participants) = heads(met, &grouping);
        let mut groups = Vec::with_capacity(grouping.sources.len());
        for (index, source) in grouping.sources.iter().enumerate() {
            let amounts = CreditedAmounts {
                upgrades: upgrades[index],
                repeat_purchases: repeat_purchases[index],
                acquisition: acquisition[index],
                acquired: CompoundSum {
                    amount: acquired[index].value,
                    turnover: acquired[index].value,
                    squares: squared(&acquired[index]),
                },
            };
            groups.push(Group {
                source: source.clone(),
                touches: touches[index],
                participants: participants[index],
                outcomes: acquired[index].outcomes,
                amounts,
                precision: precise[index].credits.first().cloned().flatten().map(|credit| credit.precision.into()),
                points: number(points[index].value),
                cost: cost[index],
                simulated: assumptions.simulate(&amounts, cost[index])?,
                rank: None,
            });
        }
        rank(&mut groups);
        Ok((groups, journeys))
    }
}

/// Of the squares of what outcomes brought, what a source is credited with: shares of outcomes, squared, too. It stands for
/// each share in place of their mean.
fn squared(credit: &SourceCredit) -> Decimal {
    credit.value.abs() * mean_share(credit)
}

/// How much of an outcome a source gets on average, of those that it was met before.
fn mean_share(credit: &SourceCredit) -> Decimal {
    let share = credit.outcomes / (credit.activity.converting_journeys.max(1) as f64);
    Decimal::from_f64_retain(share.clamp(0.0, 1.0)).unwrap_or_default()
}

fn number(value: Decimal) -> f64 {
    rust_decimal::prelude::ToPrimitive::to_f64(&value).unwrap_or_default()
}

/// What each group cost. Channels share the cost of an activity by its touches; the parts add up to it exactly.
fn costs_of(met: &Met, costs: &Costs, grouping: &Grouping) -> Vec<Decimal> {
    let mut by_group = vec![Decimal::ZERO; grouping.sources.len()];
    let mut shares: HashMap<u32, Vec<f64>> = HashMap::new();
    if grouping.divides_activities() {
        for met in met.sources.iter().filter(|met| costs.by_activity.contains_key(&met.activity)) {
            let shares = shares.entry(met.activity).or_insert_with(|| vec![0.0; by_group.len()]);
            shares[grouping.source_of(met.activity, met.channel) as usize] += met.touches as f64;
        }
    }
    for (activity, cost) in &costs.by_activity {
        match (grouping.of_activity(*activity), shares.get(activity)) {
            (Some(group), _) => by_group[group as usize] += cost,
            (None, Some(shares)) => {
                by_group.iter_mut().zip(allocate(*cost, shares)).for_each(|(group, part)| *group += part);
            }
            // Nobody met it: it is a cost of no channel, which is the first.
            (None, None) => by_group[0] += cost,
        }
    }
    by_group
}

/// Touches within the quarters, and how many members or accounts took part in them. A member of several accounts counts
/// once.
fn heads(met: &Met, grouping: &Grouping) -> (Vec<u64>, Vec<u64>) {
    let mut touches = vec![0; grouping.sources.len()];
    let mut participants: Vec<HashSet<Uuid>> = vec![HashSet::new(); grouping.sources.len()];
    for met in &met.sources {
        let group = grouping.source_of(met.activity, met.channel) as usize;
        touches[group] += met.touches_in_quarters;
        participants[group].extend(&met.participants);
    }
    (touches, participants.into_iter().map(|units| units.len() as u64).collect())
}

/// Puts the highest return first; groups that cost nothing follow, by what they are credited with.
fn rank(groups: &mut [Group]) {
    let at = |group: &Group| group.likely_return().unwrap_or(f64::NEG_INFINITY);
    groups.sort_by(|a, b| {
        let by_credit = || b.amounts.total().cmp(&a.amounts.total()).then(b.outcomes.total_cmp(&a.outcomes));
        at(b).total_cmp(&at(a)).then_with(by_credit).then_with(|| a.source.cmp(&b.source))
    });
    let (mut rank, mut leader) = (0, None);
    for (ahead, group) in groups.iter_mut().enumerate() {
        let Some(value) = group.likely_return() else { continue };
        if leader != Some(value) {
            (rank, leader) = (ahead as u32 + 1, Some(value));
        }
        group.rank = Some(rank);
    }
}

/// How successful a group is at a goal: the return where the goal is money, and elsewhere the weighted outcomes for
/// each unit of the currency. `None` where nothing was spent.
fn success(group: &Group, goal: Goal) -> Option<f64> {
    match goal {
        Goal::Revenue | Goal::NewCustomers | Goal::Retention => group.likely_return(),
        _ => efficiency(group.points, group.cost),
    }
}
