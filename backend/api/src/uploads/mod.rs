//! Files that are uploaded, checked and loaded. They come in by `POST /uploads`; everything else is here.

mod corrections;
pub mod report;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use valuemap_engine::base::commits::Touches;
use valuemap_engine::import::{FORMATS, Field, Format, FormatOption};
use valuemap_engine::jobs::queue;
use valuemap_engine::tenancy::rights::Right;
use valuemap_engine::uploads::entities::upload;
use valuemap_engine::uploads::store;
use valuemap_engine::work::{CHECK_UPLOAD, LOAD_UPLOAD, UploadWork, Work};
use valuemap_shared::ids::{CommunityId, UploadId};

use crate::context::{own, services, viewer};
use crate::error::ApiError;
use crate::jobs::Job;
use crate::uploads::corrections::ImportCorrectionsInput;
use crate::wire::node_id::NodeId;
use crate::wire::results::NotFound;
use crate::wire::scalars::Count;

pub struct Upload(pub upload::Model);

/// A file that waits to be loaded. It is deleted once it is, and a day after it came.
#[Object]
impl Upload {
    pub async fn id(&self) -> NodeId {
        NodeId::Upload(CommunityId(self.0.community_id), UploadId(self.0.id))
    }

    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    async fn bytes(&self) -> Count {
        Count(u64::try_from(self.0.bytes).unwrap_or_default())
    }

    /// What the token or session was called that it came by.
    async fn uploaded_by(&self) -> &str {
        &self.0.uploaded_by
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// The field `uploads` of a community.
pub async fn uploads(context: &Context<'_>, community: CommunityId) -> Result<Vec<Upload>, ApiError> {
    let waiting = store::waiting(&services(context)?.database.read, community).await?;
    Ok(waiting.into_iter().map(Upload).collect())
}

/// A format that files are read in.
pub struct ImportFormat(&'static Format);

#[Object]
impl ImportFormat {
    /// As it is named in `CheckUploadInput`.
    async fn name(&self) -> &'static str {
        self.0.name
    }

    async fn about(&self) -> &'static str {
        self.0.about
    }

    /// The fields that columns are read as.
    async fn fields(&self) -> Vec<ImportField> {
        let field = |field: &'static Field| ImportField {
            name: field.name,
            column: field.columns[0],
            is_needed: self.0.required.iter().any(|names| *names == [field.name]),
        };
        self.0.fields.iter().map(field).collect()
    }

    /// Those of the corrections that not every format has and that mean something to this one.
    async fn options(&self) -> Vec<ImportOption> {
        self.0.options.iter().copied().map(Into::into).collect()
    }
}

#[derive(SimpleObject)]
pub struct ImportField {
    name: &'static str,
    /// The best of the names that its column is found by.
    column: &'static str,
    /// Whether a file without it is refused.
    is_needed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "FormatOption")]
pub enum ImportOption {
    WonStage,
    Kind,
    ActivityType,
    Currency,
    Source,
}

#[derive(InputObject)]
pub struct ImportUploadInput {
    upload: NodeId,
    /// One of `importFormats`. Without it the format is found out by the columns.
    format: Option<String>,
    corrections: Option<ImportCorrectionsInput>,
}

#[derive(InputObject)]
pub struct DeleteUploadInput {
    upload: NodeId,
}

#[derive(Union)]
pub enum ImportUploadResult {
    Job(Box<Job>),
    NotFound(NotFound),
}

#[derive(Union)]
pub enum DeleteUploadResult {
    UploadDeleted(UploadDeleted),
    NotFound(NotFound),
}

#[derive(SimpleObject)]
pub struct UploadDeleted {
    upload: NodeId,
}

#[derive(Default)]
pub struct UploadQuery;

#[Object]
impl UploadQuery {
    /// The formats that files are read in.
    async fn import_formats(&self) -> Vec<ImportFormat> {
        FORMATS.iter().copied().map(ImportFormat).collect()
    }
}

#[derive(Default)]
pub struct UploadMutation;

#[Object]
impl UploadMutation {
    /// Finds out what loading an uploaded file would do, as a job whose `importReport` says it. Nothing is stored.
    async fn check_upload(
        &self,
        context: &Context<'_>,
        input: ImportUploadInput,
    ) -> Result<ImportUploadResult, ApiError> {
        start(context, input, Work::CheckUpload).await
    }

    /// Loads an uploaded file, as a job: all of it or, where a row cannot be loaded, nothing. Others go on writing, and nobody
    /// sees any of it before all is stored. The file is deleted with that.
    async fn load_upload(
        &self,
        context: &Context<'_>,
        input: ImportUploadInput,
    ) -> Result<ImportUploadResult, ApiError> {
        start(context, input, Work::LoadUpload).await
    }

    /// Deletes an uploaded file.
    async fn delete_upload(
        &self,
        context: &Context<'_>,
        input: DeleteUploadInput,
    ) -> Result<DeleteUploadResult, ApiError> {
        let services = services(context)?;
        let place = upload_id(input.upload)?;
        let not_found = || Ok(DeleteUploadResult::NotFound(NotFound::new(input.upload)));
        let Some(own) = own(context, place.0, Right::Write).await? else { return not_found() };
        let deleted = services.database.write_some(own.author(), Touches::NOTHING, async |transaction| {
            Ok(store::delete(transaction, place).await?.then_some(()))
        });
        match deleted.await? {
            Some(()) => Ok(DeleteUploadResult::UploadDeleted(UploadDeleted { upload: input.upload })),
            None => not_found(),
        }
    }
}

/// Maximum jobs of uploads of a community that wait or are worked on at once.
const MAX_OPEN: u64 = 20;

async fn start(
    context: &Context<'_>,
    input: ImportUploadInput,
    work: impl FnOnce(UploadWork) -> Work,
) -> Result<ImportUploadResult, ApiError> {
    let (services, viewer) = (services(context)?, viewer(context)?);
    let (community, upload) = upload_id(input.upload)?;
    let not_found = || Ok(ImportUploadResult::NotFound(NotFound::new(input.upload)));
    let Some(own) = own(context, community, Right::Write).await? else { return not_found() };
    if let Some(name) = &input.format
        && !FORMATS.iter().any(|format| format.name == name)
    {
        return Err(ApiError::BadUserInput(format!("format: there is no format `{name}`; importFormats lists them")));
    }
    let corrections = input.corrections.unwrap_or_default().corrections()?;
    let db = &services.database.read;
    if store::find(db, (community, upload)).await?.is_none() {
        return not_found();
    }
    let open =
        queue::count_open(db, community, CHECK_UPLOAD).await? + queue::count_open(db, community, LOAD_UPLOAD).await?;
    if open >= MAX_OPEN {
        return Err(ApiError::TooManyJobs(MAX_OPEN));
    }
    let work = work(UploadWork { upload: upload.0, format: input.format, corrections });
    let by = viewer.token.name.as_str();
    let enqueued = services.database.write(own.author(), Touches::NOTHING, async |transaction| {
        work.enqueue(transaction, &services.ambient, community, by).await
    });
    Ok(ImportUploadResult::Job(Box::new(Job(enqueued.await?))))
}

fn upload_id(id: NodeId) -> Result<(CommunityId, UploadId), ApiError> {
    match id {
        NodeId::Upload(community, id) => Ok((community, id)),
        _ => Err(ApiError::BadUserInput("upload: not the id of an upload".into())),
    }
}
