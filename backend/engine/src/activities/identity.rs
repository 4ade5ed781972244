//! Identity resolution: which parties are one member or one account, as far as links say so with enough confidence.
//!
//! Parties that came in under the same source and key, or under the same e-mail address, are one row from the start.
//! Links tie others: a member to the same member elsewhere, an account to the same account elsewhere, a member to the
//! accounts that they work at. A link that a person ended ties nothing.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{QueryOrder, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::PartyKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::AttributionUnit;

use crate::activities::entities::{identity_link, party};
use crate::activities::links::{Link, LinkRow, StatedLink, kind_of, links_of, stated};
use crate::activities::neighbours::Neighbours;

/// Of more parties the links are not followed one by one: all of them are read.
pub const FEW: usize = 1_000;

/// Which members and accounts a party counts as.
#[derive(Debug, Default)]
pub struct Identities {
    /// Of each party, those that are the same: links hold in both directions.
    same: HashMap<Uuid, Vec<Link>>,
    /// Of each member, the accounts that they work at.
    works_at: HashMap<Uuid, Vec<Link>>,
    accounts: HashSet<Uuid>,
    /// Accounts that some member works at, at some time, and those that are one with them.
    with_members: HashSet<Uuid>,
    /// By any of their names.
    staff: HashSet<Uuid>,
}

impl Identities {
    /// The links of a community that are at least this sure.
    pub async fn of(db: &impl ConnectionTrait, community: CommunityId, confidence: f64) -> Result<Self, DbErr> {
        let rows = links_of(community, confidence).order_by_asc(identity_link::Column::Id);
        let rows: Vec<LinkRow> = rows.into_tuple().all(db).await?;
        let links = rows.into_iter().map(stated);
        let accounts = ids_of(db, community, party::Column::Kind.eq(PartyKind::Account.as_str())).await?;
        let mut identities = Self::by(links, accounts.into_iter().collect());
        identities.staff = identities.by_any_name(staff(db, community).await?);
        Ok(identities)
    }

    /// Who at least these parties count as, whichever way is quicker. Who is staff is not asked.
    pub async fn near(
        db: &impl ConnectionTrait,
        community: CommunityId,
        confidence: f64,
        parties: HashSet<Uuid>,
    ) -> Result<Self, DbErr> {
        if parties.len() > FEW {
            return Self::of(db, community, confidence).await;
        }
        let mut neighbours = Neighbours::new(db, community, confidence);
        neighbours.around(parties).await?;
        Ok(Self::among(neighbours))
    }

    /// As far as neighbours were looked at.
    fn among(neighbours: Neighbours<'_, impl ConnectionTrait>) -> Self {
        let (links, accounts) = neighbours.found();
        Self::by(links, accounts)
    }

    /// As far as it is about who is one with some parties.
    pub async fn one_with(
        db: &impl ConnectionTrait,
        community: CommunityId,
        confidence: f64,
        parties: HashSet<Uuid>,
    ) -> Result<Self, DbErr> {
        let mut neighbours = Neighbours::new(db, community, confidence);
        neighbours.same(parties).await?;
        Ok(Self::among(neighbours))
    }

    /// As far as it is about which accounts are the same: it knows of no others.
    pub async fn of_accounts(
        db: &impl ConnectionTrait,
        community: CommunityId,
        confidence: f64,
    ) -> Result<Self, DbErr> {
        use identity_link::Column::{FromId, Id, ToId};
        let are_accounts = |end| kind_of(community, end).eq(PartyKind::Account.as_str());
        let links = links_of(community, confidence).filter(are_accounts(FromId)).filter(are_accounts(ToId));
        let links: Vec<LinkRow> = links.order_by_asc(Id).into_tuple().all(db).await?;
        let accounts = links.iter().flat_map(|(from, to, ..)| [*from, *to]).collect();
        Ok(Self::by(links.into_iter().map(stated), accounts))
    }

    /// Who is staff, by any of their names.
    pub async fn staff_of(
        db: &impl ConnectionTrait,
        community: CommunityId,
        confidence: f64,
    ) -> Result<HashSet<Uuid>, DbErr> {
        Neighbours::new(db, community, confidence).same(staff(db, community).await?).await
    }

    pub(crate) fn by(links: impl IntoIterator<Item = StatedLink>, accounts: HashSet<Uuid>) -> Self {
        let mut identities = Self { accounts, ..Self::default() };
        for (from, link) in links {
            identities.add(from, link);
        }
        identities.find_members();
        identities
    }

    fn find_members(&mut self) {
        let worked_at = self.works_at.values().flatten().map(|link| link.to).collect();
        self.with_members = self.by_any_name(worked_at);
    }

    fn add(&mut self, from: Uuid, link: Link) {
        if self.accounts.contains(&from) == self.accounts.contains(&link.to) {
            self.same.entry(from).or_default().push(link);
            self.same.entry(link.to).or_default().push(Link { to: from, ..link });
        } else {
            self.works_at.entry(from).or_default().push(link);
        }
    }

