//! Days and times as exports write them. A time without an offset is of the zone that is named, or else UTC.

use chrono::{
    DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The order of a date that does not start with its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// 31/05/2026, 31.05.2026
    DayFirst,
    /// 05/31/2026
    MonthFirst,
}

/// How the times of a file are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeSettings {
    pub order: Option<DateFormat>,
    /// Of times without an offset. A day without a time is that day, whatever the zone.
    pub zone: Option<Tz>,
}

/// The zone of a name such as `Europe/Berlin`.
pub fn zone_named(name: &str) -> Result<Tz, String> {
    let known = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name.trim()));
    known
        .copied()
        .ok_or_else(|| format!("`{name}` is not the name of a time zone, such as Europe/Berlin or America/New_York"))
}

/// A time, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadTime {
    pub at: DateTime<Utc>,
    /// It has a time of day, and nothing said in which zone that is.
    pub is_assumed_utc: bool,
}

/// Reads a day; a time after it is allowed and left out.
pub fn parse_day(cell: &str, settings: TimeSettings) -> Result<NaiveDate, String> {
    let (day, clock) = split_day(cell, settings.order)?;
    parse_clock(clock).ok_or_else(|| not_a_day(cell, settings.order))?;
    Ok(day)
}

/// Reads a time; a day without one is its first instant.
pub fn parse_time(cell: &str, settings: TimeSettings) -> Result<ReadTime, String> {
    let (day, clock) = split_day(cell, settings.order)?;
    let (time, offset) = parse_clock(clock).ok_or_else(|| not_a_day(cell, settings.order))?;
    let Some(time) = time else {
        return Ok(ReadTime { at: day.and_time(NaiveTime::MIN).and_utc(), is_assumed_utc: false });
    };
    let local = day.and_time(time);
    let at = match (offset, settings.zone) {
        (Some(offset), _) => offset.from_local_datetime(&local).single().map(|at| at.to_utc()),
        (None, Some(zone)) => Some(in_zone(local, zone)?),
        (None, None) => Some(local.and_utc()),
    };
    let at = at.ok_or_else(|| not_a_day(cell, settings.order))?.trunc_subsecs(3);
    Ok(ReadTime { at, is_assumed_utc: offset.is_none() && settings.zone.is_none() })
}

/// A time of a zone. Of the hour that comes twice when clocks go back it is the first.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, String> {
    let found = zone.from_local_datetime(&local).earliest();
    let missing = || format!("`{local}` was skipped in {zone}, where clocks went forward: is --time-zone right?");
    found.map(|at| at.to_utc()).ok_or_else(missing)
}

