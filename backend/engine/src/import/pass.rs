//! One reading of a file from its first row to its last, with whatever a recorder does with its records.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use sea_orm::ConnectionTrait;
use valuemap_shared::activities::{Activity, Record, Reference};

use crate::activities::record::{Recorder, Refused};
use crate::base::progress::SharedProgress;
use crate::import::columns::Columns;
use crate::import::file::SourceFile;
use crate::import::format::{Format, Reading, Settings};
use crate::import::problems::Problems;
use crate::import::reader::{BrokenRow, Rows};
use crate::import::row::Row;

/// Rows that are recorded together.
const STRETCH: u64 = 5_000;
/// Most reasons for skipping rows that are told apart.
const SKIP_REASONS: usize = 30;

/// A file, and how it is to be read.
pub struct Source<'a> {
    pub format: &'static Format,
    pub file: &'a SourceFile,
    pub columns: &'a Columns,
    pub settings: &'a Settings,
    pub progress: &'a SharedProgress,
}

/// What one pass tells the next, and what is told in the end.
#[derive(Default)]
pub struct Found {
    pub rows: u64,
    /// How many rows were skipped, by the reason.
    pub skipped: BTreeMap<String, u64>,
    /// The activities that rows are about, with the first of those rows and the days of all of them.
    activities: BTreeMap<Reference, (u64, Activity)>,
    /// Of every stretch of rows, whether it has anything that is not stored already.
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

/// Rows that are going to be recorded together.
#[derive(Default)]
struct Stretch {
    rows: u64,
    records: Vec<(u64, Record)>,
    withdrawn: Vec<(u64, Reference)>,
    activities: BTreeSet<Reference>,
    problems: Vec<(u64, String)>,
}

impl Source<'_> {
    /// Reads every row, and finds out what it is about.
    pub async fn check(
        &self,
        recorder: &mut Recorder,
        connection: &impl ConnectionTrait,
        problems: &mut Problems,
    ) -> anyhow::Result<Found> {
        let mut found = Found::default();
        self.pass(recorder, connection, problems, &mut found, None).await?;
        Ok(found)
    }

    /// Reads again those rows that have news.
    pub async fn store(
        &self,
        recorder: &mut Recorder,
        connection: &impl ConnectionTrait,
        problems: &mut Problems,
        checked: &Found,
    ) -> anyhow::Result<()> {
        let mut found = Found { activities: checked.activities.clone(), ..Found::default() };
        self.pass(recorder, connection, problems, &mut found, Some(&checked.has_news)).await
    }

    async fn pass(
        &self,
        recorder: &mut Recorder,
        connection: &impl ConnectionTrait,
        problems: &mut Problems,
        found: &mut Found,
        has_news: Option<&[bool]>,
    ) -> anyhow::Result<()> {
        let mut rows = Rows::new(self.file.text(self.progress)?)?;
        let mut cells = StringRecord::new();
        let mut is_over = false;
        while !is_over {
            let is_wanted = has_news.is_none_or(|has_news| has_news.get(found.has_news.len()).copied().unwrap_or(true));
            let mut stretch = Stretch::default();
            while stretch.rows < STRETCH && !is_over {
                match rows.next(&mut cells) {
                    None => is_over = true,
                    Some(row) => {
                        stretch.rows += 1;
                        if is_wanted {
                            self.read(row, &cells, &mut stretch, found);
                        }
                    }
                }
            }
            found.rows += stretch.rows;
            let news = record(recorder, connection, stretch, found, problems).await?;
            found.has_news.push(news);
        }
        Ok(())
    }

    fn read(&self, row: Result<u64, BrokenRow>, cells: &StringRecord, stretch: &mut Stretch, found: &mut Found) {
        let line = match row {
            Ok(line) => line,
            Err(BrokenRow { line, reason }) => return stretch.problems.push((line, reason)),
        };
        let mut row = Row::new(cells, self.columns, self.settings);
        let reading = (self.format.read)(&mut row, self.settings);
        match reading.filter(|_| row.problems.is_empty()) {
            Some(Reading { records, activity, withdrawn, skipped }) => {
                stretch.records.extend(records.into_iter().map(|record| (line, record)));
                stretch.withdrawn.extend(withdrawn.map(|reference| (line, reference)));
                if let Some(activity) = activity {
                    stretch.activities.insert(activity.reference.clone());
                    found.mention(line, activity);
                }
                if let Some(reason) = skipped {
                    found.skip(reason);
                }
            }
            None => stretch.problems.extend(row.problems.into_iter().map(|reason| (line, reason))),
        }
    }
}

/// Hands a stretch to the recorder, and says whether it had any news.
async fn record(
    recorder: &mut Recorder,
    connection: &impl ConnectionTrait,
    mut stretch: Stretch,
    found: &Found,
    problems: &mut Problems,
) -> anyhow::Result<bool> {
    let changes = |recorder: &Recorder| recorder.stored.values().map(|stored| stored.new + stored.changed).sum::<u64>();
    let before = changes(recorder);
    for reference in stretch.activities.iter().filter(|reference| !recorder.has_activity(reference)) {
        let mentioned = found.activities.get(reference).cloned();
        stretch.records.extend(mentioned.map(|(line, activity)| (line, Record::Activity(activity))));
    }
    recorder.record(connection, stretch.records).await?;
    recorder.withdraw(connection, stretch.withdrawn).await?;
    let said = |refused: Refused| {
        let reason =
            if refused.path.is_empty() { refused.reason } else { format!("{}: {}", refused.path, refused.reason) };
        (refused.place, reason)
    };
    stretch.problems.extend(std::mem::take(&mut recorder.refused).into_iter().map(said));
    stretch.problems.sort_by_key(|(line, _)| *line);
    for (line, reason) in stretch.problems {
        problems.add(line, reason)?;
    }
    Ok(changes(recorder) > before)
}
