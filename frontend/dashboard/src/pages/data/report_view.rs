use std::rc::Rc;

use valuemap_shared::imports::{ColumnReason, ImportReport, ImportedRecords};
use valuemap_ui::{Notice, Tone};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ReportViewProps {
    pub report: Rc<ImportReport>,
}

/// What a file would do, or did, and all that is to be said of it.
#[component]
pub fn ReportView(props: &ReportViewProps) -> Html {
    let report = &props.report;
    if let Some(refused) = &report.refused {
        return html! {
            <Notice title="It cannot be read as it is" tone={Tone::Alarm}><p class="refused">{ with_code(refused) }</p></Notice>
        };
    }
    html! {
        <div class="report">
            <p>
                { "Read as " }<b>{ &report.format }</b>
                if let Some(because) = &report.because { { ": " }{ with_code(because) } }
                { format!(". {} rows, {}.", report.rows, report.form) }
                if report.header_line > 1 {
                    { format!(" The columns are named on line {}.", report.header_line) }
                }
                if let Some(time) = report.loaded_before {
                    { format!(" This very file was loaded before, on {}.", time.format("%Y-%m-%d at %H:%M UTC")) }
                }
            </p>
            if report.problem_count > 0 {
                <Notice title={format!("{} rows cannot be loaded", report.bad_rows)} tone={Tone::Alarm}>
                    <p>{ "Correct how the file is read below, or the rows in the file. Until then nothing of it is loaded." }</p>
                    <ul class="report-lines">
                        for problem in &report.problems {
                            <li><b>{ format!("Line {}", problem.line) }</b>{ " " }{ with_code(&problem.reason) }</li>
                        }
                    </ul>
                    if report.problem_count > report.problems.len() as u64 {
                        <p>{ format!("… and {} more", report.problem_count - report.problems.len() as u64) }</p>
                    }
                </Notice>
            }
            if !report.is_loaded && report.problem_count == 0 {
                <p class="report-sum">{ counted(report) }</p>
            }
            { said(report) }
            { columns(report) }
        </div>
    }
}

/// How much there is of what, in a sentence.
pub fn counted(report: &ImportReport) -> String {
    let done = if report.is_loaded { "Stored" } else { "Loading it stores" };
    let kind = |records: &ImportedRecords| {
        let ImportedRecords { kind, new, changed, known } = records;
        let mut parts = vec![format!("{new} new")];
        parts.extend((*changed > 0).then(|| format!("{changed} changed")));
        parts.extend((*known > 0).then(|| format!("{known} that were known")));
        format!("{kind}: {}", parts.join(", "))
    };
    match &report.records[..] {
        [] => format!("{done} nothing."),
        records => format!("{done} {}.", records.iter().map(kind).collect::<Vec<_>>().join("; ")),
    }
}

/// What people should know, each in a line.
fn said(report: &ImportReport) -> Html {
    let not_linked = report.not_linked.iter().map(|sentence| format!("Not linked: {sentence}"));
    let skipped = report.skipped.iter().map(|skipped| format!("Skipped {}: {}", skipped.rows, skipped.reason));
    let note = |note: &valuemap_shared::imports::ImportNote| {
        format!("{}: {}, the first on line {}", note.note, note.count, note.first_line)
    };
    let lines = not_linked
        .chain(report.remarks.iter().cloned())
        .chain(skipped)
        .chain(report.passed_over.iter().cloned())
        .chain(report.notes.iter().map(note))
        .chain(report.remembered.iter().cloned());
    let lines: Vec<String> = lines.collect();
    html! {
        if !lines.is_empty() {
            <ul class="report-lines">
                for line in lines { <li>{ with_code(&line) }</li> }
            </ul>
        }
    }
}

/// A text whose parts between backticks are names as the file has them.
fn with_code(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    // An apostrophe of this kind that stands alone is one.
    let is_paired = text.matches('`').count().is_multiple_of(2);
    if !is_paired {
        return html! { { text } };
    }
    parts
        .map(|(index, part)| {
            if index % 2 == 1 {
                html! { <code>{ part }</code> }
            } else {
                html! { { part } }
            }
        })
        .collect()
}

fn columns(report: &ImportReport) -> Html {
    let because = |because: ColumnReason| match because {
        ColumnReason::Name => "by its name",
        ColumnReason::Given => "as you say",
        ColumnReason::Remembered => "as was said of an earlier file",
    };
    html! {
        <details class="report-columns">
            <summary>{ format!("{} columns are read", report.columns.len()) }</summary>
            <table class="table">
                <thead><tr><th scope="col">{ "Field" }</th><th scope="col">{ "Column" }</th><th scope="col">{ "Why" }</th></tr></thead>
                <tbody>
                    for column in &report.columns {
                        <tr>
                            <th scope="row">{ &column.field }</th>
                            <td>{ &column.column }</td>
                            <td>{ because(column.because) }</td>
                        </tr>
                    }
                </tbody>
            </table>
            if !report.ignored_columns.is_empty() {
                <p>{ format!("Not read: {}", report.ignored_columns.join(", ")) }</p>
            }
        </details>
    }
}
