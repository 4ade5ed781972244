//! Comparisons over GraphQL.

use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject, Union};
use chrono::NaiveDate;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::tenancy::store::community_of;
use valuemap_engine::value_map::comparisons::{NotKept, comparisons_of, save_comparison};
use valuemap_shared::survey::{Problem as DomainProblem, ProblemCode};
use valuemap_shared::value_map as domain;
use valuemap_shared::value_map::comparison as design;

use crate::context::{Need, own, services, viewer};
use crate::error::ApiError;
use crate::value_map::wire::{Element, Evidence, Interval};
use crate::wire::node_id::NodeId;
use crate::wire::results::{NotFound, Problem};
use crate::wire::scalars::{Count, Decimal};

/// More accounts than any organisation has.
const MAX_ACCOUNTS: u64 = 1_000_000_000_000;

#[derive(Default)]
pub struct ComparisonQuery;

#[Object]
impl ComparisonQuery {
    /// The comparisons of a community, oldest first; null when there is no such community.
    #[graphql(guard = "Right::ReadFigures.needed()")]
    async fn comparisons(&self, context: &Context<'_>, community: NodeId) -> Result<Option<Vec<Comparison>>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let community = community.as_community()?;
        let db = &services.database.read;
        if community_of(db, viewer.organisation_id(), community).await?.is_none() {
            return Ok(None);
        }
        let comparisons = comparisons_of(db, community).await?;
        Ok(Some(comparisons.into_iter().map(Comparison).collect()))
    }
}

#[derive(Default)]
pub struct ComparisonMutation;

#[Object]
impl ComparisonMutation {
    /// Keeps what a comparison group or a randomised invitation showed. While it lasts, the element that it is about is
    /// worth what was found, and what activities are credited with is shown beside it. One of the same name is replaced.
    async fn save_comparison(
        &self,
        context: &Context<'_>,
        input: SaveComparisonInput,
    ) -> Result<SaveComparisonResult, ApiError> {
        let services = services(context)?;
        let community = input.community.as_community()?;
        let Some(own) = own(context, community, Right::Write).await? else {
            return Ok(SaveComparisonResult::NotFound(NotFound::new(input.community)));
        };
        let comparison = match parse(input) {
            Ok(comparison) => comparison,
            Err(problems) => {
                let problems = problems.into_iter().map(Problem::from).collect();
                return Ok(SaveComparisonResult::InvalidComparison(InvalidComparison { problems }));
            }
        };
        let transaction = services.database.begin_write(own.author(), Touches::tracked(community)).await?;
        match save_comparison(&transaction, &services.ambient, community, &comparison).await {
            Ok(()) => {}
            Err(NotKept::Database(error)) => return Err(error.into()),
            Err(refused) => {
                let path = if matches!(refused, NotKept::Overlaps(_)) { "from" } else { "" };
                let problem = DomainProblem::new(path, ProblemCode::Duplicate, refused.to_string());
                return Ok(SaveComparisonResult::InvalidComparison(InvalidComparison {
                    problems: vec![problem.into()],
                }));
            }
        }
        transaction.commit().await?;
        Ok(SaveComparisonResult::Comparison(Comparison(comparison)))
    }
}

/// Checks a comparison; one whose effect cannot be distinguished from chance is refused with the reason.
fn parse(input: SaveComparisonInput) -> Result<design::Comparison, Vec<DomainProblem>> {
    let mut problems = Vec::new();
    let mut add = |path: &str, code, message: String| problems.push(DomainProblem::new(path, code, message));
    let name = input.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
        add("name", ProblemCode::Size, "1 to 100 characters, none of them a control character".into());
    }
    let element = domain::Element::from(input.element);
    if !matches!(element, domain::Element::Upgrades | domain::Element::RepeatPurchases | domain::Element::Acquisition) {
        add("element", ProblemCode::Malformed, "upgrades, repeat purchases or acquisition".into());
    }
    if input.until < input.from {
        add("until", ProblemCode::OutOfRange, format!("{} is before {}", input.until, input.from));
    }
    match valuemap_shared::money::checked(input.amount_per_outcome.0) {
        Ok(amount) if amount.is_sign_negative() || amount.is_zero() => {
            add("amountPerOutcome", ProblemCode::OutOfRange, "it has to be above 0".into());
        }
        Ok(_) => {}
        Err(error) => add("amountPerOutcome", ProblemCode::OutOfRange, error.to_string()),
    }
    let comparison = design::Comparison {
        name,
        element,
        from: input.from,
        until: input.until,
        amount_per_outcome: input.amount_per_outcome.0,
        design: input.design.into(),
    };
    if comparison.accounts() > MAX_ACCOUNTS {
        add("design", ProblemCode::OutOfRange, format!("at most {MAX_ACCOUNTS} accounts"));
    } else if let Err(error) = comparison.effect() {
        add("design", ProblemCode::Malformed, error.to_string());
    }
    if problems.is_empty() { Ok(comparison) } else { Err(problems) }
}

