//! A sheet of a workbook, of Excel or of OpenDocument, as the text of a CSV file whose lines are the rows of the sheet.

mod number_format;
mod ods;
mod text;
mod xlsx;

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use anyhow::{Context, bail};
use zip::ZipArchive;

use crate::import::spreadsheet::ods::read_sheets;
use crate::import::spreadsheet::xlsx::Workbook;

/// Maximum size of a workbook once it is unpacked.
const LARGEST: u64 = 50 << 20;
/// Maximum number of sheets of a workbook.
const SHEETS: usize = 500;
/// Maximum number of parts that a workbook may be made of.
const PARTS: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub text: String,
}

/// Reads the sheet of this name, or the only one that has content.
pub fn read_sheet(path: &Path, named: Option<&str>) -> anyhow::Result<Sheet> {
    let opened = || Ok::<_, std::io::Error>(BufReader::new(File::open(path)?));
    let (names, sheets) = match check_archive(opened()?)? {
        Kind::OpenDocument => read_sheets(opened()?, named)?,
        Kind::Excel => {
            let mut workbook = Workbook::open(opened()?)?;
            let (names, mut sheets) = (workbook.names(), Vec::new());
            if names.len() > SHEETS {
                bail!(
                    "it has {} sheets, and at most {SHEETS} are looked at; save the one that is meant as CSV",
                    names.len()
                );
            }
            for name in names.iter().filter(|name| named.is_none_or(|named| named == *name)) {
                let text = workbook.text_of(name)?;
                sheets.extend((!text.is_empty()).then(|| (name.clone(), text)));
                // Which one is meant has to be said: the others need not be held.
                if sheets.len() > 1 {
                    break;
                }
            }
            (names, sheets)
        }
    };
    if let Some(name) = named
        && !names.iter().any(|sheet| sheet == name)
    {
        bail!("it has no sheet `{name}`; its sheets are {}", names.join(", "));
    }
    let mut sheets = sheets.into_iter();
    match (sheets.next(), sheets.next(), named) {
        (Some((name, text)), None, _) => Ok(Sheet { name, text }),
        (None, _, Some(name)) => Ok(Sheet { name: name.to_owned(), text: String::new() }),
        (None, ..) => bail!("it is a workbook without any content"),
        (Some(_), Some(_), _) => {
            bail!("it has several sheets with content; name the one to read with --sheet: {}", names.join(", "))
        }
    }
}

enum Kind {
    Excel,
    OpenDocument,
}

/// Refuses a workbook that claims to have more texts than fit into it: room for all of them is made before they are read.
fn check_texts(archive: &mut ZipArchive<impl Read + Seek>) -> anyhow::Result<()> {
    let Ok(texts) = archive.by_name("xl/sharedStrings.xml") else { return Ok(()) };
    let mut head = String::new();
    // What is no text is found out where it is read.
    let _ = texts.take(TEXTS_HEAD).read_to_string(&mut head);
    let claimed = head.split_once("uniqueCount=").and_then(|(_, rest)| {
        let digits: String = rest.trim_start_matches(['"', '\'']).chars().take_while(char::is_ascii_digit).collect();
        Some(digits.parse::<u64>().unwrap_or(u64::MAX)).filter(|_| !digits.is_empty())
    });
    if claimed.is_some_and(|texts| texts > LARGEST) {
        bail!("the workbook claims to have more texts than fit into it: it is damaged; save it as CSV");
    }
    Ok(())
}

/// As much of the part with the texts as its first element takes.
const TEXTS_HEAD: u64 = 4_096;

/// Refuses what would take too much room once it is unpacked. What the archive says of its sizes is not believed: every
/// part is unpacked once, and thrown away.
fn check_archive(file: impl Read + Seek) -> anyhow::Result<Kind> {
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
    check_texts(&mut archive)?;
    let Ok(kind) = archive.by_name("mimetype") else { return Ok(Kind::Excel) };
    match std::io::read_to_string(kind.take(200)).unwrap_or_default().trim() {
        kind if kind.starts_with("application/vnd.oasis.opendocument.spreadsheet") => Ok(Kind::OpenDocument),
        kind if kind.starts_with("application/vnd.oasis") => {
            bail!("it is `{kind}` and no workbook; save the table as CSV")
        }
        _ => Ok(Kind::Excel),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="&quot;$&quot;#,##0.00"/><numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts><cellXfs count="6"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="7"/></cellXfs></styleSheet>"#;

    /// A workbook of these sheets, each by its name and the cells of its rows as XML.
    fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
        let mut parts = vec![("xl/styles.xml".to_owned(), STYLES.to_owned())];
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
    fn what_a_format_adds_belongs_to_the_cell() {
        let rows = "<row r=\"1\"><c r=\"A1\" s=\"2\"><v>1234</v></c><c r=\"B1\" s=\"3\"><v>0.0625</v></c>\
                    <c r=\"C1\" s=\"4\"><v>0.25</v></c><c r=\"D1\" s=\"5\"><v>-5</v></c>\
                    <c r=\"E1\" s=\"1\"><v>0.5</v></c></row>";
        let expected = "\"$ 1234\",\"1:30:00\",\"25%\",\"$ -5\",\"12:00:00\"\n";
        check(&workbook(&[("One", rows)]), None, expected);
    }

    #[test]
    fn a_formula_without_a_value_is_refused() {
        let rows = "<row r=\"3\"><c r=\"C3\"><f>A1+1</f></c></row>";
        let expected = "the cell C3 of the sheet `One` is a formula whose value was never stored: open the workbook";
        check(&workbook(&[("One", rows)]), None, expected);
    }

    #[test]
    fn workbooks_of_opendocument_are_read_by_the_same_rules() {
        let table = |name: &str| {
            format!(
                "<table:table table:name=\"{name}\"><table:table-row><table:table-cell><text:p>{name}</text:p>\
                     </table:table-cell></table:table-row></table:table>"
            )
        };
        let book = |kind: &str, content: &str| {
            zipped(&[
                ("mimetype".to_owned(), format!("application/vnd.oasis.opendocument.{kind}")),
                ("content.xml".to_owned(), format!("<office:document-content>{content}</office:document-content>")),
            ])
        };
        let both = [table("One"), table("Two")].concat();
        check(&book("spreadsheet", &table("One")), None, "\"One\"\n");
        check(&book("spreadsheet", &both), Some("Two"), "\"Two\"\n");
        check(&book("spreadsheet", &both), None, "name the one to read with --sheet: One, Two");
        check(&book("spreadsheet", &both), Some("Three"), "it has no sheet `Three`; its sheets are One, Two");
        check(&book("text", &both), None, "and no workbook; save the table as CSV");
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
