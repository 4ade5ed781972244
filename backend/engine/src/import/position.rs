/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPosition {
    pub line: u64,
    /// Where the header has more cells than the row: the others are empty.
    pub short: Option<Short>,
}

/// A row with fewer cells than the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// How many it had.
    pub cells: usize,
    /// The line and the cells of the row before, where the two may be one row that was broken in two.
    pub half: Option<(u64, usize)>,
}

impl Short {
    /// What may be wrong with a row on this line that cannot be read.
    pub fn explanation(self, line: u64, columns: usize) -> String {
        let Self { cells, half } = self;
        match half {
            Some((earlier, before)) => format!(
                "lines {earlier} and {line} look like one row that was broken in two: they have {before} and {cells} cells \
                 where the header has {columns}"
            ),
            None => format!("the row has {cells} cells where the header has {columns}"),
        }
    }
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRow {
    pub line: u64,
    pub reason: String,
}
