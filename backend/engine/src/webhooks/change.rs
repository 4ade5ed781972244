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
    /// Something that contributions depend on is gone, or there again.
    Gone {
        ground: Ground,
        gone: bool,
        rank: Rank,
    },
    /// A post was accepted as the solution of its topic, in place of any other.
    Accepted {
        source: String,
        topic: String,
        post: i64,
        rank: Rank,
    },
    Member {
        member: Member,
        rank: Rank,
    },
}

/// What contributions of a forum depend on: none counts whose topic or post is deleted or hidden.
#[derive(Clone, Debug, PartialEq)]
pub enum Ground {
    Topic {
        source: String,
        topic: String,
    },
    Post {
        source: String,
        post: i64,
    },
    /// That a post is shown to everybody.
    Shown {
        source: String,
        post: i64,
    },
}

impl Ground {
    pub fn source(&self) -> &str {
        match self {
            Self::Topic { source, .. } | Self::Post { source, .. } | Self::Shown { source, .. } => source,
        }
    }

    /// What it is called among all that events are about.
    pub fn subject(&self) -> String {
        match self {
            Self::Topic { source, topic } => format!("Topic\0{source}\0{topic}"),
            Self::Post { source, post } => format!("Post\0{source}\0{post}"),
            Self::Shown { source, post } => format!("Shown\0{source}\0{post}"),
        }
    }
}

/// The key of the solution that a post is.
pub fn solution_key(post: i64) -> String {
    format!("solution:{post}")
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
