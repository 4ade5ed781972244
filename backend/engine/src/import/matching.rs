//! Finds the columns of a format in the header of a file.

use anyhow::bail;
use valuemap_shared::imports::ColumnReason as How;

use crate::import::column_names::{are_there, called, doubt, has, index_by_name, indexes_of};
use crate::import::columns::{Columns, Mapping, Matched, normalised, numbered};
use crate::import::format::Format;
use crate::import::known_headers::recognise;
use crate::import::layout::Fitness;

impl Columns {
    /// `constants` are the fields that say the same for all rows and need no column.
    pub fn find(
        format: &Format,
        header: &[String],
        (given, remembered): (&Mapping, &Mapping),
        constants: &[&str],
    ) -> anyhow::Result<Self> {
        for field in given.keys().map(String::as_str).chain(constants.iter().copied()) {
            if !format.fields.iter().any(|known| known.name == field) {
                let known: Vec<&str> = format.fields.iter().map(|field| field.name).collect();
                bail!("{} has no field `{field}`; it has {}", format.name, known.join(", "));
            }
        }
        let (mut matched, mut unread) = (Vec::new(), Vec::new());
        for field in format.fields.iter().filter(|field| !constants.contains(&field.name)) {
            let said = [(given, How::Given), (remembered, How::Remembered)];
            let said = said.into_iter().find_map(|(mapping, how)| Some((mapping.get(field.name)?, how)));
            let found = match said {
                Some((column, _)) if column.is_empty() => {
                    unread.push(field.name);
                    None
                }
                Some((column, how)) => Some((indexes_of(header, column, how)?, how)),
                None => index_by_name(field, header)?.map(|index| ((index, None), How::Name)),
            };
            if let Some(((index, otherwise), how)) = found {
                let called = called(header, index, otherwise);
                let otherwise = otherwise.map(|index| (index, header[index].clone()));
                matched.push(Matched {
                    field: field.name,
                    index,
                    column: header[index].clone(),
                    otherwise,
                    called,
                    how,
                });
            }
        }
        let columns = Self { others: others(header, &matched), matched, unread };
        let unmet = columns.unmet(format, constants);
        let to_set: Option<Vec<&str>> = unmet.iter().map(|fields| format.to_set(fields)).collect();
        match to_set {
            Some(advice) if advice.is_empty() => Ok(columns),
            Some(advice) => bail!("{}", advice.join("; ")),
            None => bail!("{}", refusal(format, header, &unmet)),
        }
    }

    /// The requirements that no column meets: of each group of fields one.
    fn unmet(&self, format: &Format, constants: &[&str]) -> Vec<&'static [&'static str]> {
        let is_there = |field: &&str| self.index(field).is_some() || constants.contains(field);
        format.required.iter().copied().filter(|fields| !fields.iter().any(is_there)).collect()
    }
}

/// Requirements as the names of the columns that would meet them.
fn named(format: &Format, requirements: &[&[&str]]) -> Vec<String> {
    let name = |field: &&str| {
        let found = format.fields.iter().find(|known| known.name == *field);
        let columns = found.map(|field| field.columns).unwrap_or_default();
        // What an API calls it, and what a report does.
        let other = columns.get(1).filter(|other| !format.is_plain && normalised(other) != normalised(columns[0]));
        match (columns.first(), other) {
            (Some(column), Some(other)) if !column.contains(' ') => format!("`{column}` (or `{other}`)"),
            (column, _) => format!("`{}`", column.unwrap_or(field)),
        }
    };
    requirements.iter().map(|fields| fields.iter().map(name).collect::<Vec<_>>().join(" or ")).collect()
}

fn others(header: &[String], matched: &[Matched]) -> Vec<String> {
    let is_read = |matched: &Matched, index| {
        matched.index == index || matched.otherwise.as_ref().is_some_and(|one| one.0 == index)
    };
    let is_other = |index: &usize| !matched.iter().any(|matched| is_read(matched, *index));
    let named = (0..header.len()).filter(is_other).map(|index| header[index].clone());
    named.filter(|name| !name.is_empty()).collect()
}

fn refusal(format: &Format, header: &[String], unmet: &[&[&str]]) -> String {
    let mut text = format!(
        "not a valid {} file: missing columns {}; it has {}",
        format.name,
        named(format, unmet).join(", "),
        header.join(", ")
    );
    let missing = format.fields.iter().filter(|field| unmet.iter().any(|fields| fields.contains(&field.name)));
    for (field, name) in missing.flat_map(|field| field.columns.iter().map(move |name| (field, *name))) {
        let is_there = header.iter().any(|column| normalised(column) == normalised(name));
        if let Some(doubt) = doubt(field, name, header).filter(|_| is_there) {
            text.push_str(&format!(". {doubt}: if it is, say --map {}=\"{name}\"", field.name));
        }
    }
    if let Some(other) = recognise(header) {
        text.push_str(&format!(". It looks like {0}: try `valuemap import {0}`", other.name));
    }
    text.push_str(". Add them to the export (in a report: among its columns)");
    text.push_str(". Where a column has another name, say which one it is with --map FIELD=COLUMN, and with --set FIELD=VALUE what all rows say; the fields are ");
    text + &format.fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")
}

