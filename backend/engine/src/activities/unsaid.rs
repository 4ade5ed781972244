//! What a file says nothing of. A record that is sent again by a file with fewer columns keeps what is stored of the others:
//! an empty cell says that something is empty, and a missing column says nothing.

use std::collections::{BTreeSet, HashMap};

use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::{PartyRef, Record, RecordKind, Reference};
use valuemap_shared::money::Money;

use crate::activities::accepted::{ROWS, Stamp};
use crate::activities::entities::{
    activity, contribution, cost_line, identity_link, outcome, party, support_case, touchpoint,
};
use crate::activities::keys::{WITHDRAWN, content_hash};
use crate::activities::record::Recorder;
use crate::activities::storing::{TrackedRow, stored_hashes, stored_rows};
use crate::base::digests::hexadecimal;
use crate::database::statements::chunks;

/// An optional attribute of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    Name,
    IsStaff,
    Since,
    Until,
    Audience,
    Method,
    Confidence,
    ValidUntil,
    Modality,
    EndsOn,
    Owner,
    Channels,
    Activity,
    Description,
    Channel,
    Party,
    Money,
    Title,
    LeadAt,
    OpportunityAt,
    Withdrawn,
    SolvedAt,
    Thread,
}

impl Attribute {
    pub const ALL: [Self; 23] = [
        Self::Name,
        Self::IsStaff,
        Self::Since,
        Self::Until,
        Self::Audience,
        Self::Method,
        Self::Confidence,
        Self::ValidUntil,
        Self::Modality,
        Self::EndsOn,
        Self::Owner,
        Self::Channels,
        Self::Activity,
        Self::Description,
        Self::Channel,
        Self::Party,
        Self::Money,
        Self::Title,
        Self::LeadAt,
        Self::OpportunityAt,
        Self::Withdrawn,
        Self::SolvedAt,
        Self::Thread,
    ];
}

/// Which attributes nothing was said of.
pub type Unsaid = BTreeSet<Attribute>;

impl Recorder {
    /// Gives records that are stored the attributes that nothing was said of.
    pub async fn keep_unsaid(
        &self,
        connection: &impl ConnectionTrait,
        unsaid: &Unsaid,
        records: &mut [(u64, Record)],
    ) -> Result<(), DbErr> {
        let kept = Kept { stamp: self.stamp(), recorder: self, unsaid };
        kept.keep::<party::Model>(connection, records).await?;
        kept.keep::<identity_link::Model>(connection, records).await?;
        kept.keep::<activity::Model>(connection, records).await?;
        kept.keep::<cost_line::Model>(connection, records).await?;
        kept.keep::<touchpoint::Model>(connection, records).await?;
        kept.keep::<outcome::Model>(connection, records).await?;
        kept.keep::<support_case::Model>(connection, records).await?;
        kept.keep::<contribution::Model>(connection, records).await
    }
}

struct Kept<'a> {
    stamp: &'a Stamp,
    recorder: &'a Recorder,
    unsaid: &'a Unsaid,
}

impl Kept<'_> {
    async fn keep<R: Remembers>(
        &self,
        connection: &impl ConnectionTrait,
        records: &mut [(u64, Record)],
    ) -> Result<(), DbErr> {
        if R::ATTRIBUTES.iter().all(|attribute| !self.unsaid.contains(attribute)) {
            return Ok(());
        }
        let mut said: Vec<(&mut Record, Uuid, String)> = Vec::new();
        for (_, record) in records.iter_mut().filter(|(_, record)| record.kind() == R::KIND) {
            let as_stored = self.recorder.as_stored(record.clone());
            let id = self.stamp.id_of(R::KIND, &as_stored);
            said.push((record, id, hexadecimal(&content_hash(&as_stored))));
        }
        for mut some in chunks(said, ROWS) {
            let ids = some.iter().map(|(_, id, _)| *id).collect();
            let hashes = stored_hashes::<R>(connection, self.stamp.community, ids).await?;
            // What has no hash was only mentioned: nothing is stored of it.
            some.retain(|(_, id, hash)| hashes.get(id).is_some_and(|stored| !stored.is_empty() && stored != hash));
            let ids = some.iter().map(|(_, id, _)| *id).collect();
            let rows = stored_rows::<R>(connection, self.stamp.community, ids).await?;
            let named = Named::of(connection, self.stamp, rows.iter().flat_map(Remembers::refers_to)).await?;
            let rows: HashMap<Uuid, R> = rows.into_iter().map(|row| (row.id(), row)).collect();
            for (record, id, _) in some {
                if let Some(row) = rows.get(&id) {
                    row.give(record, &|attribute| self.unsaid.contains(&attribute), &named);
                }
            }
        }
        Ok(())
    }
}

/// What rows refer to by id.
#[derive(Default)]
struct Named {
    parties: HashMap<Uuid, PartyRef>,
    activities: HashMap<Uuid, Reference>,
}

