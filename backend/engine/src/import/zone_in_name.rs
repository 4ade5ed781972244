//! The time zone that a file says by itself, mostly in the name of a column: `Submitted (UTC)`, `Completed at (Europe/Berlin)`.

use chrono_tz::Tz;

use crate::import::times::{TimeSettings, zone_named};

/// A time zone that a file says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaidZone {
    Zone(Tz),
    /// What may mean several zones, such as `PST` or `IST`.
    Unclear(String),
}

impl SaidZone {
    /// What the name of a column says.
    pub fn in_name(name: &str) -> Option<Self> {
        // Brackets are there to say it.
        let in_brackets: Vec<Self> = in_brackets(name).filter_map(|part| Self::of(part, true)).collect();
        let found = match in_brackets[..] {
            [] => words(name).filter_map(|(word, is_last)| Self::of(word, is_last)).collect(),
            _ => in_brackets,
        };
        let first = found.first()?;
        Some(if found.iter().all(|other| other == first) { first.clone() } else { Self::Unclear(name.to_owned()) })
    }

    /// What a text says that is nothing but a zone.
    pub fn named(text: &str) -> Self {
        let known = if text == "Z" { Some(Self::Zone(Tz::UTC)) } else { Self::of(text, true) };
        known.unwrap_or_else(|| Self::Unclear(text.to_owned()))
    }

    /// `is_apart` says that a text stands in brackets or at the end, where short words mean zones, too.
    fn of(text: &str, is_apart: bool) -> Option<Self> {
        if matches!(text, "UTC" | "GMT" | "utc" | "gmt" | "Utc" | "Gmt") {
            return Some(Self::Zone(Tz::UTC));
        }
        if text.contains('/') {
            return zone_named(&text.replace(' ', "_")).ok().map(Self::Zone);
        }
        if let Some(offset) = offset(text, is_apart) {
            return Some(offset.map_or_else(|| Self::Unclear(text.to_owned()), Self::Zone));
        }
        let lower = text.to_lowercase();
        if let Some((_, zone)) = AMERICAN.iter().find(|(words, _)| lower.starts_with(words)) {
            return Some(Self::Zone(*zone));
        }
        let is_unclear = is_apart && UNCLEAR.contains(&text)
            || ["standard time", "daylight time", "summer time", "european time"]
                .iter()
                .any(|end| lower.ends_with(end));
        is_unclear.then(|| Self::Unclear(text.to_owned()))
    }

    /// How the times of a column of this name are read, and what there is to say of it. `--time-zone` goes before what the
    /// file says, since a person said it.
    pub fn applied(&self, column: &str, times: TimeSettings) -> Result<(TimeSettings, Option<String>), String> {
        match (self, times.zone) {
            (Self::Zone(said), None) => {
                let note = format!("Times of `{column}` without an offset are in {said}, as the file says");
                Ok((TimeSettings { zone: Some(*said), ..times }, Some(note)))
            }
            (Self::Zone(said), Some(given)) if given != *said => {
                let note = format!(
                    "Times of `{column}` without an offset are in {given}, as --time-zone says, although the file says {said}"
                );
                Ok((times, Some(note)))
            }
            (Self::Unclear(said), None) => Err(format!(
                "`{column}`: which time zone `{said}` means cannot be told for sure; give it with --time-zone, such as \
                 America/New_York"
            )),
            (_, Some(_)) => Ok((times, None)),
        }
    }
}

/// What brackets hold, as a whole.
fn in_brackets(name: &str) -> impl Iterator<Item = &str> {
    name.split(['(', '[']).skip(1).map(|rest| rest.split([')', ']']).next().unwrap_or_default().trim())
}

/// The words of a name, each with whether it is the last, which may be a short one: those of `created_at_utc`, too.
fn words(name: &str) -> impl Iterator<Item = (&str, bool)> {
    let words = name.split(|c: char| c.is_whitespace() || "()[],;".contains(c)).filter(|word| !word.is_empty());
    let parts = words.flat_map(|word| word.split(if word.contains('/') { ' ' } else { '_' }));
    parts.map(move |part| (part, name.trim_end().ends_with(part)))
}