    /// Links that are about to be stored, each from a party to another; `accounts` are those of the parties that are
    /// accounts.
    pub fn add_stated(&mut self, links: impl IntoIterator<Item = (Uuid, Uuid)>, accounts: &HashSet<Uuid>) {
        self.accounts.extend(accounts);
        for (from, to) in links {
            self.add(from, Link { to, from_day: None, until_day: None });
        }
        self.find_members();
    }

    /// The parties that are one with this one on a day, itself included, in the order of their ids.
    pub(super) fn one(&self, party: Uuid, day: NaiveDate) -> Vec<Uuid> {
        if !self.same.contains_key(&party) {
            return vec![party];
        }
        let mut one: Vec<Uuid> = self.closed([party].into(), |link| link.holds(day)).into_iter().collect();
        one.sort_unstable();
        one
    }

    /// The accounts that a member works at on a day, under all their names.
    pub fn accounts_of(&self, party: Uuid, day: NaiveDate) -> Vec<Uuid> {
        let one = self.one(party, day);
        let links = one.iter().filter_map(|member| self.works_at.get(member)).flatten();
        let mut accounts: Vec<Uuid> =
            links.filter(|link| link.holds(day)).flat_map(|link| self.one(link.to, day)).collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }

    /// The member that a party is on a day, whatever it is called elsewhere: one party stands for all that are the same.
    pub fn person(&self, party: Uuid, day: NaiveDate) -> Uuid {
        self.one(party, day).first().copied().unwrap_or(party)
    }

    /// Who is the same as another at some time, each with all that they are the same as.
    pub fn of_several_names(&self) -> Vec<HashSet<Uuid>> {
        let mut seen: HashSet<Uuid> = HashSet::new();
        let mut all = Vec::new();
        for party in self.same.keys() {
            if !seen.contains(party) {
                let one = self.by_any_name([*party].into());
                seen.extend(&one);
                all.push(one);
            }
        }
        all
    }

    /// The days on which it may change who some parties are one with.
    pub fn days_of_change(&self, parties: &HashSet<Uuid>) -> impl Iterator<Item = NaiveDate> {
        let links = parties.iter().filter_map(|party| self.same.get(party)).flatten();
        links.flat_map(|link| [link.from_day, link.until_day.and_then(|day| day.succ_opt())]).flatten()
    }

    /// Whether a party is staff, or the same as somebody who is, at some time.
    pub fn is_staff(&self, party: Uuid) -> bool {
        self.staff.contains(&party)
    }

    pub fn staff(&self) -> impl Iterator<Item = Uuid> {
        self.staff.iter().copied()
    }

    /// These parties and all that are one with one of them, at some time.
    pub fn by_any_name(&self, parties: HashSet<Uuid>) -> HashSet<Uuid> {
        self.closed(parties, |_| true)
    }

    /// The members or accounts that what a party met on a day counts for. A member of several accounts counts for each
    /// of them; one without an account counts for itself.
    pub fn units(&self, party: Uuid, day: NaiveDate, unit: AttributionUnit) -> Vec<Uuid> {
        let one = self.one(party, day);
        let person = one.first().copied().unwrap_or(party);
        if unit == AttributionUnit::Member || self.accounts.contains(&party) {
            return vec![person];
        }
        let links = one.iter().filter_map(|member| self.works_at.get(member)).flatten();
        let mut accounts: Vec<Uuid> =
            links.filter(|link| link.holds(day)).map(|link| self.person(link.to, day)).collect();
        accounts.sort_unstable();
        accounts.dedup();
        if accounts.is_empty() { vec![person] } else { accounts }
    }

    /// The one member or account that an outcome of a party counts for, so that nothing counts twice: its only account,
    /// or the member where they are of several.
    pub fn unit(&self, party: Uuid, day: NaiveDate, unit: AttributionUnit) -> Uuid {
        match self.units(party, day, unit).as_slice() {
            [only] => *only,
            _ => self.person(party, day),
        }
    }

    pub fn is_account(&self, party: Uuid) -> bool {
        self.accounts.contains(&party)
    }

    /// The units whose outcomes a touch of a party may have led to: those that it counts for and, of a member of several
    /// accounts, the member, whose own outcomes are of none of them.
    pub fn units_of_touch(&self, party: Uuid, day: NaiveDate, unit: AttributionUnit) -> Vec<Uuid> {
        let mut units = self.units(party, day, unit);
        if units.len() > 1 {
            units.push(self.person(party, day));
        }
        units
    }

    /// Whether a party is an account, or a member who works at one at some time.
    pub fn has_account(&self, party: Uuid) -> bool {
        let is_linked = |party: &Uuid| self.accounts.contains(party) || self.works_at.contains_key(party);
        self.closed([party].into(), |_| true).iter().any(is_linked)
    }

    /// The accounts that some member works at, at some time, and those that are one with them.
    pub fn accounts_with_members(&self) -> &HashSet<Uuid> {
        &self.with_members
    }

    /// These units and every party whose doings may count for one of them at some time: who is one with it, and the
    /// members who work there.
    pub fn around(&self, units: &HashSet<Uuid>) -> HashSet<Uuid> {
        let units = self.closed(units.clone(), |_| true);
        let works_there = |links: &Vec<Link>| links.iter().any(|link| units.contains(&link.to));
        let members = self.works_at.iter().filter(|(_, links)| works_there(links)).map(|(member, _)| *member);
        let members = self.closed(members.collect(), |_| true);
        units.into_iter().chain(members).collect()
    }

