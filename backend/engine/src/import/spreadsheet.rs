//! A sheet of an Excel workbook, as the text of a CSV file whose lines are the rows of the sheet. Formulas are never
//! computed: what Excel had stored of them is read.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use anyhow::{Context, bail};
use calamine::{DataRef, Reader, Xlsx, open_workbook_from_rs};
use zip::ZipArchive;

/// Maximum size of a workbook once it is unpacked.
const LARGEST: u64 = 50 << 20;
/// Maximum number of parts that a workbook may be made of.
const PARTS: usize = 2_000;
/// Maximum number of rows that are read of a sheet.
const ROWS: u32 = 100_000;
/// Maximum size of the text that a sheet comes to: one text may stand in many cells.
const LONGEST_TEXT: usize = 100 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub text: String,
}

/// Reads the sheet of this name, or the only one that has content.
pub fn read_sheet(path: &Path, named: Option<&str>) -> anyhow::Result<Sheet> {
    let opened = || Ok::<_, std::io::Error>(BufReader::new(File::open(path)?));
    check_size(opened()?)?;
    let mut workbook: Xlsx<_> =
        open_workbook_from_rs(opened()?).context("it is no Excel workbook that can be read; save it as CSV")?;
    let names = workbook.sheet_names();
    if let Some(name) = named {
        if !names.iter().any(|sheet| sheet == name) {
            bail!("it has no sheet `{name}`; its sheets are {}", names.join(", "));
        }
        return Ok(Sheet { name: name.to_owned(), text: text_of(&mut workbook, name)? });
    }
    let mut found: Option<Sheet> = None;
    for name in &names {
        let text = text_of(&mut workbook, name)?;
        if text.is_empty() {
            continue;
        }
        if found.is_some() {
            bail!("it has several sheets with content; name the one to read with --sheet: {}", names.join(", "));
        }
        found = Some(Sheet { name: name.clone(), text });
    }
    found.context("it is an Excel workbook without any content")
}

/// Refuses what would take too much room once it is unpacked. What the archive says of its sizes is not believed: every
/// part is unpacked once, and thrown away.
fn check_size(file: impl Read + Seek) -> anyhow::Result<()> {
    let mut archive = ZipArchive::new(file).context("it is no Excel workbook that can be read; save it as CSV")?;
    if archive.len() > PARTS {
        bail!("it is an archive of {} files and no Excel workbook; save the table as CSV", archive.len());
    }
    let mut unpacked = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).context("a part of the workbook cannot be read; save it as CSV")?;
        let room = LARGEST + 1 - unpacked;
        unpacked += std::io::copy(&mut part.take(room), &mut std::io::sink())
            .context("a part of the workbook cannot be read; was the file cut off on its way?")?;
        if unpacked > LARGEST {
            bail!("the workbook takes more than {} MB once it is unpacked; save it as CSV", LARGEST >> 20);
        }
    }
    Ok(())
}

/// The cells of a sheet as CSV, a line a row; nothing where it has no content.
fn text_of<R: Read + Seek>(workbook: &mut Xlsx<R>, name: &str) -> anyhow::Result<String> {
    let mut cells =
        workbook.worksheet_cells_reader(name).with_context(|| format!("the sheet `{name}` cannot be read"))?;
    let mut text = String::new();
    let (mut row, mut column, mut is_filled) = (0, 0, false);
    while let Some(cell) = cells.next_cell().with_context(|| format!("the sheet `{name}` cannot be read"))? {
        let value = shown(cell.get_value());
        if value.is_empty() {
            continue;
        }
        let (at_row, at_column) = cell.get_position();
        if at_row >= ROWS {
            bail!("the sheet `{name}` has more than {ROWS} rows; save it as CSV");
        }
        if at_row < row || at_row == row && at_column < column {
            bail!("the cells of the sheet `{name}` are not in order; save it as CSV");
        }
        while row < at_row {
            text.push('\n');
            (row, column) = (row + 1, 0);
        }
        while column < at_column {
            text.push(',');
            column += 1;
        }
        is_filled = true;
        push_quoted(&mut text, &value);
        if text.len() > LONGEST_TEXT {
            bail!("the sheet `{name}` is larger than {} MB; save it as CSV", LONGEST_TEXT >> 20);
        }
    }
    Ok(if is_filled { text + "\n" } else { String::new() })
}

fn push_quoted(text: &mut String, value: &str) {
    text.push('"');
    text.push_str(&value.replace('"', "\"\""));
    text.push('"');
}