/// The zone of `UTC+2`, `GMT-05:00` or, in brackets, `+02:00`; the inner `None` for one of half an hour, which has no name.
fn offset(text: &str, is_apart: bool) -> Option<Option<Tz>> {
    let upper = text.to_uppercase();
    let named = upper.strip_prefix("UTC").or(upper.strip_prefix("GMT"));
    let (sign, digits) = match named.or(is_apart.then_some(upper.as_str()))?.trim_start().split_at_checked(1)? {
        ("+", digits) => ('-', digits),
        ("-", digits) => ('+', digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let is_complete = named.is_some() && !digits.is_empty() || digits.len() == 4;
    if !is_complete || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(digits.len().min(if digits.len() == 3 { 1 } else { 2 }));
    let hours: u8 = hours.parse().ok()?;
    if !minutes.bytes().all(|byte| byte == b'0') {
        return Some(None);
    }
    // The signs of these names are turned.
    let name = if hours == 0 { "UTC".to_owned() } else { format!("Etc/GMT{sign}{hours}") };
    Some(zone_named(&name).ok())
}

/// How Americans call their zones, summer time included.
const AMERICAN: [(&str, Tz); 4] = [
    ("eastern time", Tz::America__New_York),
    ("central time", Tz::America__Chicago),
    ("mountain time", Tz::America__Denver),
    ("pacific time", Tz::America__Los_Angeles),
];

/// Abbreviations that several zones have, or of which it is not sure whether they include summer time.
const UNCLEAR: [&str; 34] = [
    "PST", "PDT", "PT", "MST", "MDT", "MT", "CST", "CDT", "CT", "EST", "EDT", "ET", "AKST", "HST", "AST", "NST", "BRT",
    "BST", "IST", "WET", "WEST", "CET", "CEST", "MEZ", "MESZ", "EET", "EEST", "MSK", "JST", "KST", "SGT", "AEST",
    "AEDT", "NZST",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_say_a_zone() {
        let check = |name: &str, zone: &str| {
            let found = SaidZone::in_name(name).map(|said| match said {
                SaidZone::Zone(zone) => zone.name().to_owned(),
                SaidZone::Unclear(text) => format!("{text}?"),
            });
            assert_eq!(found.as_deref().unwrap_or(""), zone, "{name}");
        };
        check("Submit Date (UTC)", "UTC");
        check("created_at_utc", "UTC");
        check("UTC timestamp", "UTC");
        check("Date/Time [GMT]", "UTC");
        check("Completed at (Europe/Berlin)", "Europe/Berlin");
        check("Completed at America/New_York", "America/New_York");
        check("Completed (america/new york)", "America/New_York");
        check("Start (UTC+2)", "Etc/GMT-2");
        check("Start (GMT -05:00)", "Etc/GMT+5");
        check("Start (+01:00)", "Etc/GMT-1");
        check("Start (UTC+0)", "UTC");
        check("Join Time (Eastern Time (US and Canada))", "America/New_York");
        check("Start (UTC+05:30)", "UTC+05:30?");
        check("Submitted (PST)", "PST?");
        check("Submitted CET", "CET?");
        check("Time (Pacific Daylight Time)", "Pacific Daylight Time?");
        check("From UTC to Europe/Berlin", "From UTC to Europe/Berlin?");
        for name in ["Date/Time", "Submitted", "Start time", "Response time (s)", "How (IT) works", "Rate (+1)x", ""] {
            check(name, "");
        }
    }

    #[test]
    fn what_a_person_says_goes_before_the_file_and_is_said() {
        let times = |zone| TimeSettings { order: None, zone };
        let times_of_column = |column: &str, times: TimeSettings| {
            SaidZone::in_name(column).map_or(Ok((times, None)), |said| said.applied(column, times))
        };
        let check = |column: &str, given: Option<Tz>, zone: Option<Tz>, note: &str| {
            let (found, said) = times_of_column(column, times(given)).unwrap();
            assert_eq!((found.zone, said.unwrap_or_default().as_str()), (zone, note), "{column}");
        };
        let (berlin, utc) = (Some(Tz::Europe__Berlin), Some(Tz::UTC));
        check("When", berlin, berlin, "");
        check("When", None, None, "");
        check("When (UTC)", None, utc, "Times of `When (UTC)` without an offset are in UTC, as the file says");
        check("When (UTC)", utc, utc, "");
        check(
            "When (UTC)",
            berlin,
            berlin,
            "Times of `When (UTC)` without an offset are in Europe/Berlin, as --time-zone says, although the file says UTC",
        );
        check("When (IST)", berlin, berlin, "");
        let refused = times_of_column("When (IST)", times(None)).unwrap_err();
        assert!(refused.contains("`When (IST)`: which time zone `IST` means cannot be told for sure"), "{refused}");
    }
}
