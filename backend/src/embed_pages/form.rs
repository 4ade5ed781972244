//! `/embed/form/{site}`: the whole survey on one page, for a browser without script.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use valuemap_shared::ids::{CommunityId, SiteId, SubmissionId, SurveyId};

use super::answers::{Complaints, Filled};
use super::failure::{self, refusal};
use super::fields::SurveyForm;
use super::page::{Page, respond};
use super::results::thanks;
use super::texts::{Locales, Texts, asked_language};
use crate::access::entities::site;
use crate::access::own_page::is_own_page;
use crate::access::store::site_by_key;
use crate::error::ApiError;
use crate::graphql::document_limits::EMBED_BODY_BYTES;
use crate::graphql::schema::State;
use crate::request_body::{Refusal, read_form};
use crate::survey::record::{Entry, Origin, Outcome};
use crate::survey::store::{PublishedVersion, latest_published};

/// Whoever asks for a page, and what for.
pub struct Visit<'a> {
    pub state: &'a State,
    pub texts: &'a Texts,
    /// The language of the survey, as far as it has it: the page's, or one that only the survey may have.
    pub language: String,
    pub site: &'a site::Model,
}

pub async fn show(
    request: HttpRequest,
    key: web::Path<String>,
    state: web::Data<State>,
    locales: web::Data<Locales>,
) -> HttpResponse {
    on_site(&request, &key, &state, &locales, async |visit| visit.empty_form().await).await
}

pub async fn submit(
    request: HttpRequest,
    payload: web::Payload,
    key: web::Path<String>,
    state: web::Data<State>,
    locales: web::Data<Locales>,
) -> HttpResponse {
    let receive = async |visit: &Visit<'_>| {
        check_origin(&request, visit.site)?;
        let body = read_form(&request, payload, EMBED_BODY_BYTES).await?;
        visit.receive(&Filled::read(&body)).await
    };
    on_site(&request, &key, &state, &locales, receive).await
}

/// Answers with the page that is made for a site, or with why there is none.
pub async fn on_site(
    request: &HttpRequest,
    key: &str,
    state: &State,
    locales: &Locales,
    make: impl AsyncFnOnce(&Visit<'_>) -> Result<Page, Refusal>,
) -> HttpResponse {
    let texts = locales.wanted_by(request);
    let site = match site_by_key(&state.database.read, key).await {
        Ok(Some(site)) => site,
        found => {
            let error = found.err().map_or_else(|| ApiError::SiteNotFound(String::new()), ApiError::from);
            return respond(texts, None, failure::page(texts, request.method(), &refusal(error), None));
        }
    };
    let language = asked_language(request).unwrap_or_else(|| texts.language.to_owned());
    let visit = Visit { state, texts, language, site: &site };
    let page = make(&visit)
        .await
        .unwrap_or_else(|refusal| failure::page(texts, request.method(), &refusal, Some(&visit.address("form"))));
    respond(texts, Some(&site), page)
}

/// A page of ours or of the site may send a form here. A browser that does not say which page it is on is an old one,
/// or none: it could say anything.
fn check_origin(request: &HttpRequest, site: &site::Model) -> Result<(), Refusal> {
    let Some(origin) = request.headers().get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("(not readable)");
    if is_own_page(request) || site.origins().iter().any(|allowed| allowed == origin) {
        Ok(())
    } else {
        Err(ApiError::OriginNotAllowed(origin.to_owned()).into())
    }
}

impl Visit<'_> {
    /// The address of a page of this site, in the language of this visit.
    pub fn address(&self, page: &str) -> String {
        format!("/embed/{page}/{}?lang={}", self.site.key, self.language)
    }

    fn survey(&self) -> (CommunityId, SurveyId) {
        (CommunityId(self.site.community_id), SurveyId(self.site.survey_id))
    }

    pub async fn latest(&self) -> Result<PublishedVersion, Refusal> {
        let version = latest_published(&self.state.database.read, self.survey()).await.map_err(refusal)?;
        let version = version.ok_or_else(|| refusal(ApiError::SurveyNotPublished))?;
        PublishedVersion::try_from(version).map_err(refusal)
    }

    /// A form cannot say who sends it.
    fn check_is_anonymous(&self) -> Result<(), Refusal> {
        if self.site.requires_identity { Err(refusal(ApiError::Unauthenticated)) } else { Ok(()) }
    }

    pub async fn empty_form(&self) -> Result<Page, Refusal> {
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
            id: id.unwrap_or_else(|| SubmissionId(self.state.ambient.new_id())),
            action: &self.address("form"),
            filled,
            complaints,
        };
        let content = form.markup();
        Page { status, title: survey.title, content, scripts: &[] }
    }

    /// Stores the answers and thanks for them, or shows the form again with what is wrong.
    async fn receive(&self, filled: &Filled) -> Result<Page, Refusal> {
        self.check_is_anonymous()?;
        let invalid = |version: &PublishedVersion, complaints: &Complaints| {
            self.form_page(StatusCode::UNPROCESSABLE_ENTITY, version, filled.id(), filled, Some(complaints))
        };
        let version = match filled.version() {
            Some(id) => self.state.versions.published(&self.state.database.read, self.survey(), id).await,
            None => Ok(None),
        };
        let (Some(version), Some(id)) = (version.map_err(refusal)?, filled.id()) else {
            // Not our form, or not as we made it: a new one takes its place.
            return Ok(invalid(&self.latest().await?, &Complaints::of_form(&self.texts.form_problems)));
        };
        let submission = match filled.parse(self.texts, &version.definition, id) {
            Ok(submission) => submission,
            Err(complaints) => return Ok(invalid(&version, &complaints)),
        };
        let now = self.state.ambient.now();
        let origin = Origin::Site(SiteId(self.site.id));
        let entry = Entry::new(&version, id, origin, now.date_naive(), now, &submission);
        match self.state.writer.submit(entry).await.map_err(refusal)? {
            Outcome::Recorded(receipt) | Outcome::Repeated(receipt) => {
                let published = self.state.published.of(&self.state.database.read, version.community, now).await;
                let title = version.definition.localised(Some(&self.language)).title;
                Ok(thanks(self.texts, &title, &receipt, &*published.map_err(refusal)?))
            }
            // Only of a member who is known, and nobody is here.
            Outcome::AlreadyAnswered { .. } => Err(refusal(ApiError::Unavailable)),
            Outcome::IdReused => {
                let message = "other answers were stored under this id before";
                Err(Refusal::new(StatusCode::CONFLICT, "SUBMISSION_ID_REUSED", message))
            }
        }
    }
}
