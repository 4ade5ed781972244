//! What one reading of a file found out: what the next one has to know, and what is reported in the end.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};
use valuemap_shared::activities::{Activity, Record, Reference};
use valuemap_shared::imports::{ImportNote, ImportReport, Skipped};

use crate::import::trailer::Trailer;
use crate::import::zeros::ZeroTwins;

/// Maximum number of different reasons and notes that are counted one by one; all further ones are counted together.
const LISTED: usize = 60;

/// The line that says when those first came who come again, by the digest of what they are known by.
pub type FirstTimes = HashMap<[u8; 16], u64>;

pub fn digest_of(reference: &Reference) -> [u8; 16] {
    let digest = Sha256::digest(format!("{}\0{}", reference.source, reference.key));
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    first
}

#[derive(Default)]
pub struct Found {
    pub rows: u64,
    pub bad_rows: u64,
    /// How many rows were skipped, by the reason.
    pub skipped: BTreeMap<String, u64>,
    /// What was read otherwise than it is written, or is missing: how often, and the line of the first.
    pub notes: BTreeMap<Cow<'static, str>, (u64, u64)>,
    pub trailer: Trailer,
    /// The activities that rows are about, with the first of those rows and the days of all of them.
    pub activities: BTreeMap<Reference, (u64, Activity)>,
    pub first_times: FirstTimes,
    pub zeros: ZeroTwins,
    /// Of every batch of rows, whether it has anything that is not stored already.
    pub has_news: Vec<bool>,
}

impl Found {
    /// What another reading of the same file has to know.
    pub fn again(&self) -> Self {
        Self { activities: self.activities.clone(), first_times: self.first_times.clone(), ..Self::default() }
    }

    /// What is reported of it.
    pub fn reported(&self) -> ImportReport {
        let skipped = self.skipped.iter().map(|(reason, rows)| Skipped { rows: *rows, reason: reason.clone() });
        let note = |(note, (count, line)): (&Cow<'_, str>, &(u64, u64))| ImportNote {
            note: note.to_string(),
            count: *count,
            first_line: *line,
        };
        ImportReport {
            skipped: skipped.collect(),
            notes: self.notes.iter().map(note).collect(),
            passed_over: self.trailer.sentences(),
            ..ImportReport::default()
        }
    }

    pub fn mention(&mut self, line: u64, activity: Activity) {
        let (_, known) = self.activities.entry(activity.reference.clone()).or_insert_with(|| (line, activity.clone()));
        known.starts_on = known.starts_on.min(activity.starts_on);
        known.ends_on = known.ends_on.max(activity.ends_on);
    }

    pub fn skip(&mut self, reason: String) {
        let full = self.skipped.len() >= LISTED && !self.skipped.contains_key(&reason);
        *self.skipped.entry(if full { "other reasons".to_owned() } else { reason }).or_default() += 1;
    }

    pub fn note(&mut self, line: u64, note: Cow<'static, str>) {
        let full = self.notes.len() >= LISTED && !self.notes.contains_key(&note);
        let (count, first) = self.notes.entry(if full { "Other notes".into() } else { note }).or_insert((0, line));
        *count += 1;
        *first = (*first).min(line);
    }

    /// Notes what a record lacks that makes it worth less than people expect.
    pub fn look_at(&mut self, line: u64, record: &Record) {
        let Record::Outcome(outcome) = record else { return };
        if outcome.kind.takes_money() && outcome.money.is_none() {
            self.note(line, "Outcomes without an amount, which count and are worth nothing".into());
        }
        if outcome.party.is_none() {
            self.note(line, "Outcomes of nobody, which no activity can be credited with".into());
        }
    }

    /// Whether what these records say was said of an earlier time in the file.
    pub fn is_repeated(&self, records: &[Record], line: u64) -> bool {
        records.iter().any(|record| match record {
            Record::Touchpoint(touchpoint) => {
                self.first_times.get(&digest_of(&touchpoint.reference)).is_some_and(|first| *first != line)
            }
            _ => false,
        })
    }
}
