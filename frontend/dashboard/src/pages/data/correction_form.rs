use std::rc::Rc;

use valuemap_shared::imports::ImportReport;
use valuemap_ui::{Button, Checkbox, Select, SelectOption, TextField};
use yew::prelude::*;

use super::corrections::{Corrections, Meaning};
use super::server::{Formats, ImportFormat};

#[derive(Properties, PartialEq)]
pub struct CorrectionFormProps {
    /// What the last check found; none before the first, and where it failed.
    pub report: Option<Rc<ImportReport>>,
    pub has_failed: bool,
    pub formats: Rc<Formats>,
    /// Those that the report was made with.
    pub corrections: Corrections,
    pub busy: bool,
    pub oncheck: Callback<Corrections>,
}

/// A setting that is a text: what it is called on the wire, its label, and what it is for.
const TEXTS: [(&str, &str, &str); 4] = [
    ("timeZone", "Time zone", "Of times that do not say theirs, such as Europe/Berlin; UTC without it."),
    ("encoding", "Encoding", "Such as windows-1252 or Shift_JIS, where letters are wrong."),
    ("sheet", "Sheet", "Of a workbook that has several."),
    ("source", "Source", "Where the records come from: their keys are unique within it."),
];

/// How the file is to be read, where it does not tell by itself.
#[component]
pub fn CorrectionForm(props: &CorrectionFormProps) -> Html {
    let formats = &props.formats;
    let last = use_mut_ref(|| None::<Rc<ImportReport>>);
    if let Some(report) = &props.report {
        *last.borrow_mut() = Some(report.clone());
    }
    // While the file is checked again, the form stays as it is.
    let report = last.borrow().clone().unwrap_or_default();
    let report = &*report;
    let edited = use_state(|| props.corrections.clone());
    let change = |edit: Edit| {
        let edited = edited.clone();
        Callback::from(move |text: AttrValue| {
            let mut changed = (*edited).clone();
            edit(&mut changed, &text);
            edited.set(changed);
        })
    };
    let name = edited.format.clone().unwrap_or_else(|| report.format.clone());
    let format = formats.named(&name);
    let setting = |name: &'static str| edited.settings.get(name).cloned().unwrap_or_default();
    let set =
        |name: &'static str| change(Rc::new(move |edited, text| Corrections::set(&mut edited.settings, name, text)));
    let onpress = {
        let (edited, oncheck) = (edited.clone(), props.oncheck.clone());
        Callback::from(move |()| {
            let mut said = (*edited).clone();
            said.meanings.retain(|meaning| !meaning.value.is_empty() && !meaning.field.is_empty());
            oncheck.emit(said);
        })
    };
    let is_needed = props.has_failed || report.refused.is_some() || report.problem_count > 0;
    let has = |option: &str| format.is_some_and(|format| format.options.iter().any(|known| known == option));
    html! {
        <details class="corrections" open={is_needed}>
            <summary>{ "Correct how it is read" }</summary>
            <div class="corrections-settings">
                <Select
                    label="What it is"
                    options={format_options(formats)}
                    selected={name.clone()}
                    placeholder="Not known yet"
                    onpick={change(Rc::new(|edited, name| edited.format = Some(name.to_owned())))}
                />
                <Select
                    label="Dates"
                    options={options(&[("", "As the file tells"), ("DAY_FIRST", "31/05/2026"), ("MONTH_FIRST", "05/31/2026")])}
                    selected={setting("dateFormat")}
                    onpick={set("dateFormat")}
                />
                <Select
                    label="Numbers"
                    options={options(&[("", "As the file tells"), ("POINT", "1,234.50"), ("COMMA", "1.234,50")])}
                    selected={setting("decimalMark")}
                    onpick={set("decimalMark")}
                />
                if has("KIND") {
                    <Select
                        label="Deals that do not say are"
                        options={options(&[("", "Refused"), ("PURCHASE", "purchases"), ("UPGRADE", "upgrades"), ("RENEWAL", "renewals")])}
                        selected={setting("kind")}
                        onpick={set("kind")}
                    />
                }
                if has("CURRENCY") {
                    <TextField id="correct-currency" label="Currency" placeholder="EUR" hint="Of amounts that do not say theirs."
                        value={setting("currency")} ontype={set("currency")} />
                }
                if has("ACTIVITY_TYPE") {
                    <TextField id="correct-activity-type" label="Type of new activities" hint="Campaigns become activities of this type."
                        value={setting("activityType")} ontype={set("activityType")} />
                }
                if has("WON_STAGE") {
                    <TextField id="correct-won-stages" label="Stages that are won" hint="Beside Closed Won; several with commas."
                        value={edited.won_stages.join(", ")}
                        ontype={change(Rc::new(|edited, text| {
                            edited.won_stages = text.split(',').map(|stage| stage.trim_start().to_owned()).collect();
                            if text.is_empty() { edited.won_stages.clear(); }
                        }))} />
                }
                for (name, label, hint) in TEXTS {
                    <TextField id={format!("correct-{name}")} {label} {hint} value={setting(name)} ontype={set(name)} />
                }
                <TextField id="correct-header-line" label="The line that names the columns" unit="counted from 1"
                    value={edited.header_line.map(|line| line.to_string()).unwrap_or_default()}
                    ontype={change(Rc::new(|edited, text| edited.header_line = text.parse().ok()))} />
                <div class="corrections-flags">
                    <Checkbox label="Leave out rows that do not say whom or what they are about" checked={edited.skip_without_key}
                        ontoggle={flag(&edited, |edited| &mut edited.skip_without_key)} />
                    <Checkbox label="Forget what was said of earlier files" checked={edited.forget}
                        ontoggle={flag(&edited, |edited| &mut edited.forget)} />
                </div>
            </div>
            if let Some(format) = format {
                { fields(format, report, &edited, &change) }
                { meanings(format, &edited, &change) }
            }
            <div class="upload-load">
                <Button {onpress} busy={props.busy}>{ "Check again" }</Button>
                <span class="field-hint">{ "What is not of this file alone is remembered once it is loaded." }</span>
            </div>
        </details>
    }
}

