//! What activities cost, as far as it falls into some quarters.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;
use sea_orm::prelude::*;
use sea_orm::{Condition, QuerySelect};
use uuid::Uuid;
use valuemap_shared::attribution::Parameters;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::rounded;

use crate::activities::entities::{activity, cost_line};
use crate::attribution::history::ActivityFacts;
use crate::value_map::money::Exchange;

#[derive(Debug)]
pub struct Costs {
    /// By the activity's index.
    pub by_activity: BTreeMap<u32, Decimal>,
    /// Of no activity.
    pub running: Decimal,
}

impl Costs {
    pub async fn read(
        db: &impl ConnectionTrait,
        community: CommunityId,
        parameters: &Parameters,
        activities: &[ActivityFacts],
        today: NaiveDate,
    ) -> Result<Self, DbErr> {
        let exchange = Exchange::of(db, community).await?;
        let lookback = TimeDelta::days(i64::from(parameters.lookback_days));
        let (first, last) = days(parameters, today);
        let windows: HashMap<Uuid, Window> = activity::Entity::find()
            .select_only()
            .columns([activity::Column::Id, activity::Column::StartsOn, activity::Column::EndsOn])
            .filter(activity::Column::CommunityId.eq(community.0))
            .filter(activity::Column::StartsOn.lte(last))
            .filter(activity::Column::EndsOn.gte(first - lookback))
            .into_tuple::<(Uuid, NaiveDate, NaiveDate)>()
            .all(db)
            .await?
            .into_iter()
            .map(|(id, from, until)| (id, Window { from, until: until + lookback }))
            .collect();
        let in_quarters = Condition::all()
            .add(cost_line::Column::ActivityId.is_null())
            .add(cost_line::Column::Day.between(first, last));
        let rows = cost_line::Entity::find()
            .filter(cost_line::Column::CommunityId.eq(community.0))
            .filter(Condition::any().add(in_quarters).add(cost_line::Column::ActivityId.is_not_null()))
            .all(db)
            .await?;
        let activity_indexes: HashMap<Uuid, u32> = activities.iter().map(|facts| facts.id).zip(0..).collect();
        let mut costs = Costs { by_activity: BTreeMap::new(), running: Decimal::ZERO };
        for row in rows {
            let amount = exchange.own_amount(row.amount, &row.currency, row.day);
            let Some(activity) = row.activity_id else {
                costs.running += amount;
                continue;
            };
            if let (Some(window), Some(index)) = (windows.get(&activity), activity_indexes.get(&activity)) {
                *costs.by_activity.entry(*index).or_default() += window.part_of(amount, first, last);
            }
        }
        Ok(costs)
    }
}

/// The first and the last day of the quarters up to today: outcomes of the days to come are not there either. Of quarters
/// that have not begun it is none.
fn days(parameters: &Parameters, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    (parameters.from.first_day(), Ord::min(parameters.until.last_day(), today))
}

/// The days on which outcomes can be credited to an activity: its own, and as many after them as the look-back window has.
/// Its cost is spread evenly over them, so that costs and outcomes of a quarter are of the same activities.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: NaiveDate,
    until: NaiveDate,
}

impl Window {
    /// What falls into some days. The parts of days that follow on each other add up exactly.
    fn part_of(self, amount: Decimal, first: NaiveDate, last: NaiveDate) -> Decimal {
        if last < first {
            return Decimal::ZERO;
        }
        let length = (self.until - self.from).num_days() + 1;
        let before = |day: NaiveDate| {
            let days = (day - self.from).num_days().clamp(0, length);
            rounded(amount * Decimal::from(days) / Decimal::from(length))
        };
        before(last + TimeDelta::days(1)) - before(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_spread_over_the_days_on_which_it_can_pay() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        // Ten days, of which six are in March.
        let window = Window { from: day(3, 26), until: day(4, 4) };
        let amount = Decimal::from(1_000);
        assert_eq!(window.part_of(amount, day(1, 1), day(3, 31)), Decimal::from(600));
        assert_eq!(window.part_of(amount, day(4, 1), day(6, 30)), Decimal::from(400));
        assert_eq!(window.part_of(amount, day(7, 1), day(9, 30)), Decimal::ZERO);
        // The second quarter has not begun on 28 March.
        assert_eq!(window.part_of(amount, day(4, 1), day(3, 28)), Decimal::ZERO);
        let third = Decimal::new(1, 4);
        let parts = [window.part_of(third, day(1, 1), day(3, 31)), window.part_of(third, day(4, 1), day(6, 30))];
        assert_eq!(parts.iter().sum::<Decimal>(), third);
    }
}
