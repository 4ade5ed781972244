//! How many people met an activity. Who is one person counts once, whatever they are called where.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{QuerySelect, Select};
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

/// Counts the parties that nothing links to another, and of the others the people that they are.
async fn people(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    activities: &[ActivityId],
    roles: impl Iterator<Item = Role>,
) -> Result<HashMap<ActivityId, u64>, DbErr> {
    let met = met(community, activities, roles);
    let alone: Vec<(Uuid, i64)> = met
        .clone()
        .column_as(Expr::col(touchpoint::Column::PartyId).count_distinct(), "parties")
        .filter(touchpoint::Column::PartyId.not_in_subquery(linked(community)))
        .group_by(touchpoint::Column::ActivityId)
        .into_tuple()
        .all(db)
        .await?;
    let mut people: HashMap<ActivityId, u64> = HashMap::new();
    for (activity, parties) in alone {
        people.insert(ActivityId(activity), u64::try_from(parties).unwrap_or_default());
    }
    let linked: Vec<(Uuid, Uuid, DateTime<Utc>)> = met
        .column(touchpoint::Column::PartyId)
        .column_as(touchpoint::Column::At.max(), "last")
        .filter(touchpoint::Column::PartyId.in_subquery(linked(community)))
        .group_by(touchpoint::Column::ActivityId)
        .group_by(touchpoint::Column::PartyId)
        .into_tuple()
        .all(db)
        .await?;
    // Who is one with whom is asked on one day for all who met an activity: the last.
    let mut last_days: HashMap<Uuid, NaiveDate> = HashMap::new();
    for (activity, _, at) in &linked {
        let last = last_days.entry(*activity).or_default();
        *last = Ord::max(*last, at.date_naive());
    }
    let mut counted = HashSet::new();
    for (activity, party, _) in linked {
        let day = last_days.get(&activity).copied().unwrap_or_default();
        if counted.insert((activity, identities.person(party, day))) {
            *people.entry(ActivityId(activity)).or_default() += 1;
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