impl Named {
    async fn of(
        connection: &impl ConnectionTrait,
        stamp: &Stamp,
        ids: impl Iterator<Item = Uuid>,
    ) -> Result<Self, DbErr> {
        let mut named = Self::default();
        for ids in chunks(ids.collect::<BTreeSet<_>>(), ROWS) {
            for row in stored_rows::<party::Model>(connection, stamp.community, ids.clone()).await? {
                let Ok(kind) = row.kind.parse() else { continue };
                let reference = Reference::new(row.source, row.external_key);
                named.parties.insert(row.id, PartyRef { kind, reference });
            }
            for row in stored_rows::<activity::Model>(connection, stamp.community, ids).await? {
                named.activities.insert(row.id, Reference::new(row.source, row.external_key));
            }
        }
        Ok(named)
    }

    fn party(&self, id: Option<Uuid>) -> Option<PartyRef> {
        self.parties.get(&id?).cloned()
    }

    fn activity(&self, id: Option<Uuid>) -> Option<Reference> {
        self.activities.get(&id?).cloned()
    }
}

/// A row that can give a record what was not said of it.
trait Remembers: TrackedRow {
    const KIND: RecordKind;
    const ATTRIBUTES: &[Attribute];

    /// The party or activity that it refers to.
    fn refers_to(&self) -> Option<Uuid>;

    fn give(&self, record: &mut Record, is_unsaid: &dyn Fn(Attribute) -> bool, named: &Named);
}

/// Each attribute with the field of the record that it is, and its value in the row.
macro_rules! remembers {
    ($table:ident as $kind:ident: |$row:ident, $said:ident, $named:ident| refers to $reference:expr;
     $($attribute:ident => $field:ident: $value:expr),* $(,)?) => {
        impl Remembers for $table::Model {
            const KIND: RecordKind = RecordKind::$kind;
            const ATTRIBUTES: &[Attribute] = &[$(Attribute::$attribute),*];

            fn refers_to(&self) -> Option<Uuid> {
                let $row = self;
                $reference
            }

            fn give(&self, record: &mut Record, is_unsaid: &dyn Fn(Attribute) -> bool, $named: &Named) {
                let ($row, Record::$kind($said)) = (self, record) else { return };
                $(if is_unsaid(Attribute::$attribute) {
                    $said.$field = $value;
                })*
            }
        }
    };
}

remembers!(party as Party: |row, said, _named| refers to { _ = row; None };
    Name => name: row.name.clone(),
    IsStaff => is_staff: row.is_staff,
    // A file may say it of some only: CRMs that know no such day of a customer leave what is known.
    Since => since: said.since.or(row.since),
    Until => until: row.until,
    Audience => audience: row.audience.as_deref().and_then(|text| text.parse().ok()),
);
remembers!(identity_link as Link: |row, said, _named| refers to { _ = row; None };
    Method => method: row.method.parse().unwrap_or(said.method),
    Confidence => confidence: row.confidence,
    ValidUntil => valid_until: row.valid_until,
);
remembers!(activity as Activity: |row, said, _named| refers to { _ = row; None };
    Modality => modality: row.modality.as_deref().and_then(|text| text.parse().ok()),
    EndsOn => ends_on: row.ends_on.max(said.starts_on),
    Owner => owner: row.owner.clone(),
    Channels => channels: serde_json::from_value(row.channels.clone()).unwrap_or_default(),
);
remembers!(cost_line as Cost: |row, said, named| refers to row.activity_id;
    Activity => activity: named.activity(row.activity_id),
    Description => description: row.description.clone(),
);
remembers!(touchpoint as Touchpoint: |row, said, _named| refers to { _ = row; None };
    Channel => channel: row.channel.clone(),
);
remembers!(outcome as Outcome: |row, said, named| refers to row.party_id;
    Party => party: named.party(row.party_id),
    Money => money: row.amount.zip(row.currency.as_deref().and_then(|code| code.parse().ok()))
        .map(|(amount, currency)| Money::from_ten_thousandths(amount, currency)),
    Title => title: row.title.clone(),
    LeadAt => lead_at: row.lead_at,
    OpportunityAt => opportunity_at: row.opportunity_at,
    Withdrawn => withdrawn: row.withdrawn,
);
remembers!(support_case as Case: |row, said, named| refers to row.party_id;
    Party => party: named.party(row.party_id),
    SolvedAt => solved_at: row.solved_at,
    Channel => channel: row.channel.clone(),
    // What was withdrawn because it was deleted may come back; what was said to be withdrawn, or merged, stays so.
    Withdrawn => withdrawn: said.withdrawn || row.withdrawn && row.content_hash != hexadecimal(&WITHDRAWN),
);
remembers!(contribution as Contribution: |row, said, _named| refers to { _ = row; None };
    Thread => thread: row.thread.clone(),
    Withdrawn => withdrawn: row.withdrawn,
);
