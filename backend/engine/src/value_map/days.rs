//! Which days a figure is of.

use chrono::{DateTime, Days as Days64, NaiveDate, NaiveTime, Utc};
use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::Stretch;

/// The first days of a quarter, all of them or some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub period: Quarter,
    pub stretch: Stretch,
}

impl Days {
    pub fn all(period: Quarter) -> Self {
        Self { period, stretch: Stretch { days: period.days(), of: period.days() } }
    }

    /// Those that have begun. Of a quarter yet to come it is all of them, which hold nothing.
    pub fn so_far(period: Quarter, today: NaiveDate) -> Self {
        match period.days_until(today) {
            0 => Self::all(period),
            days => Self { period, stretch: Stretch { days, of: period.days() } },
        }
    }

    pub fn is_whole_quarter(self) -> bool {
        self.stretch.days == self.stretch.of
    }

    /// As many of the quarter before, to compare with.
    pub fn before(self) -> Self {
        let period = self.period.previous();
        let days = if self.is_whole_quarter() { period.days() } else { Ord::min(self.stretch.days, period.days()) };
        Self { period, stretch: Stretch { days, of: period.days() } }
    }

    pub fn first_day(self) -> NaiveDate {
        self.period.first_day()
    }

    pub fn last_day(self) -> NaiveDate {
        let after_first = u64::from(self.stretch.days.saturating_sub(1));
        self.first_day().checked_add_days(Days64::new(after_first)).unwrap_or_else(|| self.period.last_day())
    }

    /// The first moment and the first after them.
    pub fn span(self) -> (DateTime<Utc>, DateTime<Utc>) {
        Span::from(self).bounds()
    }
}

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// Days from the first to the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl Span {
    /// Every day that anything can be recorded of.
    pub const ALL: Self = Self { first: day(1970, 1, 1), last: day(9999, 12, 31) };

    /// The first moment and the first after them.
    pub fn bounds(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let start = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        (start(self.first), start(self.last.succ_opt().unwrap_or(self.last)))
    }

    /// Those of its days that have begun by the end of `today`; none where it is yet to come.
    pub fn so_far(self, today: NaiveDate) -> Option<FirstDays> {
        let days = |last: NaiveDate| u32::try_from((last - self.first).num_days() + 1).unwrap_or_default();
        let last = Ord::min(today, self.last);
        let stretch = Stretch { days: days(last), of: days(self.last) };
        (last >= self.first).then_some(FirstDays { span: Self { first: self.first, last }, stretch })
    }
}

/// The first days of a quarter or a month, all of them or some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FirstDays {
    pub span: Span,
    pub stretch: Stretch,
}

impl From<Days> for FirstDays {
    fn from(days: Days) -> Self {
        Self { span: days.into(), stretch: days.stretch }
    }
}

impl From<Days> for Span {
    fn from(days: Days) -> Self {
        Self { first: days.first_day(), last: days.last_day() }
    }
}

impl From<Quarter> for Span {
    fn from(period: Quarter) -> Self {
        Self { first: period.first_day(), last: period.last_day() }
    }
}
