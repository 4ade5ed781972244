//! The cells of a sheet as the text of a CSV file whose lines are the rows of the sheet.

use anyhow::bail;

/// Maximum number of rows that are read of a sheet.
pub const ROWS: u32 = 100_000;
/// Maximum number of columns: as many as Excel has.
const COLUMNS: u32 = 16_384;
/// Maximum size of the text that a sheet comes to: one text may stand in many cells.
const LONGEST_TEXT: usize = 100 << 20;

pub struct SheetText<'a> {
    name: &'a str,
    text: String,
    row: u32,
    column: u32,
    is_filled: bool,
}

impl<'a> SheetText<'a> {
    pub fn new(name: &'a str) -> Self {
        Self { name, text: String::new(), row: 0, column: 0, is_filled: false }
    }

    /// Adds the next cell that has content.
    pub fn push(&mut self, (row, column): (u32, u32), value: &str) -> anyhow::Result<()> {
        let name = self.name;
        if row >= ROWS {
            bail!("the sheet `{name}` has more than {ROWS} rows; save it as CSV");
        }
        if column >= COLUMNS {
            bail!("the sheet `{name}` has more than {COLUMNS} columns; save it as CSV");
        }
        if (row, column) < (self.row, self.column) {
            bail!("the cells of the sheet `{name}` are not in order; save it as CSV");
        }
        while self.row < row {
            self.text.push('\n');
            (self.row, self.column) = (self.row + 1, 0);
        }
        while self.column < column {
            self.text.push(',');
            self.column += 1;
        }
        self.is_filled = true;
        self.text.push('"');
        self.text.push_str(&value.replace('"', "\"\""));
        self.text.push('"');
        if self.text.len() > LONGEST_TEXT {
            bail!("the sheet `{name}` is larger than {} MB; save it as CSV", LONGEST_TEXT >> 20);
        }
        Ok(())
    }

    /// The whole text; nothing where the sheet has no content.
    pub fn finish(self) -> String {
        if self.is_filled { self.text + "\n" } else { String::new() }
    }
}

/// A cell as it is called in a sheet: `C3`.
pub fn cell_name((row, column): (u32, u32)) -> String {
    let (mut letters, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), row + 1)
}

/// Line breaks in a cell would move the lines that messages name.
pub fn in_one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}
