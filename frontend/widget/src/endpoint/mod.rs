//! The public endpoint of the server: the survey of a site, and where its answers go.

mod backoff;
mod exchange;
pub mod json;
mod wire;

use valuemap_shared::survey::documents;

use crate::survey::{Receipt, Submission, Survey};

#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    pub url: String,
    /// The site key that the partner put on the page.
    pub site: String,
}

/// Why there is no answer, after every try that made sense.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// For a program: the server's code, or one of our own.
    pub code: String,
    /// For the partner.
    pub message: String,
    pub remedy: Remedy,
}

/// What the member can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    Retry,
    Correct,
    None,
}

impl Failure {
    /// The server already has answers of this member, other than these.
    pub fn has_arrived_before(&self) -> bool {
        self.code == wire::SUBMISSION_ID_REUSED
    }
}

impl Endpoint {
    pub async fn survey(&self) -> Result<Survey, Failure> {
        let start = exchange::ask(&self.url, documents::START, wire::site(&self.site)).await?;
        let (version, title) = wire::read_start(&start).ok_or_else(not_understood)?;
        let data = exchange::ask(&self.url, documents::SURVEY, wire::version(&self.site, &version)).await?;
        let questions = wire::read_questions(&data).ok_or_else(not_understood)?;
        Ok(Survey { version, title, questions })
    }

    pub async fn submit(&self, submission: &Submission) -> Result<Receipt, Failure> {
        let data = exchange::ask(&self.url, documents::SUBMIT, wire::submission(&self.site, submission)).await?;
        wire::read_outcome(&data).unwrap_or_else(|| Err(not_understood()))
    }
}

fn not_understood() -> Failure {
    Failure {
        code: "NOT_UNDERSTOOD".to_owned(),
        message: "the server's answer has another form than this version of the widget knows".to_owned(),
        remedy: Remedy::None,
    }
}
