//! Loads what many nodes of one request ask for at once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, OutputType};
use sea_orm::prelude::*;
use valuemap_shared::ids::{ActivityId, ActivityTypeId, CommunityId, OutcomeId, PartyId, TouchpointId};
use valuemap_shared::money::Currency;

use crate::access::entities::community;
use crate::activities::entities::{activity, activity_type, cost_line, outcome, party, touchpoint};
use crate::activities::lists::{Filter, List, Page, pages};
use crate::activities::rates::Rates;
use crate::activities::store;
use crate::database::Database;
use crate::error::ApiError;
use crate::graphql::paging::page_size;
use crate::graphql::schema::data;

/// Loads everything that is tracked.
pub struct Tracked(pub Database);

/// One of what is tracked, if the community has it.
pub async fn load<K>(context: &Context<'_>, key: K) -> async_graphql::Result<Option<<Tracked as Loader<K>>::Value>>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    Tracked: Loader<K, Error = async_graphql::Error>,
{
    data::<DataLoader<Tracked>>(context)?.load_one(key).await
}

/// What is mentioned by a row, and so is there.
pub async fn load_mentioned<K>(context: &Context<'_>, key: K) -> async_graphql::Result<<Tracked as Loader<K>>::Value>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    Tracked: Loader<K, Error = async_graphql::Error>,
{
    let found = load(context, key).await?;
    Ok(found.ok_or_else(|| ApiError::Internal(anyhow::anyhow!("a row mentions what is not there")))?)
}

pub type Nodes<N> = Connection<String, N, EmptyFields, EmptyFields>;

/// A page of a list, its rows as nodes.
pub async fn list<L, N>(
    context: &Context<'_>,
    (community, filter): (CommunityId, Filter),
    (first, after): (Option<i32>, Option<String>),
    node: fn(L::Row) -> N,
) -> async_graphql::Result<Nodes<N>>
where
    L: List<At: std::str::FromStr + std::fmt::Debug, Name: std::str::FromStr + std::fmt::Display>,
    N: OutputType,
{
    let size = page_size(first)?;
    let after = after.map(|cursor| cursor.parse()).transpose()?;
    let mut connection = Connection::new(after.is_some(), false);
    // One more than was asked for tells whether there is a next page.
    let mut rows = load(context, L::new(Page { community, filter, after, rows: size + 1 })).await?.unwrap_or_default();
    connection.has_next_page = rows.len() > size;
    rows.truncate(size);
    connection.edges.extend(rows.into_iter().map(|row| Edge::new(L::position(&row).to_string(), node(row))));
    Ok(connection)
}

impl<L: List> Loader<L> for Tracked {
    type Value = Vec<L::Row>;
    type Error = async_graphql::Error;

    async fn load(&self, lists: &[L]) -> Result<HashMap<L, Self::Value>, Self::Error> {
        let pages = pages(&self.0.read, lists).await.map_err(ApiError::from)?;
        Ok(lists.iter().cloned().zip(pages).collect())
    }
}

macro_rules! loaded_by_id {
    ($($table:ident by $id:ident),* $(,)?) => {$(
        impl Loader<(CommunityId, $id)> for Tracked {
            type Value = $table::Model;
            type Error = async_graphql::Error;

            async fn load(
                &self,
                keys: &[(CommunityId, $id)],
            ) -> Result<HashMap<(CommunityId, $id), Self::Value>, Self::Error> {
                let rows = $table::Entity::find()
                    .filter($table::Column::CommunityId.is_in(keys.iter().map(|(community, _)| community.0)))
                    .filter($table::Column::Id.is_in(keys.iter().map(|(_, id)| id.0)))
                    .all(&self.0.read)
                    .await
                    .map_err(ApiError::from)?;
                Ok(rows.into_iter().map(|row| ((CommunityId(row.community_id), $id(row.id)), row)).collect())
            }
        }
    )*};
}

loaded_by_id!(
    activity_type by ActivityTypeId,
    activity by ActivityId,
    party by PartyId,
    touchpoint by TouchpointId,
    outcome by OutcomeId,
);

/// The types of activities of a community.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TypesOf(pub CommunityId);

impl Loader<TypesOf> for Tracked {
    type Value = Vec<activity_type::Model>;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[TypesOf]) -> Result<HashMap<TypesOf, Self::Value>, Self::Error> {
        let communities = keys.iter().map(|TypesOf(community)| *community);
        let rows = store::activity_types_of(&self.0.read, communities).await.map_err(ApiError::from)?;
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
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[CostsOf]) -> Result<HashMap<CostsOf, Self::Value>, Self::Error> {
        let activities: Vec<_> = keys.iter().map(|CostsOf(community, activity)| (*community, *activity)).collect();
        let rows = store::costs_of(&self.0.read, &activities).await.map_err(ApiError::from)?;
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
    type Value = store::Heads;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[HeadsOf]) -> Result<HashMap<HeadsOf, Self::Value>, Self::Error> {
        let activities: Vec<_> = keys.iter().map(|HeadsOf(community, activity)| (*community, *activity)).collect();
        let heads = store::heads_of(&self.0.read, &activities).await.map_err(ApiError::from)?;
        Ok(heads.into_iter().map(|((community, activity), heads)| (HeadsOf(community, activity), heads)).collect())
    }
}

/// The currency that a community adds up in, and what others are worth in it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MoneyOf(pub CommunityId);

impl Loader<MoneyOf> for Tracked {
    type Value = Arc<(Currency, Rates)>;
    type Error = async_graphql::Error;

    async fn load(&self, keys: &[MoneyOf]) -> Result<HashMap<MoneyOf, Self::Value>, Self::Error> {
        let db = &self.0.read;
        let ids = keys.iter().map(|MoneyOf(community)| community.0);
        let rows = community::Entity::find().filter(community::Column::Id.is_in(ids)).all(db).await;
        let mut found = HashMap::new();
        for row in rows.map_err(ApiError::from)? {
            let (community, currency) = (CommunityId(row.id), row.currency().map_err(ApiError::from)?);
            let rates = Rates::of(db, community).await.map_err(ApiError::from)?;
            found.insert(MoneyOf(community), Arc::new((currency, rates)));
        }
        Ok(found)
    }
}
