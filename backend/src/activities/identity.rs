//! Who is who: which parties are one member or one account, as far as links say so with enough confidence.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Order, QueryOrder, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::PartyKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::AttributionUnit;

use super::entities::{identity_link, party};

/// Links are followed this many steps: member, the same member elsewhere, their account, the same account elsewhere.
const STEPS: usize = 4;

/// Which member or account a party counts as.
#[derive(Debug, Default)]
pub struct Identities {
    /// By the party that a link leads from, the most confident first.
    links: HashMap<Uuid, Vec<Link>>,
    accounts: std::collections::HashSet<Uuid>,
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
        for _ in 0..STEPS {
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

    /// All parties that a link leads from or to.
    pub fn linked(&self) -> impl Iterator<Item = Uuid> {
        self.links.iter().flat_map(|(from, links)| links.iter().map(|link| link.to).chain([*from]))
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
    fn a_circle_of_links_ends() {
        let link = |to: u128| vec![Link { to: id(to), from_day: None, until_day: None }];
        let circle =
            Identities { links: HashMap::from([(id(1), link(2)), (id(2), link(1))]), accounts: Default::default() };
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        // Whatever it is, it is the same each time.
        assert_eq!(circle.unit(id(1), day, AttributionUnit::Member), circle.unit(id(1), day, AttributionUnit::Member));
    }
}
