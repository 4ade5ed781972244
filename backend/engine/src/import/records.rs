//! Imports what is tracked. A file is checked first, then stored piece by piece, while others go on writing, and then seen
//! as a whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use csv::StringRecord;
use sea_orm::DbErr;
use valuemap_shared::activities::{RecordKind, Unlinked};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::imports::{ImportReport, ImportedRecords};
use valuemap_shared::money::Currency;

use crate::activities::address_book::AddressBook;
use crate::activities::record::{Recorder, Stored};
use crate::activities::unsaid::{Attribute, Unsaid};
use crate::base::ambient::Ambient;
use crate::base::progress::{SharedProgress, unseen};
use crate::database::author::Author;
use crate::database::{Database, Transaction};
use crate::import::column_names::has;
use crate::import::columns::{Columns, Mapping};
use crate::import::corrections::{Corrections, Remembered};
use crate::import::entities::import_batch;
use crate::import::file::SourceFile;
use crate::import::format::{Format, FormatOption};
use crate::import::found::Found;
use crate::import::layout::Layout;
use crate::import::loading::Loading;
use crate::import::matching::fitness;
use crate::import::numbers::{DecimalMark, MarkEvidence};
use crate::import::pass::PassSource;
use crate::import::problems::Problems;
use crate::import::reader::Rows;
use crate::import::remembered::{forget, last_loaded, recall, remember, store_batch};
use crate::import::settings::FormatSettings;

/// The source of whatever file that does not name one.
const SHARED_SOURCE: &str = "csv";
/// Maximum number of doubtful keys that are listed one by one.
const LISTED: usize = 20;

/// What is asked for.
pub struct Request<'a> {
    pub format: &'static Format,
    pub path: &'a Path,
    /// What the file is called where people read of it.
    pub name: &'a str,
    pub community: CommunityId,
    pub author: Author,
    /// The community's own.
    pub currency: Currency,
    pub corrections: &'a Corrections,
    /// How long to wait for others who write.
    pub patience: Duration,
}

/// A file that was understood so far, and what it would do.
pub struct Checked<'a> {
    request: &'a Request<'a>,
    file: SourceFile,
    columns: Columns,
    layout: Layout,
    unsaid: Unsaid,
    settings: FormatSettings,
    remembered: Remembered,
    withdrawn: u64,
    loaded_before: Option<chrono::DateTime<chrono::Utc>>,
    found: Found,
    stored: BTreeMap<RecordKind, Stored>,
    /// Pairs of keys that may be meant for one, a sentence each.
    doubtful_keys: Vec<String>,
    /// What of the file is linked to nobody, once it is loaded.
    unlinked: Unlinked,
    /// Links that a person has ended: they stay so.
    kept_ended: u64,
    /// Which ids have several addresses in it.
    address_book: AddressBook,
}

