//! What records change of what is stored that nobody should find out from a figure: the currency of an amount, and what kind
//! of outcome something is.

use std::collections::{BTreeSet, HashMap};

use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::{Record, RecordKind};
use valuemap_shared::money::Currency;

use crate::activities::accepted::ROWS;
use crate::activities::entities::{cost_line, outcome};
use crate::activities::keys::content_hash;
use crate::activities::record::{Recorder, Refused};
use crate::activities::storing::{TrackedRow, stored_hashes, stored_rows};
use crate::base::digests::hexadecimal;
use crate::database::statements::chunks;

impl Recorder {
    /// Refuses amounts in a currency that is only `assumed`, by their positions, where another one is stored. Returns what
    /// else is to be said of which record.
    pub async fn compare(
        &mut self,
        connection: &impl ConnectionTrait,
        records: &[(u64, Record)],
        assumed: &BTreeSet<u64>,
    ) -> Result<Vec<(u64, String)>, DbErr> {
        let mut sentences = self.compare_rows::<outcome::Model>(connection, records, assumed).await?;
        if !assumed.is_empty() {
            sentences.extend(self.compare_rows::<cost_line::Model>(connection, records, assumed).await?);
        }
        Ok(sentences)
    }

    async fn compare_rows<R: Compared>(
        &mut self,
        connection: &impl ConnectionTrait,
        records: &[(u64, Record)],
        assumed: &BTreeSet<u64>,
    ) -> Result<Vec<(u64, String)>, DbErr> {
        let mut sentences = Vec::new();
        let mut said: Vec<(u64, &Record, Uuid, String)> = Vec::new();
        for (position, record) in records.iter().filter(|(_, record)| record.kind() == R::KIND) {
            let as_stored = self.as_stored(record.clone());
            said.push((
                *position,
                record,
                self.stamp.id_of(R::KIND, &as_stored),
                hexadecimal(&content_hash(&as_stored)),
            ));
        }
        for mut some in chunks(said, ROWS) {
            let ids = some.iter().map(|(_, _, id, _)| *id).collect();
            let hashes = stored_hashes::<R>(connection, self.stamp.community, ids).await?;
            some.retain(|(_, _, id, hash)| hashes.get(id).is_some_and(|stored| stored != hash));
            let ids = some.iter().map(|(_, _, id, _)| *id).collect();
            let rows = stored_rows::<R>(connection, self.stamp.community, ids).await?;
            let rows: HashMap<Uuid, R> = rows.into_iter().map(|row| (row.id(), row)).collect();
            for (position, record, id, _) in some {
                let Some(row) = rows.get(&id) else { continue };
                if assumed.contains(&position)
                    && let Some((said, stored)) = currency_of(record).zip(row.currency())
                    && said.code() != stored
                {
                    let reason = format!(
                        "the file does not say it, and the amount is stored in {stored}: add the column, or give --currency \
                         {stored}, or --currency {said} if it is in {said} from now on"
                    );
                    self.refused.push(Refused { position, path: "currency".to_owned(), reason, earlier: None });
                }
                sentences.extend(row.becomes(record).map(|sentence| (position, sentence)));
            }
        }
        Ok(sentences)
    }
}

fn currency_of(record: &Record) -> Option<Currency> {
    match record {
        Record::Outcome(outcome) => outcome.money.map(|money| money.currency),
        Record::Cost(cost) => Some(cost.currency),
        _ => None,
    }
}

trait Compared: TrackedRow {
    const KIND: RecordKind;

    fn currency(&self) -> Option<&str>;

    /// What changes besides, in a few words.
    fn becomes(&self, record: &Record) -> Option<String>;
}

impl Compared for outcome::Model {
    const KIND: RecordKind = RecordKind::Outcome;

    fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    fn becomes(&self, record: &Record) -> Option<String> {
        let Record::Outcome(outcome) = record else { return None };
        let kind = outcome.kind.to_string();
        (kind != self.kind).then(|| format!("Outcomes of the kind {} that become one of the kind {kind}", self.kind))
    }
}

impl Compared for cost_line::Model {
    const KIND: RecordKind = RecordKind::Cost;

    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn becomes(&self, _: &Record) -> Option<String> {
        None
    }
}
