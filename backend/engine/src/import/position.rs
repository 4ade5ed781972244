/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPosition {
    pub line: u64,
    /// How many cells it had, where the header has more: the others are empty.
    pub short: Option<usize>,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRow {
    pub line: u64,
    pub reason: String,
}
