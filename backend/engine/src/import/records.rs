//! Imports what is tracked. A file is checked first, then stored piece by piece, while others go on writing, and then seen
//! as a whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use csv::StringRecord;
use encoding_rs::Encoding;
use valuemap_shared::activities::{OutcomeKind, RecordKind, Unlinked};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;

use crate::activities::address_book::AddressBook;
use crate::activities::record::{Recorder, Stored};
use crate::activities::unsaid::{Attribute, Unsaid};
use crate::base::ambient::Ambient;
use crate::base::progress::{SharedProgress, unseen};
use crate::database::Database;
use crate::database::author::Author;
use crate::import::columns::{Columns, Mapping};
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
use crate::import::remembered::{last_loaded, mapping_of, remember, store_batch};
use crate::import::settings::{FormatSettings, ValueMap};
use crate::import::times::TimeSettings;

/// What is asked for.
pub struct Request<'a> {
    pub format: &'static Format,
    pub path: &'a Path,
    pub community: CommunityId,
    pub author: Author,
    /// Of amounts that do not say theirs.
    pub currency: Currency,
    /// Somebody said that currency for this file; otherwise it is the community's.
    pub is_currency_said: bool,
    /// Where the records come from; the format's own without it.
    pub source: Option<String>,
    pub mapping: Mapping,
    pub forget_mapping: bool,
    pub mark: Option<DecimalMark>,
    pub times: TimeSettings,
    pub encoding: Option<&'static Encoding>,
    /// The sheet of a workbook, where it has several.
    pub sheet: Option<String>,
    /// The line that names the columns, where it cannot be found.
    pub header_line: Option<u64>,
    /// What values mean, as `(field, value, meaning)`. Remembered, as the mapping is.
    pub values: Vec<(String, String, String)>,
    /// What fields say for all rows.
    pub constants: BTreeMap<String, String>,
    pub skip_without_key: bool,
    pub won_stages: Vec<String>,
    pub kind: Option<OutcomeKind>,
    pub activity_type: Option<String>,
    /// How long to wait for others who write.
    pub patience: Duration,
}

/// A file that was understood so far, and what it would do.
pub struct Checked<'a> {
    request: &'a Request<'a>,
    pub file: SourceFile,
    pub columns: Columns,
    pub layout: Layout,
    unsaid: Unsaid,
    settings: FormatSettings,
    withdrawn: u64,
    pub loaded_before: Option<chrono::DateTime<chrono::Utc>>,
    found: Found,
    pub stored: BTreeMap<RecordKind, Stored>,
    /// Pairs of keys that may be meant for one, a sentence each.
    pub doubtful_keys: Vec<String>,
    /// What of the file is linked to nobody, once it is loaded.
    pub unlinked: Unlinked,
    /// Links that a person has ended: they stay so.
    pub kept_ended: u64,
    /// Which ids have several addresses in it.
    pub address_book: AddressBook,
}

