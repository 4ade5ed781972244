//! Uploaded files are checked and loaded as files of the command line are.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow};
use sea_orm::{DbErr, EntityTrait};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;
use valuemap_shared::activities::with_addresses_replaced;
use valuemap_shared::ids::UploadId;
use valuemap_shared::imports::ImportReport;
use valuemap_shared::money::Currency;

use crate::base::commits::Touches;
use crate::base::progress::SharedProgress;
use crate::database::author::Author;
use crate::database::{Transaction, WriteError};
use crate::import::corrections::Corrections;
use crate::import::records::{Checked, Request, check, store};
use crate::import::{FORMATS, Format, Problems, SourceFile, header_of, recognise_file};
use crate::jobs::queue::Claimed;
use crate::jobs::worker::Unfinished;
use crate::tenancy::entities::community;
use crate::uploads::entities::upload;
use crate::uploads::store::{FOLDER, delete, find, write_to};
use crate::work::Hands;

/// For how long an import waits for others. One whose worker was killed counts as at work for half a minute.
const PATIENCE: Duration = Duration::from_secs(120);

const GONE: &str =
    "the uploaded file is not there any more: it was loaded, deleted, or left for a day; upload it again";

/// What is to be done with an uploaded file. This is stored, so it is read by other releases, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadWork {
    pub upload: Uuid,
    /// Found out by its columns where nobody says.
    pub format: Option<String>,
    pub corrections: Corrections,
}

/// An uploaded file on the disk, for as long as it is worked on.
struct Fetched {
    upload: upload::Model,
    _folder: TempDir,
    path: PathBuf,
    currency: Currency,
}

/// What somebody can do something about: the file cannot be read, as things are.
type Understood<T> = Result<T, String>;

impl Hands {
    pub(super) async fn check_upload(
        &self,
        job: &Claimed,
        asked: &UploadWork,
        progress: SharedProgress,
    ) -> Result<(), Unfinished> {
        let fetched = self.fetched(job, asked, &progress).await?;
        let report = match understood(fetched.format(asked))? {
            Ok((format, because)) => {
                let request = fetched.request(job, asked, format);
                let mut problems = Problems::new(None)?;
                let checked = check(&self.database, &self.ambient, &request, &progress, &mut problems).await;
                let report = understood(checked)?.map(|checked| checked.report(&problems, false));
                report.map(|report| ImportReport { because, ..report })
            }
            Err(refused) => Err(refused),
        };
        let report = report.unwrap_or_else(|refused| fetched.refused(asked, refused));
        self.finish(job, report).await
    }

    pub(super) async fn load_upload(
        &self,
        job: &Claimed,
        asked: &UploadWork,
        progress: SharedProgress,
    ) -> Result<(), Unfinished> {
        let Self { database, ambient } = self;
        let fetched = self.fetched(job, asked, &progress).await?;
        let (format, because) = match understood(fetched.format(asked))? {
            Ok(format) => format,
            Err(refused) => return self.finish(job, fetched.refused(asked, refused)).await,
        };
        let request = fetched.request(job, asked, format);
        let mut problems = Problems::new(None)?;
        let mut checked = match understood(check(database, ambient, &request, &progress, &mut problems).await)? {
            Ok(checked) => checked,
            Err(refused) => return self.finish(job, fetched.refused(asked, refused)).await,
        };
        if problems.count == 0 {
            let finish = async |transaction: &Transaction, checked: &Checked<'_>| {
                if !delete(transaction, (job.community(), UploadId(asked.upload))).await? {
                    return Err(DbErr::Custom(GONE.to_owned()));
                }
                let report = ImportReport { because: because.clone(), ..checked.report(&Problems::default(), true) };
                job.finish(transaction, ambient, json!(without_addresses(report))).await
            };
            let stored = store(database, ambient, &mut checked, &progress, &mut problems, finish).await;
            match understood(stored)? {
                Ok(()) if problems.count == 0 => return Ok(()),
                Ok(()) => {}
                Err(refused) => return Err(Unfinished::Refused(without_address(&refused))),
            }
        }
        self.finish(job, ImportReport { because, ..checked.report(&problems, false) }).await
    }

    async fn finish(&self, job: &Claimed, report: ImportReport) -> Result<(), Unfinished> {
        let result = json!(without_addresses(report));
        let finish = async |transaction: &Transaction| job.finish(transaction, &self.ambient, result).await;
        Ok(self.database.write(&Author::SERVER, Touches::NOTHING, finish).await?)
    }

    async fn fetched(
        &self,
        job: &Claimed,
        asked: &UploadWork,
        progress: &SharedProgress,
    ) -> Result<Fetched, Unfinished> {
        progress.begin("Fetching the file", 0);
        let upload = find(&self.database.read, (job.community(), UploadId(asked.upload))).await?;
        let upload = upload.ok_or_else(|| Unfinished::Refused(GONE.to_owned()))?;
        let folder =
            tempfile::Builder::new().prefix(FOLDER).tempdir().context("no folder can be made for what was uploaded")?;
        let path = folder.path().join("upload");
        write_to(&self.database, &upload, &path).await?;
        let community = community::Entity::find_by_id(job.community().0).one(&self.database.read).await?;
        let community =
            community.ok_or_else(|| Unfinished::Refused("the community is not there any more".to_owned()))?;
        let currency = community.currency.parse().map_err(|error| anyhow!("the community's currency: {error}"))?;
        Ok(Fetched { upload, _folder: folder, path, currency })
    }
}