/// A value as an export would write it. Line breaks in it would move the lines that messages name.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        // Beyond 15 digits Excel keeps zeros in place of the others: such a number is no id any more.
        DataRef::Float(number) if number.abs() >= 1e15 => {
            let (digits, exponent) =
                format!("{number:e}").split_once('e').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap_or_default();
            format!("{digits}E+{exponent}")
        }
        DataRef::Float(number) => {
            let text = number.to_string();
            // Three decimals might be read as a group of thousands.
            let has_three = text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3);
            if has_three { text + "0" } else { text }
        }
        DataRef::String(text) => in_one_line(text),
        DataRef::SharedString(text) => in_one_line(text),
        DataRef::Bool(is_true) => is_true.to_string(),
        DataRef::DateTime(time) => match time.as_datetime().filter(|_| time.is_datetime()) {
            Some(time) if time.time() == chrono::NaiveTime::MIN => time.format("%Y-%m-%d").to_string(),
            Some(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
            None => time.as_f64().to_string(),
        },
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => in_one_line(text),
        DataRef::Error(error) => error.to_string(),
    }
}

fn in_one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const DATES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#;

    /// A workbook of these sheets, each by its name and the cells of its rows as XML.
    fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
        let mut parts = vec![("xl/styles.xml".to_owned(), DATES.to_owned())];
        let (mut listed, mut related) = (String::new(), String::new());
        let space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        for (number, (name, rows)) in (1..).zip(sheets) {
            listed.push_str(&format!(r#"<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>"#));
            related.push_str(&format!(
                r#"<Relationship Id="r{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            ));
            let sheet = format!(r#"<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>"#);
            parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
        }
        let book = format!(r#"<workbook xmlns="{space}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>"#);
        parts.push(("xl/workbook.xml".to_owned(), book));
        let relations = |inside: &str| {
            let space = "http://schemas.openxmlformats.org/package/2006/relationships";
            format!(r#"<Relationships xmlns="{space}">{inside}</Relationships>"#)
        };
        let root = format!(r#"<Relationship Id="r0" Type="{office}/officeDocument" Target="xl/workbook.xml"/>"#);
        parts.push(("_rels/.rels".to_owned(), relations(&root)));
        parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations(&related)));
        zipped(&parts)
    }

    fn zipped(parts: &[(String, String)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// The text of a sheet, or why it is refused.
    fn check(bytes: &[u8], sheet: Option<&str>, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.xlsx");
        std::fs::write(&path, bytes).unwrap();
        let found = read_sheet(&path, sheet).map_or_else(|error| format!("{error:#}"), |sheet| sheet.text);
        assert!(found.contains(expected) && !expected.is_empty(), "{found}");
    }

    fn text(cell: &str, text: &str) -> String {
        format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    }

    #[test]
    fn cells_are_read_as_an_export_writes_them() {
        let rows = format!(
            "<row r=\"1\">{}{}</row><row r=\"3\"><c r=\"A3\"><v>771</v></c><c r=\"C3\" s=\"1\"><v>46091.625</v></c>\
             <c r=\"D3\" s=\"1\"><v>46091</v></c><c r=\"E3\"><f>1+1</f><v>2.5</v></c><c r=\"F3\"><v>10325678901234567</v></c>\
             <c r=\"G3\" t=\"e\"><v>#REF!</v></c></row>",
            text("A1", "key"),
            text("C1", "a \"b\"\nc"),
        );
        let expected = "\"key\",,\"a \"\"b\"\" c\"\n\n\"771\",,\"2026-03-10 15:00:00\",\"2026-03-10\",\"2.5\",\"1.0325678901234568E+16\",\"#REF!\"\n";
        check(&workbook(&[("One", &rows), ("Empty", "")]), None, expected);
    }

    #[test]
    fn a_sheet_is_named_where_there_are_several() {
        let row = |content: &str| format!("<row r=\"1\">{}</row>", text("A1", content));
        let book = workbook(&[("One", &row("a")), ("Two", &row("b"))]);
        check(&book, None, "it has several sheets with content; name the one to read with --sheet: One, Two");
        check(&book, Some("Two"), "\"b\"\n");
        check(&book, Some("Three"), "it has no sheet `Three`; its sheets are One, Two");
    }

    #[test]
    fn what_takes_too_much_room_is_refused() {
        let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
        check(&workbook(&[("One", far)]), None, "has more than 100000 rows; save it as CSV");
        let bomb = zipped(&[("xl/workbook.xml".to_owned(), " ".repeat((LARGEST + 2) as usize))]);
        assert!(bomb.len() < 1 << 20);
        check(&bomb, None, "the workbook takes more than 50 MB once it is unpacked");
        check(
            &zipped(&[("readme.txt".to_owned(), "hello".to_owned())]),
            None,
            "it is no Excel workbook that can be read",
        );
        check(&workbook(&[("One", "")])[..200], None, "it is no Excel workbook that can be read");
    }
}
