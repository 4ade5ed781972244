use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

/// The latest moment at which something stored with `at` may have happened, to compare an outcome, or a stage before
/// it, with what was met until then.
///
/// A date without a time is stored as the first instant of its day in UTC. An outcome of such a date lies at the end of
/// the day, so that what was met on the same day came before it; a touch of such a date lies where it is stored, at the
/// start.
pub fn latest_moment(at: DateTime<Utc>) -> DateTime<Utc> {
    match at.checked_add_days(Days::new(1)) {
        Some(next_day) if at.time() == NaiveTime::MIN => next_day - TimeDelta::nanoseconds(1),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_time_lies_at_the_end_of_its_day() {
        let check = |at: &str, expected: &str| {
            assert_eq!(latest_moment(at.parse().unwrap()), expected.parse::<DateTime<Utc>>().unwrap());
        };
        check("2026-05-31T00:00:00Z", "2026-05-31T23:59:59.999999999Z");
        check("2026-05-31T02:00:00+02:00", "2026-05-31T23:59:59.999999999Z");
        check("2026-05-31T00:00:00.001Z", "2026-05-31T00:00:00.001Z");
        check("2026-05-31T14:20:00Z", "2026-05-31T14:20:00Z");
        assert_eq!(latest_moment(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC);
    }
}
