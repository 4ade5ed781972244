//! What happened in the made-up forum and at the support desk, and what was observed.

use chrono::{Days, NaiveDate};
use rand::RngExt;
use valuemap_shared::activities::{
    Contribution, ContributionKind, Observation, PartyRef, Record, Reference, SupportCase,
};
use valuemap_shared::calendar::Quarter;

use crate::sample::people::{FORUM, People};
use crate::sample::world::World;

pub fn made_up(world: &mut World, people: &People) -> Vec<Record> {
    let mut records = Vec::new();
    for (age, quarter) in world.ages() {
        cases(world, people, (age, quarter), &mut records);
        forum(world, people, (age, quarter), &mut records);
        observations(world, (age, quarter), &mut records);
    }
    records
}

/// Customers grow, and each of them asks support less often.
fn cases(world: &mut World, people: &People, (age, quarter): (f64, Quarter), records: &mut Vec<Record>) {
    let is_customer = |since: Option<NaiveDate>| since.is_some_and(|since| since <= quarter.last_day());
    let customers = people.accounts.iter().filter(|account| is_customer(account.since)).count();
    let a_customer = 1.16 - 0.06 * age;
    for index in 0..world.so_far(quarter, customers as f64 * a_customer) {
        let day = world.day_in(quarter);
        let account = &people.accounts[world.dice.random_range(0..people.accounts.len())];
        let opened_at = world.time_on(day);
        let solved_at = world.chance(0.9).then(|| opened_at + Days::new(world.dice.random_range(0..4)));
        let channel = if world.chance(0.6) { "e-mail" } else { "chat" };
        records.push(Record::Case(SupportCase {
            reference: Reference::new("helpdesk", format!("{quarter}-{index}")),
            party: account.since.map(|_| account.party.clone()),
            opened_at,
            solved_at: solved_at.filter(|solved| solved.date_naive() < world.today),
            channel: Some(channel.into()),
            withdrawn: false,
        }));
    }
}

fn forum(world: &mut World, people: &People, (age, quarter): (f64, Quarter), records: &mut Vec<Record>) {
    // Until the badges came, in the fifth quarter, staff answered most.
    let by_staff = if age < 4.0 { 0.56 - 0.03 * age } else { 0.36 - 0.05 * (age - 4.0) };
    let accepted = 0.44 + 0.043 * age;
    let mut write = |kind, key: String, thread: &str, party: PartyRef, at| {
        records.push(Record::Contribution(Contribution {
            reference: Reference::new(FORUM, key),
            kind,
            thread: Some(thread.to_owned()),
            party,
            at,
            withdrawn: false,
        }));
    };
    for index in 0..world.so_far(quarter, 95.0 + 22.0 * age) {
        let thread = format!("{quarter}-{index}");
        let day = world.day_in(quarter);
        let asked_at = world.time_on(day);
        write(ContributionKind::Question, format!("{thread}-question"), &thread, people.member(world, day), asked_at);
        let replies = world.dice.random_range(1..=3);
        for reply in 0..replies {
            let from_staff = world.chance(by_staff);
            let party = if from_staff { people.staff_member(world) } else { people.member(world, day) };
            let at = asked_at + chrono::TimeDelta::minutes(world.dice.random_range(5..400));
            write(ContributionKind::Reply, format!("{thread}-reply-{reply}"), &thread, party.clone(), at);
            if reply == 0 && world.chance(accepted) {
                write(ContributionKind::Solution, format!("{thread}-solution"), &thread, party, at);
            }
            if world.chance(0.5) {
                let liker = people.member(world, day);
                write(ContributionKind::Like, format!("{thread}-like-{reply}"), &thread, liker, at);
            }
        }
    }
}

/// Counters that are read at the end of each month.
fn observations(world: &mut World, (age, quarter): (f64, Quarter), records: &mut Vec<Record>) {
    let mut day = quarter.first_day();
    for month in 0..3 {
        // The last day of this month of the quarter.
        day = last_of_month(if month == 0 { day } else { day + Days::new(1) });
        if day >= world.today {
            return;
        }
        let mut observe = |measure: &str, source: &str, expected: f64| {
            let value = (expected * world.dice.random_range(0.92..1.08)).round();
            records.push(Record::Observation(Observation {
                measure: measure.into(),
                day,
                value,
                interval: None,
                source: source.into(),
            }));
        };
        observe("self_help_sessions", "web analytics", 780.0 + 150.0 * age);
        observe("course_completions", "academy", 24.0 + 5.0 * age);
        observe("articles_published", "help centre", 2.0 + 1.1 * age);
        observe("public_references", "marketing", 1.0 + 0.7 * age);
    }
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike;
    let next = if day.month() == 12 {
        NaiveDate::from_ymd_opt(day.year() + 1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(day.year(), day.month() + 1, 1)
    };
    next.and_then(|next| next.pred_opt()).unwrap_or(day)
}
