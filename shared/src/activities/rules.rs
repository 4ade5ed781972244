//! What a record has to keep to, whichever door it comes in by. Every problem is reported, not the first.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{Activity, ActivityType, Cost, CostLine, IdentityLink, Observation, Outcome, Party, PartyKind};
use super::{PartyRef, Record, Reference, address_digest_of, address_of, latest_moment};
use crate::money::{self, Currency, MoneyError};
use crate::survey::{Problem, ProblemCode};

const LONGEST_NAME: usize = 200;
const LONGEST_KEY: usize = 200;
const MAX_CHANNELS: usize = 20;

impl Record {
    /// All that is wrong with it, each problem with the field that it is about.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Problems::default();
        match self {
            Self::Party(party) => check_party(party, &mut found),
            Self::Link(link) => check_link(link, &mut found),
            Self::ActivityType(kind) => check_activity_type(kind, &mut found),
            Self::Activity(activity) => check_activity(activity, &mut found),
            Self::Cost(cost) => check_cost(cost, &mut found),
            Self::Touchpoint(touch) => {
                found.reference("reference", &touch.reference);
                found.reference("activity", &touch.activity);
                found.party("party", &touch.party);
                found.time("at", touch.at);
                found.name("channel", touch.channel.as_deref());
            }
            Self::Outcome(outcome) => check_outcome(outcome, &mut found),
            Self::Case(case) => {
                found.reference("reference", &case.reference);
                found.optional_party(case.party.as_ref());
                found.time("openedAt", case.opened_at);
                found.name("channel", case.channel.as_deref());
                if case.solved_at.is_some_and(|solved| solved < case.opened_at) {
                    found.add("solvedAt", ProblemCode::OutOfRange, "a case is not solved before it is opened");
                }
            }
            Self::Contribution(contribution) => {
                found.reference("reference", &contribution.reference);
                found.party("party", &contribution.party);
                found.time("at", contribution.at);
                found.key("thread", contribution.thread.as_deref().unwrap_or("-"));
            }
            Self::Observation(observation) => check_observation(observation, &mut found),
        }
        found.0
    }
}

fn check_party(party: &Party, found: &mut Problems) {
    found.party("party", &party.party);
    found.name("name", party.name.as_deref());
    found.span(("since", party.since), ("until", party.until));
    if party.is_staff && party.party.kind == PartyKind::Account {
        found.add("isStaff", ProblemCode::Malformed, "only a member can be staff");
    }
    if let Some(email) = &party.email {
        if party.party.kind == PartyKind::Account {
            found.add("email", ProblemCode::Malformed, "an address is a member's: link its member to the account");
        } else if address_of(email).is_none() && address_digest_of(email).is_none() {
            found.add("email", ProblemCode::Malformed, "it is not an e-mail address");
        }
    }
}

fn check_link(link: &IdentityLink, found: &mut Problems) {
    found.party("from", &link.from);
    found.party("to", &link.to);
    if link.from == link.to {
        found.add("to", ProblemCode::Duplicate, "a party cannot be linked to itself");
    }
    if link.from.kind == PartyKind::Account && link.to.kind == PartyKind::Member {
        found.add("to", ProblemCode::Malformed, "link the member to the account, not the account to the member");
    }
    if !(0.0..=1.0).contains(&link.confidence) {
        found.add("confidence", ProblemCode::OutOfRange, "confidence is from 0 to 1");
    }
    found.span(("validFrom", link.valid_from), ("validUntil", link.valid_until));
}

fn check_activity_type(kind: &ActivityType, found: &mut Problems) {
    found.key("key", &kind.key);
    found.required_name("name", &kind.name);
}

fn check_activity(activity: &Activity, found: &mut Problems) {
    found.reference("reference", &activity.reference);
    found.key("activityType", &activity.activity_type);
    found.required_name("name", &activity.name);
    found.name("owner", activity.owner.as_deref());
    found.span(("startsOn", Some(activity.starts_on)), ("endsOn", Some(activity.ends_on)));
    if activity.channels.len() > MAX_CHANNELS {
        found.add("channels", ProblemCode::Size, format!("at most {MAX_CHANNELS} channels"));
    }
    for channel in &activity.channels {
        found.required_name("channels", channel);
    }
}

