//! One reading of a file from its first row to its last, with whatever a recorder does with its records.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use csv::StringRecord;
use sea_orm::DatabaseTransaction;
use valuemap_shared::activities::{Record, Reference};

use crate::activities::record::{Recorder, Refused};
use crate::activities::unsaid::Unsaid;
use crate::activities::withdrawing::Withdrawal;
use crate::base::progress::{SharedProgress, unseen};
use crate::import::columns::Columns;
use crate::import::content::RowContent;
use crate::import::file::SourceFile;
use crate::import::format::Format;
use crate::import::found::{FirstTimes, Found, digest_of};
use crate::import::layout::{Fitness, Layout};
use crate::import::loading::Loading;
use crate::import::matching::fitness;
use crate::import::position::{BrokenRow, RowPosition, Short};
use crate::import::problems::Problems;
use crate::import::reader::Rows;
use crate::import::row::Row;
use crate::import::settings::FormatSettings;
use crate::import::trailer::total_label;
use crate::import::zeros::ZeroTwins;

/// The size of a batch of rows that are recorded together.
const ROW_BATCH: u64 = 5_000;
/// The fields of formats that hold the address of whom another field names.
const ADDRESS_FIELDS: [&str; 2] = ["email", "requester_email"];

/// What a pass reads: a file, and how it is to be read.
pub struct PassSource<'a> {
    pub format: &'static Format,
    pub file: &'a SourceFile,
    pub layout: &'a Layout,
    pub columns: &'a Columns,
    pub settings: &'a FormatSettings,
    /// What the file has no columns for.
    pub unsaid: &'a Unsaid,
    pub progress: &'a SharedProgress,
}

