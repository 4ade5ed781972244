//! Which ids of a system come with which addresses in one input. An id that comes with several is of several people, or
//! was damaged on its way through a spreadsheet: it makes nobody one person.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;
use valuemap_shared::activities::{EMAIL, LinkMethod, Record};

use crate::activities::accepted::Stamp;

/// How sure a link between an id and one of several addresses is: less than any scoring model should ask for.
pub(super) const DOUBTFUL: f64 = 0.5;

#[derive(Clone, Debug, Default)]
pub struct AddressBook {
    /// The first address of each party, by their ids.
    first: HashMap<Uuid, Uuid>,
    several: HashSet<Uuid>,
}

impl AddressBook {
    /// Notes a link between a party and an address; other records say nothing of it.
    pub(super) fn add(&mut self, stamp: &Stamp, record: &Record) {
        if let Some((party, address)) = ends(stamp, record)
            && *self.first.entry(party).or_insert(address) != address
        {
            self.several.insert(party);
        }
    }

    pub(super) fn is_doubtful(&self, stamp: &Stamp, record: &Record) -> bool {
        ends(stamp, record).is_some_and(|(party, _)| self.several.contains(&party))
    }

    /// How many parties have several addresses.
    pub fn doubtful(&self) -> u64 {
        self.several.len() as u64
    }
}

fn ends(stamp: &Stamp, record: &Record) -> Option<(Uuid, Uuid)> {
    match record {
        Record::Link(link) if link.method == LinkMethod::EmailMatch && link.to.reference.source == EMAIL => {
            Some((stamp.party_id(&link.from), stamp.party_id(&link.to)))
        }
        _ => None,
    }
}
