use std::rc::Rc;

use valuemap_shared::imports::ImportReport;
use valuemap_shared::pages::Page;
use valuemap_ui::{Button, Notice, Tone};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::correction_form::CorrectionForm;
use super::corrections::Corrections;
use super::desk::GONE;
use super::report_view::{ReportView, counted};
use super::server::{Formats, JobProgress, Step, Upload, cancel, run};
use crate::server::{Failure, use_remote};

#[derive(Properties, PartialEq)]
pub struct UploadPanelProps {
    pub upload: Upload,
    pub formats: Rc<Formats>,
    pub onloaded: Callback<()>,
    pub ondelete: Callback<()>,
}

/// One file: what it would do, how it is to be read, and loading it.
#[component]
pub fn UploadPanel(props: &UploadPanelProps) -> Html {
    let asked = use_state(Corrections::default);
    let progress = use_state(|| None::<(String, Option<JobProgress>)>);
    let is_loading = use_state(|| false);
    let outcome = use_state(|| None::<Result<Rc<ImportReport>, Failure>>);
    let onprogress = {
        let progress = progress.setter();
        Callback::from(move |reached| progress.set(Some(reached)))
    };
    let checked = {
        let (upload, onprogress) = (props.upload.id.clone(), onprogress.clone());
        use_remote((*asked).clone(), 0, move |corrections: Corrections| {
            let (upload, onprogress) = (upload.clone(), onprogress.clone());
            async move { run(Step::Check, &upload, &corrections, onprogress).await }
        })
    };
    let onload = {
        let (upload, asked, onloaded) = (props.upload.id.clone(), (*asked).clone(), props.onloaded.clone());
        let (is_loading, outcome, progress) = (is_loading.clone(), outcome.clone(), progress.setter());
        Callback::from(move |()| {
            let (upload, asked, onloaded) = (upload.clone(), asked.clone(), onloaded.clone());
            let (is_loading, outcome, onprogress) = (is_loading.clone(), outcome.clone(), onprogress.clone());
            is_loading.set(true);
            progress.set(None);
            outcome.set(None);
            spawn_local(async move {
                let came = run(Step::Load, &upload, &asked, onprogress).await;
                is_loading.set(false);
                let is_loaded = came.as_ref().is_ok_and(|report| report.is_loaded);
                outcome.set(Some(came));
                if is_loaded {
                    onloaded.emit(());
                }
            });
        })
    };
    let oncheck = {
        let (asked, outcome, progress) = (asked.clone(), outcome.clone(), progress.setter());
        Callback::from(move |corrections: Corrections| {
            outcome.set(None);
            progress.set(None);
            asked.set(corrections);
        })
    };
    let oncancel = {
        let progress = progress.clone();
        Callback::from(move |()| {
            if let Some((job, _)) = &*progress {
                let job = job.clone();
                // Whoever waits for the job hears that it was cancelled.
                spawn_local(async move { drop(cancel(job).await) });
            }
        })
    };
    if let Some(Ok(report)) = outcome.as_ref().filter(|came| came.as_ref().is_ok_and(|report| report.is_loaded)) {
        return html! {
            <section class="upload" aria-labelledby="upload-title">
                <h2 id="upload-title">{ &props.upload.file_name }</h2>
                <Notice title="Loaded">
                    <p role="status">{ counted(report) }</p>
                    <p><a href={Page::Map.path()}>{ "See the map" }</a></p>
                </Notice>
                <ReportView report={report.clone()} />
            </section>
        };
    }
    let report = checked.value.clone();
    let is_waiting = checked.waiting || *is_loading;
    let may_load = report.as_ref().is_some_and(|report| report.refused.is_none() && report.problem_count == 0);
    html! {
        <section class="upload" aria-labelledby="upload-title" aria-busy={is_waiting.then_some("true")}>
            <div class="upload-title">
                <h2 id="upload-title">{ &props.upload.file_name }</h2>
                if !*is_loading {
                    <Button onpress={props.ondelete.clone()}>{ "Remove" }</Button>
                }
            </div>
            <div class="upload-progress">
                <p role="status">
                    if is_waiting {
                        { reached(progress.as_ref().and_then(|(_, progress)| progress.as_ref()), *is_loading) }
                    }
                </p>
                if is_waiting && progress.is_some() {
                    <Button onpress={oncancel}>{ "Cancel" }</Button>
                }
            </div>
            if let Some(failure) = checked.failure.as_ref().filter(|_| !checked.waiting) {
                <Notice title="The file could not be checked" tone={Tone::Alarm}><p>{ failure.words(GONE) }</p></Notice>
            }
            if let Some(Err(failure)) = &*outcome {
                <Notice title="Nothing was loaded" tone={Tone::Alarm}><p>{ failure.words(GONE) }</p></Notice>
            }
            if let Some(Ok(report)) = &*outcome {
                <Notice title="Nothing was loaded" tone={Tone::Alarm}>
                    <p>{ report.refused.clone().unwrap_or_else(|| format!("{} rows cannot be loaded.", report.bad_rows)) }</p>
                </Notice>
            }
            if let Some(report) = &report {
                <ReportView report={report.clone()} />
                if may_load && !is_waiting {
                    <div class="upload-load">
                        <Button onpress={onload}>{ "Load it" }</Button>
                        <span class="field-hint">{ "All of it or nothing. Loading a file twice stores nothing twice." }</span>
                    </div>
                }
            }
            <CorrectionForm
                {report}
                formats={props.formats.clone()}
                corrections={(*asked).clone()}
                has_failed={checked.failure.is_some()}
                busy={is_waiting}
                {oncheck}
            />
        </section>
    }
}

/// How far it is, in words.
fn reached(progress: Option<&JobProgress>, is_loading: bool) -> String {
    let what = if is_loading { "Loading" } else { "Checking" };
    match progress {
        Some(JobProgress { part, done, steps: Some(steps) }) if *steps > 0 => {
            format!("{part}: {} %", (done * 100 / steps).min(100))
        }
        Some(JobProgress { part, .. }) => format!("{part}…"),
        None => format!("{what}…"),
    }
}
