//! Time zones as files say them: behind a time, and in the name of a column.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{OffsetName, Tz};

/// The zone of a name such as `Europe/Berlin`.
pub fn zone_named(name: &str) -> Result<Tz, String> {
    let known = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name.trim()));
    known
        .copied()
        .ok_or_else(|| format!("`{name}` is not the name of a time zone, such as Europe/Berlin or America/New_York"))
}

/// What a file says of the zone of its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidZone {
    Offset(FixedOffset),
    Zone(Tz),
    /// By its letters, as `ZONES` has them.
    Letters(&'static str),
}

/// Zones by their letters, with the one that is meant where it is one alone. Of others, an example of each that may be meant.
const ZONES: &[(&str, &[Tz])] = &[
    ("CET", &[Tz::Europe__Berlin]),
    ("CEST", &[Tz::Europe__Berlin]),
    ("WET", &[Tz::Europe__Lisbon]),
    ("WEST", &[Tz::Europe__Lisbon]),
    ("EET", &[Tz::Europe__Helsinki]),
    ("EEST", &[Tz::Europe__Helsinki]),
    ("MSK", &[Tz::Europe__Moscow]),
    ("EST", &[Tz::America__New_York]),
    ("EDT", &[Tz::America__New_York]),
    ("MST", &[Tz::America__Denver]),
    ("MDT", &[Tz::America__Denver]),
    ("PST", &[Tz::America__Los_Angeles]),
    ("PDT", &[Tz::America__Los_Angeles]),
    ("AKST", &[Tz::America__Anchorage]),
    ("AKDT", &[Tz::America__Anchorage]),
    ("HST", &[Tz::Pacific__Honolulu]),
    ("JST", &[Tz::Asia__Tokyo]),
    ("KST", &[Tz::Asia__Seoul]),
    ("HKT", &[Tz::Asia__Hong_Kong]),
    ("AWST", &[Tz::Australia__Perth]),
    ("ACST", &[Tz::Australia__Adelaide]),
    ("ACDT", &[Tz::Australia__Adelaide]),
    ("AEST", &[Tz::Australia__Sydney]),
    ("AEDT", &[Tz::Australia__Sydney]),
    ("NZST", &[Tz::Pacific__Auckland]),
    ("NZDT", &[Tz::Pacific__Auckland]),
    ("SAST", &[Tz::Africa__Johannesburg]),
    ("CST", &[Tz::America__Chicago, Tz::Asia__Shanghai]),
    ("CDT", &[Tz::America__Chicago, Tz::America__Havana]),
    ("IST", &[Tz::Asia__Kolkata, Tz::Europe__Dublin, Tz::Asia__Jerusalem]),
    ("BST", &[Tz::Europe__London, Tz::Asia__Dhaka]),
    ("AST", &[Tz::America__Halifax, Tz::Asia__Riyadh]),
    ("GST", &[Tz::Asia__Dubai, Tz::Atlantic__South_Georgia]),
    ("WIB", &[Tz::Asia__Jakarta]),
    ("IDT", &[Tz::Asia__Jerusalem]),
    ("PKT", &[Tz::Asia__Karachi]),
    ("EAT", &[Tz::Africa__Nairobi]),
];

/// What a zone is called whichever time of the year it is, and what others are called that have no letters of their own.
const CLOCKS: [(&str, Tz); 10] = [
    ("ET", Tz::America__New_York),
    ("CT", Tz::America__Chicago),
    ("MT", Tz::America__Denver),
    ("PT", Tz::America__Los_Angeles),
    ("SGT", Tz::Asia__Singapore),
    ("PHT", Tz::Asia__Manila),
    ("EASTERN TIME", Tz::America__New_York),
    ("CENTRAL TIME", Tz::America__Chicago),
    ("MOUNTAIN TIME", Tz::America__Denver),
    ("PACIFIC TIME", Tz::America__Los_Angeles),
];

impl fmt::Display for SaidZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offset(offset) if offset.local_minus_utc() == 0 => f.write_str("UTC"),
            Self::Offset(offset) => write!(f, "UTC{offset}"),
            Self::Zone(zone) => f.write_str(zone.name()),
            Self::Letters(letters) => f.write_str(letters),
        }
    }
}

