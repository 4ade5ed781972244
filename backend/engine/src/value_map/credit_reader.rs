//! Credits the outcomes of days from the records alone, by a model that divides each outcome by itself.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use futures_util::TryStreamExt;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::{OutcomeKind, Role, latest_moment};
use valuemap_shared::attribution::{Conversion, Model, Touch};
use valuemap_shared::money::ten_thousandths;
use valuemap_shared::value_map::model::AttributionUnit;

use crate::activities::entities::{outcome, touchpoint};
use crate::activities::identity::{FEW, Identities};
use crate::activities::payments::Payments;
use crate::database::statements::{Reads, chunks};
use crate::value_map::day_credits::{CreditedDay, CreditedOutcome, DayCredits, Source, UncreditedOutcomes, bucket_of};
use crate::value_map::day_reader::DayReader;
use crate::value_map::days::Span;
use crate::value_map::money::payments_around;
use crate::value_map::touches::{Touch as TouchRow, moment, too_old, touches_before, weighty};

/// From so many parties on, the links of all are read at once.
const MANY: usize = 4 * FEW;

/// Some days while they are being credited.
type Credited = BTreeMap<NaiveDate, CreditedDay>;

/// What a unit met before its outcomes, in an order that depends on nothing else: the credits of a journey are sums of
/// floats.
#[derive(Debug)]
struct Met {
    at: i64,
    source: Source,
    weight: f64,
}

impl Met {
    fn order(&self, other: &Self) -> Ordering {
        (self.at, &self.source).cmp(&(other.at, &other.source)).then(self.weight.total_cmp(&other.weight))
    }
}

