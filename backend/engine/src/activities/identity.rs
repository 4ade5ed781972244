//! Identity resolution: which parties are one member or one account, as far as links say so with enough confidence.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Order, QueryOrder, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::PartyKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::AttributionUnit;

use crate::activities::entities::{identity_link, party};

/// Links are followed this many steps: member, the same member elsewhere, their account, the same account elsewhere.
const STEPS: usize = 4;

/// Which member or account a party counts as.
#[derive(Debug, Default)]
pub struct Identities {
    /// By the party that a link leads from, the most confident first.
    links: HashMap<Uuid, Vec<Link>>,
    accounts: HashSet<Uuid>,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    to: Uuid,
    from_day: Option<NaiveDate>,
    until_day: Option<NaiveDate>,
}

impl Identities {
    /// The links of a community that are at least this sure.
    pub async fn of(db: &impl ConnectionTrait, community: CommunityId, confidence: f64) -> Result<Self, DbErr> {
        let rows = identity_link::Entity::find()
            .filter(identity_link::Column::CommunityId.eq(community.0))
            .filter(identity_link::Column::Confidence.gte(confidence))
            .order_by(identity_link::Column::Confidence, Order::Desc)
            .order_by_asc(identity_link::Column::Id)
            .all(db)
            .await?;
        let accounts: Vec<Uuid> = party::Entity::find()
            .select_only()
            .column(party::Column::Id)
            .filter(party::Column::CommunityId.eq(community.0))
            .filter(party::Column::Kind.eq(PartyKind::Account.as_str()))
            .into_tuple()
            .all(db)
            .await?;
        let mut identities = Self { accounts: accounts.into_iter().collect(), ..Self::default() };
        for row in rows {
            let link = Link { to: row.to_id, from_day: row.valid_from, until_day: row.valid_until };
            identities.links.entry(row.from_id).or_default().push(link);
        }
        Ok(identities)
    }

    /// The member or account that a party counts as on a day. A member without an account counts as itself.
    pub fn unit(&self, party: Uuid, day: NaiveDate, unit: AttributionUnit) -> Uuid {
        let mut here = party;
        let mut path = Vec::with_capacity(STEPS);
        for _ in 0..STEPS {
            if let Some(start) = path.iter().position(|been| *been == here) {
                // Links that form a cycle say that all of them are the same: one of them stands for it.
                return path[start..].iter().copied().min().unwrap_or(here);
            }
            path.push(here);
            let is_account = self.accounts.contains(&here);
            let follows = |link: &&Link| {
                let holds =
                    link.from_day.is_none_or(|from| from <= day) && link.until_day.is_none_or(|until| day <= until);
                let to_account = self.accounts.contains(&link.to);
                holds && (is_account || unit == AttributionUnit::Account || !to_account)
            };
            // Where a member is known elsewhere, too, that comes first: the account is linked from there.
            let links = self.links.get(&here).map(Vec::as_slice).unwrap_or_default();
            let same = links.iter().filter(follows).find(|link| self.accounts.contains(&link.to) == is_account);
            match same.or_else(|| links.iter().find(follows)) {
                Some(link) => here = link.to,
                None => break,
            }
        }
        here
    }

    /// These and every party that links tie to one of them at some time.
    pub fn around(&self, units: &HashSet<Uuid>) -> HashSet<Uuid> {
        let mut neighbours: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (from, links) in &self.links {
            for link in links {
                neighbours.entry(*from).or_default().push(link.to);
                neighbours.entry(link.to).or_default().push(*from);
            }
        }
        let mut found = units.clone();
        let mut edge: Vec<Uuid> = units.iter().copied().collect();
        for _ in 0..STEPS {
            let next = edge.iter().filter_map(|party| neighbours.get(party)).flatten();
            edge = next.copied().filter(|party| found.insert(*party)).collect();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// Member 1 is member 2, who works at account 10 from June on; account 10 is account 11.
    fn identities() -> Identities {
        let june = NaiveDate::from_ymd_opt(2026, 6, 1);
        let link = |to: u128, from_day| vec![Link { to: id(to), from_day, until_day: None }];
        Identities {
            links: HashMap::from([(id(1), link(2, None)), (id(2), link(10, june)), (id(10), link(11, None))]),
            accounts: [id(10), id(11)].into(),
        }
    }

    #[test]
    fn links_are_followed_while_they_hold() {
        let day = |month| NaiveDate::from_ymd_opt(2026, month, 15).unwrap();
        let check =
            |party, month, unit, expected| assert_eq!(identities().unit(id(party), day(month), unit), id(expected));
        check(1, 7, AttributionUnit::Account, 11);
        check(1, 5, AttributionUnit::Account, 2);
        check(1, 7, AttributionUnit::Member, 2);
        check(10, 5, AttributionUnit::Member, 11);
        check(99, 7, AttributionUnit::Account, 99);
    }

    #[test]
    fn links_in_both_directions_unite() {
        let link = |to: u128| vec![Link { to: id(to), from_day: None, until_day: None }];
        let circle = Identities {
            links: HashMap::from([(id(1), link(2)), (id(2), link(1)), (id(3), link(1))]),
            accounts: Default::default(),
        };
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        for party in 1..=3 {
            assert_eq!(circle.unit(id(party), day, AttributionUnit::Member), id(1));
        }
        assert_eq!(circle.around(&[id(3)].into()), [id(1), id(2), id(3)].into());
    }
}
