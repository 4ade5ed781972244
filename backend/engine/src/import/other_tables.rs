//! Files of several tables, one below the other, as Zoom writes hosts, panelists and attendees: one of them is read, and the
//! others are passed over and named.

use std::collections::HashSet;
use std::io::Read;

use anyhow::bail;
use csv::StringRecord;

use crate::import::layout::{Fitness, Layout, OtherTable};
use crate::import::trailer::is_blank;

/// A table, and where what belongs to it begins: with its title, where it has one.
struct Found {
    begins: u64,
    /// It has a title or a blank line before it.
    is_apart: bool,
    header: Vec<String>,
    table: OtherTable,
}

impl Layout {
    /// Chooses the table that fits, or stays with the one whose line somebody named, and ends it where the next one begins.
    /// `text` is the whole file.
    pub fn among_tables(
        mut self,
        text: impl Read,
        is_named: bool,
        fitness: impl Fn(&[String]) -> Fitness,
    ) -> anyhow::Result<Self> {
        let mut tables = tables(text, &self, &fitness);
        if is_named {
            tables = parted(tables, self.line);
        }
        if tables.len() < 2 || tables.iter().all(|found| found.table.line != self.line) {
            return Ok(self);
        }
        if !is_named {
            let fits = |found: &&Found| found.table.rows > 0 && fitness(&found.header) == Fitness::Complete;
            match tables.iter().filter(fits).collect::<Vec<_>>()[..] {
                [] => {}
                [one] => (self.line, self.header) = (one.table.line, one.header.clone()),
                [ref first @ .., last] => {
                    let named: Vec<String> = first.iter().chain([&last]).map(|found| found.table.to_string()).collect();
                    bail!(
                        "the file has several tables that fit, and one is read at a time: {}; say which with --header-line, \
                         such as --header-line {}",
                        named.join(", "),
                        last.table.line
                    );
                }
            }
        }
        self.end = tables.iter().find(|found| found.begins > self.line).map(|found| found.begins);
        self.others = tables.into_iter().map(|found| found.table).filter(|other| other.line != self.line).collect();
        Ok(self)
    }
}

/// Tables where somebody named the line of one: what neither a title nor a blank line parts from the table above belongs to it,
/// whatever it looks like.
fn parted(tables: Vec<Found>, line: u64) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for next in tables {
        match found.last_mut().filter(|_| !next.is_apart && next.table.line != line) {
            Some(above) => above.table.rows += 1 + next.table.rows,
            None => found.push(next),
        }
    }
    found
}

/// The tables of a file: where columns are named as in the header that was found, or below a title that stands apart.
fn tables(text: impl Read, layout: &Layout, fitness: &impl Fn(&[String]) -> Fitness) -> Vec<Found> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(layout.delimiter).from_reader(text);
    // The names of all columns so far.
    let mut names: HashSet<String> = layout.header.iter().filter(|name| !name.is_empty()).cloned().collect();
    let mut tables: Vec<Found> = Vec::new();
    // A row of one cell just before, with its line and whether it stands apart.
    let mut title: Option<(u64, String, bool)> = None;
    let mut cells = StringRecord::new();
    let mut last = 0;
    while let Ok(true) = reader.read_record(&mut cells) {
        let breaks: usize = cells.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count()).sum();
        let line = reader.position().line().saturating_sub(1 + breaks as u64);
        if is_blank(&cells) {
            continue;
        }
        let follows_gap = line > last + 1;
        last = line + breaks as u64;
        let filled = || cells.iter().map(str::trim).filter(|cell| !cell.is_empty());
        let count = filled().count();
        let shared = filled().filter(|cell| names.contains(*cell)).collect::<HashSet<_>>().len();
        let header = || cells.iter().map(|name| name.trim().to_owned()).collect::<Vec<_>>();
        let is_apart = title.as_ref().is_some_and(|(_, _, is_apart)| *is_apart);
        let is_header = line == layout.line
            || shared >= 2 && 2 * shared > count
            || shared == 1 && fitness(&header()) == Fitness::Complete
            || is_apart && !tables.is_empty() && count > 1 && filled().all(is_name);
        if !is_header {
            tables.last_mut().into_iter().for_each(|found| found.table.rows += u64::from(count > 1));
            title = filled().next().filter(|_| count == 1).map(|text| {
                let is_apart = follows_gap && cells.len() < layout.header.len();
                (line, text.to_owned(), is_apart)
            });
            continue;
        }
        let is_again = title.is_none() && tables.last().is_some_and(|found| found.header == header());
        if !is_again {
            names.extend(header().into_iter().filter(|name| !name.is_empty()));
            let begins = title.as_ref().map_or(line, |(line, ..)| *line);
            let is_apart = title.is_some() || follows_gap;
            let table = OtherTable { title: title.take().map(|(_, text, _)| text), line, rows: 0 };
            tables.push(Found { begins, is_apart, header: header(), table });
        }
    }
    tables
}

