//! Sheets of OpenDocument's workbooks. Formulas are never computed: what had been stored of them is read.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read, Seek};

use anyhow::{Context, bail};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::import::numbers::currency_sign;
use crate::import::spreadsheet::number_format::{percentage, plain};
use crate::import::spreadsheet::text::{ROWS, SheetText, cell_name};

/// Maximum number of columns of a sheet.
const COLUMNS: u32 = 16_384;

/// The names of all sheets, and the texts of some with their names.
type NamesAndTexts = (Vec<String>, Vec<(String, String)>);

/// Reads the sheets that have content, each as its name and its text; only the one of a name, where it is `named`. Beside them
/// the names of all.
pub fn read_sheets(file: impl Read + Seek, named: Option<&str>) -> anyhow::Result<NamesAndTexts> {
    let mut archive = ZipArchive::new(file)?;
    if let Ok(manifest) = archive.by_name("META-INF/manifest.xml")
        && std::io::read_to_string(manifest)?.contains("encryption-data")
    {
        bail!("it is protected by a password: save it without one, or as CSV");
    }
    let content = archive.by_name("content.xml").context("it is no workbook that can be read; save it as CSV")?;
    let mut reader = Reader::new(BufReader::new(content));
    let (mut names, mut sheets) = (Vec::new(), Vec::new());
    while let Some(event) = reader.next()? {
        let Event::Start(element) = event else { continue };
        match element.name().as_ref() {
            // What was deleted while changes were recorded is no content.
            "table:tracked-changes" => reader.skip(&element)?,
            "table:table" => {
                let name = attribute(&element, "table:name")?.unwrap_or_default().into_owned();
                if named.is_none_or(|named| named == name) {
                    let text = reader.table(&name).with_context(|| format!("the sheet `{name}` cannot be read"))?;
                    sheets.extend((!text.is_empty()).then(|| (name.clone(), text)));
                } else {
                    reader.skip(&element)?;
                }
                names.push(name);
            }
            _ => {}
        }
    }
    Ok((names, sheets))
}

/// A cell with how often it stands beside itself.
struct Cell {
    value: String,
    repeated: u32,
}

struct Reader<R> {
    xml: quick_xml::Reader<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Reader<R> {
    fn new(content: R) -> Self {
        let mut xml = quick_xml::Reader::from_reader(content);
        xml.config_mut().expand_empty_elements = true;
        Self { xml, buffer: Vec::new() }
    }

    fn next(&mut self) -> anyhow::Result<Option<Event<'static>>> {
        self.buffer.clear();
        let event = self.xml.read_event_into(&mut self.buffer)?.into_owned();
        Ok(Some(event).filter(|event| !matches!(event, Event::Eof)))
    }

    fn skip(&mut self, element: &BytesStart<'_>) -> anyhow::Result<()> {
        self.xml.read_to_end_into(element.name(), &mut Vec::new())?;
        Ok(())
    }

    /// The rest of a table.
    fn table(&mut self, name: &str) -> anyhow::Result<String> {
        let mut text = SheetText::new(name);
        let mut row = 0_u32;
        while let Some(event) = self.next()? {
            match event {
                Event::Start(element) if element.name().as_ref() == "table:table-row" => {
                    let repeated = count(&element, "table:number-rows-repeated")?;
                    let cells = self.row((name, row))?;
                    let again = if cells.iter().all(|cell| cell.value.is_empty()) { 0 } else { repeated };
                    for index in 0..again.min(ROWS + 1) {
                        push(&mut text, row.saturating_add(index), &cells)?;
                    }
                    row = row.saturating_add(repeated);
                }
                Event::Start(element) if element.name().as_ref() == "table:shapes" => self.skip(&element)?,
                Event::End(element) if element.name().as_ref() == "table:table" => return Ok(text.finish()),
                _ => {}
            }
        }
        bail!("it ends within a table: was the file cut off on its way?")
    }