fn split_day(cell: &str, format: Option<DateFormat>) -> Result<(NaiveDate, &str), String> {
    if let Some(serial) = serial_number(cell) {
        return Err(serial);
    }
    if let Some(read) = named_month(cell) {
        return Ok(read);
    }
    let end = cell.find(|c: char| !(c.is_ascii_digit() || "-/.".contains(c))).unwrap_or(cell.len());
    let (day, clock) = cell.split_at(end);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let read = match (parts.as_slice(), format) {
        ([year, month, day], _) if year.len() == 4 => date(year, month, day),
        ([day, month, year], Some(DateFormat::DayFirst)) => date(year, month, day),
        ([month, day, year], Some(DateFormat::MonthFirst)) => date(year, month, day),
        ([whole], _) if whole.len() == 8 => date(&whole[..4], &whole[4..6], &whole[6..]),
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

/// Months by the first letters of their names, in English and where German differs.
const MONTHS: [(&str, &str); 16] = [
    ("january", "1"),
    ("february", "2"),
    ("march", "3"),
    ("april", "4"),
    ("may", "5"),
    ("june", "6"),
    ("july", "7"),
    ("august", "8"),
    ("september", "9"),
    ("october", "10"),
    ("november", "11"),
    ("december", "12"),
    ("m\u{e4}rz", "3"),
    ("mai", "5"),
    ("oktober", "10"),
    ("dezember", "12"),
];

/// A day whose month is a word, in either order, and what follows: `Mar 10, 2026`, `Tue, 10 March 2026`, `10-Mar-2026`.
fn named_month(cell: &str) -> Option<(NaiveDate, &str)> {
    let mut rest = cell;
    let mut word = || {
        let start = rest.find(char::is_alphanumeric)?;
        let end = rest[start..].find(|c: char| !c.is_alphanumeric()).map_or(rest.len(), |length| start + length);
        let (found, after) = (&rest[start..end], &rest[end..]);
        rest = after;
        Some(found)
    };
    let mut first = word()?;
    let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    if first.get(..3).is_some_and(|start| weekdays.contains(&start.to_ascii_lowercase().as_str())) {
        first = word()?;
    }
    let (second, year) = (word()?, word()?);
    let month = |text: &str| {
        let text = text.to_lowercase();
        let is_it =
            |(name, _): &&(&str, &str)| text.chars().count() >= 3 && name.starts_with(text.as_str()) || text == "sept";
        MONTHS.iter().find(is_it).map(|(_, number)| if text == "sept" { "9" } else { *number })
    };
    let day = |text: &'_ str| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
    let read = match (month(first), month(second)) {
        (Some(month), _) => date(year, month, &day(second)),
        (None, Some(month)) => date(year, month, &day(first)),
        (None, None) => None,
    };
    Some((read?, rest))
}

/// What is wrong with a number that a spreadsheet shows as a day.
fn serial_number(cell: &str) -> Option<String> {
    let (days, part) = cell.split_once(['.', ',']).unwrap_or((cell, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if days.len() != 5 || !is_digits(days) || !is_digits(part) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days.parse().ok()?))?;
    let part: f64 = format!("0.{part}0").parse().ok()?;
    let at = day.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::seconds((part * 86_400.0).round() as i64))?;
    Some(format!(
        "`{cell}` is a spreadsheet's serial number of {}; show the column as dates there, and export it again",
        at.format("%Y-%m-%d %H:%M")
    ))
}

/// What follows a day: nothing, or `T14:20`, `14:20:05.123Z`, `2:20 PM`, `14:20 +0200`, `2:20 PM GMT+1`, each after a space
/// or comma. The time of day is `None` where there is none, and so is the offset.
fn parse_clock(text: &str) -> Option<(Option<NaiveTime>, Option<FixedOffset>)> {
    let text = text.strip_prefix(['T', 't', ',']).unwrap_or(text).trim();
    if text.is_empty() {
        return Some((None, None));
    }
    let text = text.strip_prefix("at ").unwrap_or(text);
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let rest = rest.trim().to_ascii_uppercase();
    let (half, rest) = match (rest.strip_prefix("AM"), rest.strip_prefix("PM")) {
        (Some(rest), _) => ("AM", rest.trim()),
        (_, Some(rest)) => ("PM", rest.trim()),
        _ => ("", rest.as_str()),
    };
    let offset = match rest {
        "" => None,
        "Z" | "UTC" | "GMT" => Some(Utc.fix()),
        _ => Some(parse_offset(rest)?),
    };
    let format = match (clock.matches(':').count(), half.is_empty()) {
        (1, true) => "%H:%M",
        (1, false) => "%I:%M %p",
        (2, true) => "%H:%M:%S%.f",
        (2, false) => "%I:%M:%S%.f %p",
        _ => return None,
    };
    let time = NaiveTime::parse_from_str(format!("{clock} {half}").trim(), format).ok()?;
    Some((Some(time), offset))
}

/// `+02:00`, `+0200`, `+02` or `GMT+2`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let named = text.strip_prefix("GMT").or(text.strip_prefix("UTC"));
    let (sign, digits) = match named.unwrap_or(text).split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-" | "\u{2212}", digits) => (-1, digits),
        _ => return None,
    };
    let mut digits = digits.replace(':', "");
    if named.is_some() && matches!(digits.len(), 1 | 3) {
        digits.insert(0, '0');
    }
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

    fn check(cell: &str, order: Option<DateFormat>, expected: &str) {
        check_in(cell, TimeSettings { order, zone: None }, expected);
    }

    fn check_in(cell: &str, settings: TimeSettings, expected: &str) {
        let found = parse_time(cell, settings).map_or_else(|reason| reason, |time| time.at.to_rfc3339());
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
        check("2026/03/05 2:20:05 PM GMT+1", None, "2026-03-05T13:20:05+00:00");
        check("2026/03/05 2:20:05 PM UTC-05:30", None, "2026-03-05T19:50:05+00:00");
        check("2026.03.10", None, "2026-03-10T00:00:00+00:00");
        check("20260331", None, "2026-03-31T00:00:00+00:00");
        let day = parse_day("2026-05-31T23:30:00-05:30", TimeSettings::default());
        assert_eq!(day.unwrap().to_string(), "2026-05-31");
    }

    #[test]
    fn months_may_be_words() {
        check("Mar 10, 2026 03:00 PM", None, "2026-03-10T15:00:00");
        check("Tuesday, 10 March 2026 15:00", None, "2026-03-10T15:00:00");
        check("10-Mar-2026", None, "2026-03-10T00:00:00");
        check("10. M\u{e4}rz 2026", None, "2026-03-10T00:00:00");
        check("Sept 1st, 2026", None, "2026-09-01T00:00:00");
        check("May 2026", None, "`May 2026` is not a date");
        check("Mar 32, 2026", None, "`Mar 32, 2026` is not a date");
        check("Mar 10, 26", None, "`Mar 10, 26` is not a date");
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
    fn a_time_without_offset_is_of_the_zone_and_a_day_is_that_day() {
        let berlin = TimeSettings { order: None, zone: Some(Tz::Europe__Berlin) };
        check_in("2026-03-31 23:30", berlin, "2026-03-31T21:30:00+00:00");
        check_in("2026-03-31 23:30 -0500", berlin, "2026-04-01T04:30:00+00:00");
        check_in("2026-03-31", berlin, "2026-03-31T00:00:00+00:00");
        check_in("2026-10-25 02:30", berlin, "2026-10-25T00:30:00+00:00");
        check_in("2026-03-29 02:30", berlin, "`2026-03-29 02:30:00` was skipped in Europe/Berlin");
        let assumed = |cell: &str, settings| parse_time(cell, settings).unwrap().is_assumed_utc;
        let utc = TimeSettings::default();
        assert!(assumed("2026-03-31 23:30", utc) && !assumed("2026-03-31 23:30", berlin));
        assert!(!assumed("2026-03-31 23:30Z", utc) && !assumed("2026-03-31", utc));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in
            ["2026-02-30", "2026-05-31 25:00", "2026-05-31 14", "2026-5", "soon", "20261331", "2026-05-31 1:2:3:4"]
        {
            check(bad, None, &format!("`{bad}` is not a date like 2026-05-31 or"));
        }
        check("2026-05-31 14:20 +99:99", None, "`2026-05-31 14:20 +99:99` is not");
        check("2026-05-31 14:20 CEST", None, "`2026-05-31 14:20 CEST` is not");
        check("46091.625", None, "`46091.625` is a spreadsheet's serial number of 2026-03-10 15:00");
        check("46091", Some(DateFormat::DayFirst), "`46091` is a spreadsheet's serial number of 2026-03-10 00:00");
    }
}
