//! How many people met an activity. Who is one person counts once, whatever they are called where.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{FromQueryResult, QuerySelect, Select};
use uuid::Uuid;
use valuemap_shared::activities::Role;
use valuemap_shared::ids::{ActivityId, CommunityId};

use crate::activities::entities::{identity_link, touchpoint};
use crate::activities::identity::Identities;
use crate::scoring_models::store::model_of;

type ActivityKey = (CommunityId, ActivityId);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// In whichever role.
    pub reached: u64,
    /// They took part in it.
    pub participants: u64,
}

/// How many different people met these activities.
pub async fn heads_of(
    db: &impl ConnectionTrait,
    activities: &[ActivityKey],
) -> Result<HashMap<ActivityKey, Heads>, DbErr> {
    let participation = || Role::ALL.iter().copied().filter(|role| role.is_participation());
    let communities: HashSet<CommunityId> = activities.iter().map(|(community, _)| *community).collect();
    let mut heads: HashMap<ActivityKey, Heads> = HashMap::new();
    for community in communities {
        let asked: Vec<ActivityId> =
            activities.iter().filter(|(of, _)| *of == community).map(|(_, activity)| *activity).collect();
        let model = model_of(db, community, None).await?;
        let confidence = model.map_or(0.0, |stored| stored.model.financial.attribution.minimum_confidence);
        let identities = Identities::of(db, community, confidence).await?;
        for (activity, people) in people(db, community, &identities, &asked, Role::ALL.iter().copied()).await? {
            heads.entry((community, activity)).or_default().reached = people;
        }
        for (activity, people) in people(db, community, &identities, &asked, participation()).await? {
            heads.entry((community, activity)).or_default().participants = people;
        }
    }
    Ok(heads)
}

#[derive(FromQueryResult)]
struct PartiesOf {
    activity_id: Uuid,
    parties: i64,
}

/// Counts parties, and of those that are linked the people that they are.
async fn people(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    activities: &[ActivityId],
    roles: impl Iterator<Item = Role>,
) -> Result<HashMap<ActivityId, u64>, DbErr> {
    let met = met(community, activities, roles);
    let parties = met
        .clone()
        .column_as(Expr::col(touchpoint::Column::PartyId).count_distinct(), "parties")
        .group_by(touchpoint::Column::ActivityId)
        .into_model::<PartiesOf>();
    let mut people: HashMap<ActivityId, u64> = HashMap::new();
    for row in parties.all(db).await? {
        people.insert(ActivityId(row.activity_id), u64::try_from(row.parties).unwrap_or_default());
    }
    let linked: Vec<(Uuid, Uuid, DateTime<Utc>)> = met
        .column(touchpoint::Column::PartyId)
        .column_as(touchpoint::Column::At.min(), "first")
        .filter(touchpoint::Column::PartyId.in_subquery(linked(community)))
        .group_by(touchpoint::Column::ActivityId)
        .group_by(touchpoint::Column::PartyId)
        .into_tuple()
        .all(db)
        .await?;
    let mut counted = HashSet::new();
    for (activity, party, first) in linked.into_iter().filter(|(_, party, _)| identities.has_several_names(*party)) {
        // Another name of somebody who counts already.
        if !counted.insert((activity, identities.person(party, first.date_naive()))) {
            *people.entry(ActivityId(activity)).or_default() -= 1;
        }
    }
    Ok(people)
}

fn met(
    community: CommunityId,
    activities: &[ActivityId],
    roles: impl Iterator<Item = Role>,
) -> Select<touchpoint::Entity> {
    touchpoint::Entity::find()
        .select_only()
        .column(touchpoint::Column::ActivityId)
        .filter(touchpoint::Column::CommunityId.eq(community.0))
        .filter(touchpoint::Column::ActivityId.is_in(activities.iter().map(|activity| activity.0)))
        .filter(touchpoint::Column::Role.is_in(roles.map(|role| role.as_str())))
}

/// The parties that any link is about.
fn linked(community: CommunityId) -> SelectStatement {
    let ends = |column: identity_link::Column| {
        Query::select()
            .column(column)
            .from(identity_link::Entity)
            .and_where(identity_link::Column::CommunityId.eq(community.0))
            .and_where(identity_link::Column::EndedAt.is_null())
            .take()
    };
    ends(identity_link::Column::FromId).union(UnionType::All, ends(identity_link::Column::ToId)).take()
}
