//! A column of a file of answers, and what it is proposed to be.

use crate::import::responses::mapping::Target;
use crate::import::responses::tools::Role;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedColumn {
    /// What `--map` calls it.
    pub called: String,
    /// The name of the column, and the text of its question where the file has both.
    pub name: String,
    pub text: Option<String>,
    /// Nothing where it is better left out.
    pub target: Option<Target>,
    pub why: String,
}

/// A column with what is answered in it.
pub struct Column<'a> {
    /// The text of its question, or its name.
    pub text: &'a str,
    pub role: Option<Role>,
    /// The survey tool itself groups its answers as those of a recommendation.
    pub is_recommendation: bool,
    /// What cells hold something.
    pub cells: Vec<&'a str>,
    /// The lowest and the highest number, where each cell is one.
    pub range: Option<(i64, i64)>,
    /// What columns of one grid share.
    pub grid: Option<&'a str>,
}
