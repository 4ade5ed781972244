//! Periods that scores are computed for.
//!
//! A period is a calendar quarter: quarters do not overlap, so no two of them can be subtracted to learn what a suppressed
//! one holds. A series may go by months, where `value_map::months` sees to the same.

use std::fmt;
use std::str::FromStr;

/// A calendar quarter in UTC, written `2026-Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct Quarter {
    year: u16,
    /// 1 to 4.
    number: u8,
}

impl Quarter {
    /// `None` unless the year is 1970 to 9998 and the number 1 to 4.
    pub fn new(year: u16, number: u8) -> Option<Self> {
        ((1970..=9998).contains(&year) && (1..=4).contains(&number)).then_some(Self { year, number })
    }

    pub fn previous(self) -> Self {
        match self.number {
            1 => Self { year: self.year - 1, number: 4 },
            number => Self { year: self.year, number: number - 1 },
        }
    }

    pub fn next(self) -> Self {
        match self.number {
            4 => Self { year: self.year + 1, number: 1 },
            number => Self { year: self.year, number: number + 1 },
        }
    }
}

/// A calendar month in UTC, written `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    /// 1 to 12.
    number: u8,
}

impl Quarter {
    pub fn months(self) -> [Month; 3] {
        [1, 2, 3].map(|nth| Month { year: self.year, number: 3 * (self.number - 1) + nth })
    }

    /// How many quarters there are until a later one, both counted.
    pub fn quarters_until(self, last: Self) -> usize {
        let index = |quarter: Self| 4 * usize::from(quarter.year) + usize::from(quarter.number);
        (index(last) + 1).saturating_sub(index(self))
    }
}

#[cfg(feature = "scores")]
impl Month {
    pub fn first_day(self) -> chrono::NaiveDate {
        chrono::NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(self.number), 1).unwrap_or_default()
    }

    pub fn last_day(self) -> chrono::NaiveDate {
        let next = self.first_day().checked_add_months(chrono::Months::new(1));
        next.and_then(|next| next.pred_opt()).unwrap_or_default()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.number)
    }
}

#[cfg(feature = "scores")]
impl Quarter {
    /// The quarter that a day falls in.
    pub fn containing(day: chrono::NaiveDate) -> Self {
        use chrono::Datelike;
        Self { year: day.year().clamp(1970, 9998) as u16, number: day.month0() as u8 / 3 + 1 }
    }

    pub fn first_day(self) -> chrono::NaiveDate {
        let month = u32::from(self.number) * 3 - 2;
        chrono::NaiveDate::from_ymd_opt(i32::from(self.year), month, 1).unwrap_or_default()
    }

    pub fn last_day(self) -> chrono::NaiveDate {
        self.next().first_day().pred_opt().unwrap_or_default()
    }

    pub fn days(self) -> u32 {
        u32::try_from((self.next().first_day() - self.first_day()).num_days()).unwrap_or_default()
    }

    /// How many of its days have begun by the end of `today`: all of them once it is over, none before it begins.
    pub fn days_until(self, today: chrono::NaiveDate) -> u32 {
        let begun = (today - self.first_day()).num_days() + 1;
        u32::try_from(begun.max(0)).unwrap_or(u32::MAX).min(self.days())
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.number)
    }
}

/// Why a text is not a quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAQuarter(String);

impl fmt::Display for NotAQuarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a calendar quarter of 1970 to 9998; write it like 2026-Q4", self.0)
    }
}

impl std::error::Error for NotAQuarter {}

impl FromStr for Quarter {
    type Err = NotAQuarter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once("-Q").filter(|(year, number)| year.len() == 4 && number.len() == 1);
        parts
            .and_then(|(year, number)| Self::new(year.parse().ok()?, number.parse().ok()?))
            .ok_or_else(|| NotAQuarter(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Quarter {
    type Error = NotAQuarter;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Quarter> for String {
    fn from(quarter: Quarter) -> Self {
        quarter.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_written_and_read_alike() {
        for text in ["2026-Q4", "1970-Q1"] {
            assert_eq!(text.parse::<Quarter>().unwrap().to_string(), text);
        }
        for text in ["2026-Q5", "2026-Q0", "26-Q1", "2026Q1", "2026-Q+1", "", "1969-Q4", "9999-Q1"] {
            assert!(text.parse::<Quarter>().is_err(), "{text} was accepted");
        }
    }

    #[test]
    fn a_quarter_has_three_months() {
        let months = Quarter::new(2026, 4).unwrap().months().map(|month| month.to_string());
        assert_eq!(months, ["2026-10", "2026-11", "2026-12"]);
        assert_eq!(Quarter::new(2026, 1).unwrap().months()[0].to_string(), "2026-01");
    }

    #[test]
    fn quarters_follow_each_other_without_gap_or_overlap() {
        let mut quarter = Quarter::new(2023, 1).unwrap();
        for _ in 0..12 {
            assert_eq!(quarter.next().previous(), quarter);
            assert_eq!(quarter.quarters_until(quarter), 1);
            assert_eq!(quarter.quarters_until(quarter.next().next()), 3);
            assert_eq!(quarter.next().quarters_until(quarter), 0);
            #[cfg(feature = "scores")]
            {
                assert_eq!(quarter.last_day().succ_opt().unwrap(), quarter.next().first_day());
                assert_eq!(Quarter::containing(quarter.first_day()), quarter);
                assert_eq!(Quarter::containing(quarter.last_day()), quarter);
                let [first, second, third] = quarter.months();
                assert_eq!((first.first_day(), third.last_day()), (quarter.first_day(), quarter.last_day()));
                assert_eq!(first.last_day().succ_opt(), Some(second.first_day()));
                assert_eq!(quarter.days_until(quarter.first_day()), 1);
                assert_eq!(quarter.days_until(quarter.last_day()), quarter.days());
                assert_eq!(quarter.days_until(quarter.next().last_day()), quarter.days());
                assert_eq!(quarter.days_until(quarter.previous().first_day()), 0);
            }
            quarter = quarter.next();
        }
    }
}