impl SaidZone {
    /// `Z`, `+02:00`, `+0200`, `+02`, `GMT+2`, `CET` or `Europe/Berlin`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let upper = text.to_uppercase();
        if matches!(upper.as_str(), "Z" | "UTC" | "GMT") {
            return Some(Self::Offset(Utc.fix()));
        }
        let letters = ZONES.iter().find(|(letters, _)| *letters == upper).map(|(letters, _)| Self::Letters(letters));
        let clock = || CLOCKS.iter().find(|(name, _)| *name == upper).map(|(_, zone)| Self::Zone(*zone));
        let named =
            || Some(text).filter(|text| text.contains('/')).and_then(|text| zone_named(text).ok()).map(Self::Zone);
        letters.or_else(clock).or_else(|| parse_offset(&upper).map(Self::Offset)).or_else(named)
    }

    /// The zone that the name of a column says: `Created (UTC)`, `Start Time [Europe/Berlin]`, `created_at_utc`.
    pub fn of_column(name: &str) -> Option<Self> {
        let inside = |open, close| {
            let (_, rest) = name.split_once(open)?;
            Some(rest.rsplit_once(close)?.0)
        };
        let in_brackets = [inside('(', ')'), inside('[', ']'), inside('\u{ff08}', '\u{ff09}')];
        // In sentences, letters that are no capitals are words: `est`.
        let as_written = |text: &str| {
            let is_told = text.contains('/') || text == text.to_uppercase() || text.to_lowercase().contains("time");
            let plain = text.split(" (").next().unwrap_or_default();
            Self::parse(plain).filter(|_| is_told || matches!(plain.to_lowercase().as_str(), "utc" | "gmt"))
        };
        let said = in_brackets.into_iter().flatten().find_map(as_written);
        let last = || name.trim().rsplit([' ', '_', ',', ':']).next().filter(|last| *last != name.trim());
        said.or_else(|| last().and_then(as_written).filter(|zone| !matches!(zone, Self::Letters("EST" | "IST"))))
    }

    /// Whether times of it are those of a zone that somebody named.
    pub fn agrees_with(self, named: Tz) -> bool {
        match self {
            Self::Offset(offset) => named == Tz::UTC && offset.local_minus_utc() == 0,
            Self::Zone(zone) => zone == named,
            Self::Letters(letters) => uses(named, letters, 2026),
        }
    }

    /// A time of it. Letters are those of the zone that somebody `named`, where they are used there.
    pub fn at(self, local: NaiveDateTime, named: Option<Tz>) -> Result<DateTime<Utc>, String> {
        let letters = match self {
            Self::Offset(offset) => return Ok((local - offset).and_utc()),
            Self::Zone(zone) => return in_zone(local, zone),
            Self::Letters(letters) => letters,
        };
        if let Some(zone) = named.filter(|zone| uses(*zone, letters, local.year())) {
            return called(local, zone, letters).map_or_else(|| in_zone(local, zone), Ok);
        }
        let meant = ZONES.iter().find(|(known, _)| *known == letters).map_or(&[][..], |(_, zones)| zones);
        let examples = || meant.iter().map(|zone| zone.name()).collect::<Vec<_>>().join(" or ");
        match meant {
            [zone] => called(local, *zone, letters).ok_or_else(|| {
                let day = local.date();
                format!(
                    "`{letters}` does not hold in {} on {day}: give --time-zone, such as {}, for the time that clocks show \
                     there",
                    zone.name(),
                    zone.name()
                )
            }),
            _ => Err(format!("`{letters}` is what several zones are called: give --time-zone, such as {}", examples())),
        }
    }
}

/// A time of a zone. Of the hour that comes twice when clocks go back it is the first.
pub fn in_zone(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, String> {
    let found = zone.from_local_datetime(&local).earliest();
    let missing = || format!("`{local}` was skipped in {zone}, where clocks went forward: is --time-zone right?");
    found.map(|at| at.to_utc()).ok_or_else(missing)
}

/// A time of a zone while that is called by these letters.
fn called(local: NaiveDateTime, zone: Tz, letters: &str) -> Option<DateTime<Utc>> {
    let found = match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => vec![at],
        MappedLocalTime::Ambiguous(first, second) => vec![first, second],
        MappedLocalTime::None => Vec::new(),
    };
    found.into_iter().find(|at| at.offset().abbreviation() == Some(letters)).map(|at| at.to_utc())
}