/// Whether a text may name a column: it has letters, and neither figures nor an address.
fn is_name(text: &str) -> bool {
    text.contains(char::is_alphabetic) && !text.contains(|c: char| c.is_numeric() || c == '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZOOM: &str = "Attendee Report\nTopic,ID\nSpring,812\nHost Details,\nAttended,Name,Email\nYes,Ann,ann@x.org\n\
                        Panelist Details,\nAttended,Name,Email\nYes,Bob,bob@x.org\nAttendee Details,\n\
                        Attended,Name,Email,Join Time\nYes,Cem,cem@x.org,10:00\nNo,Dot,dot@x.org,\nOther Attended,\n\
                        Name,Phone,Join Time\nEve,1234,10:00\n";

    /// `expected` is the line of the header, the end, and each table that is passed over, with its rows.
    fn check(text: &str, line: Option<u64>, needed: &[&str], expected: &str) {
        let fitness = |header: &[String]| match needed.iter().all(|name| header.contains(&(*name).to_owned())) {
            true => Fitness::Complete,
            false => Fitness::Partial(header.iter().filter(|name| needed.contains(&name.as_str())).count()),
        };
        let found = Layout::find(text.as_bytes(), line, fitness)
            .and_then(|layout| layout.among_tables(text.as_bytes(), line.is_some(), fitness));
        let shown = |found: Layout| {
            let others: Vec<String> = found.others.iter().map(ToString::to_string).collect();
            format!("{} to {}: {}", found.line, found.end.unwrap_or_default(), others.join(", "))
        };
        assert_eq!(found.map_or_else(|error| error.to_string(), shown), expected);
    }

    #[test]
    fn the_table_that_fits_is_read_and_the_others_are_named() {
        let others = "`Host Details` on line 5 (1 row), `Panelist Details` on line 8 (1 row), `Other Attended` on line 15 (1 row)";
        check(ZOOM, None, &["Email", "Join Time"], &format!("11 to 14: {others}"));
        let asked = "the file has several tables that fit, and one is read at a time: `Host Details` on line 5 (1 row), \
                     `Panelist Details` on line 8 (1 row), `Attendee Details` on line 11 (2 rows); say which with \
                     --header-line, such as --header-line 11";
        check(ZOOM, None, &["Email"], asked);
        let others = "`Panelist Details` on line 8 (1 row), `Attendee Details` on line 11 (2 rows), `Other Attended` on line \
                      15 (1 row)";
        check(ZOOM, Some(5), &["Email"], &format!("5 to 7: {others}"));
    }

    #[test]
    fn one_table_is_one_whatever_stands_in_it() {
        check("key,at\n1,2\nkey,at\n3,4\n", None, &["key"], "1 to 0: ");
        check("key,name\nacme,Acme\n\nBolt Inc,\ncoil,Coil\n", None, &["key"], "1 to 0: ");
        check("key,name\nacme,Acme\nBolt\ncoil,Coil\n", None, &["key"], "1 to 0: ");
        check("key,name,city\n1,2,3\nname,name,x\n4,5,6\n", None, &["key"], "1 to 0: ");
        check("key,name,city,note,at\n1,2,3,4,5\nname,city,x,y,z\n", None, &["key"], "1 to 0: ");
        let answers = "key,name,city\n1,2,3\nname,city,x\n4,5,6\n";
        check(answers, None, &["key"], "1 to 3: the one on line 3 (1 row)");
        check(answers, Some(1), &["key"], "1 to 0: ");
        check("key,name,city\n1,2,3\n\nname,city,x\n4,5,6\n", Some(1), &["key"], "1 to 4: the one on line 4 (1 row)");
        check(
            "key,name\n1,2\n\nSecond table\ncity,mayor\nA,B\n",
            None,
            &["key"],
            "1 to 4: `Second table` on line 5 (1 row)",
        );
    }
}
