//! What the made-up organisation did for its community, what it cost, and who met it.

use chrono::{Days, NaiveDate};
use rand::RngExt;
use rust_decimal::Decimal;
use valuemap_shared::activities::{
    Activity, ActivityType, Cost, CostKind, CostLine, Goal, Modality, PartyRef, Record, Reference, Role, Touchpoint,
};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::money::Currency;

use crate::sample::people::People;
use crate::sample::world::World;

const PLAN: &str = "plan";

/// A type of activity and how it goes.
struct Kind {
    key: &'static str,
    name: &'static str,
    modality: Modality,
    goal: Goal,
    channel: &'static str,
    /// Cash, travel, hours, platform.
    costs: [i64; 4],
    role: Role,
}

const fn kind(
    key: &'static str,
    name: &'static str,
    modality: Modality,
    goal: Goal,
    channel: &'static str,
    costs: [i64; 4],
    role: Role,
) -> Kind {
    Kind { key, name, modality, goal, channel, costs, role }
}

const WEBINAR: Kind =
    kind("webinar", "Webinar", Modality::Online, Goal::Revenue, "newsletter", [250, 0, 14, 90], Role::Attended);
const USER_GROUP: Kind = kind(
    "user_group",
    "User group",
    Modality::InPerson,
    Goal::Retention,
    "forum banner",
    [900, 600, 18, 0],
    Role::Attended,
);
const ASK_THE_TEAM: Kind = kind(
    "online_event",
    "Ask the team",
    Modality::Online,
    Goal::LowerSupportCost,
    "forum banner",
    [0, 0, 10, 40],
    Role::Attended,
);
const COUNCIL: Kind = kind(
    "product_council",
    "Product council",
    Modality::Online,
    Goal::ProductInsight,
    "invitation",
    [150, 0, 20, 0],
    Role::Contributed,
);
const CAMPAIGN: Kind = kind(
    "promotion_campaign",
    "Campaign",
    Modality::Online,
    Goal::NewCustomers,
    "social media",
    [1_400, 0, 12, 0],
    Role::Reached,
);
const CONFERENCE: Kind = kind(
    "conference",
    "Community conference",
    Modality::Hybrid,
    Goal::NewCustomers,
    "newsletter",
    [8_500, 2_600, 120, 400],
    Role::Attended,
);
const ADVOCACY: Kind = kind(
    "advocacy_programme",
    "Advocacy programme",
    Modality::Hybrid,
    Goal::Goodwill,
    "invitation",
    [700, 250, 30, 0],
    Role::Contributed,
);
const JOB_FAIR: Kind = kind(
    "job_fair",
    "Job fair",
    Modality::InPerson,
    Goal::Recruiting,
    "social media",
    [1_100, 500, 24, 0],
    Role::Attended,
);
const KINDS: [Kind; 8] = [WEBINAR, USER_GROUP, ASK_THE_TEAM, COUNCIL, CAMPAIGN, CONFERENCE, ADVOCACY, JOB_FAIR];

/// Something that took place.
#[derive(Debug)]
pub struct Held {
    pub reference: Reference,
    pub day: NaiveDate,
    pub role: Role,
    channel: &'static str,
}

#[derive(Debug)]
pub struct Programme {
    records: Vec<Record>,
    touchpoints: Vec<Touchpoint>,
    pub held: Vec<Held>,
}

pub fn made_up(world: &mut World, people: &People) -> Programme {
    let mut programme = Programme { records: Vec::new(), touchpoints: Vec::new(), held: Vec::new() };
    for kind in KINDS {
        programme.records.push(Record::ActivityType(ActivityType {
            key: kind.key.into(),
            name: kind.name.into(),
            modality: kind.modality,
            goal: kind.goal,
        }));
    }
    for (age, quarter) in world.ages() {
        let index = age as usize;
        for month in 0..3 {
            hold(world, people, &mut programme, &WEBINAR, quarter, (30 * month + 11, 22.0 + 4.0 * age));
        }
        for start in [20, 65].into_iter().take(if index >= 4 { 2 } else { 1 }) {
            hold(world, people, &mut programme, &USER_GROUP, quarter, (start, 16.0 + 2.0 * age));
        }
        hold(world, people, &mut programme, &ASK_THE_TEAM, quarter, (40, 35.0 + 6.0 * age));
        hold(world, people, &mut programme, &CAMPAIGN, quarter, (5, 120.0 + 10.0 * age));
        if index % 2 == 1 || index >= 5 {
            hold(world, people, &mut programme, &COUNCIL, quarter, (33, 12.0));
        }
        if index % 4 == 2 {
            hold(world, people, &mut programme, &CONFERENCE, quarter, (50, 110.0 + 12.0 * age));
        }
        if index % 4 == 1 {
            hold(world, people, &mut programme, &JOB_FAIR, quarter, (57, 14.0));
        }
        if index >= 4 {
            hold(world, people, &mut programme, &ADVOCACY, quarter, (2, 24.0 + 10.0 * (age - 4.0)));
        }
        running_costs(world, &mut programme, quarter);
    }
    programme
}

