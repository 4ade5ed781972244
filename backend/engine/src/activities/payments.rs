//! Who paid when: which purchases won a customer.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::prelude::*;
use sea_orm::{QuerySelect, Select};
use uuid::Uuid;
use valuemap_shared::activities::{OutcomeKind, PartyKind, latest_moment};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::AttributionUnit;

use crate::activities::entities::{outcome, party};
use crate::activities::identity::Identities;
use crate::database::statements::chunks;

/// An account that became a customer longer ago than this before its first recorded purchase bought before records began.
const NEW_FOR: Days = Days::new(90);

/// The payments of members or accounts, refunds left out.
#[derive(Debug)]
pub struct Payments {
    by: AttributionUnit,
    /// In order of time.
    by_unit: HashMap<Uuid, Vec<Payment>>,
    /// Since when accounts are customers.
    customers_since: HashMap<Uuid, NaiveDate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Payment {
    at: DateTime<Utc>,
    id: Uuid,
    is_purchase: bool,
}

/// Of a party, when, its id, kind and amount.
type PaymentRow = (Uuid, DateTime<Utc>, Uuid, String, Option<i64>);

impl Payments {
    /// Those of some parties, or of all.
    pub async fn of(
        db: &impl ConnectionTrait,
        community: CommunityId,
        identities: &Identities,
        by: AttributionUnit,
        parties: Option<&HashSet<Uuid>>,
    ) -> Result<Self, DbErr> {
        let mut payments = Self { by, by_unit: HashMap::new(), customers_since: HashMap::new() };
        let Some(parties) = parties else {
            let paid = payments_of(community).filter(outcome::Column::PartyId.is_not_null());
            payments.add_payments(identities, paid.into_tuple().all(db).await?);
            payments.add_customers(identities, customers_of(community).into_tuple().all(db).await?);
            payments.put_in_order();
            return Ok(payments);
        };
        for some in chunks(parties.iter().copied(), 1_000) {
            let paid = payments_of(community).filter(outcome::Column::PartyId.is_in(some.iter().copied()));
            payments.add_payments(identities, paid.into_tuple().all(db).await?);
            let customers = customers_of(community).filter(party::Column::Id.is_in(some));
            payments.add_customers(identities, customers.into_tuple().all(db).await?);
        }
        payments.put_in_order();
        Ok(payments)
    }

    fn add_payments(&mut self, identities: &Identities, rows: Vec<PaymentRow>) {
        for (party, at, id, kind, amount) in rows {
            if amount.is_none_or(|amount| amount >= 0) {
                let is_purchase = kind == OutcomeKind::Purchase.as_str();
                let unit = identities.unit(party, at.date_naive(), self.by);
                self.by_unit.entry(unit).or_default().push(Payment { at, id, is_purchase });
            }
        }
    }

    fn add_customers(&mut self, identities: &Identities, rows: Vec<(Uuid, NaiveDate)>) {
        for (account, since) in rows {
            for account in [account, identities.unit(account, since, AttributionUnit::Account)] {
                let earliest = self.customers_since.entry(account).or_insert(since);
                *earliest = Ord::min(*earliest, since);
            }
        }
    }

    fn put_in_order(&mut self) {
        self.by_unit.values_mut().for_each(|payments| payments.sort_unstable());
    }

    /// Whether the money of an outcome is that of a customer who was won: of the first purchase of somebody who was no
    /// customer long before, or refunded of it. A refund is of the latest purchase before it.
    pub fn won_customer(&self, identities: &Identities, row: &outcome::Model) -> bool {
        let Some(party) = row.party_id.filter(|_| row.kind == OutcomeKind::Purchase.as_str()) else { return false };
        let payments = self.by_unit.get(&identities.unit(party, row.at.date_naive(), self.by));
        let Some((first, payments)) =
            payments.map(Vec::as_slice).and_then(|payments| Some((payments.first()?, payments)))
        else {
            return false;
        };
        let purchase = if row.amount.is_some_and(|amount| amount < 0) {
            payments
                .iter()
                .rev()
                .find(|payment| payment.is_purchase && latest_moment(payment.at) <= latest_moment(row.at))
        } else {
            payments.iter().find(|payment| payment.id == row.id)
        };
        let is_first = purchase.is_some_and(|purchase| purchase.is_purchase && purchase == first);
        is_first && !self.was_customer_before(identities, party, first.at.date_naive())
    }