impl Checked<'_> {
    /// What came of it so far, or in the end.
    pub fn report(&self, problems: &Problems, is_loaded: bool) -> ImportReport {
        let Request { format, corrections, .. } = self.request;
        let is_missing = |name: &str| self.columns.index(name).is_none() && !self.settings.constants.contains_key(name);
        let missing = format.fields.iter().filter(|field| is_missing(field.name)).filter_map(|field| field.if_missing);
        let mut remarks: Vec<String> = missing.map(str::to_owned).collect();
        if !self.settings.won_stages.is_empty() {
            remarks.push(format!("Won are the stages Closed Won, {}", self.settings.won_stages.join(", ")));
        }
        if self.withdrawn > 0 {
            let done = if is_loaded { "withdrawn" } else { "to withdraw" };
            remarks.push(format!("Loaded before, and counting no more: {} {done}", self.withdrawn));
        }
        if self.kept_ended > 0 {
            remarks.push(format!("Links that a person has ended, which stay ended: {}", self.kept_ended));
        }
        let changed = self.stored.values().map(|stored| stored.changed).sum::<u64>() + self.withdrawn;
        if changed > 0 && format.source == SHARED_SOURCE && self.settings.source == SHARED_SOURCE {
            remarks.push(format!(
                "{changed} records of the source `{SHARED_SOURCE}` change: where another tool wrote those, give this one a source of \
                 its own with --source"
            ));
        }
        remarks.extend(self.doubts());
        let mut report = ImportReport {
            file: self.file.name().to_owned(),
            form: self.form(),
            format: format.name.to_owned(),
            because: None,
            refused: None,
            rows: self.found.rows,
            header_line: self.layout.line,
            header: self.layout.header.clone(),
            columns: self.columns.reported(),
            ignored_columns: if format.is_plain { self.columns.others.clone() } else { Vec::new() },
            remembered: corrections.taken_from(&self.remembered, &self.settings, &self.columns),
            loaded_before: self.loaded_before,
            problems: problems.listed.clone(),
            problem_count: problems.count,
            bad_rows: problems.rows,
            not_linked: self.unlinked.sentences(),
            is_loaded,
            remarks,
            records: self.records(),
            ..self.found.reported()
        };
        report.passed_over.splice(
            0..0,
            self.layout.others.iter().map(|other| {
                format!(
                    "Passed over another table: {other}; --header-line {} reads it in place of this one",
                    other.line
                )
            }),
        );
        report
    }

    fn form(&self) -> String {
        let separator = match self.layout.delimiter {
            b'\t' => "tabs",
            b';' => "semicolons",
            _ => "commas",
        };
        let form = self.file.form();
        if self.file.is_workbook() { form } else { format!("{form} separated by {separator}") }
    }

    fn records(&self) -> Vec<ImportedRecords> {
        let stored = self.stored.iter();
        let records = stored.map(|(kind, stored)| ImportedRecords {
            kind: kind.plural().to_owned(),
            new: stored.new,
            changed: stored.changed,
            known: stored.known,
        });
        records.collect()
    }

    /// What may be meant for one and is two, or the other way round.
    fn doubts(&self) -> Vec<String> {
        let several = self.address_book.doubtful();
        let several = (several > 0).then(|| {
            format!(
                "Doubtful: {several} ids have several e-mail addresses in this file; they are one with none of these"
            )
        });
        let pairs = self.doubtful_keys.iter().take(LISTED).map(|sentence| format!("Doubtful: {sentence}"));
        let more = self.doubtful_keys.len().saturating_sub(LISTED);
        let more = (more > 0).then(|| format!("... and {more} more pairs of keys"));
        several.into_iter().chain(pairs).chain(more).collect()
    }

    fn source<'a>(&'a self, progress: &'a SharedProgress) -> PassSource<'a> {
        let Self { file, layout, columns, settings, unsaid, .. } = self;
        PassSource { format: self.request.format, file, layout, columns, settings, unsaid, progress }
    }
}

