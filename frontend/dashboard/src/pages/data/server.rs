//! What the page asks the server for.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use serde::{Deserialize, Serialize};
use valuemap_shared::imports::ImportReport;
use web_sys::File;
use yew::prelude::*;

use super::corrections::Corrections;
use crate::server::{Failure, ask, send_file};

/// How long to wait between two looks at a job.
const LOOK_MILLIS: u32 = 300;

/// After how many looks that failed nobody looks any more.
const MISSED: u32 = 20;

/// What may be done here, and how files are read.
#[derive(Debug, PartialEq, Deserialize)]
pub struct Formats {
    pub may_write: bool,
    pub formats: Vec<ImportFormat>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ImportFormat {
    pub name: String,
    pub about: String,
    pub options: Vec<String>,
    pub fields: Vec<ImportField>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportField {
    pub name: String,
    pub column: String,
    pub is_needed: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    pub id: String,
    pub file_name: String,
    pub bytes: u64,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct JobProgress {
    pub part: String,
    pub done: u64,
    pub steps: Option<u64>,
}

impl Formats {
    pub fn named(&self, name: &str) -> Option<&ImportFormat> {
        self.formats.iter().find(|format| format.name == name)
    }
}

pub async fn fetch_formats() -> Result<Rc<Formats>, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Data {
        viewer: Viewer,
        import_formats: Vec<ImportFormat>,
    }
    #[derive(Deserialize)]
    struct Viewer {
        rights: Vec<String>,
    }
    let data: Data = ask(include_str!("formats.graphql"), ()).await?;
    let may_write = data.viewer.rights.iter().any(|right| right == "WRITE");
    Ok(Rc::new(Formats { may_write, formats: data.import_formats }))
}

pub async fn fetch_uploads(community: String) -> Result<Vec<Upload>, Failure> {
    #[derive(Serialize)]
    struct Variables {
        community: String,
    }
    #[derive(Deserialize)]
    struct Data {
        community: Option<Uploads>,
    }
    #[derive(Deserialize)]
    struct Uploads {
        uploads: Vec<Upload>,
    }
    let data: Data = ask(include_str!("uploads.graphql"), Variables { community }).await?;
    Ok(data.community.ok_or(Failure::NotFound)?.uploads)
}

/// Sends a file, and returns the id of its upload.
pub async fn upload(community: &str, file: &File) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Sent {
        upload: Uploaded,
    }
    #[derive(Deserialize)]
    struct Uploaded {
        id: String,
    }
    let parameters = [("community", community.to_owned()), ("name", file.name())];
    let sent: Sent = send_file("/uploads", &parameters, file).await?;
    Ok(sent.upload.id)
}

pub async fn delete_upload(upload: String) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Variables {
        upload: String,
    }
    let _: serde_json::Value = ask(include_str!("delete_upload.graphql"), Variables { upload }).await?;
    Ok(())
}

/// What is to be done with an uploaded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Check,
    Load,
}

#[derive(Serialize)]
struct Input<'a> {
    upload: &'a str,
    format: Option<&'a str>,
    corrections: &'a Corrections,
}

#[derive(Serialize)]
struct Variables<'a> {
    input: Input<'a>,
}

#[derive(Deserialize)]
struct Data {
    started: Started,
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum Started {
    Job { id: String },
    NotFound { message: String },
}

/// Has a file checked or loaded, and says what came of it. `onprogress` hears of the job and how far it is.
pub async fn run(
    step: Step,
    upload: &str,
    corrections: &Corrections,
    onprogress: Callback<(String, Option<JobProgress>)>,
) -> Result<Rc<ImportReport>, Failure> {
    let mutation = match step {
        Step::Check => include_str!("check_upload.graphql"),
        Step::Load => include_str!("load_upload.graphql"),
    };
    let input = Input { upload, format: corrections.format.as_deref(), corrections };
    let data: Data = ask(mutation, Variables { input }).await?;
    let id = match data.started {
        Started::Job { id } => id,
        Started::NotFound { message } => return Err(Failure::Failed(message)),
    };
    ended(id, onprogress).await
}

#[derive(Serialize)]
struct JobVariables<'a> {
    id: &'a str,
}

async fn ended(id: String, onprogress: Callback<(String, Option<JobProgress>)>) -> Result<Rc<ImportReport>, Failure> {
    #[derive(Deserialize)]
    struct Data {
        job: Option<Job>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Job {
        state: String,
        problem: Option<String>,
        progress: Option<JobProgress>,
        import_report: Option<ImportReport>,
    }
    let mut missed = 0;
    loop {
        let asked = ask::<Data>(include_str!("import_job.graphql"), JobVariables { id: &id }).await;
        let data = match asked {
            Ok(data) => data,
            Err(Failure::SignedOut) => return Err(Failure::SignedOut),
            // The job goes on without anybody who looks at it.
            Err(_) if missed < MISSED => {
                missed += 1;
                TimeoutFuture::new(10 * LOOK_MILLIS).await;
                continue;
            }
            Err(_) => {
                let unknown =
                    "The server does not answer, so it is not known what became of it. Reload the page and look.";
                return Err(Failure::Failed(unknown.into()));
            }
        };
        missed = 0;
        let job = data.job.ok_or(Failure::NotFound)?;
        match (job.state.as_str(), job.import_report) {
            ("DONE", Some(report)) => return Ok(Rc::new(report)),
            ("CANCELLED", _) => return Err(Failure::Failed("It was cancelled; nothing was loaded.".into())),
            ("DONE" | "FAILED", _) => {
                let problem = job.problem.unwrap_or_else(|| "It came to nothing; try again.".into());
                return Err(Failure::Failed(problem));
            }
            _ => onprogress.emit((id.clone(), job.progress)),
        }
        TimeoutFuture::new(LOOK_MILLIS).await;
    }
}

pub async fn cancel(id: String) -> Result<(), Failure> {
    let _: serde_json::Value = ask(include_str!("cancel_job.graphql"), JobVariables { id: &id }).await?;
    Ok(())
}