impl Checked<'_> {
    pub fn rows(&self) -> u64 {
        self.found.rows
    }

    /// Outcomes that had been loaded before and did not come about after all.
    pub fn withdrawn(&self) -> u64 {
        self.withdrawn
    }

    /// The stages that count as won, beside the usual one.
    pub fn won_stages(&self) -> &[String] {
        &self.settings.won_stages
    }

    /// What was skipped, read otherwise than it is written, or found below the table.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// What follows from columns that the file does not have.
    pub fn missing_columns(&self) -> impl Iterator<Item = &'static str> {
        let is_missing = |name: &str| self.columns.index(name).is_none() && !self.settings.constants.contains_key(name);
        let fields = self.request.format.fields.iter();
        fields.filter(move |field| is_missing(field.name)).filter_map(|field| field.if_missing)
    }

    pub fn is_plain(&self) -> bool {
        self.request.format.is_plain
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
    let file = SourceFile::inspect(request.path, request.encoding, request.sheet.as_deref())?;
    let source = request.source.clone().unwrap_or_else(|| request.format.source.to_owned());
    let mut remembered = match request.forget_mapping {
        true => Mapping::new(),
        false => mapping_of(&database.read, request.community, &mapping_key(request.format, &source)).await?,
    };
    let remembered_stages = remembered.remove(WON_STAGES);
    let values = values_of(&mut remembered, &request.values);
    let cannot_use = || format!("cannot use {}", request.path.display());
    let mapping = (&request.mapping, &remembered);
    let constants: Vec<&str> = request.constants.keys().map(String::as_str).collect();
    let fits = |header: &[String]| fitness(request.format, mapping, &constants, header);
    let layout = Layout::find(file.text(&unseen())?, request.header_line, fits).with_context(cannot_use)?;
    let is_named = request.header_line.is_some();
    let layout = layout.among_tables(file.text(&unseen())?, is_named, fits).with_context(cannot_use)?;
    let columns = Columns::find(request.format, &layout.header, mapping, &constants).with_context(cannot_use)?;
    let won_stages = match (&request.won_stages[..], remembered_stages) {
        ([], Some(remembered)) => remembered.lines().map(str::to_owned).collect(),
        (given, _) => given.to_vec(),
    };
    let mark = match request.mark {
        Some(mark) => mark,
        None => decimal_mark(request.format, &columns, Rows::new(file.text(&unseen())?, &layout)?)
            .with_context(cannot_use)?,
    };
    let settings = FormatSettings {
        source,
        currency: request.currency,
        is_currency_said: request.is_currency_said,
        mark,
        times: request.times,
        won_stages,
        kind: request.kind,
        activity_type: request.activity_type.clone(),
        values,
        constants: request.constants.clone(),
        skip_without_key: request.skip_without_key,
    };
    let loaded_before = last_loaded(&database.read, request.community, request.format.name, &file.hash).await?;
    let mut checked = Checked {
        request,
        file,
        unsaid: unsaid(request.format, &columns, &request.constants),
        columns,
        layout,
        settings,
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
/// writing, and nobody sees any of it before all is stored.
pub async fn store(
    database: &Database,
    ambient: &Ambient,
    checked: &mut Checked<'_>,
    progress: &SharedProgress,
    problems: &mut Problems,
) -> anyhow::Result<()> {
    let request = checked.request;
    let place = (request.community, request.patience);
    let (mut loading, mut recorder) = Loading::begin(database, ambient, place, progress).await?;
    recorder.foresee_all(checked.address_book.clone());
    progress.begin("Storing", checked.file.bytes);
    let stored = checked.source(progress).store(&mut recorder, &mut loading, problems, &checked.found).await;
    let stored = stored.and_then(|()| match checked.file.is_unchanged() {
        true => Ok(problems.count == 0),
        false => bail!("{} was changed while it was read; nothing was loaded, run it again", request.path.display()),
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
    let published = publish(ambient, checked, &loading, recorder).await;
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
) -> anyhow::Result<()> {
    let request = checked.request;
    let key = mapping_key(request.format, &checked.settings.source);
    let now = ambient.now();
    let mut mapping = checked.columns.mapping();
    if !checked.settings.won_stages.is_empty() {
        mapping.insert(WON_STAGES.to_owned(), checked.settings.won_stages.join("\n"));
    }
    for (field, value, meaning) in checked.settings.values.entries() {
        mapping.insert(format!("{VALUE}{field}:{value}"), meaning.to_owned());
    }
    let file_name = recorder.text_as_stored(&checked.file.name());
    let (transaction, batch) = loading.publish(&request.author, recorder).await?;
    remember(&transaction, request.community, &key, &mapping, now).await?;
    let sum = |count: fn(&Stored) -> u64| i64::try_from(checked.stored.values().map(count).sum::<u64>());
    let batch = import_batch::Model {
        community_id: request.community.0,
        id: batch.id,
        format: request.format.name.to_owned(),
        file_name,
        file_hash: checked.file.hash.clone(),
        rows: i64::try_from(checked.found.rows)?,
        new: sum(|stored| stored.new)?,
        changed: sum(|stored| stored.changed)?,
        known: sum(|stored| stored.known)?,
        created_at: now,
    };
    store_batch(&transaction, batch).await?;
    Ok(transaction.commit().await?)
}

/// What stages of deals are remembered under, beside the fields of a mapping.
const WON_STAGES: &str = "--won-stage";

/// What the meaning of a value is remembered under, before its field and itself.
const VALUE: &str = "--value ";

/// What values mean: as it was remembered, and is taken from there, or as it is said now.
fn values_of(remembered: &mut Mapping, said: &[(String, String, String)]) -> ValueMap {
    let mut values = ValueMap::default();
    remembered.retain(|key, meaning| {
        let value = key.strip_prefix(VALUE).and_then(|key| key.split_once(':'));
        value.inspect(|(field, value)| values.insert(field, value, meaning)).is_none()
    });
    said.iter().for_each(|(field, value, meaning)| values.insert(field, value, meaning));
    values
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

/// What a mapping is remembered for.
fn mapping_key(format: &Format, source: &str) -> String {
    format!("{}/{source}", format.name)
}

/// Reads through the numbers of a file to find out how it writes them.
fn decimal_mark<R: std::io::Read>(
    format: &Format,
    columns: &Columns,
    mut rows: Rows<R>,
) -> anyhow::Result<DecimalMark> {
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
    evidence.decide()
}
