use std::rc::Rc;

use futures_util::future::abortable;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::endpoint::{Endpoint, Failure};
use crate::events::Event;
use crate::survey::Survey;
use crate::survey_form::SurveyForm;

#[derive(Properties, PartialEq)]
pub struct AppProps {
    pub endpoint: Endpoint,
    pub emit: Callback<Event>,
}

/// Fetches the site's survey and shows it. Until then its space is kept free; if there is none to show, the member
/// sees nothing and the partner is told.
#[component]
pub fn App(AppProps { endpoint, emit }: &AppProps) -> Html {
    let survey = use_state(|| None::<Result<Rc<Survey>, Failure>>);
    {
        let (endpoint, emit, survey) = (endpoint.clone(), emit.clone(), survey.setter());
        use_effect_with((), move |()| {
            let (fetching, fetch) = abortable(async move {
                let fetched = endpoint.survey().await;
                if let Err(failure) = fetched.clone() {
                    emit.emit(failure.into());
                }
                survey.set(Some(fetched.map(Rc::new)));
            });
            spawn_local(async {
                let _ = fetching.await;
            });
            move || fetch.abort()
        });
    }
    match &*survey {
        None => html! { <div class="space"></div> },
        Some(Ok(survey)) => html! { <SurveyForm survey={survey.clone()} endpoint={endpoint.clone()} {emit} /> },
        Some(Err(_)) => Html::default(),
    }
}
