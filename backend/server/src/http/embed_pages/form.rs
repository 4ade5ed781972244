//! `/embed/form/{site}`: the whole survey on one page, for a browser without script.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use valuemap_api::documents::limits::EMBED_BODY_BYTES;
use valuemap_api::error::ApiError;
use valuemap_engine::limits::Client;
use valuemap_engine::services::Services;
use valuemap_engine::survey::store::{PublishedVersion, latest_published};
use valuemap_engine::survey::submit::{Door, Sent, Taken, submit};
use valuemap_engine::tenancy::entities::site;
use valuemap_engine::tenancy::store::site_by_key;
use valuemap_shared::ids::{CommunityId, SubmissionId, SurveyId};

use crate::http::client::client_of;
use crate::http::embed_pages::answers::{Complaints, Filled};
use crate::http::embed_pages::failure;
use crate::http::embed_pages::failure::refusal;
use crate::http::embed_pages::fields::SurveyForm;
use crate::http::embed_pages::page::{Page, respond};
use crate::http::embed_pages::results::thanks;
use crate::http::embed_pages::texts::{Locales, Texts, asked_language};
use crate::http::page_origin::page_origin;
use crate::http::request_body::{HttpRefusal, read_form};

/// Whoever asks for a page, and what for.
pub struct Visit<'a> {
    pub services: &'a Services,
    pub texts: &'a Texts,
    /// The language of the survey, as far as it has it: the page's, or one that only the survey may have.
    pub language: String,
    pub site: &'a site::Model,
}

pub async fn show(
    request: HttpRequest,
    key: web::Path<String>,
    services: web::Data<Services>,
    locales: web::Data<Locales>,
) -> HttpResponse {
    on_site(&request, &key, &services, &locales, async |visit| visit.empty_form().await).await
}

pub async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    key: web::Path<String>,
    services: web::Data<Services>,
    locales: web::Data<Locales>,
) -> HttpResponse {
    let made = async |visit: &Visit<'_>| {
        let page = page_origin(&request);
        let door = Door::Form(&page);
        door.check(visit.site).map_err(refusal)?;
        let body = read_form(&request, payload, EMBED_BODY_BYTES).await?;
        visit.receive(door, &Filled::read(&body), client_of(&request)).await
    };
    on_site(&request, &key, &services, &locales, made).await
}

/// Answers with the page that is made for a site, or with why there is none.
pub async fn on_site(
    request: &HttpRequest,
    key: &str,
    services: &Services,
    locales: &Locales,
    make: impl AsyncFnOnce(&Visit<'_>) -> Result<Page, HttpRefusal>,
) -> HttpResponse {
    let texts = locales.wanted_by(request);
    let site = match site_by_key(&services.database.read, key).await {
        Ok(Some(site)) => site,
        found => {
            let error = found.err().map_or_else(|| ApiError::SiteNotFound(String::new()), ApiError::from);
            return respond(texts, None, failure::page(texts, request.method(), &refusal(error), None));
        }
    };
    let language = asked_language(request).unwrap_or_else(|| texts.language.to_owned());
    let visit = Visit { services, texts, language, site: &site };
    let made = make(&visit).await;
    let retry_after = made.as_ref().err().and_then(|refusal| refusal.retry_after);
    let page =
        made.unwrap_or_else(|refusal| failure::page(texts, request.method(), &refusal, Some(&visit.address("form"))));
    let mut response = respond(texts, Some(&site), page);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

impl Visit<'_> {
    /// The address of a page of this site, in the language of this visit.
    pub fn address(&self, page: &str) -> String {
        format!("/embed/{page}/{}?lang={}", self.site.key, self.language)
    }

    fn survey(&self) -> (CommunityId, SurveyId) {
        (CommunityId(self.site.community_id), SurveyId(self.site.survey_id))
    }

    pub async fn latest(&self) -> Result<PublishedVersion, HttpRefusal> {
        let version = latest_published(&self.services.database.read, self.survey()).await.map_err(refusal)?;
        let version = version.ok_or_else(|| refusal(ApiError::SurveyNotPublished))?;
        PublishedVersion::try_from(version).map_err(refusal)
    }

    /// A form cannot say who sends it.
    fn check_is_anonymous(&self) -> Result<(), HttpRefusal> {
        if self.site.requires_identity { Err(refusal(ApiError::Unauthenticated)) } else { Ok(()) }
    }

    pub async fn empty_form(&self) -> Result<Page, HttpRefusal> {
        self.check_is_anonymous()?;
        let version = self.latest().await?;
        Ok(self.form_page(StatusCode::OK, &version, None, &Filled::default(), None))
    }

    fn form_page(
        &self,
        status: StatusCode,
        version: &PublishedVersion,
        id: Option<SubmissionId>,
        filled: &Filled,
        complaints: Option<&Complaints>,
    ) -> Page {
        let survey = version.definition.localised(Some(&self.language));
        let form = SurveyForm {
            texts: self.texts,
            survey: &survey,
            version: version.id,
            id: id.unwrap_or_else(|| SubmissionId(self.services.ambient.new_id())),
            action: &self.address("form"),
            filled,
            complaints,
        };
        let content = form.markup();
        Page { status, title: survey.title, content, scripts: &[] }
    }

    /// Stores the answers and thanks for them, or shows the form again with what is wrong.
    async fn receive(&self, door: Door<'_>, filled: &Filled, client: Client) -> Result<Page, HttpRefusal> {
        self.check_is_anonymous()?;
        let sent = Sent {
            client,
            id: filled.id(),
            version: filled.version(),
            drafts: |survey: &_, id: Option<_>| id.map(|id| filled.drafts(survey, id)).unwrap_or_default(),
            identity: None,
        };
        match submit(self.services.intake(), door, self.site, sent).await.map_err(refusal)? {
            Taken::Stored { version, receipt } => {
                let now = self.services.ambient.now();
                let published = self.services.published.of(&self.services.database, version.community, now).await;
                let title = version.definition.localised(Some(&self.language)).title;
                Ok(thanks(self.texts, &title, &receipt, &*published.map_err(refusal)?))
            }
            Taken::Invalid { version, problems } => {
                let (version, complaints) = match (version, filled.id()) {
                    (Some(version), Some(id)) => {
                        let complaints = filled.complaints(self.texts, &version.definition, id, &problems);
                        (version, complaints)
                    }
                    // Not our form, or not as we made it: a new one takes its place.
                    _ => (Arc::new(self.latest().await?), Complaints::of_form(&self.texts.form_problems)),
                };
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Ok(self.form_page(status, &version, filled.id(), filled, Some(&complaints)))
            }
            // Only of a member who is known, and nobody is here.
            Taken::AlreadyAnswered { .. } => Err(refusal(ApiError::Unavailable)),
            Taken::IdReused => {
                let message = "other answers were stored under this id before";
                Err(HttpRefusal::new(StatusCode::CONFLICT, "SUBMISSION_ID_REUSED", message))
            }
        }
    }
}
