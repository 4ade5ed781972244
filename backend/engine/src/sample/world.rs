use chrono::{DateTime, Days, NaiveDate, Utc};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rust_decimal::Decimal;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::money::Currency;

pub const QUARTERS: u32 = 8;

/// When the sample takes place, and its dice: the same made-up events every time, up to yesterday.
#[derive(Debug)]
pub struct World {
    pub dice: Pcg64Mcg,
    pub today: NaiveDate,
    /// Oldest first.
    pub quarters: Vec<Quarter>,
}

impl World {
    pub fn new(today: NaiveDate) -> Self {
        let last = Quarter::containing(today);
        let mut quarters: Vec<Quarter> =
            std::iter::successors(Some(last), |quarter| Some(quarter.previous())).take(QUARTERS as usize).collect();
        quarters.reverse();
        Self { dice: Pcg64Mcg::seed_from_u64(2026), today, quarters }
    }

    pub fn start(&self) -> NaiveDate {
        self.quarters.first().map_or(self.today, |quarter| quarter.first_day())
    }

    /// The quarters with their ages, 0 to 7.
    pub fn ages(&self) -> Vec<(f64, Quarter)> {
        (0..QUARTERS).map(f64::from).zip(self.quarters.iter().copied()).collect()
    }

    /// Every day before today with the age of its quarter.
    pub fn days(&self) -> Vec<(f64, NaiveDate)> {
        let mut days = Vec::new();
        for (age, quarter) in self.ages() {
            let of_quarter = quarter.first_day().iter_days().take_while(|day| *day <= quarter.last_day());
            days.extend(of_quarter.filter(|day| *day < self.today).map(|day| (age, day)));
        }
        days
    }

    /// How many of something that happens so often in a whole quarter have happened: fewer in the one that is running.
    pub fn so_far(&self, quarter: Quarter, in_a_quarter: f64) -> u32 {
        let days = (self.today - quarter.first_day()).num_days().clamp(0, i64::from(quarter.days()));
        (in_a_quarter * days as f64 / f64::from(quarter.days())).round() as u32
    }

    /// A day of a quarter before today.
    pub fn day_in(&mut self, quarter: Quarter) -> NaiveDate {
        let days = (self.today - quarter.first_day()).num_days().clamp(1, i64::from(quarter.days()));
        quarter.first_day() + Days::new(self.dice.random_range(0..days as u64))
    }

    /// A time of that day, in working hours.
    pub fn time_on(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let (hour, minute) = (self.dice.random_range(7..19), self.dice.random_range(0..60));
        day.and_hms_opt(hour, minute, 0).unwrap_or_default().and_utc()
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.dice.random_bool(share.clamp(0.0, 1.0))
    }

    /// A whole amount between two, to tens.
    pub fn amount(&mut self, least: i64, most: i64) -> Decimal {
        Decimal::from(self.dice.random_range(least..=most) / 10 * 10)
    }

    /// What a dollar was worth in euros.
    pub fn rates(&self) -> Vec<(Currency, NaiveDate, Decimal)> {
        let rates = [91, 92, 93, 92, 90, 89, 90, 91];
        let dollar: Option<Currency> = "USD".parse().ok();
        let stated = self.quarters.iter().zip(rates);
        stated.filter_map(|(quarter, rate)| Some((dollar?, quarter.first_day(), Decimal::new(rate, 2)))).collect()
    }
}
