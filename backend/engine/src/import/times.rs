//! Days and times as exports write them. A time without an offset is of the zone that is named, or else UTC.

use std::borrow::Cow;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::import::widths::half_width;
use crate::import::zones::{SaidZone, in_zone, uses};

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

/// A time, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadTime {
    pub at: DateTime<Utc>,
    /// It has a time of day, and nothing said in which zone that is.
    pub is_assumed_utc: bool,
    /// The name of its column said in which zone it is.
    pub is_of_column: bool,
    /// The cell says a zone in which it is another time than in that of its column.
    pub contradicts_column: bool,
}

/// Reads a day; a time after it is allowed and left out.
pub fn parse_day(cell: &str, settings: TimeSettings) -> Result<NaiveDate, String> {
    let plain = in_figures(cell);
    let (day, clock) = split_day((&plain, cell), settings.order)?;
    clock_of(cell, clock, settings)?;
    Ok(day)
}

/// Reads a time; a day without one is its first instant.
pub fn parse_time(cell: &str, settings: TimeSettings) -> Result<ReadTime, String> {
    parse_time_of(cell, settings, None)
}

/// Reads a time of a column whose name says its zone.
pub fn parse_time_of(cell: &str, settings: TimeSettings, column: Option<SaidZone>) -> Result<ReadTime, String> {
    let plain = in_figures(cell);
    let (day, clock) = split_day((&plain, cell), settings.order)?;
    let (time, said) = clock_of(cell, clock, settings)?;
    let local = time.map(|time| day.and_time(time));
    let at = match (local, said.or(column), settings.zone) {
        (None, ..) => day.and_time(NaiveTime::MIN).and_utc(),
        (Some(local), Some(said), named) => said.at(local, named)?,
        (Some(local), None, Some(zone)) => in_zone(local, zone)?,
        (Some(local), None, None) => local.and_utc(),
    };
    let contradicts = |local| said.is_some() && column.is_some_and(|column| column.at(local, settings.zone) != Ok(at));
    Ok(ReadTime {
        at: at.trunc_subsecs(3),
        is_assumed_utc: time.is_some() && said.or(column).is_none() && settings.zone.is_none(),
        is_of_column: time.is_some() && said.is_none() && column.is_some(),
        contradicts_column: local.is_some_and(contradicts),
    })
}

/// The day that a cell begins with, and what follows. `shown` is the cell as it is written.
fn split_day<'a>((cell, shown): (&'a str, &str), format: Option<DateFormat>) -> Result<(NaiveDate, &'a str), String> {
    if let Some(serial) = serial_number(cell) {
        return Err(serial);
    }
    if let Some(read) = named_month(cell, format.is_some()) {
        return Ok(read);
    }
    let end = cell.find(|c: char| !(c.is_ascii_digit() || "-/.".contains(c))).unwrap_or(cell.len());
    let (day, clock) = cell.split_at(end);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let read = match (parts.as_slice(), format) {
        ([year, month, day], _) if year.len() == 4 => date(year, month, day),
        ([day, month, year], Some(DateFormat::DayFirst)) => date(&in_full(year), month, day),
        ([month, day, year], Some(DateFormat::MonthFirst)) => date(&in_full(year), month, day),
        ([whole], _) if whole.len() == 8 => date(&whole[..4], &whole[4..6], &whole[6..]),
        _ => None,
    };
    Ok((read.ok_or_else(|| not_a_day(shown, format))?, clock))
}

fn date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    if year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// A year of two digits as one of four, where nothing else is meant: nobody has customers of 1955 or plans for 2055.
fn in_full(year: &str) -> Cow<'_, str> {
    match year.parse::<u8>().ok().filter(|_| year.len() == 2) {
        Some(short @ 0..=49) => Cow::Owned(format!("20{short:02}")),
        Some(short @ 70..=99) => Cow::Owned(format!("19{short:02}")),
        _ => Cow::Borrowed(year),
    }
}

/// A date in figures of half the width: `2026年3月5日` is `2026-3-5`.
fn in_figures(cell: &str) -> Cow<'_, str> {
    let half = half_width(cell);
    let Some((year, rest)) = half.split_once(['\u{5e74}', '\u{b144}']) else { return half };
    let Some((month, rest)) = rest.split_once(['\u{6708}', '\u{c6d4}']) else { return half };
    let Some((day, rest)) = rest.split_once(['\u{65e5}', '\u{c77c}']) else { return half };
    // The day of the week: `(木)`.
    let rest = match rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((weekday, rest)) if weekday.chars().count() <= 3 => rest,
        _ => rest,
    };
    let clock: String = rest.chars().filter(|c| !matches!(c, '\u{79d2}' | '\u{cd08}')).collect();
    let clock = clock.replace(['\u{6642}', '\u{65f6}', '\u{c2dc}', '\u{5206}', '\u{bd84}'], ":");
    let [year, month, day] = [year, month, day].map(str::trim);
    Cow::Owned(format!("{year}-{month}-{day} {}", clock.trim().trim_end_matches(':')).trim_end().to_owned())
}

