//! Withdraws what did not come about after all: deals that are won no more, tickets that were deleted.

use std::collections::BTreeSet;

use sea_orm::IntoActiveModel;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::{RecordKind, Reference};

use crate::activities::accepted::{ROWS, Stamp};
use crate::activities::entities::{outcome, support_case};
use crate::activities::keys::WITHDRAWN;
use crate::activities::record::{Recorder, contradiction};
use crate::activities::storing::{TrackedRow, stored_hashes, stored_rows, write};
use crate::base::digests::hexadecimal;
use crate::database::statements::chunks;

/// What is withdrawn where it is stored.
pub type Withdrawal = (RecordKind, Reference);

impl Recorder {
    /// Marks what did not come about after all. It keeps what it said; what is not stored is left alone.
    pub async fn withdraw(
        &mut self,
        transaction: &impl ConnectionTrait,
        withdrawn: Vec<(u64, Withdrawal)>,
    ) -> Result<(), DbErr> {
        let (mut outcomes, mut cases) = (BTreeSet::new(), BTreeSet::new());
        for (position, (kind, mut reference)) in withdrawn {
            self.stored.entry(kind).or_default();
            self.addresses.reference(&mut reference);
            let id = self.stamp.id(kind, &reference);
            let ids = if kind == RecordKind::Case { &mut cases } else { &mut outcomes };
            match self.seen.insert(id, (WITHDRAWN, position)) {
                None => _ = ids.insert(id),
                Some((WITHDRAWN, _)) => {}
                Some((_, earlier)) => self.refused.push(contradiction(position, earlier)),
            }
        }
        self.withdraw_rows::<outcome::Model>(transaction, outcomes).await?;
        self.withdraw_rows::<support_case::Model>(transaction, cases).await?;
        self.mark(transaction).await
    }

    async fn withdraw_rows<R>(&mut self, transaction: &impl ConnectionTrait, ids: BTreeSet<Uuid>) -> Result<(), DbErr>
    where
        R: Withdrawable + IntoActiveModel<<R::Entity as EntityTrait>::ActiveModel>,
        <R::Entity as EntityTrait>::ActiveModel: Send,
    {
        for ids in chunks(ids, ROWS) {
            let mut known = stored_hashes::<R>(transaction, self.stamp.community, ids).await?;
            known.retain(|_, hash| *hash != hexadecimal(&WITHDRAWN));
            if known.is_empty() {
                continue;
            }
            let mut rows = stored_rows::<R>(transaction, self.stamp.community, known.into_keys().collect()).await?;
            rows.retain(|row| !row.is_withdrawn());
            let changed = rows.len() as u64;
            rows.iter_mut().for_each(|row| row.withdraw(&self.stamp));
            write(transaction, (&self.stamp, &mut self.changed), Vec::new(), rows).await?;
            self.stored.entry(R::KIND).or_default().changed += changed;
            self.withdrawn += changed;
        }
        Ok(())
    }
}

trait Withdrawable: TrackedRow {
    const KIND: RecordKind;

    fn is_withdrawn(&self) -> bool;

    fn withdraw(&mut self, stamp: &Stamp);
}

macro_rules! withdrawable {
    ($($table:ident as $kind:ident),*) => {$(
        impl Withdrawable for $table::Model {
            const KIND: RecordKind = RecordKind::$kind;

            fn is_withdrawn(&self) -> bool {
                self.withdrawn
            }

            fn withdraw(&mut self, stamp: &Stamp) {
                self.withdrawn = true;
                self.content_hash = hexadecimal(&WITHDRAWN);
                self.batch_id = stamp.batch;
                self.recorded_at = stamp.now;
            }
        }
    )*};
}

withdrawable!(outcome as Outcome, support_case as Case);