    fn was_customer_before(&self, identities: &Identities, party: Uuid, day: NaiveDate) -> bool {
        let account = identities.unit(party, day, AttributionUnit::Account);
        let since = [party, account].iter().filter_map(|account| self.customers_since.get(account)).min();
        since.is_some_and(|since| *since + NEW_FOR < day)
    }
}

fn payments_of(community: CommunityId) -> Select<outcome::Entity> {
    use outcome::Column::{Amount, At, CommunityId, Id, Kind, PartyId, Withdrawn};
    outcome::Entity::find()
        .select_only()
        .columns([PartyId, At, Id, Kind, Amount])
        .filter(CommunityId.eq(community.0))
        .filter(Kind.is_in(OutcomeKind::WITH_MONEY.map(OutcomeKind::as_str)))
        .filter(Withdrawn.eq(false))
}

fn customers_of(community: CommunityId) -> Select<party::Entity> {
    use party::Column::{CommunityId, Id, Kind, Since};
    party::Entity::find()
        .select_only()
        .columns([Id, Since])
        .filter(CommunityId.eq(community.0))
        .filter(Kind.eq(PartyKind::Account.as_str()))
        .filter(Since.is_not_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, 10).unwrap()
    }

    fn at(year: i32, month: u32) -> DateTime<Utc> {
        day(year, month).and_hms_opt(10, 0, 0).unwrap().and_utc()
    }

    /// A purchase of account 7.
    fn purchase(id: u128, at: DateTime<Utc>, amount: i64) -> outcome::Model {
        outcome::Model {
            community_id: Uuid::nil(),
            id: Uuid::from_u128(id),
            source: "crm".into(),
            external_key: id.to_string(),
            content_hash: String::new(),
            batch_id: None,
            recorded_at: at,
            kind: OutcomeKind::Purchase.as_str().into(),
            party_id: Some(Uuid::from_u128(7)),
            at,
            amount: Some(amount),
            currency: Some("EUR".into()),
            title: None,
            lead_at: None,
            opportunity_at: None,
            withdrawn: false,
        }
    }

    /// Purchases of account 7 in February and May 2026, the first of them as a new customer or not.
    fn won(row: &outcome::Model, since: Option<NaiveDate>) -> bool {
        let (identities, account) = (Identities::default(), Uuid::from_u128(7));
        let mut payments =
            Payments { by: AttributionUnit::Account, by_unit: HashMap::new(), customers_since: HashMap::new() };
        let row_of = |row: &outcome::Model| (account, row.at, row.id, row.kind.clone(), row.amount);
        payments.add_payments(
            &identities,
            vec![row_of(&purchase(2, at(2026, 5), 900)), row_of(&purchase(1, at(2026, 2), 500))],
        );
        payments.add_customers(&identities, since.map(|since| (account, since)).into_iter().collect());
        payments.put_in_order();
        payments.won_customer(&identities, row)
    }

    #[test]
    fn the_first_purchase_wins_a_customer_who_was_none_before() {
        let (first, second) = (purchase(1, at(2026, 2), 500), purchase(2, at(2026, 5), 900));
        assert!(won(&first, None) && won(&first, Some(day(2026, 1))) && won(&first, Some(day(2026, 3))));
        assert!(!won(&first, Some(day(2019, 3))), "it bought before anything was recorded");
        assert!(!won(&second, None));
        let nobodys = outcome::Model { party_id: None, ..first.clone() };
        assert!(!won(&nobodys, None));
        let renewal = outcome::Model { kind: OutcomeKind::Renewal.as_str().into(), ..first };
        assert!(!won(&renewal, None));
    }

    #[test]
    fn a_refund_is_of_the_latest_purchase_before_it() {
        assert!(won(&purchase(3, at(2026, 3), -100), None));
        assert!(!won(&purchase(3, at(2026, 3), -100), Some(day(2019, 3))));
        assert!(!won(&purchase(3, at(2026, 6), -100), None));
        assert!(!won(&purchase(3, at(2026, 1), -100), None), "nothing was bought yet");
    }
}