fn check_cost(cost: &CostLine, found: &mut Problems) {
    found.reference("reference", &cost.reference);
    if let Some(activity) = &cost.activity {
        found.reference("activity", activity);
    }
    found.name("description", cost.description.as_deref());
    found.day("day", cost.day);
    match cost.cost {
        Cost::Amount(amount) => {
            found.amount("amount", amount);
            found.coins("amount", amount, cost.currency);
        }
        Cost::Hours { hours, rate } => {
            found.amount("hours", hours);
            found.amount("rate", rate);
            found.amount("amount", cost.cost.amount());
        }
    }
}

fn check_outcome(outcome: &Outcome, found: &mut Problems) {
    found.reference("reference", &outcome.reference);
    found.optional_party(outcome.party.as_ref());
    found.name("title", outcome.title.as_deref());
    found.time("at", outcome.at);
    for (path, earlier) in [("leadAt", outcome.lead_at), ("opportunityAt", outcome.opportunity_at)] {
        if earlier.is_some_and(|earlier| earlier > latest_moment(outcome.at)) {
            found.add(path, ProblemCode::OutOfRange, "it cannot be later than the outcome itself");
        }
    }
    match outcome.money {
        Some(_) if !outcome.kind.takes_money() => {
            let message = format!(
                "outcomes of the kind {} carry no money of their own: record the purchase, upgrade or renewal that they lead to",
                outcome.kind.as_str().replace('_', " ")
            );
            found.add("money", ProblemCode::Malformed, message);
        }
        // Below zero it is a refund or a credit note.
        Some(money) => match money::checked(money.amount) {
            Ok(amount) => found.coins("money", amount, money.currency),
            Err(error) => found.add("money", ProblemCode::OutOfRange, error.to_string()),
        },
        None => {}
    }
}

