use valuemap_ui::{Tab, Tabs};
use yew::prelude::*;

use super::manifest::fetch_pin;
use super::{Form, Source, blocks, policy};
use crate::pages::sites::settings::Settings;
use crate::parts::CopyBlock;
use crate::server::use_remote;

#[derive(Properties, PartialEq)]
pub struct SnippetPanelProps {
    pub source: Source,
    pub settings: Settings,
    pub form: Form,
    pub onpick: Callback<Form>,
}

/// What to paste where, always as it is set.
#[component]
pub fn SnippetPanel(props: &SnippetPanelProps) -> Html {
    let pin = use_remote((), 0, |()| fetch_pin());
    let onpick = {
        let onpick = props.onpick.clone();
        Callback::from(move |name: AttrValue| {
            if let Some(form) = Form::named(&name) {
                onpick.emit(form);
            }
        })
    };
    let pinned = pin.value.as_ref();
    let is_missing = props.form == Form::Pinned && pinned.is_none();
    html! {
        <section class="snippet" aria-labelledby="snippet-title">
            <h2 id="snippet-title">{ "What to paste" }</h2>
            <Tabs id="form" label="For" tabs={tabs()} selected={props.form.name()} {onpick}>
                if is_missing {
                    <p class="field-hint">
                        if pin.waiting {
                            { "Fetching the hashes…" }
                        } else {
                            { "This server does not tell the hashes of its files, so there is nothing to pin." }
                        }
                    </p>
                } else {
                    if let Some(words) = words(props.form) {
                        <p class="field-hint">{ words }</p>
                    }
                    for block in blocks(props.form, &props.source, &props.settings, pinned) {
                        <CopyBlock key={block.title} title={block.title} text={block.text} />
                    }
                }
            </Tabs>
            <p class="field-hint">
                { "If the page has a content security policy, it has to let this server in. With a policy for styles, too, put \
                   the lines of the style element into your style sheet." }
            </p>
            <CopyBlock title="Content-Security-Policy" text={policy(&props.source)} />
        </section>
    }
}

fn tabs() -> Vec<Tab> {
    let tab = |form: Form| Tab {
        value: form.name().into(),
        label: match form {
            Form::Html => "HTML",
            Form::Pinned => "HTML with SRI",
            Form::React => "React",
            Form::Vue => "Vue",
        }
        .into(),
    };
    Form::ALL.map(tab).to_vec()
}

fn words(form: Form) -> Option<&'static str> {
    match form {
        Form::Html => None,
        Form::Pinned => Some(
            "The browser runs the loader only if it is exactly this one. Updates reach the page when you paste a newer \
             snippet.",
        ),
        Form::React => Some("React 18 and 19."),
        Form::Vue => Some("Vue 3 with Vite."),
    }
}
