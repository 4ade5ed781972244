//! Sheets of Excel's workbooks. Formulas are never computed: what Excel had stored of them is read.

use std::io::{Read, Seek};

use anyhow::{Context, bail};
use calamine::{DataRef, Reader, Style, Xlsx, open_workbook_from_rs};

use crate::import::spreadsheet::number_format::{duration, formatted, plain};
use crate::import::spreadsheet::text::{SheetText, cell_name, in_one_line};

pub struct Workbook<R>(Xlsx<R>);

impl<R: Read + Seek> Workbook<R> {
    pub fn open(file: R) -> anyhow::Result<Self> {
        let workbook =
            open_workbook_from_rs(file).context("it is no Excel workbook that can be read; save it as CSV")?;
        Ok(Self(workbook))
    }

    pub fn names(&self) -> Vec<String> {
        self.0.sheet_names()
    }

    /// The cells of a sheet as CSV, a line a row; nothing where it has no content.
    pub fn text_of(&mut self, name: &str) -> anyhow::Result<String> {
        self.refuse_empty_formulas(name)?;
        let cannot_read = || format!("the sheet `{name}` cannot be read");
        let mut cells = self.0.worksheet_cells_reader(name).with_context(cannot_read)?;
        let formats: Vec<String> = cells.styles().iter().map(format_of).collect();
        let mut text = SheetText::new(name);
        while let Some((cell, style)) = cells.next_cell_with_style_id().with_context(cannot_read)? {
            let value = shown(cell.get_value(), formats.get(style).map_or("General", String::as_str));
            if !value.is_empty() {
                text.push(cell.get_position(), &value)?;
            }
        }
        Ok(text.finish())
    }

    /// Programs that write workbooks leave it to Excel to compute; until it has, nobody knows what such a cell says.
    fn refuse_empty_formulas(&mut self, name: &str) -> anyhow::Result<()> {
        let cannot_read = || format!("the sheet `{name}` cannot be read");
        let mut cells = self.0.worksheet_cells_reader(name).with_context(cannot_read)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().with_context(cannot_read)? {
            if cell.formula.is_some() && cell.value == DataRef::Empty {
                bail!(
                    "the cell {} of the sheet `{name}` is a formula whose value was never stored: open the workbook in a \
                     spreadsheet program and save it",
                    cell_name(cell.pos)
                );
            }
        }
        Ok(())
    }
}

fn format_of(style: &Style) -> String {
    let Some(format) = &style.number_format else { return "General".to_owned() };
    // Formats of these numbers are those of the system's currency, which are hardly ever written down.
    let is_of_system = matches!(format.format_id, Some(5..=8)) && format.format_code == "General";
    if is_of_system { "\"$\"#,##0.00".to_owned() } else { format.format_code.clone() }
}

/// A value as an export would write it.
fn shown(value: &DataRef<'_>, format: &str) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => formatted(*number as f64, format),
        DataRef::Float(number) => formatted(*number, format),
        DataRef::String(text) => in_one_line(text),
        DataRef::SharedString(text) => in_one_line(text),
        DataRef::Bool(is_true) => is_true.to_string(),
        DataRef::DateTime(time) if time.is_duration() => duration(time.as_f64()),
        // A time of no day.
        DataRef::DateTime(time) if (0.0..1.0).contains(&time.as_f64()) => duration(time.as_f64()),
        DataRef::DateTime(time) => match time.as_datetime() {
            Some(time) if time.time() == chrono::NaiveTime::MIN => time.format("%Y-%m-%d").to_string(),
            Some(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
            None => format!("{} (no day)", plain(time.as_f64())),
        },
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => in_one_line(text),
        DataRef::Error(error) => error.to_string(),
    }
}