/// What a text changes.
type Edit = Rc<dyn Fn(&mut Corrections, &str)>;
type Change<'a> = &'a dyn Fn(Edit) -> Callback<AttrValue>;

/// Which column each field is, or what it says for all rows.
fn fields(format: &ImportFormat, report: &ImportReport, edited: &Corrections, change: Change<'_>) -> Html {
    let named = (1..).zip(&report.header).map(|(number, name)| SelectOption {
        value: format!("#{number}").into(),
        label: if name.is_empty() { format!("Column {number}").into() } else { name.clone().into() },
    });
    let named: Vec<SelectOption> = named.collect();
    let columns = |field: &str| {
        let read = report.columns.iter().find(|column| column.field == field);
        let found = read.map_or("none".to_owned(), |column| format!("{}, as it is read now", column.column));
        let found = SelectOption { value: "".into(), label: found.into() };
        std::iter::once(found).chain(named.iter().cloned()).collect::<Vec<_>>()
    };
    html! {
        <div class="table-frame">
            <table class="table corrections-fields">
                <thead><tr><th scope="col">{ "Field" }</th><th scope="col">{ "Column" }</th><th scope="col">{ "All rows say" }</th></tr></thead>
                <tbody>
                    for field in &format.fields {
                        <tr key={field.name.clone()}>
                            <th scope="row">
                                { &field.name }
                                if field.is_needed { <span class="field-hint">{ " needed" }</span> }
                            </th>
                            <td>
                                <Select
                                    label={format!("Column of {}", field.name)}
                                    options={columns(&field.name)}
                                    selected={edited.columns.get(&field.name).cloned().unwrap_or_default()}
                                    onpick={change({
                                        let name = field.name.clone();
                                        Rc::new(move |edited, column| Corrections::set(&mut edited.columns, name.clone(), column))
                                    })}
                                />
                            </td>
                            <td>
                                <TextField
                                    id={format!("constant-{}", field.name)}
                                    label={format!("{} of all rows", field.name)}
                                    value={edited.constants.get(&field.name).cloned().unwrap_or_default()}
                                    ontype={change({
                                        let name = field.name.clone();
                                        Rc::new(move |edited, text| {
                                            // As it is typed, with the spaces between its words.
                                            match text.is_empty() {
                                                true => edited.constants.remove(&name),
                                                false => edited.constants.insert(name.clone(), text.to_owned()),
                                            };
                                        })
                                    })}
                                />
                            </td>
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

/// What values mean: one more line than there are.
fn meanings(format: &ImportFormat, edited: &Corrections, change: Change<'_>) -> Html {
    let fields: Vec<SelectOption> = format
        .fields
        .iter()
        .map(|field| SelectOption { value: field.name.clone().into(), label: field.name.clone().into() })
        .collect();
    let one = |index: usize| edited.meanings.get(index).cloned().unwrap_or_default();
    let edit = |index: usize, part: fn(&mut Meaning) -> &mut String| {
        change(Rc::new(move |edited, text| {
            if edited.meanings.len() <= index {
                edited.meanings.resize(index + 1, Meaning::default());
            }
            text.clone_into(part(&mut edited.meanings[index]));
        }))
    };
    html! {
        <fieldset class="meanings">
            <legend>{ "What values mean" }</legend>
            for index in 0..=edited.meanings.len() {
                <div class="meaning">
                    <Select label="In" options={fields.clone()} selected={one(index).field} placeholder="a field"
                        onpick={edit(index, |meaning| &mut meaning.field)} />
                    <TextField id={format!("value-{index}")} label="the value" placeholder="Checked In" value={one(index).value}
                        ontype={edit(index, |meaning| &mut meaning.value)} />
                    <TextField id={format!("meaning-{index}")} label="means" placeholder="attended" value={one(index).meaning}
                        ontype={edit(index, |meaning| &mut meaning.meaning)} />
                </div>
            }
        </fieldset>
    }
}

fn flag(edited: &UseStateHandle<Corrections>, flag: fn(&mut Corrections) -> &mut bool) -> Callback<bool> {
    let edited = edited.clone();
    Callback::from(move |is_set| {
        let mut changed = (*edited).clone();
        *flag(&mut changed) = is_set;
        edited.set(changed);
    })
}

fn format_options(formats: &Formats) -> Vec<SelectOption> {
    let option = |format: &ImportFormat| SelectOption {
        value: format.name.clone().into(),
        label: format!("{}: {}", format.name, format.about).into(),
    };
    formats.formats.iter().map(option).collect()
}

fn options(known: &[(&'static str, &'static str)]) -> Vec<SelectOption> {
    known.iter().map(|(value, label)| SelectOption { value: (*value).into(), label: (*label).into() }).collect()
}