/// A batch of rows that are going to be recorded together.
#[derive(Default)]
struct RowBatch {
    rows: u64,
    records: Vec<(u64, Record)>,
    withdrawn: Vec<(u64, Withdrawal)>,
    activities: BTreeSet<Reference>,
    /// The lines whose amounts are in a currency that nobody said.
    assumed: BTreeSet<u64>,
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
        first_times: FirstTimes,
    ) -> anyhow::Result<Found> {
        let zeros = ZeroTwins::of(snapshot, recorder.community()).await?;
        let mut found = Found { first_times, zeros, ..Found::default() };
        self.pass(recorder, Target::Nowhere(snapshot), problems, &mut found, None).await?;
        Ok(found)
    }

    /// Looks ahead: tells a recorder of all addresses that the file brings, and finds out when those first came who come
    /// again.
    pub fn foresee(&self, recorder: &mut Recorder) -> anyhow::Result<FirstTimes> {
        let mut times: HashMap<[u8; 16], (DateTime<Utc>, u64, bool)> = HashMap::new();
        let has_addresses = ADDRESS_FIELDS.iter().any(|field| self.columns.index(field).is_some());
        let may_repeat = self.format.fields.iter().any(|field| field.name == "role");
        if !has_addresses && !may_repeat {
            return Ok(FirstTimes::new());
        }
        let mut rows = Rows::new(self.file.text(&unseen())?, self.layout)?;
        let mut cells = StringRecord::new();
        while let Some(row) = rows.next(&mut cells) {
            let Ok(RowPosition { line, .. }) = row else { continue };
            let mut row = Row::new(&cells, self.columns, self.settings);
            let Some(content) = (self.format.read)(&mut row, self.settings) else { continue };
            for record in content.records.iter().filter(|_| content.first_counts) {
                let Record::Touchpoint(touchpoint) = record else { continue };
                let said = (touchpoint.at, line);
                let first = times.entry(digest_of(&touchpoint.reference)).or_insert((said.0, said.1, false));
                let (at, line) = (first.0, first.1).min(said);
                *first = (at, line, (first.0, first.1) != said || first.2);
            }
            if has_addresses {
                recorder.foresee(&content.records);
            }
        }
        let again = times.into_iter().filter(|(_, (_, _, comes_again))| *comes_again);
        Ok(again.map(|(digest, (_, line, _))| (digest, line)).collect())
    }

    /// Reads again those rows that have news.
    pub async fn store(
        &self,
        recorder: &mut Recorder,
        loading: &mut Loading<'_>,
        problems: &mut Problems,
        checked: &Found,
    ) -> anyhow::Result<()> {
        let mut found = checked.again();
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
        let mut rows = Rows::new(self.file.text(self.progress)?, self.layout)?;
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
            let community = recorder.community();
            batch.records.iter().for_each(|(line, record)| found.zeros.look_at(community, *line, record));
            let news = record((recorder, self.unsaid), &mut target, batch, found, problems).await?;
            found.has_news.push(news);
        }
        found.trailer = rows.trailer;
        Ok(())
    }

    fn read(&self, row: Result<RowPosition, BrokenRow>, cells: &StringRecord, batch: &mut RowBatch, found: &mut Found) {
        let RowPosition { line, short } = match row {
            Ok(position) => position,
            Err(BrokenRow { line, reason }) => return batch.problems.push((line, reason)),
        };
        let mut row = Row::new(cells, self.columns, self.settings);
        let reading = (self.format.read)(&mut row, self.settings).filter(|_| row.problems.is_empty());
        let Some(content) = reading else {
            let problems = self.explained(row, cells, (line, short), found);
            return batch.problems.extend(problems.into_iter().map(|reason| (line, reason)));
        };
        if let Some(short) = short {
            row.note("Rows with fewer cells than the header, whose last columns are taken as empty");
            // The first half of a row that was broken in two cannot be told before the second.
            let earlier = short.half.and_then(|(earlier, _)| batch.problems.iter().rposition(|(at, _)| *at == earlier));
            if let Some(index) = earlier {
                let explanation = short.explanation(line, self.layout.header.len());
                batch.problems[index].1.push_str(&format!("; {explanation}"));
            }
        }
        if content.first_counts && found.is_repeated(&content.records, line) {
            return found.note(line, "Rows that name the same again, of which the first time counts".into());
        }
        batch.assumed.extend(row.assumes_currency.then_some(line));
        row.notes.into_iter().for_each(|note| found.note(line, note));
        let RowContent { records, activity, withdrawn, skipped, .. } = content;
        records.iter().for_each(|record| found.look_at(line, record));
        batch.records.extend(records.into_iter().map(|record| (line, record)));
        batch.withdrawn.extend(withdrawn.map(|withdrawal| (line, withdrawal)));
        if let Some(activity) = activity {
            batch.activities.insert(activity.reference.clone());
            found.mention(line, activity);
        }
        if let Some(reason) = skipped {
            found.skip(reason);
        }
    }

    /// Whether a bad row names the columns of the format.
    fn is_another_header(&self, cells: &StringRecord, found: &mut Found) -> bool {
        found.bad_rows += 1;
        let none = BTreeMap::new();
        let header = || cells.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        found.bad_rows <= ASKED && fitness(self.format, (&none, &none), &[], &header()) == Fitness::Complete
    }

    /// Why a row cannot be read; nothing where it is to be passed over.
    fn explained(
        &self,
        row: Row<'_>,
        cells: &StringRecord,
        (line, short): (u64, Option<Short>),
        found: &mut Found,
    ) -> Vec<String> {
        if let Some(label) = total_label(cells) {
            found.skip(format!("a row of totals (`{label}`)"));
            return Vec::new();
        }
        if row.missing_key.is_some() && self.settings.skip_without_key {
            found.skip("the row has no key".to_owned());
            return Vec::new();
        }
        if self.is_another_header(cells, found) {
            return vec![format!(
                "another table begins here; cut the file in two, or read this one with --header-line {line}"
            )];
        }
        let mut problems = row.problems;
        if problems.is_empty() {
            problems.push("the row says nothing that can be read".to_owned());
        }
        if let Some(problem) = row.missing_key.and_then(|index| problems.get_mut(index)) {
            problem.push_str("; give --skip-without-key to leave such rows out");
        }
        problems.extend(short.map(|short| short.explanation(line, self.layout.header.len())));
        problems
    }
}

/// Maximum number of bad rows of which it is asked whether another table begins there: the first ones tell.
const ASKED: u64 = 100;

/// Hands a batch to the recorder, and says whether it had any news.
async fn record(
    (recorder, unsaid): (&mut Recorder, &Unsaid),
    target: &mut Target<'_, '_>,
    mut batch: RowBatch,
    found: &mut Found,
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
            recorder.keep_unsaid(*snapshot, unsaid, &mut batch.records).await?;
            for (line, sentence) in recorder.compare(*snapshot, &batch.records, &batch.assumed).await? {
                found.note(line, sentence.into());
            }
            recorder.record(*snapshot, batch.records).await?;
            recorder.withdraw(*snapshot, batch.withdrawn).await?;
        }
        Target::Batch(loading) => loading.store((recorder, unsaid), batch.records, batch.withdrawn).await?,
    }
    let said = |refused: Refused| {
        let mut reason =
            if refused.path.is_empty() { refused.reason } else { format!("{}: {}", refused.path, refused.reason) };
        if let Some(line) = refused.earlier {
            reason.push_str(&format!(" (line {line}); correct one of them, or take it out"));
        }
        (refused.position, reason)
    };
    batch.problems.extend(std::mem::take(&mut recorder.refused).into_iter().map(said));
    batch.problems.sort_by_key(|(line, _)| *line);
    for (line, reason) in batch.problems {
        problems.add(line, reason)?;
    }
    Ok(changes(recorder) > before)
}
