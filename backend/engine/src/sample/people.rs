//! Made-up customers, prospects, members and staff.

use chrono::{Days, NaiveDate};
use rand::RngExt;
use valuemap_shared::activities::{IdentityLink, LinkMethod, Party, PartyRef, Record};

use crate::sample::world::World;

pub const CRM: &str = "crm";
pub const FORUM: &str = "forum";

const STUDIOS: [&str; 24] = [
    "Alder", "Birch", "Cobalt", "Dune", "Ember", "Fennel", "Granite", "Harbour", "Indigo", "Juniper", "Kaolin",
    "Larch", "Marl", "Nettle", "Ochre", "Pinewood", "Quarry", "Rowan", "Slate", "Terra", "Umber", "Verdant", "Willow",
    "Yarrow",
];
const KINDS: [&str; 8] =
    ["Ceramics", "Pottery", "Studio", "Tiles", "Kilns", "Porcelain", "Workshop", "School of Ceramics"];

#[derive(Debug)]
pub struct Account {
    pub party: PartyRef,
    name: String,
    /// When it became a customer; `None` for a prospect.
    pub since: Option<NaiveDate>,
    pub pays_in_dollars: bool,
    /// Indexes of the members.
    pub members: Vec<usize>,
}

#[derive(Debug)]
pub struct Member {
    pub party: PartyRef,
    pub joined: NaiveDate,
    /// Its account, and how that is known.
    account: Option<(usize, LinkMethod, f64)>,
}

#[derive(Debug)]
pub struct People {
    pub accounts: Vec<Account>,
    pub members: Vec<Member>,
    pub staff: Vec<PartyRef>,
}

/// 380 customers from before, 50 to 70 new ones a quarter, and prospects.
pub fn made_up(world: &mut World) -> People {
    let mut people = People { accounts: Vec::new(), members: Vec::new(), staff: Vec::new() };
    for index in 0..8 {
        people.staff.push(PartyRef::member(FORUM, &format!("staff-{index}")));
    }
    for _ in 0..380 {
        let since = world.start() - Days::new(world.dice.random_range(10..700));
        add_account(world, &mut people, Some(since));
    }
    for (age, quarter) in world.ages() {
        for _ in 0..world.so_far(quarter, 46.0 + 3.5 * age) {
            let since = world.day_in(quarter);
            add_account(world, &mut people, Some(since));
        }
    }
    for _ in 0..140 {
        add_account(world, &mut people, None);
    }
    people
}

fn add_account(world: &mut World, people: &mut People, since: Option<NaiveDate>) {
    let index = people.accounts.len();
    let name =
        format!("{} {} {}", STUDIOS[index % STUDIOS.len()], KINDS[index / STUDIOS.len() % KINDS.len()], index + 1);
    let mut members = Vec::new();
    for _ in 0..world.dice.random_range(1..=3) {
        let link = match world.dice.random_range(0..20) {
            0..15 => Some((index, LinkMethod::Import, 0.95)),
            // Identified by an address alone: not sure enough to be credited by the standard model.
            15..18 => Some((index, LinkMethod::EmailMatch, 0.7)),
            _ => None,
        };
        let earliest = since.unwrap_or(world.start()) - Days::new(80);
        let joined = earliest.max(world.start() - Days::new(365)) + Days::new(world.dice.random_range(0..60));
        members.push(people.members.len());
        let key = format!("{}", people.members.len() + 1);
        people.members.push(Member { party: PartyRef::member(FORUM, &key), joined, account: link });
    }
    let party = PartyRef::account(CRM, &format!("{}", 10_000 + index));
    let pays_in_dollars = world.chance(0.2);
    people.accounts.push(Account { party, name, since, pays_in_dollars, members });
}

impl Account {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long before the first purchase it became a lead.
    pub fn days_from_lead(&self) -> u64 {
        25 + 7 * self.spread() % 31
    }

    /// How long before the first purchase it became an opportunity, later than a lead.
    pub fn days_from_opportunity(&self) -> u64 {
        8 + 5 * self.spread() % 17
    }

    /// Another number for each, without dice.
    fn spread(&self) -> u64 {
        self.members.first().copied().unwrap_or_default() as u64
    }
}

impl People {
    pub fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        let mut introduce = |party: &PartyRef, name: Option<String>, is_staff, since| {
            records.push(Record::Party(Party {
                party: party.clone(),
                name,
                is_staff,
                since,
                until: None,
                audience: None,
                email: None,
            }));
        };
        for account in &self.accounts {
            introduce(&account.party, Some(account.name.clone()), false, account.since);
        }
        for member in &self.members {
            introduce(&member.party, None, false, Some(member.joined));
        }
        for staff in &self.staff {
            introduce(staff, None, true, None);
        }
        for member in &self.members {
            let Some((account, method, confidence)) = member.account else { continue };
            records.push(Record::Link(IdentityLink {
                from: member.party.clone(),
                to: self.accounts[account].party.clone(),
                method,
                confidence,
                valid_from: None,
                valid_until: None,
            }));
        }
        records
    }

    /// Somebody who had joined by that day.
    pub fn member(&self, world: &mut World, by: NaiveDate) -> PartyRef {
        // There are always some: hundreds joined before the first quarter.
        for _ in 0..200 {
            let member = &self.members[world.dice.random_range(0..self.members.len())];
            if member.joined <= by {
                return member.party.clone();
            }
        }
        self.members[0].party.clone()
    }

    pub fn staff_member(&self, world: &mut World) -> PartyRef {
        self.staff[world.dice.random_range(0..self.staff.len())].clone()
    }
}
