//! Records on their way to their rows.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use valuemap_shared::activities::{PartyRef, Record, RecordKind, Reference};
use valuemap_shared::ids::CommunityId;

use crate::activities::addresses::AddressFree;
use crate::activities::batches::OpenBatch;
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
    pub record: AddressFree,
}

/// What all rows have in common that are recorded at one go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub community: CommunityId,
    /// The file that they come from.
    pub batch: Option<Uuid>,
    pub now: DateTime<Utc>,
    pub writing: Writing,
}

/// What becomes of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// Everything is found out and counted, and nothing written.
    Nothing,
    /// They are seen with the commit.
    Seen,
    /// They are seen when their batch is published.
    Unseen(OpenBatch),
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

    /// The id of a record.
    pub fn id_of(&self, kind: RecordKind, record: &Record) -> Uuid {
        let by = |source: &str, key: &str| self.id(kind, &Reference::new(source, key));
        match record {
            Record::Party(party) => self.party_id(&party.party),
            Record::Link(link) => {
                let part =
                    |party: &PartyRef| format!("{}\0{}\0{}", party.kind, party.reference.source, party.reference.key);
                by(&part(&link.from), &format!("{}\0{:?}", part(&link.to), link.valid_from))
            }
            Record::ActivityType(kind) => self.type_id(&kind.key),
            Record::Activity(activity) => self.id(kind, &activity.reference),
            Record::Cost(cost) => self.id(kind, &cost.reference),
            Record::Touchpoint(touchpoint) => self.id(kind, &touchpoint.reference),
            Record::Outcome(outcome) => self.id(kind, &outcome.reference),
            Record::Case(case) => self.id(kind, &case.reference),
            Record::Contribution(contribution) => self.id(kind, &contribution.reference),
            Record::Observation(observation) => {
                by(&observation.source, &format!("{}\0{}", observation.measure, observation.day))
            }
        }
    }
}

/// Whom a record mentions.
pub(super) fn parties_of(record: &Record) -> Vec<&PartyRef> {
    match record {
        Record::Link(link) => vec![&link.from, &link.to],
        Record::Touchpoint(touchpoint) => vec![&touchpoint.party],
        Record::Outcome(outcome) => outcome.party.iter().collect(),
        Record::Case(case) => case.party.iter().collect(),
        Record::Contribution(contribution) => vec![&contribution.party],
        _ => Vec::new(),
    }
}
