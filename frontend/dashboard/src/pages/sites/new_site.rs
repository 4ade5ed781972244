use std::rc::Rc;

use valuemap_ui::{Button, Select, SelectOption, TextField};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::site_list::{NewSite, SiteList, create_site, origins};

#[derive(Properties, PartialEq)]
pub struct NewSiteFormProps {
    pub sites: Rc<SiteList>,
    /// Called with the key of the site that was made.
    pub oncreated: Callback<String>,
}

/// Makes a site: its key, and the origins that may use it.
#[component]
pub fn NewSiteForm(props: &NewSiteFormProps) -> Html {
    let sites = &props.sites;
    let survey = use_state(|| None::<AttrValue>);
    let (name, typed) = (use_state(AttrValue::default), use_state(AttrValue::default));
    let (busy, failed) = (use_state(|| false), use_state(|| None::<String>));
    let options = surveys(sites);
    let survey_id =
        (*survey).clone().or_else(|| options.first().map(|option| option.value.clone())).unwrap_or_default();

    let onpress = {
        let input = NewSite { survey: survey_id.to_string(), name: name.trim().into(), origins: origins(&typed) };
        let (busy, failed, oncreated) = (busy.clone(), failed.clone(), props.oncreated.clone());
        Callback::from(move |()| {
            if let Some(missing) = missing(&input) {
                failed.set(Some(missing.into()));
                return;
            }
            let (busy, failed, oncreated, input) = (busy.clone(), failed.clone(), oncreated.clone(), input.clone());
            busy.set(true);
            failed.set(None);
            spawn_local(async move {
                let outcome = create_site(input).await;
                busy.set(false);
                match outcome {
                    Ok(key) => oncreated.emit(key),
                    Err(failure) => failed.set(Some(failure.words("The survey is gone."))),
                }
            });
        })
    };
    let set = |state: &UseStateHandle<AttrValue>| {
        let state = state.clone();
        Callback::from(move |text| state.set(text))
    };
    let onpick = {
        let survey = survey.clone();
        Callback::from(move |id| survey.set(Some(id)))
    };
    html! {
        <div class="new-site">
            if options.len() > 1 {
                <Select label="Survey" {options} selected={survey_id} {onpick} />
            }
            <TextField id="new-site-name" label="Name" placeholder="Forum" value={(*name).clone()} ontype={set(&name)} />
            <TextField
                id="new-site-origins"
                label="Origins that may embed it"
                placeholder="https://forum.example.com"
                hint="Scheme and host, without a path. Several with a space between them."
                value={(*typed).clone()}
                ontype={set(&typed)}
            />
            <div class="new-site-done">
                <Button {onpress} busy={*busy}>{ "Make the site" }</Button>
                <span class="failed" role="alert">{ (*failed).clone().unwrap_or_default() }</span>
            </div>
        </div>
    }
}

fn missing(site: &NewSite) -> Option<&'static str> {
    if site.name.is_empty() {
        Some("Give the site a name.")
    } else if site.origins.is_empty() {
        Some("Name the origin of the pages that will embed it.")
    } else {
        None
    }
}

fn surveys(sites: &SiteList) -> Vec<SelectOption> {
    let option = |(community, survey): (&super::site_list::Community, &super::site_list::Survey)| SelectOption {
        value: survey.id.clone().into(),
        label: format!("{} ({})", survey.name, community.name).into(),
    };
    sites.surveys().map(option).collect()
}
