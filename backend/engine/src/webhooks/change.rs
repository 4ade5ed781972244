//! What an event says, whoever sent it: the changes that it asks for, each with what it is newer or older than.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use valuemap_shared::activities::{Contribution, PartyRef, Record};

/// What an event comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// There is nothing to do, and why.
    Nothing(&'static str),
    Changes(Vec<Change>),
}

/// When something was said, by the sender's account. Of two that say something about the same, the later one stands;
/// where they are equal, the one that was received later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    pub told_at: DateTime<Utc>,
    pub version: i64,
}

impl Rank {
    /// To the millisecond: both databases keep that much.
    pub fn new(told_at: DateTime<Utc>, version: i64) -> Self {
        Self { told_at: told_at.trunc_subsecs(3), version }
    }

    /// What no later event takes back.
    pub fn for_good() -> Self {
        let last = NaiveDate::from_ymd_opt(9998, 12, 31).unwrap_or_default();
        Self { told_at: last.and_time(chrono::NaiveTime::MIN).and_utc(), version: 0 }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A record as a whole.
    Record {
        record: Record,
        rank: Rank,
    },
    /// A post, a like or a solution, with what is mentioned of who made it.
    ///
    /// Whether it is withdrawn stands beside it: most events say nothing about that, and an edit that comes late must not
    /// restore a post.
    Contribution {
        contribution: Contribution,
        withdrawn: Option<bool>,
        author: Member,
        rank: Rank,
    },
    Member {
        member: Member,
        rank: Rank,
    },
}

/// What is said of a member. What is not said stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub party: PartyRef,
    pub name: Option<String>,
    pub is_staff: Option<bool>,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub email: Option<String>,
    /// It is about the member, and no mention beside a post. A mention never overrides it: Discourse writes down who
    /// wrote a post when it queues the event, and may send it much later.
    pub is_first_hand: bool,
}