    /// These parties and all that such links make one with one of them.
    fn closed(&self, parties: HashSet<Uuid>, counts: impl Fn(&Link) -> bool) -> HashSet<Uuid> {
        let mut edge: Vec<Uuid> = parties.iter().copied().collect();
        let mut found = parties;
        while let Some(here) = edge.pop() {
            let links = self.same.get(&here).into_iter().flatten().filter(|link| counts(link));
            edge.extend(links.map(|link| link.to).filter(|to| found.insert(*to)));
        }
        found
    }
}

/// Who is known as staff.
async fn staff(db: &impl ConnectionTrait, community: CommunityId) -> Result<HashSet<Uuid>, DbErr> {
    Ok(ids_of(db, community, party::Column::IsStaff.eq(true)).await?.into_iter().collect())
}

async fn ids_of(db: &impl ConnectionTrait, community: CommunityId, condition: SimpleExpr) -> Result<Vec<Uuid>, DbErr> {
    let of_community = party::Entity::find().filter(party::Column::CommunityId.eq(community.0));
    of_community.select_only().column(party::Column::Id).filter(condition).into_tuple().all(db).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn day(month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, 15).unwrap()
    }

    fn link(to: u128, from_month: Option<u32>, until_month: Option<u32>) -> Link {
        Link { to: id(to), from_day: from_month.map(day), until_day: until_month.map(day) }
    }

    /// Parties from 10 on are accounts.
    fn identities(links: &[(u128, Link)]) -> Identities {
        Identities::by(links.iter().map(|(from, link)| (id(*from), *link)), (10..20).map(id).collect())
    }

    /// Member 1 is member 2, who works at account 10 from June on; account 10 is account 11.
    fn one_account() -> Identities {
        identities(&[(1, link(2, None, None)), (2, link(10, Some(6), None)), (10, link(11, None, None))])
    }

    #[test]
    fn links_are_followed_while_they_hold() {
        let check = |party, month, unit, expected| {
            assert_eq!(one_account().unit(id(party), day(month), unit), id(expected), "{party} in month {month}");
            assert_eq!(one_account().units(id(party), day(month), unit), [id(expected)]);
        };
        check(1, 7, AttributionUnit::Account, 10);
        check(2, 7, AttributionUnit::Account, 10);
        check(1, 5, AttributionUnit::Account, 1);
        check(2, 7, AttributionUnit::Member, 1);
        check(11, 5, AttributionUnit::Member, 10);
        check(99, 7, AttributionUnit::Account, 99);
    }

    /// A contact of the CRM and an attendee have an address in common; the CRM knows the contact's account.
    #[test]
    fn an_address_leads_to_the_account_whichever_way_links_point() {
        let (contact, address, account) = (3, 1, 12);
        let identities = identities(&[(contact, link(address, None, None)), (contact, link(account, None, None))]);
        for party in [contact, address] {
            assert_eq!(identities.units(id(party), day(1), AttributionUnit::Account), [id(account)]);
        }
        assert_eq!(identities.around(&[id(account)].into()), [id(contact), id(address), id(account)].into());
        assert!(identities.has_account(id(address)) && !identities.has_account(id(4)));
        assert_eq!(*identities.accounts_with_members(), [id(account)].into());
        // What is about to be stored counts like what is.
        let mut identities = identities;
        identities.add_stated([(id(address), id(5))], &[id(5)].into());
        assert_eq!(*identities.accounts_with_members(), [id(account), id(5)].into());
    }

    #[test]
    fn a_member_of_two_accounts_counts_for_both_and_their_outcomes_for_neither() {
        let identities =
            identities(&[(1, link(10, None, Some(6))), (1, link(11, Some(3), None)), (2, link(1, None, None))]);
        let units = |month| identities.units(id(2), day(month), AttributionUnit::Account);
        assert_eq!((units(1), units(4), units(8)), (vec![id(10)], vec![id(10), id(11)], vec![id(11)]));
        let unit = |month| identities.unit(id(2), day(month), AttributionUnit::Account);
        assert_eq!((unit(1), unit(4), unit(8)), (id(10), id(1), id(11)));
    }

    /// Two accounts that are the same are one, so a member of both is a member of one.
    #[test]
    fn an_account_under_two_names_is_one() {
        let identities =
            identities(&[(1, link(10, None, None)), (1, link(11, None, None)), (10, link(11, None, None))]);
        assert_eq!(identities.units(id(1), day(1), AttributionUnit::Account), [id(10)]);
    }

    #[test]
    fn links_in_circles_unite() {
        let circle = identities(&[(1, link(2, None, None)), (2, link(1, None, None)), (3, link(1, None, None))]);
        for party in 1..=3 {
            assert_eq!(circle.unit(id(party), day(1), AttributionUnit::Member), id(1));
        }
        assert_eq!(circle.around(&[id(3)].into()), [id(1), id(2), id(3)].into());
    }
}