fn hold(
    world: &mut World,
    people: &People,
    programme: &mut Programme,
    kind: &Kind,
    quarter: Quarter,
    (start, attendance): (u64, f64),
) {
    let day = quarter.first_day() + Days::new(start);
    if day >= world.today {
        return;
    }
    let reference = Reference::new(PLAN, format!("{}-{day}", kind.key));
    programme.records.push(Record::Activity(Activity {
        reference: reference.clone(),
        activity_type: kind.key.into(),
        name: format!("{} {}", kind.name, day.format("%-d %B %Y")),
        modality: None,
        starts_on: day,
        ends_on: day,
        owner: Some("Community team".into()),
        channels: vec![kind.channel.into()],
    }));
    let [cash, travel, hours, platform] = kind.costs;
    let lines = [
        (CostKind::Cash, Cost::Amount(cash.into())),
        (CostKind::Travel, Cost::Amount(travel.into())),
        (CostKind::Staff, Cost::Hours { hours: hours.into(), rate: Decimal::from(58) }),
        (CostKind::Platform, Cost::Amount(platform.into())),
    ];
    for (kind, cost) in lines.into_iter().filter(|(_, cost)| !cost.amount().is_zero()) {
        programme.records.push(cost_line(&reference.key, Some(&reference), kind, day, cost));
    }
    let count = (attendance * world.dice.random_range(0.85..1.15)) as u32;
    let held = Held { reference, day, role: kind.role, channel: kind.channel };
    for _ in 0..count {
        let party = people.member(world, day);
        programme.meet(world, &held, party);
    }
    programme.held.push(held);
}

fn running_costs(world: &World, programme: &mut Programme, quarter: Quarter) {
    for month in [0, 31, 62] {
        let day = quarter.first_day() + Days::new(month);
        if day >= world.today {
            continue;
        }
        let key = format!("running-{day}");
        let hours = Cost::Hours { hours: Decimal::from(48), rate: Decimal::from(58) };
        programme.records.push(cost_line(&key, None, CostKind::Platform, day, Cost::Amount(Decimal::from(890))));
        programme.records.push(cost_line(&key, None, CostKind::Staff, day, hours));
    }
}

fn cost_line(key: &str, activity: Option<&Reference>, kind: CostKind, day: NaiveDate, cost: Cost) -> Record {
    Record::Cost(CostLine {
        reference: Reference::new(PLAN, format!("{key}-{kind}")),
        activity: activity.cloned(),
        kind,
        description: None,
        day,
        currency: Currency::EUR,
        cost,
    })
}

impl Programme {
    /// Somebody meets what was held, once.
    pub fn meet(&mut self, world: &mut World, held: &Held, party: PartyRef) {
        if let Some(touchpoint) = held.met_by(world, party) {
            self.touchpoints.push(touchpoint);
        }
    }

    pub fn records(&self) -> Vec<Record> {
        let mut records = self.records.clone();
        records.extend(self.touchpoints.iter().cloned().map(Record::Touchpoint));
        records
    }

    /// Who met something between two days.
    pub fn met(&self, from: NaiveDate, until: NaiveDate) -> Vec<&PartyRef> {
        let within = |touchpoint: &&Touchpoint| (from..until).contains(&touchpoint.at.date_naive());
        self.touchpoints.iter().filter(within).map(|touchpoint| &touchpoint.party).collect()
    }
}

impl Held {
    pub fn met_by(&self, world: &mut World, party: PartyRef) -> Option<Touchpoint> {
        let key = format!("{}-{}-{}", self.reference.key, party.reference.source, party.reference.key);
        Some(Touchpoint {
            reference: Reference::new(PLAN, key),
            activity: self.reference.clone(),
            party,
            at: world.time_on(self.day),
            role: self.role,
            channel: Some(self.channel.into()),
        })
    }
}