/// Whether a zone is called by these letters at any time of a year.
pub fn uses(zone: Tz, letters: &str, year: i32) -> bool {
    [1, 7].into_iter().filter_map(|month| NaiveDate::from_ymd_opt(year, month, 1)).any(|day| {
        let offset = zone.offset_from_utc_date(&day);
        offset.abbreviation() == Some(letters)
    })
}

/// `+02:00`, `+0200`, `+02` or `GMT+2`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let named = text.strip_prefix("GMT").or(text.strip_prefix("UTC"));
    let (sign, digits) = match named.unwrap_or(text).trim_start().split_at_checked(1)? {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_column_may_say_a_zone() {
        let check = |name: &str, expected: &str| {
            let found = match SaidZone::of_column(name) {
                None => "none".to_owned(),
                Some(SaidZone::Offset(offset)) => offset.to_string(),
                Some(SaidZone::Zone(zone)) => zone.name().to_owned(),
                Some(SaidZone::Letters(letters)) => letters.to_owned(),
            };
            assert_eq!(found, expected, "{name}");
        };
        check("Created (UTC)", "+00:00");
        check("created_at_utc", "+00:00");
        check("Created at UTC+1", "+01:00");
        check("Close Date (GMT+2)", "+02:00");
        check("Start Time (Europe/Berlin)", "Europe/Berlin");
        check("Start Time [PST]", "PST");
        check("Start (Pacific Time (US & Canada))", "America/Los_Angeles");
        check("Time (ET)", "America/New_York");
        check("Created", "none");
        check("Close Date (est)", "none");
        check("Date (Created/Updated)", "none");
        check("Time Est", "none");
        check("UTC", "none");
    }

    #[test]
    fn letters_are_a_zone_where_they_mean_one_alone() {
        let check = |text: &str, local: &str, named: Option<Tz>, expected: &str| {
            let local: NaiveDateTime = local.parse().unwrap();
            let found = SaidZone::parse(text).unwrap().at(local, named);
            let found = found.map_or_else(|reason| reason, |at| at.to_rfc3339());
            assert!(found.starts_with(expected), "{text}: {found}");
        };
        check("CET", "2026-03-05T14:20:00", None, "2026-03-05T13:20:00");
        check("CEST", "2026-07-05T14:20:00", None, "2026-07-05T12:20:00");
        check("EST", "2026-03-05T14:20:00", None, "2026-03-05T19:20:00");
        check("CEST", "2026-10-25T02:30:00", None, "2026-10-25T00:30:00");
        check("CET", "2026-10-25T02:30:00", None, "2026-10-25T01:30:00");
        check("SGT", "2026-07-05T14:20:00", None, "2026-07-05T06:20:00");
        check("PHT", "2026-07-05T14:20:00", None, "2026-07-05T06:20:00");
        check("CT", "2026-07-05T14:20:00", None, "2026-07-05T19:20:00");
        check("MT", "2026-07-05T14:20:00", None, "2026-07-05T20:20:00");
        check("IDT", "2026-07-05T14:20:00", None, "2026-07-05T11:20:00");
        check("PKT", "2026-07-05T14:20:00", None, "2026-07-05T09:20:00");
        check("EAT", "2026-07-05T14:20:00", None, "2026-07-05T11:20:00");
        check(
            "EST",
            "2026-07-05T14:20:00",
            None,
            "`EST` does not hold in America/New_York on 2026-07-05: give --time-zone",
        );
        check("EST", "2026-07-05T14:20:00", Some(Tz::America__New_York), "2026-07-05T18:20:00");
        check(
            "CST",
            "2026-03-05T14:20:00",
            None,
            "`CST` is what several zones are called: give --time-zone, such as America/Chicago or Asia/Shanghai",
        );
        check("CST", "2026-03-05T14:20:00", Some(Tz::Asia__Shanghai), "2026-03-05T06:20:00");
        check("CST", "2026-03-05T14:20:00", Some(Tz::Europe__Berlin), "`CST` is what several zones are called");
    }
}
