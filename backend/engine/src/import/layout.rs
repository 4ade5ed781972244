//! Where the table of a file begins. What stands above it (`sep=;`, the title of a report, comments) is passed over.

use std::fmt;
use std::io::Read;

use anyhow::bail;
use csv::StringRecord;

/// The part of a file that is looked at to find its header.
const LONGEST_START: u64 = 1 << 20;
/// Maximum number of lines among which a header is looked for.
const LINES: usize = 100;

/// How the table of a file is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The line of the header, counted from 1.
    pub line: u64,
    pub delimiter: u8,
    pub header: Vec<String>,
    /// The line that the table ends before, where another one stands below it.
    pub end: Option<u64>,
    /// Tables that the file has besides.
    pub others: Vec<OtherTable>,
}

/// A table that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTable {
    pub title: Option<String>,
    /// The line that names its columns.
    pub line: u64,
    pub rows: u64,
}

impl fmt::Display for OtherTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.title.as_ref().map_or("the one".to_owned(), |title| format!("`{title}`"));
        let rows = if self.rows == 1 { "row" } else { "rows" };
        write!(formatter, "{title} on line {} ({} {rows})", self.line, self.rows)
    }
}

/// How well a row serves as the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fitness {
    /// It names some of the columns that are looked for.
    Partial(usize),
    Complete,
}

impl Layout {
    /// Finds the header: the row of `line`, or else the first one that is complete, or else the one that fits best.
    /// `text` is UTF-8 in which every line ends with `\n`.
    pub fn find(text: impl Read, line: Option<u64>, fitness: impl Fn(&[String]) -> Fitness) -> anyhow::Result<Self> {
        let mut start = Vec::new();
        text.take(LONGEST_START).read_to_end(&mut start)?;
        let start = String::from_utf8_lossy(&start);
        let separator = start.lines().next().and_then(separator);
        let mut best: Option<(Fitness, Self)> = None;
        let mut offset = 0;
        for (number, text) in (1..).zip(start.split_inclusive('\n')) {
            let rest = &start[offset..];
            offset += text.len();
            let is_wanted = match line {
                Some(line) => number == line,
                None => number as usize <= LINES && !(number == 1 && separator.is_some()),
            };
            if !is_wanted || text.trim().is_empty() {
                continue;
            }
            let Some(found) = Self::of(rest, number, separator) else { continue };
            let fits = fitness(&found.header);
            if fits == Fitness::Complete {
                return Ok(found);
            }
            if best.as_ref().is_none_or(|(before, _)| fits > *before) {
                best = Some((fits, found));
            }
        }
        match (best, line) {
            (Some((_, found)), _) => Ok(found),
            (None, Some(line)) => {
                bail!("line {line} does not name any columns: give the line that does with --header-line")
            }
            (None, None) => bail!("the file is empty; its first line has to name the columns"),
        }
    }

    /// The header that a text begins with.
    fn of(text: &str, line: u64, separator: Option<u8>) -> Option<Self> {
        let delimiter = separator.unwrap_or_else(|| delimiter(text));
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut cells = StringRecord::new();
        reader.read_record(&mut cells).ok().filter(|is_there| *is_there)?;
        let header: Vec<String> = cells.iter().map(|name| name.trim().to_owned()).collect();
        header.iter().any(|name| !name.is_empty()).then_some(Self {
            line,
            delimiter,
            header,
            end: None,
            others: Vec::new(),
        })
    }
}

/// What a first line such as `sep=;` says.
fn separator(line: &str) -> Option<u8> {
    match line.trim_matches(['"', ' ', '\r']).strip_prefix("sep=")?.as_bytes() {
        [separator] => Some(*separator),
        [] => Some(b'\t').filter(|_| line.ends_with('\t')),
        _ => None,
    }
}

/// The one of the three that the first row has most of, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let (mut counts, mut quoted) = ([(b'\t', 0), (b';', 0), (b',', 0)], false);
    for byte in text.bytes() {
        quoted ^= byte == b'"';
        if byte == b'\n' && !quoted {
            break;
        }
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| !quoted && *delimiter == byte) {
            *count += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected` is the line, the delimiter and the columns of the header that has `key` and `at`.
    fn check(text: &str, line: Option<u64>, expected: &str) {
        let fitness =
            |header: &[String]| match ["key", "at"].iter().filter(|name| header.contains(&(**name).to_owned())).count()
            {
                2 => Fitness::Complete,
                some => Fitness::Partial(some),
            };
        let found = Layout::find(text.as_bytes(), line, fitness);
        let shown =
            |found: Layout| format!("{} {} {}", found.line, char::from(found.delimiter), found.header.join("|"));
        assert_eq!(found.map_or_else(|error| error.to_string(), shown), expected);
    }

    #[test]
    fn columns_are_separated_by_what_the_header_has_most_of() {
        check("key,at\n1,\"x, y\"\n", None, "1 , key|at");
        check("key;at\n1;2,5\n", None, "1 ; key|at");
        check("key\tat\n", None, "1 \t key|at");
        check("\"a, or b, or c\";key;at\n", None, "1 ; a, or b, or c|key|at");
        check("\"a\nb\",key,at\n1,2\n", None, "1 , a\nb|key|at");
    }

    #[test]
    fn what_stands_above_the_table_is_passed_over() {
        check("sep=;\nkey;at\n", None, "2 ; key|at");
        check("\"sep=,\"\n\nkey,at\n", None, "3 , key|at");
        check("# Report\n# 2026\n\nkey,at\n1,2\n", None, "4 , key|at");
        check("Report\n\"Made at:\",\"Mar 11, 2026\"\nTopic,at\nA,1\nkey;at\n", None, "5 ; key|at");
    }

    #[test]
    fn the_header_is_the_line_that_is_named_or_the_best_there_is() {
        check("key,at\n1,2\nkey,at\n", Some(3), "3 , key|at");
        check("key,at\n1,2\n", Some(2), "2 , 1|2");
        check("key,at\n", Some(9), "line 9 does not name any columns: give the line that does with --header-line");
        check("Report\nkey,when\n", None, "2 , key|when");
        check("Report\nWeather\n", None, "1 , Report");
        check("\n\n", None, "the file is empty; its first line has to name the columns");
    }
}
