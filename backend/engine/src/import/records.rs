//! Imports what is tracked. A file is checked first, then stored piece by piece, while others go on writing, and then seen
//! as a whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use csv::StringRecord;
use valuemap_shared::activities::{OutcomeKind, RecordKind, Unlinked};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::Currency;

use crate::activities::address_book::AddressBook;
use crate::activities::record::{Recorder, Stored};
use crate::base::ambient::Ambient;
use crate::base::progress::{SharedProgress, unseen};
use crate::database::Database;
use crate::database::author::Author;
use crate::import::columns::{Columns, Mapping};
use crate::import::entities::import_batch;
use crate::import::file::SourceFile;
use crate::import::format::Format;
use crate::import::loading::Loading;
use crate::import::numbers::{DecimalMark, MarkEvidence};
use crate::import::pass::{Found, PassSource};
use crate::import::problems::Problems;
use crate::import::reader::Rows;
use crate::import::remembered::{last_loaded, mapping_of, remember, store_batch};
use crate::import::settings::FormatSettings;
use crate::import::times::DateFormat;

/// What is asked for.
pub struct Request<'a> {
    pub format: &'static Format,
    pub path: &'a Path,
    pub community: CommunityId,
    pub author: Author,
    /// Of amounts that do not say theirs.
    pub currency: Currency,
    /// Where the records come from; the format's own without it.
    pub source: Option<String>,
    pub mapping: Mapping,
    pub forget_mapping: bool,
    pub mark: Option<DecimalMark>,
    pub dates: Option<DateFormat>,
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
    pub delimiter: char,
    settings: FormatSettings,
    withdrawn: u64,
    pub loaded_before: Option<chrono::DateTime<chrono::Utc>>,
    found: Found,
    pub stored: BTreeMap<RecordKind, Stored>,
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

    pub fn skipped(&self) -> &BTreeMap<String, u64> {
        &self.found.skipped
    }

    pub fn is_plain(&self) -> bool {
        self.request.format.is_plain
    }

    fn source<'a>(&'a self, progress: &'a SharedProgress) -> PassSource<'a> {
        let Self { file, columns, settings, .. } = self;
        PassSource { format: self.request.format, file, columns, settings, progress }
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
    let file = SourceFile::inspect(request.path)?;
    let source = request.source.clone().unwrap_or_else(|| request.format.source.to_owned());
    let mut remembered = match request.forget_mapping {
        true => Mapping::new(),
        false => mapping_of(&database.read, request.community, &mapping_key(request.format, &source)).await?,
    };
    let remembered_stages = remembered.remove(WON_STAGES);
    let cannot_use = || format!("cannot use {}", request.path.display());
    let mut rows = Rows::new(file.text(&unseen())?).with_context(cannot_use)?;
    let columns =
        Columns::find(request.format, &rows.header, &request.mapping, &remembered).with_context(cannot_use)?;
    let delimiter = rows.delimiter;
    let won_stages = match (&request.won_stages[..], remembered_stages) {
        ([], Some(remembered)) => remembered.lines().map(str::to_owned).collect(),
        (given, _) => given.to_vec(),
    };
    let mark = match request.mark {
        Some(mark) => mark,
        None => decimal_mark(request.format, &columns, &mut rows).with_context(cannot_use)?,
    };
    let settings = FormatSettings {
        source,
        currency: request.currency,
        mark,
        dates: request.dates,
        won_stages,
        kind: request.kind,
        activity_type: request.activity_type.clone(),
    };
    let loaded_before = last_loaded(&database.read, request.community, request.format.name, &file.hash).await?;
    let mut checked = Checked {
        request,
        file,
        columns,
        delimiter,
        settings,
        withdrawn: 0,
        loaded_before,
        found: Found::default(),
        stored: BTreeMap::new(),
        unlinked: Unlinked::default(),
        kept_ended: 0,
        address_book: AddressBook::default(),
    };
    let snapshot = database.begin_snapshot().await?;
    let mut recorder = Recorder::preview(&snapshot, request.community, ambient).await?;
    checked.source(progress).foresee(&mut recorder)?;
    progress.begin("Checking", checked.file.bytes);
    checked.found = checked.source(progress).check(&mut recorder, &snapshot, problems).await?;
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
        loading.abandon(progress).await?;
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
        loading.abandon(progress).await?;
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

/// What a mapping is remembered for.
fn mapping_key(format: &Format, source: &str) -> String {
    format!("{}/{source}", format.name)
}

/// Reads through the numbers of a file to find out how it writes them.
fn decimal_mark<R: std::io::Read>(
    format: &Format,
    columns: &Columns,
    rows: &mut Rows<R>,
) -> anyhow::Result<DecimalMark> {
    let numbers = format.fields.iter().filter(|field| field.is_number);
    let indexes: Vec<usize> = numbers.filter_map(|field| columns.index(field.name)).collect();
    let mut evidence = MarkEvidence::default();
    let mut cells = StringRecord::new();
    while !indexes.is_empty()
        && let Some(row) = rows.next(&mut cells)
    {
        let Ok(line) = row else { continue };
        indexes.iter().for_each(|index| evidence.add(line, &cells[*index]));
    }
    evidence.decide()
}
