//! How many accounts were customers at the end of each day.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use valuemap_shared::activities::PartyKind;

use crate::activities::entities::party;
use crate::activities::identity::Identities;
use crate::database::statements::Reads;
use crate::value_map::day_reader::DayReader;

/// From each day on which the number changes, how many there were. One under several names counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customers(BTreeMap<NaiveDate, u64>);

impl Customers {
    pub fn on(&self, day: NaiveDate) -> u64 {
        self.0.range(..=day).next_back().map_or(0, |(_, customers)| *customers)
    }

    /// The first day on which there was any.
    pub fn first(&self) -> Option<NaiveDate> {
        self.0.iter().find(|(_, customers)| **customers > 0).map(|(day, _)| *day)
    }

    fn of(accounts: HashMap<Uuid, Time>, identities: &Identities) -> Self {
        let mut changes: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        let mut change = |day, by| *changes.entry(day).or_default() += by;
        let mut of_several_names: HashSet<Uuid> = HashSet::new();
        for names in identities.of_several_names() {
            let times: Vec<(Uuid, Time)> =
                names.iter().filter_map(|name| Some((*name, *accounts.get(name)?))).collect();
            let of_names = times.iter().flat_map(|(_, time)| [Some(time.since), time.until]).flatten();
            let days: BTreeSet<NaiveDate> = of_names.chain(identities.days_of_change(&names)).collect();
            let mut before = 0;
            for day in days {
                let customers = times.iter().filter(|(_, time)| time.contains(day));
                let persons: HashSet<Uuid> = customers.map(|(name, _)| identities.person(*name, day)).collect();
                change(day, persons.len() as i64 - before);
                before = persons.len() as i64;
            }
            of_several_names.extend(names);
        }
        for (_, time) in accounts.into_iter().filter(|(account, _)| !of_several_names.contains(account)) {
            if time.contains(time.since) {
                change(time.since, 1);
                time.until.into_iter().for_each(|until| change(until, -1));
            }
        }
        let mut customers = 0;
        let number_from = |(day, by): (NaiveDate, i64)| {
            customers += by;
            (day, u64::try_from(customers).unwrap_or_default())
        };
        Self(changes.into_iter().filter(|(_, by)| *by != 0).map(number_from).collect())
    }
}

/// When an account was a customer: up to the day before `until`.
#[derive(Clone, Copy, Debug)]
struct Time {
    since: NaiveDate,
    until: Option<NaiveDate>,
}

impl Time {
    fn contains(self, day: NaiveDate) -> bool {
        self.since <= day && self.until.is_none_or(|until| day < until)
    }
}

impl<C: Reads> DayReader<'_, C> {
    pub async fn customers(&self) -> Result<Customers, DbErr> {
        use party::Column::{CommunityId, Id, Kind, Since, Until};
        let accounts = party::Entity::find()
            .select_only()
            .columns([Id, Since, Until])
            .filter(CommunityId.eq(self.community.0))
            .filter(Kind.eq(PartyKind::Account.as_str()))
            .filter(Since.is_not_null());
        let accounts: Vec<(Uuid, NaiveDate, Option<NaiveDate>)> = accounts.into_tuple().all(self.snapshot).await?;
        let accounts = accounts.into_iter().map(|(account, since, until)| (account, Time { since, until })).collect();
        let confidence = self.attribution.minimum_confidence;
        let identities = Identities::of_accounts(self.snapshot, self.community, confidence).await?;
        Ok(Customers::of(accounts, &identities))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;
    use crate::activities::links::Link;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(number)
    }

    proptest! {
        #[test]
        fn each_day_has_the_customers_that_it_would_be_counted_to_have(
            times in prop::collection::vec((0_u64..30, prop::option::of(0_u64..40)), 0..7),
            links in prop::collection::vec(
                (0_usize..7, 0_usize..7, prop::option::of(0_u64..30), prop::option::of(0_u64..30)), 0..6),
        ) {
            let id = |number: usize| Uuid::from_u128(number as u128);
            let time = |(since, until): &(u64, Option<u64>)| Time { since: day(*since), until: until.map(day) };
            let accounts: HashMap<Uuid, Time> =
                times.iter().enumerate().map(|(number, of)| (id(number), time(of))).collect();
            let link = |(from, to, first, last): &(usize, usize, Option<u64>, Option<u64>)| {
                (id(*from), Link { to: id(*to), from_day: first.map(day), until_day: last.map(day) })
            };
            let links = links.iter().filter(|(from, to, ..)| from != to).map(link);
            let identities = Identities::by(links, (0..7).map(id).collect());
            let customers = Customers::of(accounts.clone(), &identities);
            for number in 0..45 {
                let names = accounts.iter().filter(|(_, time)| time.contains(day(number)));
                let persons: HashSet<Uuid> = names.map(|(name, _)| identities.person(*name, day(number))).collect();
                prop_assert_eq!(customers.on(day(number)), persons.len() as u64, "on day {}", number);
            }
        }
    }
}
