//! Reads one row in a format, and says what it means in a line each.

use std::borrow::Cow;
use std::collections::BTreeMap;

use csv::StringRecord;
use valuemap_shared::activities::{PartyRef, Record, Reference};
use valuemap_shared::money::Currency;

use crate::import::columns::{Columns, Mapping};
use crate::import::format::Format;
use crate::import::numbers::DecimalMark;
use crate::import::row::Row;
use crate::import::settings::{FormatSettings, ValueMap};
use crate::import::times::TimeSettings;

/// `arguments` are kinds of outcome, the type of activities as `type=KEY`, or what a value means as `FIELD:VALUE=MEANING`.
pub fn check(format: &Format, header: &str, row: &str, arguments: &[&str], expected: &[&str]) {
    assert_eq!(read(format, header, row, arguments).0, expected);
}

/// The same of what is noted.
pub fn check_notes(format: &Format, header: &str, row: &str, expected: &[&str]) {
    assert_eq!(read(format, header, row, &[]).1, expected);
}

/// What a row means or what is wrong with it, and what is noted.
fn read(format: &Format, header: &str, row: &str, arguments: &[&str]) -> (Vec<String>, Vec<String>) {
    let header: Vec<String> = header.split(',').map(|name| name.trim().to_owned()).collect();
    let columns = Columns::find(format, &header, (&Mapping::new(), &Mapping::new()), &[]).unwrap();
    let mut values = ValueMap::default();
    for argument in arguments {
        let parts = argument.split_once(':').and_then(|(field, rest)| Some((field, rest.rsplit_once('=')?)));
        if let Some((field, (value, meaning))) = parts {
            values.insert(field, value, meaning);
        }
    }
    let settings = FormatSettings {
        source: format.source.to_owned(),
        currency: Currency::EUR,
        is_currency_said: false,
        mark: DecimalMark::Point,
        is_mark_remembered: false,
        times: TimeSettings::default(),
        won_stages: Vec::new(),
        kind: arguments.iter().find_map(|argument| argument.parse().ok()),
        activity_type: arguments.iter().find_map(|argument| argument.strip_prefix("type=")).map(str::to_owned),
        values,
        constants: BTreeMap::new(),
        skip_without_key: false,
    };
    let cells: StringRecord = row.split(',').collect();
    assert_eq!(cells.len(), header.len(), "{row}");
    let mut row = Row::new(&cells, &columns, &settings);
    let reading = (format.read)(&mut row, &settings);
    let mut found = row.problems;
    if let Some(reading) = reading.filter(|_| found.is_empty()) {
        found.extend(reading.activity.map(Record::Activity).iter().map(described));
        found.extend(reading.records.iter().map(described));
        found.extend(reading.withdrawn.map(|(_, reference)| format!("withdraw {}", shown(&reference))));
        found.extend(reading.skipped.map(|reason| format!("skip {reason}")));
    }
    (found, row.notes.into_iter().map(Cow::into_owned).collect())
}

fn described(record: &Record) -> String {
    let mut parts = Vec::new();
    match record {
        Record::Party(party) => {
            parts.push(shown_party(&party.party));
            parts.extend(party.name.iter().map(|name| format!("`{name}`")));
            parts.extend(party.is_staff.then(|| "staff".to_owned()));
            parts.extend(party.since.map(|since| format!("since {since}")));
            parts.extend(party.until.map(|until| format!("until {until}")));
            parts.extend(party.audience.map(|audience| audience.to_string()));
            parts.extend(party.email.is_some().then(|| "with an address".to_owned()));
        }
        Record::Outcome(outcome) => {
            parts.push(format!("outcome {} {}", shown(&outcome.reference), outcome.kind));
            parts.extend(outcome.party.iter().map(|party| format!("of {}", shown_party(party))));
            parts.push(format!("at {}", outcome.at.to_rfc3339().replace("+00:00", "Z")));
            parts.extend(outcome.money.map(|money| money.to_string()));
            parts.extend(outcome.title.iter().map(|title| format!("`{title}`")));
            parts.extend(
                outcome.opportunity_at.map(|at| format!("opportunity {}", at.to_rfc3339().replace("+00:00", "Z"))),
            );
            parts.extend(outcome.withdrawn.then(|| "withdrawn".to_owned()));
        }
        Record::Touchpoint(touch) => {
            parts.push(format!("touchpoint {} {} of", shown(&touch.reference), touch.role));
            parts.push(format!("{} with {}", shown_party(&touch.party), shown(&touch.activity)));
            parts.push(format!("at {}", touch.at.to_rfc3339().replace("+00:00", "Z")));
        }
        Record::Link(link) => {
            parts.push(format!("link {} to {} by {}", shown_party(&link.from), shown_party(&link.to), link.method));
        }
        Record::Case(case) => {
            parts.push(format!("case {}", shown(&case.reference)));
            parts.extend(case.party.iter().map(|party| format!("of {}", shown_party(party))));
            parts.push(format!("from {}", case.opened_at.to_rfc3339().replace("+00:00", "Z")));
            parts.extend(case.solved_at.map(|at| format!("to {}", at.to_rfc3339().replace("+00:00", "Z"))));
            parts.extend(case.channel.iter().map(|channel| format!("by {channel}")));
            parts.extend(case.withdrawn.then(|| "withdrawn".to_owned()));
        }
        Record::Activity(activity) => parts.push(format!(
            "activity {} {} `{}` {} to {}",
            shown(&activity.reference),
            activity.activity_type,
            activity.name,
            activity.starts_on,
            activity.ends_on
        )),
        other => parts.push(format!("{other:?}")),
    }
    parts.join(" ")
}

fn shown(reference: &Reference) -> String {
    format!("{}/{}", reference.source, reference.key)
}

fn shown_party(party: &PartyRef) -> String {
    format!("{} {}", party.kind, shown(&party.reference))
}