    /// The rest of a row of a sheet.
    fn row(&mut self, (sheet, row): (&str, u32)) -> anyhow::Result<Vec<Cell>> {
        let (mut cells, mut column) = (Vec::new(), 0_u32);
        while let Some(event) = self.next()? {
            match event {
                Event::Start(element)
                    if matches!(element.name().as_ref(), "table:table-cell" | "table:covered-table-cell") =>
                {
                    let repeated = count(&element, "table:number-columns-repeated")?.min(COLUMNS);
                    let shown = self.shown(&element)?;
                    let value = value_of(&element, shown)?;
                    let Some(value) = value else {
                        bail!(
                            "the cell {} of the sheet `{sheet}` is a formula whose value was never stored: open the workbook in \
                             a spreadsheet program and save it",
                            cell_name((row, column))
                        );
                    };
                    cells.push(Cell { value, repeated });
                    column = column.saturating_add(repeated);
                }
                Event::End(element) if element.name().as_ref() == "table:table-row" => break,
                _ => {}
            }
        }
        Ok(cells)
    }

    /// What the rest of a cell shows, in one line. Comments on it and pictures are not of it.
    fn shown(&mut self, cell: &BytesStart<'_>) -> anyhow::Result<String> {
        let mut text = String::new();
        while let Some(event) = self.next()? {
            match event {
                Event::Start(element) => match element.name().as_ref() {
                    "office:annotation" => self.skip(&element)?,
                    name if name.starts_with("draw:") => self.skip(&element)?,
                    "text:p" if !text.is_empty() => text.push(' '),
                    "text:s" => (0..count(&element, "text:c")?.min(100)).for_each(|_| text.push(' ')),
                    "text:tab" | "text:line-break" => text.push(' '),
                    _ => {}
                },
                Event::Text(piece) => text.push_str(&piece.xml10_content()),
                Event::CData(piece) => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(entity) => match entity.resolve_char_ref()? {
                    Some(letter) => text.push(letter),
                    None => text.push_str(resolve_predefined_entity(&entity).unwrap_or_default()),
                },
                Event::End(element) if element.name() == cell.name() => break,
                _ => {}
            }
        }
        Ok(text.replace(['\r', '\n'], " ").trim().to_owned())
    }
}

fn push(text: &mut SheetText<'_>, row: u32, cells: &[Cell]) -> anyhow::Result<()> {
    let mut column = 0_u32;
    for cell in cells {
        if !cell.value.is_empty() {
            (column..column.saturating_add(cell.repeated)).try_for_each(|at| text.push((row, at), &cell.value))?;
        }
        column = column.saturating_add(cell.repeated);
    }
    Ok(())
}

fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> anyhow::Result<Option<Cow<'a, str>>> {
    let found = element.try_get_attribute(name)?;
    Ok(found.map(|found| found.normalized_value(XmlVersion::Implicit1_0)).transpose()?)
}

/// How often something is repeated.
fn count(element: &BytesStart<'_>, name: &str) -> anyhow::Result<u32> {
    Ok(attribute(element, name)?.map_or(Ok(1), |text| text.parse())?)
}

/// The value of a cell as an export would write it; `None` where it is still to be computed.
fn value_of(cell: &BytesStart<'_>, shown: String) -> anyhow::Result<Option<String>> {
    let said = |name: &str| attribute(cell, name);
    let number = || -> anyhow::Result<f64> {
        let value = said("office:value")?.unwrap_or_default();
        value.parse().with_context(|| format!("`{value}` is no number"))
    };
    let text_of = |name: &str| Ok::<_, anyhow::Error>(said(name)?.unwrap_or_default().into_owned());
    let is_error = said("calcext:value-type")?.is_some_and(|kind| kind == "error");
    let value = match said("office:value-type")?.as_deref() {
        None if said("table:formula")?.is_some() && shown.is_empty() => return Ok(None),
        _ if is_error && shown.starts_with("Err:") => "#VALUE!".to_owned(),
        Some("float") => as_shown(number()?, shown),
        Some("percentage") => percentage(number()?),
        Some("currency") => match said("office:currency")? {
            Some(code) => format!("{code} {}", plain(number()?)),
            None => as_shown(number()?, shown),
        },
        Some("date") => text_of("office:date-value")?.replacen('T', " ", 1),
        Some("time") => time_of(&text_of("office:time-value")?).unwrap_or(shown),
        Some("boolean") => text_of("office:boolean-value")?,
        _ => said("office:string-value")?.map_or(shown, |text| text.replace(['\r', '\n'], " ")),
    };
    Ok(Some(value))
}

