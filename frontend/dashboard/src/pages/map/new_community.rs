use serde::{Deserialize, Serialize};
use valuemap_ui::{Button, TextField};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::server::ask;

#[derive(Properties, PartialEq)]
pub struct NewCommunityFormProps {
    pub oncreated: Callback<()>,
}

#[derive(Serialize)]
struct Input {
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    currency: String,
}

#[derive(Serialize)]
struct Variables {
    input: Input,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    create_community: Created,
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum Created {
    Community {},
    NameTaken { message: String },
}

/// Makes a community with the standard survey, published.
#[component]
pub fn NewCommunityForm(props: &NewCommunityFormProps) -> Html {
    let (name, currency) = (use_state(AttrValue::default), use_state(AttrValue::default));
    let (busy, failed) = (use_state(|| false), use_state(|| None::<String>));
    let onpress = {
        let (name, currency) = (name.trim().to_owned(), currency.trim().to_uppercase());
        let (busy, failed, oncreated) = (busy.clone(), failed.clone(), props.oncreated.clone());
        Callback::from(move |()| {
            if name.is_empty() {
                failed.set(Some("Give the community a name.".into()));
                return;
            }
            let input = Input { name: name.clone(), currency: currency.clone() };
            let (busy, failed, oncreated) = (busy.clone(), failed.clone(), oncreated.clone());
            busy.set(true);
            failed.set(None);
            spawn_local(async move {
                let outcome = create(input).await;
                busy.set(false);
                match outcome {
                    Ok(()) => oncreated.emit(()),
                    Err(reason) => failed.set(Some(reason)),
                }
            });
        })
    };
    let set = |state: &UseStateHandle<AttrValue>| {
        let state = state.clone();
        Callback::from(move |text| state.set(text))
    };
    html! {
        <div class="new-site">
            <TextField id="new-community-name" label="Name" placeholder="Makers" value={(*name).clone()} ontype={set(&name)} />
            <TextField
                id="new-community-currency"
                label="Currency"
                placeholder="EUR"
                hint="What amounts are added up in: an ISO 4217 code."
                value={(*currency).clone()}
                ontype={set(&currency)}
            />
            <div class="new-site-done">
                <Button {onpress} busy={*busy}>{ "Create the community" }</Button>
                <span class="failed" role="alert">{ (*failed).clone().unwrap_or_default() }</span>
            </div>
        </div>
    }
}

async fn create(input: Input) -> Result<(), String> {
    let created = ask::<Data>(include_str!("create_community.graphql"), Variables { input }).await;
    match created.map(|data| data.create_community) {
        Ok(Created::Community {}) => Ok(()),
        Ok(Created::NameTaken { message }) => Err(message),
        Err(failure) => Err(failure.words("The organisation is gone.")),
    }
}
