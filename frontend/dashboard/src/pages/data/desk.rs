use std::rc::Rc;

use valuemap_ui::{Button, Notice, Tone};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::prelude::*;

use super::drop_zone::DropZone;
use super::server::{Formats, Upload, delete_upload, fetch_uploads, upload};
use super::upload_panel::UploadPanel;
use crate::server::{Failure, use_remote};
use crate::session::Community;
use crate::shell::{AddressPart, use_address};

/// What is said where a community or a file is not there any more.
pub const GONE: &str = "It is not there any more.";

/// Which of the files is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
struct Address {
    upload: Option<String>,
}

impl AddressPart for Address {
    fn names() -> Vec<&'static str> {
        vec!["upload"]
    }

    fn read(value_of: &dyn Fn(&str) -> Option<String>) -> Self {
        Self { upload: value_of("upload").filter(|id| !id.is_empty()) }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        self.upload.iter().map(|id| ("upload", id.clone())).collect()
    }
}

#[derive(Properties, PartialEq)]
pub struct DeskProps {
    pub community: Community,
    pub formats: Rc<Formats>,
    /// A file was loaded: figures have changed.
    pub onloaded: Callback<()>,
}

/// The files that wait, the one that is looked at, and where another goes.
#[component]
pub fn Desk(props: &DeskProps) -> Html {
    let (address, onpick) = use_address::<Address>();
    let (round, last) = (use_state(|| 0), use_mut_ref(|| 0));
    let (sending, failed) = (use_state(|| None::<AttrValue>), use_state(|| None::<AttrValue>));
    let uploads = use_remote(props.community.id.clone(), *round, fetch_uploads);
    let refresh = {
        // What is rendered may be older than the last one.
        let (round, last) = (round.setter(), last.clone());
        Callback::from(move |()| {
            let next = *last.borrow() + 1;
            *last.borrow_mut() = next;
            round.set(next);
        })
    };
    let onfile = {
        let (community, sending, failed) = (props.community.id.clone(), sending.clone(), failed.clone());
        let (onpick, refresh) = (onpick.clone(), refresh.clone());
        Callback::from(move |file: File| {
            let (community, sending, failed) = (community.clone(), sending.clone(), failed.clone());
            let (onpick, refresh) = (onpick.clone(), refresh.clone());
            sending.set(Some(file.name().into()));
            failed.set(None);
            spawn_local(async move {
                let outcome = upload(&community, &file).await;
                sending.set(None);
                match outcome {
                    Ok(id) => {
                        onpick.emit(Address { upload: Some(id) });
                        refresh.emit(());
                    }
                    Err(failure) => failed.set(Some(failure.words(GONE).into())),
                }
            });
        })
    };
    let ondelete = {
        let (onpick, refresh) = (onpick.clone(), refresh.clone());
        Callback::from(move |id: String| {
            let (onpick, refresh) = (onpick.clone(), refresh.clone());
            spawn_local(async move {
                // Where it is gone already, the list says so.
                let _ = delete_upload(id).await;
                onpick.emit(Address::default());
                refresh.emit(());
            });
        })
    };
    let waiting = uploads.value.clone().unwrap_or_default();
    let selected = address.upload.clone().or_else(|| waiting.first().map(|upload| upload.id.clone()));
    let selected = selected.and_then(|id| waiting.iter().find(|upload| upload.id == id).cloned());
    html! {
        <div class="desk">
            <DropZone {onfile} sending={(*sending).clone()} />
            if let Some(failed) = &*failed {
                <Notice title="The file could not be taken in" tone={Tone::Alarm}><p>{ failed }</p></Notice>
            }
            if let Some(Failure::Failed(reason)) = &uploads.failure {
                <Notice title="The files that wait could not be fetched" tone={Tone::Alarm}><p>{ reason }</p></Notice>
            }
            if waiting.len() > 1 {
                <nav class="waiting" aria-label="Files that wait">
                    for upload in &waiting {
                        { file_tab(upload, selected.as_ref(), &onpick) }
                    }
                </nav>
            }
            if let Some(upload) = selected {
                <UploadPanel
                    key={upload.id.clone()}
                    upload={upload.clone()}
                    formats={props.formats.clone()}
                    onloaded={props.onloaded.clone()}
                    ondelete={ondelete.reform({ let id = upload.id.clone(); move |()| id.clone() })}
                />
            }
        </div>
    }
}

fn file_tab(upload: &Upload, selected: Option<&Upload>, onpick: &Callback<Address>) -> Html {
    let is_current = selected.is_some_and(|selected| selected.id == upload.id);
    let id = upload.id.clone();
    let onpress = onpick.reform(move |()| Address { upload: Some(id.clone()) });
    html! {
        <span class={classes!(is_current.then_some("is-current"))} aria-current={is_current.then_some("true")}>
            <Button {onpress}>{ &upload.file_name }</Button>
        </span>
    }
}
