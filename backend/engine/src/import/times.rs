//! Days and times as exports write them. A time without an offset is taken as UTC.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, SubsecRound, TimeZone, Utc};

/// The order of a date that does not start with its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// 31/05/2026, 31.05.2026
    DayFirst,
    /// 05/31/2026
    MonthFirst,
}

/// Reads a day; a time after it is allowed and left out.
pub fn parse_day(cell: &str, format: Option<DateFormat>) -> Result<NaiveDate, String> {
    let (day, clock) = split_day(cell, format)?;
    parse_clock(clock).ok_or_else(|| not_a_day(cell, format))?;
    Ok(day)
}

/// Reads a time, to the millisecond; a day without one is its first instant.
pub fn parse_time(cell: &str, format: Option<DateFormat>) -> Result<DateTime<Utc>, String> {
    let (day, clock) = split_day(cell, format)?;
    let (time, offset) = parse_clock(clock).ok_or_else(|| not_a_day(cell, format))?;
    let local = offset.from_local_datetime(&day.and_time(time)).single();
    Ok(local.ok_or_else(|| not_a_day(cell, format))?.to_utc().trunc_subsecs(3))
}

fn split_day(cell: &str, format: Option<DateFormat>) -> Result<(NaiveDate, &str), String> {
    let end = cell.find(|c: char| !(c.is_ascii_digit() || "-/.".contains(c))).unwrap_or(cell.len());
    let (day, clock) = cell.split_at(end);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let read = match (parts.as_slice(), format) {
        ([year, month, day], _) if year.len() == 4 && cell.as_bytes()[4] == b'-' => date(year, month, day),
        ([day, month, year], Some(DateFormat::DayFirst)) => date(year, month, day),
        ([month, day, year], Some(DateFormat::MonthFirst)) => date(year, month, day),
        _ => None,
    };
    Ok((read.ok_or_else(|| not_a_day(cell, format))?, clock))
}

fn date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    if year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// What follows a day: nothing, or `T14:20`, `14:20:05.123Z`, `2:20 PM`, `14:20 +0200`, each after a space or comma.
fn parse_clock(text: &str) -> Option<(NaiveTime, FixedOffset)> {
    let utc = FixedOffset::east_opt(0)?;
    let text = text.strip_prefix(['T', 't', ',']).unwrap_or(text).trim();
    if text.is_empty() {
        return Some((NaiveTime::MIN, utc));
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let rest = rest.trim().to_ascii_uppercase();
    let (half, rest) = match (rest.strip_prefix("AM"), rest.strip_prefix("PM")) {
        (Some(rest), _) => ("AM", rest.trim()),
        (_, Some(rest)) => ("PM", rest.trim()),
        _ => ("", rest.as_str()),
    };
    let offset = match rest {
        "" | "Z" | "UTC" | "GMT" => utc,
        _ => parse_offset(rest)?,
    };
    let format = match (clock.matches(':').count(), half.is_empty()) {
        (1, true) => "%H:%M",
        (1, false) => "%I:%M %p",
        (2, true) => "%H:%M:%S%.f",
        (2, false) => "%I:%M:%S%.f %p",
        _ => return None,
    };
    let time = NaiveTime::parse_from_str(format!("{clock} {half}").trim(), format).ok()?;
    Some((time, offset))
}

/// `+02:00`, `+0200` or `+02`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Some(0), |rest| rest.parse().ok())?;
    FixedOffset::east_opt(sign * (hours * 3_600 + minutes * 60)).filter(|_| minutes < 60)
}

fn not_a_day(cell: &str, format: Option<DateFormat>) -> String {
    let shown: String = cell.chars().take(40).collect();
    let is_other = cell.contains(['/', '.']) && cell.starts_with(|c: char| c.is_ascii_digit());
    match format {
        None if is_other => format!(
            "`{shown}` is not a date like 2026-05-31; where the file writes the day first, give --date-format \
             DD/MM/YYYY, and MM/DD/YYYY where it writes the month first"
        ),
        None => format!("`{shown}` is not a date like 2026-05-31 or 2026-05-31 14:20"),
        Some(DateFormat::DayFirst) => format!("`{shown}` is not a date like 31/05/2026 or 2026-05-31"),
        Some(DateFormat::MonthFirst) => format!("`{shown}` is not a date like 05/31/2026 or 2026-05-31"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, format: Option<DateFormat>, expected: &str) {
        let found = parse_time(cell, format).map_or_else(|reason| reason, |time| time.to_rfc3339());
        assert!(found.starts_with(expected), "{cell}: {found}");
    }

    #[test]
    fn times_are_read_as_the_exports_write_them() {
        check("2026-05-31", None, "2026-05-31T00:00:00+00:00");
        check("2026-05-31 14:20", None, "2026-05-31T14:20:00+00:00");
        check("2026-05-31T14:20:05.123456Z", None, "2026-05-31T14:20:05.123+00:00");
        check("2026-05-31T14:20:00.000+0000", None, "2026-05-31T14:20:00+00:00");
        check("2026-05-31 14:20:05 +0200", None, "2026-05-31T12:20:05+00:00");
        check("2026-05-31T23:30:00-05:30", None, "2026-06-01T05:00:00+00:00");
        check("2026-05-31 12:05 AM", None, "2026-05-31T00:05:00+00:00");
        assert_eq!(parse_day("2026-05-31T23:30:00-05:30", None).unwrap().to_string(), "2026-05-31");
    }

    #[test]
    fn other_orders_are_read_when_they_are_named_only() {
        check("31/05/2026", Some(DateFormat::DayFirst), "2026-05-31");
        check("1.2.2026 9:05", Some(DateFormat::DayFirst), "2026-02-01T09:05:00");
        check("5/31/2026, 2:20 PM", Some(DateFormat::MonthFirst), "2026-05-31T14:20:00");
        check("2026-05-31", Some(DateFormat::MonthFirst), "2026-05-31");
        check("31/05/2026", None, "`31/05/2026` is not a date like 2026-05-31; where the file writes the day first");
        check("31/05/2026", Some(DateFormat::MonthFirst), "`31/05/2026` is not a date like 05/31/2026");
        check("1/2/26", Some(DateFormat::DayFirst), "`1/2/26` is not a date");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in
            ["2026-02-30", "2026-05-31 25:00", "2026-05-31 14", "2026-5", "soon", "20260531", "2026-05-31 1:2:3:4"]
        {
            check(bad, None, &format!("`{bad}` is not a date like 2026-05-31 or"));
        }
        check("2026-05-31 14:20 +99:99", None, "`2026-05-31 14:20 +99:99` is not");
        check("2026-05-31 14:20 CEST", None, "`2026-05-31 14:20 CEST` is not");
    }
}