/// Months by the first letters of their names, in English and where German differs.
const MONTHS: [(&str, &str); 19] = [
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
    ("mrz", "3"),
    ("mai", "5"),
    ("juni", "6"),
    ("juli", "7"),
    ("oktober", "10"),
    ("dezember", "12"),
];

/// A day whose month is a word, in either order, and what follows: `Mar 10, 2026`, `Tue, 10 March 2026`, `10-Mar-2026`.
/// A year of two digits is one where `is_short` says that the file ends its dates with the year.
fn named_month(cell: &str, is_short: bool) -> Option<(NaiveDate, &str)> {
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
    let year = if is_short { in_full(year) } else { Cow::Borrowed(year) };
    let month = |text: &str| {
        let text = text.to_lowercase();
        let is_it =
            |(name, _): &&(&str, &str)| text.chars().count() >= 3 && name.starts_with(text.as_str()) || text == "sept";
        MONTHS.iter().find(is_it).map(|(_, number)| if text == "sept" { "9" } else { *number })
    };
    let day = |text: &'_ str| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
    let read = match (month(first), month(second)) {
        (Some(month), _) => date(&year, month, &day(second)),
        (None, Some(month)) => date(&year, month, &day(first)),
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

/// What follows a day: nothing, or `T14:20`, `14:20:05.123Z`, `2:20 PM`, `14:20 +0200`, `2:20 PM GMT+1`, `14:20 CET`, each
/// after a space or comma. The time of day is `None` where there is none, and so is the zone.
fn parse_clock(text: &str) -> Option<(Option<NaiveTime>, Option<SaidZone>)> {
    let text = text.strip_prefix(['T', 't', ',']).unwrap_or(text).trim();
    if text.is_empty() {
        return Some((None, None));
    }
    let text = text.strip_prefix("at ").unwrap_or(text);
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let rest = rest.trim();
    let half = rest.get(..2).filter(|half| half.eq_ignore_ascii_case("AM") || half.eq_ignore_ascii_case("PM"));
    let rest = half.map_or(rest, |half| rest[half.len()..].trim());
    let zone = if rest.is_empty() { None } else { Some(zone_behind(rest)?) };
    let format = match (clock.matches(':').count(), half) {
        (1, None) => "%H:%M",
        (1, Some(_)) => "%I:%M %p",
        (2, None) => "%H:%M:%S%.f",
        (2, Some(_)) => "%I:%M:%S%.f %p",
        _ => return None,
    };
    let time = NaiveTime::parse_from_str(format!("{clock} {}", half.unwrap_or_default()).trim(), format).ok()?;
    Some((Some(time), zone))
}

/// What follows the day of a cell, or why that is no time. Letters that are not known are those of the zone that somebody
/// named, where they are used there.
fn clock_of(cell: &str, clock: &str, settings: TimeSettings) -> Result<(Option<NaiveTime>, Option<SaidZone>), String> {
    if let Some(read) = parse_clock(clock) {
        return Ok(read);
    }
    let lettered = clock.trim_end().rsplit_once(' ').and_then(|(clock, letters)| {
        let letters = letters.trim_matches(['(', ')', '[', ']']);
        let are_letters = (3..=5).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_uppercase());
        let time = parse_clock(clock).and_then(|(time, zone)| time.filter(|_| zone.is_none()));
        time.filter(|_| are_letters).map(|time| (time, letters))
    });
    let (time, letters) = lettered.ok_or_else(|| not_a_day(cell, settings.order))?;
    match settings.zone.filter(|zone| uses(*zone, letters, 2026)) {
        Some(zone) => Ok((Some(time), Some(SaidZone::Zone(zone)))),
        None => Err(format!(
            "`{letters}` is no zone that is known: give --time-zone with a zone that is called so, or take the letters out of \
             the column and say with --time-zone which one it is"
        )),
    }
}

/// `CET`, `(CET)`, and of `+02:00[Europe/Berlin]` or `+0200 (CEST)` the offset.
fn zone_behind(text: &str) -> Option<SaidZone> {
    let bare = text.trim_matches(['(', ')', '[', ']']);
    let before = || text.split_once(['(', '[']).map(|(offset, _)| offset.trim()).filter(|offset| !offset.is_empty());
    SaidZone::parse(bare).or_else(|| SaidZone::parse(before()?))
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
    fn letters_that_are_not_known_are_those_of_the_zone_that_is_named() {
        let named = |zone| TimeSettings { order: None, zone };
        let refused = "`CAT` is no zone that is known: give --time-zone with a zone that is called so";
        check_in("2026-05-31 14:20 CAT", named(None), refused);
        check_in("2026-05-31 14:20 (CAT)", named(Some(Tz::Europe__Berlin)), refused);
        check_in("2026-05-31 14:20 CAT", named(Some(Tz::Africa__Harare)), "2026-05-31T12:20:00");
        check_in("2026-05-31 14:20 XX", named(None), "`2026-05-31 14:20 XX` is not a date");
    }

    #[test]
    fn months_may_be_words() {
        check("Mar 10, 2026 03:00 PM", None, "2026-03-10T15:00:00");
        check("Tuesday, 10 March 2026 15:00", None, "2026-03-10T15:00:00");
        check("10-Mar-2026", None, "2026-03-10T00:00:00");
        check("10. M\u{e4}rz 2026", None, "2026-03-10T00:00:00");
        check("Sept 1st, 2026", None, "2026-09-01T00:00:00");
        check("3. Juni 2026", None, "2026-06-03T00:00:00");
        check("3. Juli 2026 14:20", None, "2026-07-03T14:20:00");
        check("3. Mrz 2026", None, "2026-03-03T00:00:00");
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
        check("05/03/26 14:20", Some(DateFormat::DayFirst), "2026-03-05T14:20:00");
        check("5.31.98", Some(DateFormat::MonthFirst), "1998-05-31");
        check("10-Mar-26", Some(DateFormat::DayFirst), "2026-03-10");
        check("1/2/55", Some(DateFormat::DayFirst), "`1/2/55` is not a date");
        check("05/03/26", None, "`05/03/26` is not a date like 2026-05-31; where the file writes the day first");
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
    fn the_zone_of_a_cell_goes_before_its_columns_and_that_before_the_one_that_is_named() {
        let read = |cell: &str, column: &str, zone: Option<Tz>| {
            parse_time_of(cell, TimeSettings { order: None, zone }, SaidZone::of_column(column))
                .unwrap()
                .at
                .to_rfc3339()
        };
        let berlin = Some(Tz::Europe__Berlin);
        assert_eq!(read("2026-03-05 14:20", "At (UTC)", berlin), "2026-03-05T14:20:00+00:00");
        assert_eq!(read("2026-03-05 14:20", "At (GMT+2)", None), "2026-03-05T12:20:00+00:00");
        assert_eq!(read("2026-03-05 14:20 +0300", "At (UTC)", berlin), "2026-03-05T11:20:00+00:00");
        assert_eq!(read("2026-03-05 14:20 CET", "At", None), "2026-03-05T13:20:00+00:00");
        assert_eq!(read("2026-03-05 14:20 Asia/Tokyo", "At", None), "2026-03-05T05:20:00+00:00");
        assert_eq!(read("2026-03-05T14:20+01:00[Europe/Berlin]", "At", None), "2026-03-05T13:20:00+00:00");
        assert_eq!(read("2026-03-05", "At (PST)", berlin), "2026-03-05T00:00:00+00:00");
    }

    #[test]
    fn dates_may_be_in_japanese() {
        check("2026\u{5e74}3\u{6708}5\u{65e5}", None, "2026-03-05T00:00:00");
        check("2026\u{5e74}03\u{6708}05\u{65e5}(\u{6728}) 14:20", None, "2026-03-05T14:20:00");
        check("2026\u{5e74}3\u{6708}5\u{65e5} 14\u{6642}20\u{5206}", None, "2026-03-05T14:20:00");
        check("\u{ff12}\u{ff10}\u{ff12}\u{ff16}\u{ff0f}\u{ff10}\u{ff13}\u{ff0f}\u{ff10}\u{ff15}", None, "2026-03-05");
        let era = "\u{4ee4}\u{548c}8\u{5e74}3\u{6708}5\u{65e5}";
        check(era, None, &format!("`{era}` is not a date"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in
            ["2026-02-30", "2026-05-31 25:00", "2026-05-31 14", "2026-5", "soon", "20261331", "2026-05-31 1:2:3:4"]
        {
            check(bad, None, &format!("`{bad}` is not a date like 2026-05-31 or"));
        }
        check("2026-05-31 14:20 +99:99", None, "`2026-05-31 14:20 +99:99` is not");
        check("2026-05-31 14:20 WXYZ", None, "`WXYZ` is no zone that is known: give --time-zone");
        check("46091.625", None, "`46091.625` is a spreadsheet's serial number of 2026-03-10 15:00");
        check("46091", Some(DateFormat::DayFirst), "`46091` is a spreadsheet's serial number of 2026-03-10 00:00");
    }
}
