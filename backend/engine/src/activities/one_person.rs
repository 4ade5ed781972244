//! Who a party is one with, and by which links: what a person looks at before they end one.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Condition, QueryOrder};
use uuid::Uuid;
use valuemap_shared::activities::Audience;
use valuemap_shared::ids::{CommunityId, PartyId};

use crate::activities::audience::audience_of;
use crate::activities::entities::{identity_link, party};
use crate::activities::store::parties_by_id;
use crate::database::statements::chunks;
use crate::scoring_models::store::model_of;

/// Maximum parties that are looked at. Hundreds are one only where an address is shared, by a whole office say.
const MOST: usize = 500;

/// All that a party is, on a day.
#[derive(Debug, Default)]
pub struct OnePerson {
    /// The parties that are one, in the order of their ids.
    pub parties: Vec<party::Model>,
    /// Where members work.
    pub accounts: Vec<party::Model>,
    /// What they are to the organisation.
    pub audience: Option<Audience>,
    /// The links that say so.
    pub links: Vec<identity_link::Model>,
}

/// Follows the links of a party that hold on a day and are as sure as the newest scoring model asks for.
pub async fn one_person(
    db: &impl ConnectionTrait,
    (community, party): (CommunityId, PartyId),
    day: NaiveDate,
) -> Result<OnePerson, DbErr> {
    let model = model_of(db, community, None).await?;
    let confidence = model.map_or(0.0, |stored| stored.model.financial.attribution.minimum_confidence);
    let mut known: HashMap<Uuid, party::Model> = HashMap::new();
    load(db, community, [party.0].into(), &mut known).await?;
    let Some(kind) = known.get(&party.0).map(|row| row.kind.clone()) else { return Ok(OnePerson::default()) };
    let mut links: HashMap<Uuid, identity_link::Model> = HashMap::new();
    let (mut one, mut accounts) = (HashSet::from([party.0]), HashSet::new());
    let mut edge = vec![party.0];
    while !edge.is_empty() && one.len() < MOST {
        let found = links_of(db, community, &edge, confidence).await?;
        let found: Vec<identity_link::Model> = found.into_iter().filter(|link| holds(link, day)).collect();
        let ends = found.iter().flat_map(|link| [link.from_id, link.to_id]).collect();
        load(db, community, ends, &mut known).await?;
        edge.clear();
        for link in found {
            let is_of_kind = |id: &Uuid| known.get(id).is_some_and(|row| row.kind == kind);
            match (is_of_kind(&link.from_id), is_of_kind(&link.to_id)) {
                (true, true) => edge.extend([link.from_id, link.to_id].into_iter().filter(|id| one.insert(*id))),
                // A member works there; the members of an account are not who it is.
                (true, false) => _ = accounts.insert(link.to_id),
                _ => continue,
            }
            links.insert(link.id, link);
        }
    }
    let rows = |ids: HashSet<Uuid>| {
        let mut rows: Vec<party::Model> = ids.iter().filter_map(|id| known.get(id).cloned()).collect();
        rows.sort_by_key(|row| row.id);
        rows
    };
    let mut links: Vec<identity_link::Model> = links.into_values().collect();
    links.sort_by_key(|link| link.id);
    let (parties, accounts) = (rows(one), rows(accounts));
    let audience = audience_of(day, &parties, &accounts)?;
    Ok(OnePerson { parties, accounts, audience, links })
}

fn holds(link: &identity_link::Model, day: NaiveDate) -> bool {
    link.valid_from.is_none_or(|from| from <= day) && link.valid_until.is_none_or(|until| day <= until)
}

async fn links_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
    parties: &[Uuid],
    confidence: f64,
) -> Result<Vec<identity_link::Model>, DbErr> {
    use identity_link::Column;
    let mut found = Vec::new();
    for parties in chunks(parties.iter().copied(), MOST) {
        let of_either =
            Condition::any().add(Column::FromId.is_in(parties.iter().copied())).add(Column::ToId.is_in(parties));
        let links = identity_link::Entity::find()
            .filter(Column::CommunityId.eq(community.0))
            .filter(of_either)
            .filter(Column::Confidence.gte(confidence))
            .filter(Column::EndedAt.is_null())
            .order_by_asc(Column::Id);
        found.extend(links.all(db).await?);
    }
    Ok(found)
}

/// Adds those of some parties that are not known yet.
async fn load(
    db: &impl ConnectionTrait,
    community: CommunityId,
    ids: HashSet<Uuid>,
    known: &mut HashMap<Uuid, party::Model>,
) -> Result<(), DbErr> {
    let missing: Vec<Uuid> = ids.into_iter().filter(|id| !known.contains_key(id)).collect();
    for ids in chunks(missing, MOST) {
        let keys: Vec<(CommunityId, PartyId)> = ids.into_iter().map(|id| (community, PartyId(id))).collect();
        known.extend(parties_by_id(db, &keys).await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(())
}
