use chrono::{Days, NaiveDate};

use crate::value_map::measured::Measured;

/// The days after joining in which members are looked for: a month of thirty days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionWindow {
    pub first_day: u64,
    pub last_day: u64,
}

/// Month one: days 30 to 59 after the day of joining.
pub const MONTH_ONE: RetentionWindow = RetentionWindow { first_day: 30, last_day: 59 };
/// Month three: days 90 to 119.
pub const MONTH_THREE: RetentionWindow = RetentionWindow { first_day: 90, last_day: 119 };

impl RetentionWindow {
    /// The days of joining whose window ends on one of some days, and is over by the end of the day before `today`.
    pub fn joined(self, (first, last): (NaiveDate, NaiveDate), today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let over = Ord::min(last, today.pred_opt()?);
        let before = |day: NaiveDate| day.checked_sub_days(Days::new(self.last_day));
        (first <= over).then(|| before(first).zip(before(over))).flatten()
    }
}

/// Members who joined on some days, and those of them who came again in a window of days after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    /// The first and the last of the days of joining; `None` where no window is over.
    pub joined: Option<(NaiveDate, NaiveDate)>,
    pub members: u64,
    pub active: u64,
    /// Joined on these days, too, but part of their window lies before anything was tracked; they are left out.
    pub before_tracking: u64,
    /// Of whom it is not known when they joined, in the whole community; they are left out.
    pub without_day: u64,
}

impl Cohort {
    pub(in crate::value_map) fn retention(&self, minimum: u64) -> Result<Measured, String> {
        let Some((first, last)) = self.joined else {
            return Err("the days in which members are to come again are not over for anybody".into());
        };
        if self.members == 0 && self.before_tracking > 0 {
            return Err(format!(
                "what members did is tracked too short a time to tell of those who joined from {first} to {last}"
            ));
        }
        if self.members == 0 && self.without_day > 0 {
            return Err(
                "nobody is known to have joined on the days that this is about: import members with the day on \
                        which they joined (`since`)"
                    .into(),
            );
        }
        Measured::share(self.active, self.members, minimum, &format!("members who joined from {first} to {last}"))
    }

    pub(super) fn counts(&self) -> Vec<(&'static str, u64)> {
        vec![
            ("members who joined on these days", self.members),
            ("of these, active again", self.active),
            ("joined then, and left out: not tracked long enough", self.before_tracking),
            ("members without a day of joining, left out", self.without_day),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_quarter_is_about_those_whose_window_ends_in_it() {
        let quarter = (day("2026-04-01"), day("2026-06-30"));
        let joined = |today: &str| MONTH_ONE.joined(quarter, day(today));
        assert_eq!(joined("2026-08-01"), Some((day("2026-02-01"), day("2026-05-02"))));
        // Whoever joined on 2 February has come again until 2 April or not.
        assert_eq!(joined("2026-04-03"), Some((day("2026-02-01"), day("2026-02-02"))));
        assert_eq!(joined("2026-04-01"), None, "nothing of the quarter is over");
        let next = MONTH_ONE.joined((day("2026-07-01"), day("2026-09-30")), day("2026-12-01"));
        assert_eq!(next.unwrap().0, day("2026-05-03"), "each member is in one quarter");
    }

    #[test]
    fn without_a_day_of_joining_there_is_no_retention() {
        let joined = Some((day("2026-02-01"), day("2026-05-02")));
        let reason = |cohort: Cohort| cohort.retention(5).unwrap_err();
        assert!(reason(Cohort::default()).contains("not over for anybody"));
        assert!(reason(Cohort { joined, without_day: 9, ..Cohort::default() }).contains("import members with the day"));
        assert!(reason(Cohort { joined, before_tracking: 9, ..Cohort::default() }).contains("too short a time"));
        assert!(reason(Cohort { joined, members: 4, active: 4, ..Cohort::default() }).contains("from 5 on"));
        let cohort = Cohort { joined, members: 8, active: 2, ..Cohort::default() };
        assert_eq!(cohort.retention(5).unwrap().value, 0.25);
    }
}
