//! What members met before outcomes, as the map and the returns of activities credit it.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use sea_orm::prelude::*;
use sea_orm::{QuerySelect, Select, TryGetableMany};
use uuid::Uuid;
use valuemap_shared::activities::{Role, latest_moment};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::entities::touchpoint;
use crate::activities::identity::FEW;
use crate::database::statements::{Reads, chunks};

/// Who met something, and when.
pub type Meeting = (Uuid, DateTime<Utc>);

/// A meeting with all that credits are divided by: its activity, role and channel.
pub type Touch = (Uuid, DateTime<Utc>, Uuid, String, Option<String>);

/// What is read of a touchpoint.
pub trait TouchRow: TryGetableMany + Send + Sync {
    const COLUMNS: &[touchpoint::Column];
    fn meeting(&self) -> Meeting;
}

impl TouchRow for Meeting {
    const COLUMNS: &[touchpoint::Column] = &[touchpoint::Column::PartyId, touchpoint::Column::At];

    fn meeting(&self) -> Meeting {
        *self
    }
}

impl TouchRow for Touch {
    const COLUMNS: &[touchpoint::Column] = &[
        touchpoint::Column::PartyId,
        touchpoint::Column::At,
        touchpoint::Column::ActivityId,
        touchpoint::Column::Role,
        touchpoint::Column::Channel,
    ];

    fn meeting(&self) -> Meeting {
        (self.0, self.1)
    }
}

/// The moment of an outcome. A date without a time lies at the end of its day. In whole seconds since 1970, as all
/// attributions count.
pub fn moment(at: DateTime<Utc>) -> i64 {
    latest_moment(at).timestamp()
}

/// The last moment whose touches are too old for an outcome of this moment.
pub fn too_old(moment: i64, attribution: &Attribution) -> i64 {
    moment - TimeDelta::days(i64::from(attribution.lookback_days)).num_seconds()
}

/// The touchpoints of a community in a role that has a weight.
pub fn weighty<T: TouchRow>(community: CommunityId, attribution: &Attribution) -> Select<touchpoint::Entity> {
    let roles = Role::ALL.iter().filter(|role| attribution.role_weight(**role) > 0.0).map(|role| role.as_str());
    touchpoint::Entity::find()
        .select_only()
        .columns(T::COLUMNS.iter().copied())
        .filter(touchpoint::Column::CommunityId.eq(community.0))
        .filter(touchpoint::Column::Role.is_in(roles))
}

/// What some parties met within the look-back window before outcomes from the first to the last of these times.
pub async fn touches_before<T: TouchRow>(
    db: &impl Reads,
    community: CommunityId,
    parties: &HashSet<Uuid>,
    attribution: &Attribution,
    (first, last): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<T>, DbErr> {
    let from = first - TimeDelta::days(i64::from(attribution.lookback_days) + 1);
    let mut touches: Vec<T> = Vec::new();
    if parties.len() > FEW {
        // Of many, all that was met is read once: asked for by name it would be read for each piece of the list.
        let met = weighty::<T>(community, attribution).filter(touchpoint::Column::At.between(from, last));
        let mut all = met.into_tuple::<T>().stream(db).await?;
        while let Some(touch) = all.try_next().await? {
            if parties.contains(&touch.meeting().0) {
                touches.push(touch);
            }
        }
        return Ok(touches);
    }
    for some in chunks(parties.iter().copied(), 1_000) {
        // Asked for a time, too, PostgreSQL would look through all that was met in it.
        let found = weighty::<T>(community, attribution).filter(touchpoint::Column::PartyId.is_in(some));
        let found = found.into_tuple::<T>().all(db).await?;
        touches.extend(found.into_iter().filter(|touch| (from..=last).contains(&touch.meeting().1)));
    }
    Ok(touches)
}