#[derive(InputObject)]
pub struct SaveComparisonInput {
    community: NodeId,
    name: String,
    /// Upgrades, repeat purchases or acquisition.
    element: Element,
    from: NaiveDate,
    until: NaiveDate,
    /// What one outcome brings before the margin, in the community's own currency.
    amount_per_outcome: Decimal,
    design: DesignInput,
}

#[derive(OneofObject)]
pub enum DesignInput {
    DifferenceInDifferences(DifferenceInDifferencesInput),
    RandomisedInvitation(RandomisedInvitationInput),
}

/// Accounts that the community reached and accounts that it did not, before and after.
#[derive(InputObject)]
pub struct DifferenceInDifferencesInput {
    treated_before: GroupInput,
    treated_after: GroupInput,
    control_before: GroupInput,
    control_after: GroupInput,
}

/// Some were invited by lot; not all who were invited came.
#[derive(InputObject)]
pub struct RandomisedInvitationInput {
    invited: ArmInput,
    others: ArmInput,
}

#[derive(InputObject)]
pub struct ArmInput {
    attended: GroupInput,
    stayed_away: GroupInput,
}

/// How many of a group had the outcome.
#[derive(InputObject)]
pub struct GroupInput {
    outcomes: Count,
    of: Count,
}

impl From<GroupInput> for design::Count {
    fn from(group: GroupInput) -> Self {
        Self { outcomes: group.outcomes.0, of: group.of.0 }
    }
}

impl From<ArmInput> for design::ArmCount {
    fn from(arm: ArmInput) -> Self {
        Self { attended: arm.attended.into(), stayed_away: arm.stayed_away.into() }
    }
}

impl From<DesignInput> for design::Design {
    fn from(input: DesignInput) -> Self {
        match input {
            DesignInput::DifferenceInDifferences(groups) => Self::DifferenceInDifferences {
                treated_before: groups.treated_before.into(),
                treated_after: groups.treated_after.into(),
                control_before: groups.control_before.into(),
                control_after: groups.control_after.into(),
            },
            DesignInput::RandomisedInvitation(arms) => {
                Self::RandomisedInvitation { invited: arms.invited.into(), others: arms.others.into() }
            }
        }
    }
}

#[derive(Union)]
pub enum SaveComparisonResult {
    Comparison(Comparison),
    InvalidComparison(InvalidComparison),
    NotFound(NotFound),
}

/// The comparison breaks rules. Nothing was saved.
#[derive(SimpleObject)]
pub struct InvalidComparison {
    problems: Vec<Problem>,
}

pub struct Comparison(design::Comparison);

/// A comparison that the organisation ran: what would have come about without the community?
#[Object]
impl Comparison {
    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn element(&self) -> Element {
        self.0.element.into()
    }

    async fn from(&self) -> NaiveDate {
        self.0.from
    }

    async fn until(&self) -> NaiveDate {
        self.0.until
    }

    /// The effect on the share of accounts that had the outcome, as observed: 0.05 is five percentage points.
    async fn effect(&self) -> Option<f64> {
        self.0.effect().ok().map(|(effect, _)| effect.estimate)
    }

    async fn interval(&self) -> Option<Interval> {
        self.0.effect().ok().map(|(effect, _)| effect.interval.into())
    }

    /// What it counts as: a group of fewer than ten successes or failures is no experiment.
    async fn evidence(&self) -> Evidence {
        self.0.evidence().into()
    }

    /// How many accounts were counted.
    async fn accounts(&self) -> Count {
        Count(self.0.accounts())
    }
}
