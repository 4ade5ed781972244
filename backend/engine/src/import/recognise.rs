//! Finds out in which format a file is.

use anyhow::bail;

use crate::base::progress::unseen;
use crate::import::column_names::has;
use crate::import::columns::normalised;
use crate::import::file::SourceFile;
use crate::import::format::Format;
use crate::import::formats::FORMATS;
use crate::import::known_headers::recognise;
use crate::import::layout::{Fitness, Layout};
use crate::import::responses::are_answers;

/// A format, and what told it.
#[derive(Clone, Debug)]
pub struct Recognised {
    pub format: &'static Format,
    /// The columns of the file that it knows.
    pub columns: Vec<String>,
}

impl Recognised {
    /// Why it is this format.
    pub fn because(&self) -> String {
        const SHOWN: usize = 5;
        let shown = self.columns.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let more = self.columns.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("it has the columns {shown}{more}")
    }
}

/// The format that a file is in, by the names of its columns. Where none is, the error says which comes closest.
pub fn recognise_file(file: &SourceFile, header_line: Option<u64>) -> anyhow::Result<Recognised> {
    let layout = layout_of(file, header_line)?;
    let format = recognise(&layout.header);
    if are_answers(&layout.header) && format.is_none_or(|format| !format.is_plain) {
        bail!(
            "these look like answers to a survey: `valuemap import responses FILE` proposes how; where they are none, name the \
             format (`valuemap import FORMAT`)"
        );
    }
    match format {
        Some(format) => Ok(Recognised { format, columns: known(format, &layout.header) }),
        None => bail!(unknown(&layout.header)),
    }
}

/// What the columns of a file are called, whichever format it is in.
pub fn header_of(file: &SourceFile, header_line: Option<u64>) -> anyhow::Result<Vec<String>> {
    Ok(layout_of(file, header_line)?.header)
}

fn layout_of(file: &SourceFile, header_line: Option<u64>) -> anyhow::Result<Layout> {
    let fits = |header: &[String]| match recognise(header) {
        Some(_) => Fitness::Complete,
        None => Fitness::Partial(FORMATS.iter().map(|format| known(format, header).len()).max().unwrap_or_default()),
    };
    Layout::find(file.text(&unseen())?, header_line, fits)
}

/// The columns of a header that a format knows by their names.
fn known(format: &Format, header: &[String]) -> Vec<String> {
    let fields = format.fields.iter().filter(|field| has(field, header));
    let columns = fields.filter_map(|field| {
        let is_it = |name: &&String| field.columns.iter().any(|known| normalised(known) == normalised(name));
        header.iter().find(is_it).cloned()
    });
    columns.collect()
}

fn unknown(header: &[String]) -> String {
    let closest = FORMATS.iter().map(|format| (known(format, header).len(), *format));
    let closest = closest.filter(|(columns, _)| *columns > 1).max_by_key(|(columns, _)| *columns);
    let has = header.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(", ");
    let advice = match closest {
        Some((_, format)) => format!(
            "it comes closest to {0}: name the format (`valuemap import {0}`), and with --map which column is which field",
            format.name
        ),
        None => {
            let names = FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
            format!("name the format, one of responses, {names}")
        }
    };
    format!("no format is recognised by its columns ({has}); {advice}")
}