impl Fetched {
    /// The format that is named or else told by the columns, and why.
    fn format(&self, asked: &UploadWork) -> anyhow::Result<(&'static Format, Option<String>)> {
        if let Some(name) = &asked.format {
            let found = FORMATS.iter().copied().find(|format| format.name == name);
            return Ok((found.ok_or_else(|| anyhow!("there is no format `{name}`"))?, None));
        }
        let recognised = recognise_file(&self.inspect(asked)?, asked.corrections.header_line)?;
        Ok((recognised.format, Some(recognised.because())))
    }

    fn inspect(&self, asked: &UploadWork) -> anyhow::Result<SourceFile> {
        let Corrections { encoding, sheet, .. } = &asked.corrections;
        SourceFile::inspect_as(&self.upload.file_name, &self.path, (*encoding, sheet.as_deref()))
    }

    fn request<'a>(&'a self, job: &Claimed, asked: &'a UploadWork, format: &'static Format) -> Request<'a> {
        Request {
            format,
            path: &self.path,
            name: &self.upload.file_name,
            community: job.community(),
            author: Author::SERVER,
            currency: self.currency,
            corrections: &asked.corrections,
            patience: PATIENCE,
        }
    }

    /// What is to be said of a file that cannot be read. Whoever corrects that wants to know its columns.
    fn refused(&self, asked: &UploadWork, refused: String) -> ImportReport {
        let file = self.inspect(asked);
        let header = file.and_then(|file| header_of(&file, asked.corrections.header_line)).unwrap_or_default();
        let found = self.format(asked).ok();
        let (format, because) = found.map(|(format, because)| (format.name.to_owned(), because)).unwrap_or_default();
        ImportReport {
            file: self.upload.file_name.clone(),
            format,
            because,
            refused: Some(refused),
            header,
            ..ImportReport::default()
        }
    }
}

/// What is kept of a report: no address stays in it.
fn without_addresses(report: ImportReport) -> ImportReport {
    report.with_texts(without_address)
}

fn without_address(text: &str) -> String {
    with_addresses_replaced(text, |_| "[e-mail]".to_owned()).unwrap_or_else(|| text.to_owned())
}

/// Files are refused with a reason for people; what the database says is none.
fn understood<T>(result: anyhow::Result<T>) -> Result<Understood<T>, Unfinished> {
    let error = match result {
        Ok(done) => return Ok(Ok(done)),
        Err(error) => error,
    };
    for cause in error.chain() {
        let failure =
            cause.downcast_ref::<DbErr>().or_else(|| cause.downcast_ref::<WriteError>().map(WriteError::cause));
        if let Some(failure) = failure {
            if matches!(failure, DbErr::Custom(text) if text == GONE) {
                return Ok(Err(GONE.to_owned()));
            }
            return Err(Unfinished::Database(failure.clone()));
        }
    }
    Ok(Err(format!("{error:#}")))
}
