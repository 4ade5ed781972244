//! What somebody may do. Tokens and sessions carry rights; roles will only combine them.

use std::fmt;
use std::str::FromStr;

/// One thing that somebody may do in their organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Scores, amounts and where they come from.
    ReadFigures,
    /// What single people answered, said or did.
    ReadAnswers,
    /// Recording what happened, what it cost and what it is worth, and deciding which answers count.
    Write,
    /// Communities, surveys, sites, scoring models, webhook endpoints.
    Manage,
    /// Tokens and sessions, the audit log, and having the server do something again.
    Operate,
}

impl Right {
    pub const ALL: [Self; 5] = [Self::ReadFigures, Self::ReadAnswers, Self::Write, Self::Manage, Self::Operate];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadFigures => "read_figures",
            Self::ReadAnswers => "read_answers",
            Self::Write => "write",
            Self::Manage => "manage",
            Self::Operate => "operate",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Right {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|right| right.as_str() == name);
        found.ok_or_else(|| {
            format!("`{name}` is not a right; the rights are {}", Self::ALL.map(Self::as_str).join(", "))
        })
    }
}

/// Some rights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights(Vec<Right>);

impl Rights {
    pub fn of(rights: impl IntoIterator<Item = Right>) -> Self {
        let mut rights: Vec<Right> = rights.into_iter().collect();
        rights.sort_unstable();
        rights.dedup();
        Self(rights)
    }

    pub fn all() -> Self {
        Self::of(Right::ALL)
    }

    pub fn reading() -> Self {
        Self::of([Right::ReadFigures, Right::ReadAnswers])
    }

    /// As they are stored. A name that this version does not know is a right that nothing here asks for.
    pub fn stored(text: &str) -> Self {
        Self::of(text.split(' ').filter_map(|name| name.parse().ok()))
    }

    pub fn has(&self, right: Right) -> bool {
        self.0.contains(&right)
    }

    pub fn iter(&self) -> impl Iterator<Item = Right> {
        self.0.iter().copied()
    }
}

/// As they are stored: their names with spaces between them.
impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|right| right.as_str()).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_read_as_they_were_written() {
        for rights in [Rights::default(), Rights::reading(), Rights::all()] {
            assert_eq!(Rights::stored(&rights.to_string()), rights);
        }
        assert_eq!(Rights::stored("write fly read_figures"), Rights::of([Right::ReadFigures, Right::Write]));
    }
}
