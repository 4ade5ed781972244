//! What made-up customers bought, and other outcomes.

use chrono::{DateTime, Days, NaiveDate, Utc};
use rand::RngExt;
use rust_decimal::Decimal;
use valuemap_shared::activities::{Outcome, OutcomeKind, PartyRef, Record, Reference};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::money::Money;
use valuemap_shared::value_map::Element;
use valuemap_shared::value_map::comparison::{Comparison, Count, Design};

use crate::sample::activities::Programme;
use crate::sample::people::{Account, CRM, FORUM, People};
use crate::sample::world::World;

pub fn made_up(world: &mut World, people: &People, programme: &Programme) -> Vec<Record> {
    let mut records = Vec::new();
    for account in &people.accounts {
        first_purchase(world, people, programme, account, &mut records);
        renewals(world, account, &mut records);
    }
    for (age, quarter) in world.ages() {
        upgrades(world, people, programme, (age, quarter), &mut records);
        others(world, people, programme, (age, quarter), &mut records);
    }
    records
}

/// Six in ten new customers met something before they bought.
fn first_purchase(
    world: &mut World,
    people: &People,
    programme: &Programme,
    account: &Account,
    records: &mut Vec<Record>,
) {
    let Some(since) = account.since.filter(|since| *since >= world.start()) else { return };
    let before = since - Days::new(75);
    let met: Vec<_> = programme.held.iter().filter(|held| before <= held.day && held.day < since).collect();
    if !met.is_empty() && world.chance(0.62) {
        for _ in 0..world.dice.random_range(1..=3) {
            let held = met[world.dice.random_range(0..met.len())];
            let member = account.members[world.dice.random_range(0..account.members.len())];
            // The person's account is the one that bought, whatever is known of it elsewhere.
            let party = if world.chance(0.5) { people.members[member].party.clone() } else { account.party.clone() };
            records.extend(held.met_by(world, party).map(Record::Touchpoint));
        }
    }
    let at = world.time_on(since);
    let amount = world.amount(1_200, 4_200);
    let mut outcome = outcome(world, account, OutcomeKind::Purchase, at, amount);
    outcome.lead_at = Some(at - Days::new(account.days_from_lead()));
    outcome.opportunity_at = Some(at - Days::new(account.days_from_opportunity()));
    records.push(Record::Outcome(outcome));
}

/// Seven in eight renew on the day of the year on which they began.
fn renewals(world: &mut World, account: &Account, records: &mut Vec<Record>) {
    let Some(since) = account.since else { return };
    let mut day = since + Days::new(365);
    while day < world.today {
        if !world.chance(0.875) {
            return;
        }
        if day >= world.start() {
            let (at, amount) = (world.time_on(day), world.amount(1_000, 2_600));
            records.push(Record::Outcome(outcome(world, account, OutcomeKind::Renewal, at, amount)));
        }
        day = day + Days::new(365);
    }
}

/// Three in four upgrade within two months of having met something.
fn upgrades(
    world: &mut World,
    people: &People,
    programme: &Programme,
    (age, quarter): (f64, Quarter),
    records: &mut Vec<Record>,
) {
    for _ in 0..world.so_far(quarter, 11.0 + 2.2 * age) {
        let day = world.day_in(quarter);
        let met = programme.met(day - Days::new(60), day);
        let of_who_met = if met.is_empty() || !world.chance(0.75) {
            None
        } else {
            let party = met[world.dice.random_range(0..met.len())];
            people.account_of(party)
        };
        let account = of_who_met.or_else(|| people.customer(world, day));
        let Some(account) = account.filter(|account| account.since.is_some_and(|since| since < day)) else { continue };
        let (at, amount) = (world.time_on(day), world.amount(2_400, 6_200));
        records.push(Record::Outcome(outcome(world, account, OutcomeKind::Upgrade, at, amount)));
    }
}

