//! Cache invalidation: the one function that commits reports what it touched, and every cache listens.
//!
//! A write says what it touches before it begins, and cannot begin without. So nothing can be committed that a cache
//! does not hear of.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use valuemap_shared::ids::CommunityId;

/// Something that figures, or what members are shown, are computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Answers came in.
    Answers,
    /// Answers count, or count no longer, in whichever quarter they were given.
    Standings,
    /// What is tracked, and what it is computed with: weights, rates, scoring models, comparisons.
    Tracked,
    /// Follow-ups, which members are shown.
    FollowUps,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Answers, Self::Standings, Self::Tracked, Self::FollowUps];

    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Standings => "standings",
            Self::Tracked => "tracked",
            Self::FollowUps => "follow_ups",
        }
    }
}

/// What a write touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touches(Vec<(CommunityId, Part)>);

impl Touches {
    /// Nothing that anything is computed from: accounts, settings, what waits to be worked on.
    pub const NOTHING: Self = Self(Vec::new());

    pub fn one(community: CommunityId, part: Part) -> Self {
        Self(vec![(community, part)])
    }

    pub fn answers(communities: impl IntoIterator<Item = CommunityId>) -> Self {
        let mut touched: Vec<_> = communities.into_iter().map(|community| (community, Part::Answers)).collect();
        touched.dedup();
        Self(touched)
    }

    pub fn standings(community: CommunityId) -> Self {
        Self::one(community, Part::Standings)
    }

    pub fn tracked(community: CommunityId) -> Self {
        Self::one(community, Part::Tracked)
    }

    pub fn iter(&self) -> impl Iterator<Item = (CommunityId, Part)> {
        self.0.iter().copied()
    }
}

/// How many commits touched each part of a community. What was computed before is valid as long as these are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Revision {
    pub answers: u64,
    pub standings: u64,
    pub tracked: u64,
    pub follow_ups: u64,
}

impl Revision {
    pub fn of(&mut self, part: Part) -> &mut u64 {
        match part {
            Part::Answers => &mut self.answers,
            Part::Standings => &mut self.standings,
            Part::Tracked => &mut self.tracked,
            Part::FollowUps => &mut self.follow_ups,
        }
    }
}

impl std::ops::Add for Revision {
    type Output = Self;

    fn add(mut self, mut other: Self) -> Self {
        for part in Part::ALL {
            *self.of(part) += *other.of(part);
        }
        self
    }
}

/// The commits of this process. What others commit to the same database is not among them.
#[derive(Clone, Debug, Default)]
pub struct Commits(Arc<RwLock<HashMap<CommunityId, Revision>>>);

impl Commits {
    pub fn revision(&self, community: CommunityId) -> Revision {
        let revisions = self.0.read().unwrap_or_else(PoisonError::into_inner);
        revisions.get(&community).copied().unwrap_or_default()
    }

    /// To be called when a write may have been committed, and before it is acknowledged.
    pub(crate) fn tell(&self, Touches(touched): &Touches) {
        if touched.is_empty() {
            return;
        }
        let mut revisions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (community, part) in touched {
            *revisions.entry(*community).or_default().of(*part) += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_moves_the_revision_of_what_it_touches_and_of_nothing_else() {
        let (commits, a, b) =
            (Commits::default(), CommunityId(uuid::Uuid::from_u128(1)), CommunityId(uuid::Uuid::nil()));
        commits.tell(&Touches::answers([a, a]));
        commits.tell(&Touches::tracked(a));
        assert_eq!(commits.revision(a), Revision { answers: 1, tracked: 1, ..Revision::default() });
        assert_eq!(commits.revision(b), Revision::default());
    }
}