/// How well a row serves as the header of a format.
pub fn fitness(format: &Format, mapping: (&Mapping, &Mapping), constants: &[&str], header: &[String]) -> Fitness {
    match Columns::find(format, header, mapping, constants) {
        Ok(_) => Fitness::Complete,
        Err(_) => {
            let given = mapping.0.values().chain(mapping.1.values()).filter(|column| numbered(column).is_none());
            let given = given.filter(|column| are_there(header, column)).count();
            Fitness::Partial(given + format.fields.iter().filter(|field| has(field, header)).count())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::formats::FORMATS;

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    fn find(
        format: &Format,
        names: &str,
        given: &[(&str, &str)],
        remembered: &[(&str, &str)],
    ) -> Result<String, String> {
        let mapping = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(field, column)| ((*field).to_owned(), (*column).to_owned())).collect::<Mapping>()
        };
        let found = Columns::find(format, &header(names), (&mapping(given), &mapping(remembered)), &[]);
        let shown = |matched: &Matched| {
            let otherwise = matched.otherwise.as_ref().map(|(index, _)| format!(" or {index}")).unwrap_or_default();
            format!("{}={}{otherwise} {:?}", matched.field, matched.index, matched.how)
        };
        let found = found.map(|columns| columns.matched.iter().map(shown).collect::<Vec<_>>().join(", "));
        found.map_err(|error| error.to_string())
    }

    fn format(name: &str) -> &'static Format {
        FORMATS.iter().find(|format| format.name == name).unwrap()
    }

    #[test]
    fn columns_are_found_by_any_spelling_of_their_names() {
        let found = find(format("hubspot-deals"), "DEAL STAGE,record-id,Close_Date,Owner", &[], &[]);
        assert_eq!(found.unwrap(), "id=1 Name, stage=0 Name, closed=2 Name");
        let best = "Record ID,Deal Stage,Close Date,Associated Company,Associated Company IDs (Primary)";
        let found = find(format("hubspot-deals"), best, &[], &[]).unwrap();
        assert!(found.ends_with("account=4 Name"), "{found}");
        let found =
            find(format("hubspot-deals"), "Record ID,Deal Stage,Amount (all),Amount (USD),Close Date (UTC)", &[], &[]);
        assert_eq!(found.unwrap(), "id=0 Name, stage=1 Name, closed=4 Name, amount=3 Name");
    }

    #[test]
    fn what_is_said_now_goes_before_what_was_said_before() {
        let names = "key,kind,at,Day,When";
        let found = find(format("outcomes"), names, &[("at", "when")], &[("at", "Day"), ("title", "Day")]).unwrap();
        assert_eq!(found, "key=0 Name, kind=1 Name, at=4 Given, title=3 Remembered");
        let found = find(format("outcomes"), "key,kind,Join,Day", &[("at", "join|day")], &[]).unwrap();
        assert_eq!(found, "key=0 Name, kind=1 Name, at=2 or 3 Given");
        let found = find(format("outcomes"), "key,kind,Day,Day", &[("at", "#4")], &[]).unwrap();
        assert_eq!(found, "key=0 Name, kind=1 Name, at=3 Given");
        let found = find(format("outcomes"), "key,kind,at", &[], &[("at", "Day")]).unwrap_err();
        assert!(found.contains("the mapping that is remembered names the column `Day`"), "{found}");
    }

    #[test]
    fn a_mapping_is_remembered_so_that_it_reads_the_same_columns_again() {
        let check = |names: &str, column: &str, remembered: &str| {
            let given = Mapping::from([("at".to_owned(), column.to_owned())]);
            let header = header(names);
            let find = |given: &Mapping, before: &Mapping| {
                Columns::find(format("outcomes"), &header, (given, before), &[]).unwrap()
            };
            let found = find(&given, &Mapping::new());
            let mapping = found.mapping();
            assert_eq!(mapping["at"], remembered, "{names} {column}");
            let again = find(&Mapping::new(), &mapping);
            let read = |columns: &Columns| {
                let matched = columns.of("at").unwrap();
                (matched.index, matched.otherwise.as_ref().map(|(index, _)| *index))
            };
            assert_eq!(read(&again), read(&found), "{names} {column}");
        };
        check("key,kind,Day", "#3", "Day");
        check("key,kind,Day,Day", "#4", "#4");
        check("key,kind,Day,day", "#4", "day");
        check("key,kind,Day,", "#4", "#4");
        check("key,kind,%,#", "#4", "#");
        check("key,kind,#1", "#3", "#3");
        check("key,kind,Day,Day,Night", "#4|Night", "#4|Night");
        check("key,kind,A|B,C", "A|B", "A|B");
        check("key,kind,A|B,C", "#3|C", "#3|C");
    }

    #[test]
    fn a_name_that_several_columns_bear_is_refused_and_asked_for_by_position() {
        let names = "key,kind,Day,Day,Other";
        let refused = find(format("outcomes"), names, &[("at", "Day")], &[]).unwrap_err();
        assert_eq!(
            refused,
            "the columns 3 and 4 are both called `Day`; say which one it is by its position, such as #3"
        );
        let refused = find(format("outcomes"), names, &[("at", "day")], &[]).unwrap_err();
        assert!(refused.contains("the columns 3 and 4 are both called `day`"), "{refused}");
        let refused = find(format("outcomes"), names, &[], &[("at", "Day|Other")]).unwrap_err();
        assert!(refused.contains("remembered names the column `Day`, and the columns 3 and 4 are both"), "{refused}");
        let refused = find(format("outcomes"), "key,kind,%,", &[("at", "%%")], &[]).unwrap_err();
        assert!(refused.contains("the file has no column `%%`"), "{refused}");
    }

    #[test]
    fn a_field_may_be_of_no_column() {
        let names = "key,kind,at,title";
        for (given, remembered) in [(&[("title", "")][..], &[][..]), (&[], &[("title", "")])] {
            let found = find(format("outcomes"), names, given, remembered).unwrap();
            assert_eq!(found, "key=0 Name, kind=1 Name, at=2 Name");
        }
        let given = Mapping::from([("title".to_owned(), String::new())]);
        let found = Columns::find(format("outcomes"), &header(names), (&given, &Mapping::new()), &[]).unwrap();
        assert_eq!(found.mapping(), given);
        let refused = find(format("outcomes"), names, &[("at", "")], &[]).unwrap_err();
        assert!(refused.contains("missing columns `at`"), "{refused}");
    }

    #[test]
    fn a_name_that_means_something_else_in_its_company_is_not_taken() {
        let invoices = "ContactName,EmailAddress,InvoiceNumber,InvoiceDate,Total,AccountCode,TaxType,Status";
        let found = find(format("revenue"), invoices, &[], &[]).unwrap();
        assert_eq!(found, "key=2 Name, email=1 Name, at=3 Name, amount=4 Name, status=7 Name");
        let found = find(format("revenue"), "Invoice No,Email,Date,Total,Billing City,State", &[], &[]).unwrap();
        assert_eq!(found, "key=0 Name, email=1 Name, at=2 Name, amount=3 Name");
        let refused = find(format("revenue"), "id,Email,Created,Amount,Interval", &[], &[]).unwrap_err();
        let doubt = ". `Amount` is not taken for it beside `Interval`: if it is, say --map amount=\"Amount\"";
        assert!(refused.contains(doubt), "{refused}");
        let found = find(format("attendees"), "Event ID,email,approval_status,created_at,Role", &[], &[]).unwrap();
        assert_eq!(found, "activity=0 Name, email=1 Name, status=2 Name, registered_at=3 Name");
        let joined = |names: &str| find(format("attendees"), names, &[], &[]).map(|found| found.contains("came_at"));
        assert_eq!(joined("Event ID,Email,Joined at"), Ok(true));
        assert!(joined("Email,Joined at").unwrap_err().contains("`Joined at` is not taken for it without any of"));
    }

    #[test]
    fn every_format_is_recognised_by_all_its_columns_and_asks_for_what_it_requires() {
        for format in FORMATS {
            let names: Vec<String> = format.fields.iter().map(|field| field.columns[0].to_owned()).collect();
            assert_eq!(recognise(&names).unwrap().name, format.name);
            for name in format.required.iter().flat_map(|names| names.iter()) {
                assert!(format.fields.iter().any(|field| field.name == *name), "{}: {name}", format.name);
            }
            let refused = find(format, "Weather", &[], &[]).unwrap_err();
            assert!(refused.contains("missing columns"), "{refused}");
        }
    }

    #[test]
    fn what_a_whole_file_says_is_asked_for_where_no_column_says_it() {
        let refused = find(format("attendees"), "Attended,Email,Join Time", &[], &[]).unwrap_err();
        assert_eq!(
            refused,
            "the file does not name the event: give --set activity=KEY, with the key of an activity that is loaded"
        );
    }
}
