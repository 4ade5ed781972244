//! Follow-ups on the internal API.

use async_graphql::{Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use valuemap_engine::base::commits::{Part, Touches};
use valuemap_engine::database::Transaction;
use valuemap_engine::follow_ups::entities::follow_up;
use valuemap_engine::follow_ups::store::{publish_follow_up, withdraw_follow_up};
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::follow_ups as domain;
use valuemap_shared::ids::{CommunityId, FollowUpId};

use crate::context::{own, services};
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::results::{NotFound, Problem};

pub struct FollowUp(pub follow_up::Model);

/// Something that members said, and what the organisation did about it.
#[Object]
impl FollowUp {
    async fn id(&self) -> NodeId {
        NodeId::FollowUp(CommunityId(self.0.community_id), FollowUpId(self.0.id))
    }

    /// What members said.
    async fn heard(&self) -> &str {
        &self.0.heard
    }

    /// What was done about it.
    async fn done(&self) -> &str {
        &self.0.done
    }

    /// When it was done.
    async fn on(&self) -> NaiveDate {
        self.0.done_on
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

#[derive(Default)]
pub struct FollowUpMutation;

#[Object]
impl FollowUpMutation {
    /// Tells members what was done about something that they said. Who has just answered is shown the newest three, from
    /// a minute later on at the latest.
    async fn publish_follow_up(
        &self,
        context: &Context<'_>,
        input: PublishFollowUpInput,
    ) -> Result<PublishFollowUpResult, ApiError> {
        let services = services(context)?;
        let community = input.community.as_community()?;
        let Some(own) = own(context, community, Right::Write).await? else {
            return Ok(PublishFollowUpResult::NotFound(NotFound::new(input.community)));
        };
        let today = services.ambient.now().date_naive();
        let follow_up = match domain::FollowUp::parse(&input.heard, &input.done, input.on, today) {
            Ok(follow_up) => follow_up,
            Err(problems) => {
                let problems = problems.into_iter().map(Problem::from).collect();
                return Ok(PublishFollowUpResult::Invalid(InvalidFollowUp { problems }));
            }
        };
        let published = services.database.write(own.author(), Touches::one(community, Part::FollowUps), async |db| {
            publish_follow_up(db, &services.ambient, community, &follow_up).await
        });
        Ok(PublishFollowUpResult::FollowUp(FollowUp(published.await?)))
    }

    /// Removes a follow-up. Members are not shown it any more, from a minute later on at the latest.
    async fn withdraw_follow_up(
        &self,
        context: &Context<'_>,
        input: WithdrawFollowUpInput,
    ) -> Result<WithdrawFollowUpResult, ApiError> {
        let services = services(context)?;
        let NodeId::FollowUp(community, id) = input.id else {
            return Err(ApiError::BadUserInput("id: not the id of a follow-up".into()));
        };
        let withdrawn = match own(context, community, Right::Write).await? {
            Some(own) => {
                let touches = Touches::one(community, Part::FollowUps);
                let withdrawal =
                    async |db: &Transaction| Ok(withdraw_follow_up(db, community, id).await?.then_some(()));
                services.database.write_some(own.author(), touches, withdrawal).await?.is_some()
            }
            None => false,
        };
        Ok(if withdrawn {
            WithdrawFollowUpResult::Withdrawn(FollowUpWithdrawn { id: input.id })
        } else {
            WithdrawFollowUpResult::NotFound(NotFound::new(input.id))
        })
    }
}

#[derive(InputObject)]
pub struct PublishFollowUpInput {
    community: NodeId,
    /// What members said; 1 to 500 characters.
    heard: String,
    /// What was done about it; 1 to 500 characters.
    done: String,
    /// When it was done.
    on: NaiveDate,
}

#[derive(InputObject)]
pub struct WithdrawFollowUpInput {
    id: NodeId,
}

#[derive(Union)]
pub enum PublishFollowUpResult {
    FollowUp(FollowUp),
    NotFound(NotFound),
    Invalid(InvalidFollowUp),
}

#[derive(Union)]
pub enum WithdrawFollowUpResult {
    Withdrawn(FollowUpWithdrawn),
    NotFound(NotFound),
}

/// Nothing was published: a text or the day breaks a rule.
#[derive(SimpleObject)]
pub struct InvalidFollowUp {
    problems: Vec<Problem>,
}

/// It is gone.
#[derive(SimpleObject)]
pub struct FollowUpWithdrawn {
    id: NodeId,
}