/// Reads a file and says what loading it would do. Nothing is written, and nobody waits for it.
pub async fn check<'a>(
    database: &Database,
    ambient: &Ambient,
    request: &'a Request<'a>,
    progress: &SharedProgress,
    problems: &mut Problems,
) -> anyhow::Result<Checked<'a>> {
    let Request { format, corrections, .. } = *request;
    let source = corrections.source.clone().unwrap_or_else(|| format.source.to_owned());
    let remembered: Remembered = match corrections.forget {
        true => Remembered::default(),
        false => recall(&database.read, request.community, &remembered_under(format, &source)).await?,
    };
    let cannot_use = || format!("cannot use {}", request.name);
    let file = inspect(request, &remembered)?;
    let mapping = (&corrections.columns, &remembered.columns);
    let constants =
        |header: &[String]| corrections.constants(&remembered, |field| is_column(format, mapping.1, (field, header)));
    let fits = |header: &[String]| fitness(format, mapping, &names(&constants(header)), header);
    let layout = Layout::find(file.text(&unseen())?, corrections.header_line, fits).with_context(cannot_use)?;
    let is_named = corrections.header_line.is_some();
    let layout = layout.among_tables(file.text(&unseen())?, is_named, fits).with_context(cannot_use)?;
    let constants = constants(&layout.header);
    let columns = Columns::find(format, &layout.header, mapping, &names(&constants)).with_context(cannot_use)?;
    let mut is_mark_remembered = false;
    let mark = match corrections.mark {
        Some(mark) => mark,
        None => {
            let rows = Rows::new(file.text(&unseen())?, &layout)?;
            let found = decimal_mark(format, &columns, remembered.mark, rows).with_context(cannot_use)?;
            is_mark_remembered = found.1;
            found.0
        }
    };
    let currency = corrections.currency.or(remembered.currency);
    let settings = FormatSettings {
        source,
        currency: currency.unwrap_or(request.currency),
        is_currency_said: currency.is_some(),
        mark,
        times: corrections.times(&remembered),
        won_stages: corrections.won_stages(&remembered).to_vec(),
        kind: corrections.kind,
        activity_type: corrections.activity_type.clone(),
        values: corrections.meanings(&remembered, &columns),
        constants,
        skip_without_key: corrections.skip_without_key,
        is_mark_remembered,
    };
    let loaded_before = last_loaded(&database.read, request.community, request.format.name, &file.hash).await?;
    let mut checked = Checked {
        request,
        file,
        unsaid: unsaid(request.format, &columns, &settings.constants),
        columns,
        layout,
        settings,
        remembered,
        withdrawn: 0,
        loaded_before,
        found: Found::default(),
        stored: BTreeMap::new(),
        doubtful_keys: Vec::new(),
        unlinked: Unlinked::default(),
        kept_ended: 0,
        address_book: AddressBook::default(),
    };
    let snapshot = database.begin_snapshot().await?;
    let mut recorder = Recorder::preview(&snapshot, request.community, ambient).await?;
    let first_times = checked.source(progress).foresee(&mut recorder)?;
    progress.begin("Checking", checked.file.bytes);
    checked.found = checked.source(progress).check(&mut recorder, &snapshot, problems, first_times).await?;
    checked.doubtful_keys = checked.found.zeros.sentences(&snapshot, request.community).await?;
    checked.unlinked = recorder.unlinked(&snapshot).await?;
    checked.kept_ended = recorder.kept_ended;
    checked.address_book = recorder.address_book().clone();
    checked.stored = recorder.stored;
    checked.withdrawn = recorder.withdrawn;
    snapshot.rollback().await?;
    Ok(checked)
}

