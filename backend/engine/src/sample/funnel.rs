//! Leads and opportunities of made-up accounts: those that were won, and those that were not.

use chrono::{DateTime, Days, NaiveDate, Utc};
use rand::RngExt;
use valuemap_shared::activities::{Outcome, OutcomeKind, PartyRef, Record, Reference};

use crate::sample::people::{CRM, People};
use crate::sample::world::World;

/// New customers were leads before. Prospects were in vain so far, and so were most customers who were asked for more.
/// Of the leads among `others`, who came by the community, two in three become an opportunity.
pub fn made_up(world: &mut World, people: &People, others: &[Record]) -> Vec<Record> {
    let mut records = Vec::new();
    for other in others {
        if let Record::Outcome(Outcome { kind: OutcomeKind::Lead, party: Some(party), at, .. }) = other
            && world.chance(0.67)
        {
            let day = at.date_naive() + Days::new(world.dice.random_range(4..25));
            records.extend(recorded(world, party, OutcomeKind::Opportunity, day));
        }
    }
    for account in &people.accounts {
        match account.since {
            Some(since) if since >= world.start() => {
                let lead = since - Days::new(account.days_from_lead());
                let opportunity = since - Days::new(account.days_from_opportunity());
                records.extend(recorded(world, &account.party, OutcomeKind::Lead, lead));
                records.extend(recorded(world, &account.party, OutcomeKind::Opportunity, opportunity));
            }
            _ => {
                let last = (world.today - world.start()).num_days().max(1) as u64;
                let day = world.start() + Days::new(world.dice.random_range(0..last));
                records.extend(recorded(world, &account.party, OutcomeKind::Lead, day));
                if world.chance(0.45) {
                    let later = day + Days::new(world.dice.random_range(5..30));
                    records.extend(recorded(world, &account.party, OutcomeKind::Opportunity, later));
                }
            }
        }
    }
    records
}

/// `None` outside of the time that the sample tells of.
fn recorded(world: &World, party: &PartyRef, kind: OutcomeKind, day: NaiveDate) -> Option<Record> {
    if day < world.start() || day >= world.today {
        return None;
    }
    let at: DateTime<Utc> = day.and_hms_opt(9, 0, 0)?.and_utc();
    let reference = Reference::new(CRM, format!("{}-{kind}-{day}", party.reference.key));
    let (money, title, lead_at, opportunity_at) = (None, None, None, None);
    let party = Some(party.clone());
    Some(Record::Outcome(Outcome {
        reference,
        kind,
        party,
        at,
        money,
        title,
        lead_at,
        opportunity_at,
        withdrawn: false,
    }))
}
