//! One reading of a file from its first row to its last, with whatever a recorder does with its records.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use sea_orm::DatabaseTransaction;
use valuemap_shared::activities::{Activity, Record, Reference};

use crate::activities::record::{Recorder, Refused};
use crate::base::progress::{SharedProgress, unseen};
use crate::import::columns::Columns;
use crate::import::content::RowContent;
use crate::import::file::SourceFile;
use crate::import::format::Format;
use crate::import::loading::Loading;
use crate::import::problems::Problems;
use crate::import::reader::{BrokenRow, Rows};
use crate::import::row::Row;
use crate::import::settings::FormatSettings;

/// The size of a batch of rows that are recorded together.
const ROW_BATCH: u64 = 5_000;
/// The fields of formats that hold the address of whom another field names.
const ADDRESS_FIELDS: [&str; 2] = ["email", "requester_email"];
/// Maximum number of reasons for skipping rows that are counted one by one; all further ones are counted together.
const SKIP_REASONS: usize = 30;

/// What a pass reads: a file, and how it is to be read.
pub struct PassSource<'a> {
    pub format: &'static Format,
    pub file: &'a SourceFile,
    pub columns: &'a Columns,
    pub settings: &'a FormatSettings,
    pub progress: &'a SharedProgress,
}

/// What one pass reports to the next, and what is reported in the end.
#[derive(Default)]
pub struct Found {
    pub rows: u64,
    /// How many rows were skipped, by the reason.
    pub skipped: BTreeMap<String, u64>,
    /// The activities that rows are about, with the first of those rows and the days of all of them.
    activities: BTreeMap<Reference, (u64, Activity)>,
    /// Of every batch of rows, whether it has anything that is not stored already.
    has_news: Vec<bool>,
}

impl Found {
    fn mention(&mut self, line: u64, activity: Activity) {
        let (_, known) = self.activities.entry(activity.reference.clone()).or_insert_with(|| (line, activity.clone()));
        known.starts_on = known.starts_on.min(activity.starts_on);
        known.ends_on = known.ends_on.max(activity.ends_on);
    }

    fn skip(&mut self, reason: String) {
        let full = self.skipped.len() >= SKIP_REASONS && !self.skipped.contains_key(&reason);
        *self.skipped.entry(if full { "other reasons".to_owned() } else { reason }).or_default() += 1;
    }
}

/// A batch of rows that are going to be recorded together.
#[derive(Default)]
struct RowBatch {
    rows: u64,
    records: Vec<(u64, Record)>,
    withdrawn: Vec<(u64, Reference)>,
    activities: BTreeSet<Reference>,
    problems: Vec<(u64, String)>,
}

/// Where what was read is left.
enum Target<'a, 'b> {
    /// It is only compared with what is stored.
    Nowhere(&'a DatabaseTransaction),
    Batch(&'a mut Loading<'b>),
}

impl PassSource<'_> {
    /// Reads every row, and finds out what it is about.
    pub async fn check(
        &self,
        recorder: &mut Recorder,
        snapshot: &DatabaseTransaction,
        problems: &mut Problems,
    ) -> anyhow::Result<Found> {
        let mut found = Found::default();
        self.pass(recorder, Target::Nowhere(snapshot), problems, &mut found, None).await?;
        Ok(found)
    }

    /// Tells a recorder of all addresses that the file brings.
    pub fn foresee(&self, recorder: &mut Recorder) -> anyhow::Result<()> {
        if ADDRESS_FIELDS.iter().all(|field| self.columns.index(field).is_none()) {
            return Ok(());
        }
        let mut rows = Rows::new(self.file.text(&unseen())?)?;
        let mut cells = StringRecord::new();
        while let Some(row) = rows.next(&mut cells) {
            let mut row = row.is_ok().then(|| Row::new(&cells, self.columns, self.settings));
            let content = row.as_mut().and_then(|row| (self.format.read)(row, self.settings));
            recorder.foresee(content.iter().flat_map(|content| &content.records));
        }
        Ok(())
    }