/// Stores what was checked: all of it or, where others wrote meanwhile what stands in its way, nothing. Others can go on
/// writing, and nobody sees any of it before all is stored, which is done in one transaction with `finish`.
pub async fn store(
    database: &Database,
    ambient: &Ambient,
    checked: &mut Checked<'_>,
    progress: &SharedProgress,
    problems: &mut Problems,
    finish: impl AsyncFnOnce(&Transaction, &Checked<'_>) -> Result<(), DbErr>,
) -> anyhow::Result<()> {
    let request = checked.request;
    let place = (request.community, request.patience);
    let (mut loading, mut recorder) = Loading::begin(database, ambient, place, progress).await?;
    recorder.foresee_all(checked.address_book.clone());
    progress.begin("Storing", checked.file.bytes);
    let stored = checked.source(progress).store(&mut recorder, &mut loading, problems, &checked.found).await;
    let stored = stored.and_then(|()| match checked.file.is_unchanged() {
        true => Ok(problems.count == 0),
        false => bail!("{} was changed while it was read; nothing was loaded, run it again", request.name),
    });
    if !matches!(stored, Ok(true)) {
        loading.abandon(progress).await;
        return stored.map(|_| ());
    }
    // Rows that had been found to be stored already were not looked at again.
    for (kind, total) in &mut checked.stored {
        let all = total.new + total.changed + total.known;
        let Stored { new, changed, .. } = recorder.stored.get(kind).copied().unwrap_or_default();
        *total = Stored { new, changed, known: all.saturating_sub(new + changed) };
    }
    progress.begin("Publishing", 0);
    let published = publish(ambient, checked, &loading, recorder, finish).await;
    if published.is_err() {
        // It may be published nevertheless; then there is nothing to remove.
        loading.abandon(progress).await;
    }
    published.context("run the same import again: what is stored already is not stored twice")
}

async fn publish(
    ambient: &Ambient,
    checked: &Checked<'_>,
    loading: &Loading<'_>,
    recorder: Recorder,
    finish: impl AsyncFnOnce(&Transaction, &Checked<'_>) -> Result<(), DbErr>,
) -> anyhow::Result<()> {
    let Request { format, community, corrections, .. } = *checked.request;
    let now = ambient.now();
    let file_name = recorder.text_as_stored(checked.file.name());
    let (transaction, batch) = loading.publish(&checked.request.author, recorder).await?;
    let kept = corrections.to_remember(checked.remembered.clone(), &checked.columns);
    let source = remembered_under(format, &checked.settings.source);
    match kept.is_empty() {
        true => forget(&transaction, community, &source).await?,
        false => remember(&transaction, community, &source, &kept, now).await?,
    }
    let sum = |count: fn(&Stored) -> u64| i64::try_from(checked.stored.values().map(count).sum::<u64>());
    let batch = import_batch::Model {
        community_id: community.0,
        id: batch.id,
        format: format.name.to_owned(),
        file_name,
        file_hash: checked.file.hash.clone(),
        rows: i64::try_from(checked.found.rows)?,
        new: sum(|stored| stored.new)?,
        changed: sum(|stored| stored.changed)?,
        known: sum(|stored| stored.known)?,
        created_at: now,
    };
    store_batch(&transaction, batch).await?;
    finish(&transaction, checked).await?;
    Ok(transaction.commit().await?)
}

/// What was said of files of a format and source is remembered under this.
fn remembered_under(format: &Format, source: &str) -> String {
    format!("{}/{source}", format.name)
}

/// Opens the file, in the encoding that is named. One that was named for an earlier file is used where this is not UTF-8.
fn inspect(request: &Request<'_>, remembered: &Remembered) -> anyhow::Result<SourceFile> {
    let Corrections { encoding, sheet, .. } = request.corrections;
    let inspect = |encoding| SourceFile::inspect_as(request.name, request.path, (encoding, sheet.as_deref()));
    match (encoding, remembered.encoding) {
        (None, Some(before)) => match inspect(None) {
            Ok(file) if file.is_workbook() || file.is_utf8() => Ok(file),
            _ => inspect(Some(before)),
        },
        (named, _) => inspect(*named),
    }
}

/// Whether a header has a column that is this field, by its name or as was said before.
fn is_column(format: &Format, remembered: &Mapping, (field, header): (&str, &[String])) -> bool {
    let known = format.fields.iter().find(|known| known.name == field);
    remembered.contains_key(field) || known.is_some_and(|known| has(known, header))
}

fn names(constants: &BTreeMap<String, String>) -> Vec<&str> {
    constants.keys().map(String::as_str).collect()
}

/// The attributes that a file says nothing of.
fn unsaid(format: &Format, columns: &Columns, constants: &BTreeMap<String, String>) -> Unsaid {
    let mut unsaid = Unsaid::from(Attribute::ALL);
    let is_said = |name: &str| columns.index(name).is_some() || constants.contains_key(name);
    for attribute in format.fields.iter().filter(|field| is_said(field.name)).filter_map(|field| field.says) {
        unsaid.remove(&attribute);
    }
    // Whether a deal counts depends on its stage.
    if format.options.contains(&FormatOption::WonStage) {
        unsaid.remove(&Attribute::Withdrawn);
    }
    // Links that come of a member's row are stated as a whole.
    if format.fields.iter().all(|field| field.says != Some(Attribute::Method)) {
        [Attribute::Method, Attribute::Confidence, Attribute::ValidUntil].iter().for_each(|one| _ = unsaid.remove(one));
    }
    unsaid
}

/// Reads through the numbers of a file to find out how it writes them. Where they leave it open,
/// it is as it was said `before`, which is `true`.
fn decimal_mark<R: std::io::Read>(
    format: &Format,
    columns: &Columns,
    before: Option<DecimalMark>,
    mut rows: Rows<R>,
) -> anyhow::Result<(DecimalMark, bool)> {
    let numbers = format.fields.iter().filter(|field| field.is_number);
    let matched = numbers.filter_map(|field| columns.of(field.name));
    let indexes: Vec<usize> = matched
        .flat_map(|one| std::iter::once(one.index).chain(one.otherwise.as_ref().map(|(index, _)| *index)))
        .collect();
    let mut evidence = MarkEvidence::default();
    let mut cells = StringRecord::new();
    while !indexes.is_empty()
        && let Some(row) = rows.next(&mut cells)
    {
        let Ok(position) = row else { continue };
        indexes.iter().for_each(|index| evidence.add(position.line, &cells[*index]));
    }
    match (evidence.is_open(), before) {
        (true, Some(before)) => Ok((before, true)),
        _ => Ok((evidence.decide()?, false)),
    }
}
