//! Records on their way to their rows.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use valuemap_shared::activities::{PartyRef, Record, RecordKind, Reference};
use valuemap_shared::ids::CommunityId;

use crate::activities::keys::{activity_type_id, party_id, record_id};

/// Maximum rows per statement: SQLite takes 32,766 parameters.
pub(super) const ROWS: usize = 1_000;

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub new: u64,
    pub changed: u64,
    /// It had been stored with the same content.
    pub known: u64,
}

/// A record that is going to be stored.
#[derive(Debug)]
pub(super) struct Accepted {
    pub id: Uuid,
    pub hash: String,
    pub record: Record,
}

/// What all rows have in common that are recorded at one go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub community: CommunityId,
    pub batch: Option<Uuid>,
    pub now: DateTime<Utc>,
    /// A preview finds out and counts everything, and writes nothing.
    pub writes: bool,
}

impl Stamp {
    pub fn party_id(&self, party: &PartyRef) -> Uuid {
        party_id(self.community, party)
    }

    pub fn type_id(&self, key: &str) -> Uuid {
        activity_type_id(self.community, key)
    }

    pub fn id(&self, kind: RecordKind, reference: &Reference) -> Uuid {
        record_id(self.community, kind, reference)
    }
}