/// A number with what its cell shows beside it: a currency, other words, zeros before it.
fn as_shown(number: f64, shown: String) -> String {
    let is_beside = |text: &str| !shown.replacen(text, "", 1).contains(char::is_alphabetic);
    if let Some(sign) = currency_sign(&shown).filter(|sign| is_beside(sign.text)) {
        return format!("{} {}", sign.text, plain(number));
    }
    let is_scientific = shown.contains("E+") || shown.contains("E-");
    let has_words = shown.contains(char::is_alphabetic) && !is_scientific;
    let is_led_by_zeros = shown.len() > 1 && shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit());
    if has_words || is_led_by_zeros { shown } else { plain(number) }
}

/// `PT12H30M05S` as `12:30:05`.
fn time_of(text: &str) -> Option<String> {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (hours, rest) = rest.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let [hours, minutes, seconds]: [u32; 3] = [hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?];
    Some(format!("{sign}{hours}:{minutes:02}:{seconds:02}"))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn document(tables: &str) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("content.xml", SimpleFileOptions::default()).unwrap();
        writer.write_all(format!("<office:document-content>{tables}</office:document-content>").as_bytes()).unwrap();
        writer.finish().unwrap().into_inner()
    }

    fn check(rows: &str, expected: &str) {
        let table = format!("<table:table table:name=\"One\">{rows}</table:table>");
        let found = read_sheets(Cursor::new(document(&table)), None).map(|(_, sheets)| sheets);
        let found = found.map_or_else(|error| format!("{error:#}"), |sheets| sheets[0].1.clone());
        assert_eq!(found, expected);
    }

    fn row(cells: &str) -> String {
        format!("<table:table-row>{cells}</table:table-row>")
    }

    fn cell(attributes: &str, shown: &str) -> String {
        format!("<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>")
    }

    #[test]
    fn cells_are_read_as_an_export_writes_them() {
        let amount = "office:value-type=\"currency\" office:currency=\"USD\" office:value=\"1234.5\"";
        let cells = [
            cell("office:value-type=\"string\"", "A &amp; B<text:s text:c=\"2\"/>C"),
            cell(amount, "$1,234.50"),
            cell("office:value-type=\"float\" office:value=\"771\"", "00771"),
            cell("office:value-type=\"float\" office:value=\"5\"", "5 T\u{20ac}"),
            cell("office:value-type=\"float\" office:value=\"1234.5\"", "1.235"),
            cell("office:value-type=\"percentage\" office:value=\"0.25\"", "25%"),
            cell("office:value-type=\"date\" office:date-value=\"2026-03-10T15:00:00\"", "10.03.26"),
            cell("office:value-type=\"time\" office:time-value=\"PT01H30M00S\"", "01:30"),
            cell("office:value-type=\"boolean\" office:boolean-value=\"true\"", "WAHR"),
        ];
        let expected = "\"A & B  C\",\"USD 1234.5\",\"00771\",\"5 T\u{20ac}\",\"1234.5\",\"25%\",\"2026-03-10 15:00:00\",\
                        \"1:30:00\",\"true\"\n";
        check(&row(&cells.concat()), expected);
    }

    #[test]
    fn what_is_repeated_stands_as_often_as_it_says() {
        let empty = "<table:table-cell table:number-columns-repeated=\"2\"/>";
        let rows = [
            row(&format!("{}{empty}{}", cell("", "a"), cell("table:number-columns-repeated=\"2\"", "b"))),
            "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>".to_owned(),
            row(&cell("", "c<office:annotation><text:p>a note</text:p></office:annotation>")),
            "<table:table-row table:number-rows-repeated=\"1048572\"><table:table-cell table:number-columns-repeated=\"16384\"/>\
             </table:table-row>"
                .to_owned(),
        ];
        check(&rows.concat(), "\"a\",,,\"b\",\"b\"\n\n\n\"c\"\n");
        let many = "<table:table-row table:number-rows-repeated=\"1048572\">";
        let many = format!("{many}{}</table:table-row>", cell("", "x"));
        check(&many, "the sheet `One` cannot be read: the sheet `One` has more than 100000 rows; save it as CSV");
    }

    #[test]
    fn a_formula_without_a_value_is_refused() {
        let formula = "<table:table-cell table:formula=\"of:=[.A1]\"/>";
        let expected = "the sheet `One` cannot be read: the cell B1 of the sheet `One` is a formula whose value was never \
                        stored: open the workbook in a spreadsheet program and save it";
        check(&row(&format!("{}{formula}", cell("", "a"))), expected);
    }
}