impl<C: Reads> DayReader<'_, C> {
    /// The credits of those of some days that lie in a span.
    pub async fn credit(
        &self,
        model: Model,
        span: Span,
        days: &BTreeSet<NaiveDate>,
    ) -> Result<BTreeMap<NaiveDate, DayCredits>, DbErr> {
        let days = days.range(span.first..=span.last);
        let mut credited: Credited = days.map(|day| (*day, CreditedDay::default())).collect();
        let rows = self.outcomes(span, &credited).await?;
        let by = self.attribution.by;
        let parties: HashSet<Uuid> = rows.iter().filter_map(|row| row.party_id).collect();
        if parties.len() > FEW {
            let (identities, payments) = (self.identities().await?, self.payments().await?);
            let met = self.met_by_all(span, identities, &units_of(&rows, identities, by), &mut credited).await?;
            self.add_outcomes(model, &rows, (identities, payments), &met, &mut credited)?;
        } else {
            let confidence = self.attribution.minimum_confidence;
            let identities = Identities::near(self.snapshot, self.community, confidence, parties).await?;
            let units = units_of(&rows, &identities, by);
            let parties = identities.around(&units);
            let met = self.met_before(&rows, &identities, &units, &parties).await?;
            let payments = payments_around(self.snapshot, self.community, (by, &identities), parties, &rows).await?;
            self.add_outcomes(model, &rows, (&identities, &payments), &met, &mut credited)?;
            self.add_met(span, &mut credited).await?;
        }
        Ok(credited.into_iter().map(|(day, credited)| (day, credited.into())).collect())
    }

    async fn outcomes(&self, span: Span, credited: &Credited) -> Result<Vec<outcome::Model>, DbErr> {
        let (from, until) = span.bounds();
        let mut rows = outcome::Entity::find()
            .filter(outcome::Column::CommunityId.eq(self.community.0))
            .filter(outcome::Column::At.gte(from))
            .filter(outcome::Column::At.lt(until))
            .filter(outcome::Column::Withdrawn.eq(false))
            .all(self.snapshot)
            .await?;
        rows.retain(|row| credited.contains_key(&row.at.date_naive()));
        rows.sort_unstable_by_key(|row| (row.at, row.id));
        Ok(rows)
    }

    fn add_outcomes(
        &self,
        model: Model,
        rows: &[outcome::Model],
        (identities, payments): (&Identities, &Payments),
        met: &HashMap<Uuid, Vec<Met>>,
        credited: &mut Credited,
    ) -> Result<(), DbErr> {
        for row in rows {
            let Some(day) = credited.get_mut(&row.at.date_naive()) else { continue };
            let kind: OutcomeKind =
                row.kind.parse().map_err(|error| DbErr::Custom(format!("outcome {}: {error}", row.id)))?;
            let amount = match (row.amount, &row.currency) {
                (Some(amount), Some(currency)) => self.exchange.own_amount(amount, currency, row.at.date_naive()),
                _ => Decimal::ZERO,
            };
            let (amount, is_first) = (ten_thousandths(amount), payments.won_customer(identities, row));
            let unit = unit_of(row, identities, self.attribution.by);
            let happened = moment(row.at);
            let path = unit.and_then(|unit| met.get(&unit)).map_or(&[][..], |met| {
                let first = met.partition_point(|met| met.at <= too_old(happened, self.attribution));
                &met[first..Ord::max(first, met.partition_point(|met| met.at <= happened))]
            });
            let conversion = Conversion {
                lead_at: row.lead_at.map(moment),
                opportunity_at: row.opportunity_at.map(moment),
                ..Conversion::new(happened, amount)
            };
            match (unit, divided(model, path, &conversion)) {
                (Some(unit), Some(credits)) => {
                    let bucket = bucket_of(unit).index() as u8;
                    let outcome = CreditedOutcome { bucket, kind, is_first, amount, credits: Vec::new() };
                    day.outcomes.push((outcome, credits));
                }
                _ => {
                    let nothing = UncreditedOutcomes { kind, is_first, count: 0, amount: 0, largest: 0 };
                    let sums = day.uncredited.entry((kind, is_first)).or_insert(nothing);
                    sums.count += u64::from(amount >= 0);
                    sums.amount = sums.amount.saturating_add(amount);
                    sums.largest = Ord::max(sums.largest, amount.unsigned_abs());
                }
            }
        }
        Ok(())
    }

    /// What units met before the outcomes of a span, and what was met in it by whom: all touches, read once.
    async fn met_by_all(
        &self,
        span: Span,
        identities: &Identities,
        units: &HashSet<Uuid>,
        credited: &mut Credited,
    ) -> Result<HashMap<Uuid, Vec<Met>>, DbErr> {
        let (from, until) = span.bounds();
        let from = from - TimeDelta::days(i64::from(self.attribution.lookback_days));
        let mut channels = Channels::default();
        let mut met: HashMap<Uuid, Vec<Met>> = HashMap::new();
        let touches = weighty::<TouchRow>(self.community, self.attribution);
        let touches = touches.filter(touchpoint::Column::At.gte(from)).filter(touchpoint::Column::At.lt(until));
        let mut touches = touches.into_tuple::<TouchRow>().stream(self.snapshot).await?;
        while let Some((party, at, activity, role, channel)) = touches.try_next().await? {
            let (role, source) = (role_of(&role)?, (activity, channels.get(channel)));
            let here = identities.units_of_touch(party, at.date_naive(), self.attribution.by);
            if let Some(day) = credited.get_mut(&at.date_naive()) {
                let (times, participants) = day.met.entry(source.clone()).or_default();
                *times += 1;
                participants.extend(here.first().filter(|_| role.is_participation()));
            }
            let weight = self.attribution.role_weight(role);
            for unit in here.into_iter().filter(|unit| units.contains(unit)) {
                met.entry(unit).or_default().push(Met { at: at.timestamp(), source: source.clone(), weight });
            }
        }
        met.values_mut().for_each(|met| met.sort_unstable_by(Met::order));
        Ok(met)
    }

    /// By unit, in order.
    async fn met_before(
        &self,
        rows: &[outcome::Model],
        identities: &Identities,
        units: &HashSet<Uuid>,
        parties: &HashSet<Uuid>,
    ) -> Result<HashMap<Uuid, Vec<Met>>, DbErr> {
        let (first, last) = (rows.iter().map(|row| row.at).min(), rows.iter().map(|row| latest_moment(row.at)).max());
        let Some(times) = first.zip(last) else { return Ok(HashMap::new()) };
        let mut channels = Channels::default();
        let mut met: HashMap<Uuid, Vec<Met>> = HashMap::new();
        let touches = touches_before::<TouchRow>(self.snapshot, self.community, parties, self.attribution, times);
        for (party, at, activity, role, channel) in touches.await? {
            let weight = self.attribution.role_weight(role_of(&role)?);
            let source = (activity, channels.get(channel));
            for unit in identities.units_of_touch(party, at.date_naive(), self.attribution.by) {
                if units.contains(&unit) {
                    met.entry(unit).or_default().push(Met { at: at.timestamp(), source: source.clone(), weight });
                }
            }
        }
        met.values_mut().for_each(|met| met.sort_unstable_by(Met::order));
        Ok(met)
    }

    /// How often what was met, and by whom. Who is of several accounts takes part for one of them.
    async fn add_met(&self, span: Span, credited: &mut Credited) -> Result<(), DbErr> {
        let (from, until) = span.bounds();
        let mut channels = Channels::default();
        let mut took_part: HashMap<Uuid, Vec<(NaiveDate, Source)>> = HashMap::new();
        let met = weighty::<TouchRow>(self.community, self.attribution);
        let met = met.filter(touchpoint::Column::At.gte(from)).filter(touchpoint::Column::At.lt(until));
        let mut rows = met.into_tuple::<TouchRow>().stream(self.snapshot).await?;
        while let Some((party, at, activity, role, channel)) = rows.try_next().await? {
            let date = at.date_naive();
            let Some(day) = credited.get_mut(&date) else { continue };
            let source = (activity, channels.get(channel));
            day.met.entry(source.clone()).or_default().0 += 1;
            if role_of(&role)?.is_participation() {
                took_part.entry(party).or_default().push((date, source));
            }
        }
        drop(rows);
        let all = if took_part.len() > MANY { Some(self.identities().await?) } else { None };
        for some in chunks(took_part, FEW) {
            let near;
            let identities = match all {
                Some(all) => all,
                None => {
                    let parties = some.iter().map(|(party, _)| *party).collect();
                    let confidence = self.attribution.minimum_confidence;
                    near = Identities::near(self.snapshot, self.community, confidence, parties).await?;
                    &near
                }
            };
            for (party, meetings) in some {
                for (date, source) in meetings {
                    let unit = identities.units_of_touch(party, date, self.attribution.by).first().copied();
                    if let Some(day) = credited.get_mut(&date) {
                        day.met.entry(source).or_default().1.extend(unit);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The member or account that an outcome counts for.
fn unit_of(row: &outcome::Model, identities: &Identities, by: AttributionUnit) -> Option<Uuid> {
    Some(identities.unit(row.party_id?, row.at.date_naive(), by))
}

fn units_of(rows: &[outcome::Model], identities: &Identities, by: AttributionUnit) -> HashSet<Uuid> {
    rows.iter().filter_map(|row| unit_of(row, identities, by)).collect()
}

/// The credit of each source; `None` where nothing was met.
fn divided(model: Model, path: &[Met], conversion: &Conversion) -> Option<BTreeMap<Source, f64>> {
    let touches: Vec<Touch> = path.iter().map(|met| Touch { source: 0, at: met.at, weight: met.weight }).collect();
    let mut credits = BTreeMap::new();
    for (met, credit) in path.iter().zip(model.divide(&touches, conversion)?) {
        *credits.entry(met.source.clone()).or_default() += credit;
    }
    Some(credits)
}

fn role_of(role: &str) -> Result<Role, DbErr> {
    role.parse().map_err(DbErr::Custom)
}

/// Each name once.
#[derive(Default)]
struct Channels(HashSet<Arc<str>>);

impl Channels {
    fn get(&mut self, name: Option<String>) -> Option<Arc<str>> {
        let name = name?;
        if let Some(known) = self.0.get(&*name) {
            return Some(known.clone());
        }
        let name: Arc<str> = name.into();
        self.0.insert(name.clone());
        Some(name)
    }
}