fn check_observation(observation: &Observation, found: &mut Problems) {
    found.key("measure", &observation.measure);
    found.key("source", &observation.source);
    found.day("day", observation.day);
    if !observation.value.is_finite() {
        found.add("value", ProblemCode::OutOfRange, "a value is a finite number");
    }
    if let Some((low, high)) = observation.interval
        && !(low.is_finite() && high.is_finite() && low <= observation.value && observation.value <= high)
    {
        found.add("interval", ProblemCode::OutOfRange, "the value has to lie between low and high");
    }
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, path: &str, code: ProblemCode, message: impl Into<String>) {
        self.0.push(Problem::new(path, code, message));
    }

    fn reference(&mut self, path: &str, reference: &Reference) {
        self.key(&format!("{path}.source"), &reference.source);
        self.key(&format!("{path}.key"), &reference.key);
    }

    fn party(&mut self, path: &str, party: &PartyRef) {
        self.reference(path, &party.reference);
    }

    fn optional_party(&mut self, party: Option<&PartyRef>) {
        if let Some(party) = party {
            self.party("party", party);
        }
    }

    fn key(&mut self, path: &str, key: &str) {
        if key.trim().is_empty() {
            self.add(path, ProblemCode::Missing, "it must not be empty");
        } else {
            self.text(path, key, LONGEST_KEY);
        }
    }

    fn required_name(&mut self, path: &str, name: &str) {
        if name.trim().is_empty() {
            self.add(path, ProblemCode::Missing, "it must not be empty");
        }
        self.text(path, name, LONGEST_NAME);
    }

    fn name(&mut self, path: &str, name: Option<&str>) {
        self.text(path, name.unwrap_or_default(), LONGEST_NAME);
    }

    fn text(&mut self, path: &str, text: &str, longest: usize) {
        if text.chars().count() > longest {
            self.add(path, ProblemCode::Size, format!("at most {longest} characters"));
        }
        if text.contains(char::is_control) {
            self.add(path, ProblemCode::Malformed, "no control characters");
        }
    }

    fn amount(&mut self, path: &str, amount: Decimal) {
        if amount.is_sign_negative() && !amount.is_zero() {
            self.add(path, ProblemCode::OutOfRange, format!("{amount} is negative"));
        } else if let Err(error) = money::checked(amount) {
            self.add(path, ProblemCode::OutOfRange, error.to_string());
        }
    }

    fn coins(&mut self, path: &str, amount: Decimal, currency: Currency) {
        if let Err(error @ MoneyError::NotInCoins { .. }) = money::paid(amount, currency) {
            self.add(path, ProblemCode::OutOfRange, error.to_string());
        }
    }

    fn day(&mut self, path: &str, day: NaiveDate) {
        if !(1970..=9998).contains(&day.year()) {
            self.add(path, ProblemCode::OutOfRange, format!("{day} is not between 1970 and 9998"));
        }
    }

    fn time(&mut self, path: &str, time: DateTime<Utc>) {
        self.day(path, time.date_naive());
    }

    fn span(&mut self, (from_path, from): (&str, Option<NaiveDate>), (until_path, until): (&str, Option<NaiveDate>)) {
        for (path, day) in [(from_path, from), (until_path, until)] {
            if let Some(day) = day {
                self.day(path, day);
            }
        }
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            self.add(until_path, ProblemCode::OutOfRange, format!("{until} is before {from}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CostKind, LinkMethod, OutcomeKind};
    use super::*;
    use crate::money::Money;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, 31).unwrap()
    }

    fn check(record: Record, expected: &[&str]) {
        let found: Vec<String> = record.problems().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    fn staff_hours(hours: i64, rate: i64) -> Record {
        Record::Cost(CostLine {
            reference: Reference::new("plan", "1"),
            activity: None,
            kind: CostKind::Staff,
            description: None,
            day: day(),
            currency: Currency::EUR,
            cost: Cost::Hours { hours: hours.into(), rate: rate.into() },
        })
    }

    fn outcome(kind: OutcomeKind, money: Option<i64>) -> Outcome {
        Outcome {
            reference: Reference::new("crm", "7"),
            kind,
            party: Some(PartyRef::account("crm", "42")),
            at: day().and_hms_opt(9, 0, 0).unwrap().and_utc(),
            money: money.map(|amount| Money { amount: amount.into(), currency: Currency::EUR }),
            title: None,
            lead_at: None,
            opportunity_at: None,
            withdrawn: false,
        }
    }

    #[test]
    fn negative_hours_are_refused() {
        check(staff_hours(8, 75), &[]);
        check(staff_hours(-8, 75), &["hours: -8 is negative", "amount: -600 is negative"]);
    }

    #[test]
    fn only_what_was_paid_for_carries_money() {
        check(Record::Outcome(outcome(OutcomeKind::Upgrade, Some(900))), &[]);
        check(Record::Outcome(outcome(OutcomeKind::Review, None)), &[]);
        let expected = [
            "money: outcomes of the kind lead carry no money of their own: record the purchase, upgrade or renewal that they \
              lead to",
        ];
        check(Record::Outcome(outcome(OutcomeKind::Lead, Some(900))), &expected);
    }

    #[test]
    fn refunds_are_outcomes_and_amounts_are_in_coins() {
        check(Record::Outcome(outcome(OutcomeKind::Purchase, Some(-900))), &[]);
        let yen = |amount| Money { amount, currency: "JPY".parse().unwrap() };
        let paid = |money| Record::Outcome(Outcome { money: Some(money), ..outcome(OutcomeKind::Purchase, None) });
        check(paid(yen(Decimal::from(100))), &[]);
        let expected = ["money: 100.5 JPY is no whole number of its smallest coin: JPY has 0 decimals"];
        check(paid(yen(Decimal::new(1_005, 1))), &expected);
    }

    #[test]
    fn a_lead_comes_before_its_outcome() {
        let outcome = outcome(OutcomeKind::Purchase, None);
        let lead_at = Some(outcome.at + chrono::TimeDelta::seconds(1));
        let expected = ["leadAt: it cannot be later than the outcome itself"];
        check(Record::Outcome(Outcome { lead_at, ..outcome }), &expected);
    }

    #[test]
    fn members_are_linked_to_accounts_and_not_to_themselves() {
        let link = |from: PartyRef, to: PartyRef, confidence| {
            Record::Link(IdentityLink {
                from,
                to,
                method: LinkMethod::Manual,
                confidence,
                valid_from: None,
                valid_until: None,
            })
        };
        let (member, account) = (PartyRef::member("forum", "1"), PartyRef::account("crm", "42"));
        check(link(member.clone(), account.clone(), 0.9), &[]);
        check(
            link(account, member.clone(), 1.0),
            &["to: link the member to the account, not the account to the member"],
        );
        check(
            link(member.clone(), member, 1.5),
            &["to: a party cannot be linked to itself", "confidence: confidence is from 0 to 1"],
        );
    }
}