/// What counts in points: leads, trials, referrals, reviews, thanks.
fn others(
    world: &mut World,
    people: &People,
    programme: &Programme,
    (age, quarter): (f64, Quarter),
    records: &mut Vec<Record>,
) {
    let kinds = [
        (OutcomeKind::Download, 30.0 + 6.0 * age),
        (OutcomeKind::Lead, 18.0 + 3.0 * age),
        (OutcomeKind::Trial, 8.0 + 1.5 * age),
        (OutcomeKind::Referral, 3.0 + 1.2 * age),
        (OutcomeKind::Review, 2.0 + age),
        (OutcomeKind::GoodwillNote, 4.0 + 1.3 * age),
    ];
    for (kind, count) in kinds {
        for index in 0..world.so_far(quarter, count) {
            let day = world.day_in(quarter);
            let met = programme.met(day - Days::new(45), day);
            let party = match met.len() {
                0 => people.member(world, day),
                count => met[world.dice.random_range(0..count)].clone(),
            };
            let at = world.time_on(day);
            let reference = Reference::new(FORUM, format!("{kind}-{quarter}-{index}"));
            records.push(Record::Outcome(Outcome { reference, money: None, party: Some(party), ..blank(kind, at) }));
        }
    }
}

fn blank(kind: OutcomeKind, at: DateTime<Utc>) -> Outcome {
    Outcome {
        reference: Reference::new(CRM, ""),
        kind,
        party: None,
        at,
        money: None,
        title: None,
        lead_at: None,
        opportunity_at: None,
        withdrawn: false,
    }
}

fn outcome(world: &mut World, account: &Account, kind: OutcomeKind, at: DateTime<Utc>, amount: Decimal) -> Outcome {
    let dollar = "USD".parse().ok().filter(|_| account.pays_in_dollars);
    let currency = dollar.unwrap_or(valuemap_shared::money::Currency::EUR);
    let number: u32 = world.dice.random_range(100_000..1_000_000);
    let key = format!("{}-{kind}-{}-{number}", account.party.reference.key, at.date_naive());
    Outcome {
        reference: Reference::new(CRM, key),
        party: Some(account.party.clone()),
        money: Some(Money { amount, currency }),
        title: Some(format!("{} of {}", capitalised(kind.as_str()), account.name())),
        ..blank(kind, at)
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl People {
    /// The account that somebody belongs to, or is.
    fn account_of(&self, party: &PartyRef) -> Option<&Account> {
        let index = self.members.iter().position(|member| member.party == *party);
        let belongs =
            |account: &&Account| account.party == *party || index.is_some_and(|index| account.members.contains(&index));
        self.accounts.iter().find(belongs)
    }

    fn customer(&self, world: &mut World, by: NaiveDate) -> Option<&Account> {
        let customers: Vec<&Account> =
            self.accounts.iter().filter(|account| account.since.is_some_and(|since| since < by)).collect();
        (!customers.is_empty()).then(|| customers[world.dice.random_range(0..customers.len())])
    }
}

/// Accounts in the advocacy programme beside those that are not, in its last three quarters and the three before.
pub fn comparison(world: &World) -> Comparison {
    let quarters = &world.quarters[world.quarters.len() - 3..];
    let day = |quarter: Option<&Quarter>, last: bool| {
        quarter.map_or(world.today, |quarter| if last { quarter.last_day() } else { quarter.first_day() })
    };
    Comparison {
        name: "Advocacy programme".into(),
        element: Element::Upgrades,
        from: day(quarters.first(), false),
        until: day(quarters.last(), true),
        amount_per_outcome: Decimal::from(4_200),
        design: Design::DifferenceInDifferences {
            treated_before: Count { outcomes: 11, of: 160 },
            treated_after: Count { outcomes: 31, of: 160 },
            control_before: Count { outcomes: 29, of: 520 },
            control_after: Count { outcomes: 37, of: 520 },
        },
    }
}
