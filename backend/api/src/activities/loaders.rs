//! Data loaders: they batch what many nodes of one request ask for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader};
use valuemap_engine::activities::entities::{
    activity, activity_type, cost_line, identity_link, outcome, party, touchpoint,
};
use valuemap_engine::activities::heads::{Heads, heads_of};
use valuemap_engine::activities::rates::Rates;
use valuemap_engine::activities::store;
use valuemap_engine::database::Database;
use valuemap_engine::tenancy::store::communities_by_id;
use valuemap_shared::ids::{ActivityId, ActivityTypeId, CommunityId, IdentityLinkId, OutcomeId, PartyId, TouchpointId};
use valuemap_shared::money::Currency;

use crate::context::data;
use crate::error::ApiError;

/// Loads everything that is tracked.
pub struct Tracked(pub Database);

/// One of what is tracked, if the community has it.
pub async fn load<K>(context: &Context<'_>, key: K) -> Result<Option<<Tracked as Loader<K>>::Value>, ApiError>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    Tracked: Loader<K, Error = ApiError>,
{
    data::<DataLoader<Tracked>>(context)?.load_one(key).await
}

/// What is mentioned by a row, and so is there.
pub async fn load_mentioned<K>(context: &Context<'_>, key: K) -> Result<<Tracked as Loader<K>>::Value, ApiError>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    Tracked: Loader<K, Error = ApiError>,
{
    let found = load(context, key).await?;
    found.ok_or_else(|| ApiError::internal(anyhow::anyhow!("a row mentions what is not there")))
}

macro_rules! loaded_by_id {
    ($($table:ident by $id:ident with $load:ident),* $(,)?) => {$(
        impl Loader<(CommunityId, $id)> for Tracked {
            type Value = $table::Model;
            type Error = ApiError;

            async fn load(
                &self,
                keys: &[(CommunityId, $id)],
            ) -> Result<HashMap<(CommunityId, $id), Self::Value>, Self::Error> {
                let rows = store::$load(&self.0.read, keys).await?;
                Ok(rows.into_iter().map(|row| ((CommunityId(row.community_id), $id(row.id)), row)).collect())
            }
        }
    )*};
}

loaded_by_id!(
    activity_type by ActivityTypeId with activity_types_by_id,
    activity by ActivityId with activities_by_id,
    party by PartyId with parties_by_id,
    identity_link by IdentityLinkId with identity_links_by_id,
    touchpoint by TouchpointId with touchpoints_by_id,
    outcome by OutcomeId with outcomes_by_id,
);

/// The types of activities of a community.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TypesOf(pub CommunityId);

impl Loader<TypesOf> for Tracked {
    type Value = Vec<activity_type::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[TypesOf]) -> Result<HashMap<TypesOf, Self::Value>, Self::Error> {
        let communities = keys.iter().map(|TypesOf(community)| *community);
        let rows = store::activity_types_of(&self.0.read, communities).await?;
        let mut types: HashMap<TypesOf, Self::Value> = HashMap::new();
        for row in rows {
            types.entry(TypesOf(CommunityId(row.community_id))).or_default().push(row);
        }
        Ok(types)
    }
}

/// The cost lines of an activity.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CostsOf(pub CommunityId, pub ActivityId);

impl Loader<CostsOf> for Tracked {
    type Value = Vec<cost_line::Model>;
    type Error = ApiError;

    async fn load(&self, keys: &[CostsOf]) -> Result<HashMap<CostsOf, Self::Value>, Self::Error> {
        let activities: Vec<_> = keys.iter().map(|CostsOf(community, activity)| (*community, *activity)).collect();
        let rows = store::costs_of(&self.0.read, &activities).await?;
        let mut costs: HashMap<CostsOf, Self::Value> = HashMap::new();
        for row in rows {
            let Some(activity) = row.activity_id else { continue };
            costs.entry(CostsOf(CommunityId(row.community_id), ActivityId(activity))).or_default().push(row);
        }
        Ok(costs)
    }
}

/// How many met an activity.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HeadsOf(pub CommunityId, pub ActivityId);

impl Loader<HeadsOf> for Tracked {
    type Value = Heads;
    type Error = ApiError;

    async fn load(&self, keys: &[HeadsOf]) -> Result<HashMap<HeadsOf, Self::Value>, Self::Error> {
        let activities: Vec<_> = keys.iter().map(|HeadsOf(community, activity)| (*community, *activity)).collect();
        let heads = heads_of(&self.0.read, &activities).await?;
        Ok(heads.into_iter().map(|((community, activity), heads)| (HeadsOf(community, activity), heads)).collect())
    }
}

/// The currency that a community adds up in, and what others are worth in it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MoneyOf(pub CommunityId);

impl Loader<MoneyOf> for Tracked {
    type Value = Arc<(Currency, Rates)>;
    type Error = ApiError;

    async fn load(&self, keys: &[MoneyOf]) -> Result<HashMap<MoneyOf, Self::Value>, Self::Error> {
        let db = &self.0.read;
        let communities = keys.iter().map(|MoneyOf(community)| *community);
        let mut found = HashMap::new();
        for row in communities_by_id(db, communities).await? {
            let (community, currency) = (CommunityId(row.id), row.currency()?);
            let rates = Rates::of(db, community).await?;
            found.insert(MoneyOf(community), Arc::new((currency, rates)));
        }
        Ok(found)
    }
}