    /// Reads again those rows that have news.
    pub async fn store(
        &self,
        recorder: &mut Recorder,
        loading: &mut Loading<'_>,
        problems: &mut Problems,
        checked: &Found,
    ) -> anyhow::Result<()> {
        let mut found = Found { activities: checked.activities.clone(), ..Found::default() };
        self.pass(recorder, Target::Batch(loading), problems, &mut found, Some(&checked.has_news)).await
    }

    async fn pass(
        &self,
        recorder: &mut Recorder,
        mut target: Target<'_, '_>,
        problems: &mut Problems,
        found: &mut Found,
        has_news: Option<&[bool]>,
    ) -> anyhow::Result<()> {
        let mut rows = Rows::new(self.file.text(self.progress)?)?;
        let mut cells = StringRecord::new();
        let mut is_over = false;
        while !is_over {
            let is_wanted = has_news.is_none_or(|has_news| has_news.get(found.has_news.len()).copied().unwrap_or(true));
            let mut batch = RowBatch::default();
            while batch.rows < ROW_BATCH && !is_over {
                match rows.next(&mut cells) {
                    None => is_over = true,
                    Some(row) => {
                        batch.rows += 1;
                        if is_wanted {
                            self.read(row, &cells, &mut batch, found);
                        }
                    }
                }
            }
            found.rows += batch.rows;
            let news = record(recorder, &mut target, batch, found, problems).await?;
            found.has_news.push(news);
        }
        Ok(())
    }

    fn read(&self, row: Result<u64, BrokenRow>, cells: &StringRecord, batch: &mut RowBatch, found: &mut Found) {
        let line = match row {
            Ok(line) => line,
            Err(BrokenRow { line, reason }) => return batch.problems.push((line, reason)),
        };
        let mut row = Row::new(cells, self.columns, self.settings);
        let reading = (self.format.read)(&mut row, self.settings);
        match reading.filter(|_| row.problems.is_empty()) {
            Some(RowContent { records, activity, withdrawn, skipped }) => {
                batch.records.extend(records.into_iter().map(|record| (line, record)));
                batch.withdrawn.extend(withdrawn.map(|reference| (line, reference)));
                if let Some(activity) = activity {
                    batch.activities.insert(activity.reference.clone());
                    found.mention(line, activity);
                }
                if let Some(reason) = skipped {
                    found.skip(reason);
                }
            }
            None => batch.problems.extend(row.problems.into_iter().map(|reason| (line, reason))),
        }
    }
}

/// Hands a batch to the recorder, and says whether it had any news.
async fn record(
    recorder: &mut Recorder,
    target: &mut Target<'_, '_>,
    mut batch: RowBatch,
    found: &Found,
    problems: &mut Problems,
) -> anyhow::Result<bool> {
    let changes = |recorder: &Recorder| recorder.stored.values().map(|stored| stored.new + stored.changed).sum::<u64>();
    let before = changes(recorder);
    for reference in batch.activities.iter().filter(|reference| !recorder.has_activity(reference)) {
        let mentioned = found.activities.get(reference).cloned();
        batch.records.extend(mentioned.map(|(line, activity)| (line, Record::Activity(activity))));
    }
    match target {
        Target::Nowhere(snapshot) => {
            recorder.record(*snapshot, batch.records).await?;
            recorder.withdraw(*snapshot, batch.withdrawn).await?;
        }
        Target::Batch(loading) => loading.store(recorder, batch.records, batch.withdrawn).await?,
    }
    let said = |refused: Refused| {
        let reason =
            if refused.path.is_empty() { refused.reason } else { format!("{}: {}", refused.path, refused.reason) };
        (refused.position, reason)
    };
    batch.problems.extend(std::mem::take(&mut recorder.refused).into_iter().map(said));
    batch.problems.sort_by_key(|(line, _)| *line);
    for (line, reason) in batch.problems {
        problems.add(line, reason)?;
    }
    Ok(changes(recorder) > before)
}
