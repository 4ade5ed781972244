use valuemap_ui::{Button, Dialog, Select, SelectOption};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::query::{FigureKey, NotListed, Row, RowsKey, fetch_rows};
use super::rows_state::{ExplainedRows, RowsAction};
use crate::pages::map::shown::Shown;
use crate::server::Failure;
use crate::words::{amount, format};

#[derive(Properties, PartialEq)]
pub struct RowsBehindProps {
    pub shown: Shown,
    pub title: AttrValue,
    pub figure: FigureKey,
    /// Figures that it is made of and that have rows of their own, with their names.
    pub within: Vec<(AttrValue, FigureKey)>,
}

/// What a figure was counted from, and on demand what one of its parts was.
#[component]
pub fn RowsBehind(props: &RowsBehindProps) -> Html {
    let picked = use_state_eq(|| 0_usize);
    let figures: Vec<(AttrValue, FigureKey)> =
        [(props.title.clone(), props.figure.clone())].into_iter().chain(props.within.iter().cloned()).collect();
    let onpick = {
        let picked = picked.clone();
        Callback::from(move |index: AttrValue| picked.set(index.parse().unwrap_or_default()))
    };
    let option = |(index, (name, _)): (usize, &(AttrValue, FigureKey))| SelectOption {
        value: index.to_string().into(),
        label: name.clone(),
    };
    let Some((_, figure)) = figures.get(*picked) else { return Html::default() };
    html! {
        <section class="rows">
            <div class="rows-header">
                <h3 class="dialog-section">{ "Rows behind it" }</h3>
                if figures.len() > 1 {
                    <Select
                        label="Of"
                        options={figures.iter().enumerate().map(option).collect::<Vec<_>>()}
                        selected={picked.to_string()}
                        {onpick}
                    />
                }
            </div>
            <RowsOf key={*picked} shown={props.shown.clone()} figure={figure.clone()} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
pub struct RowsDialogProps {
    pub shown: Shown,
    pub title: AttrValue,
    pub figure: FigureKey,
}

/// A button that opens the rows of a figure which needs no further explanation.
#[component]
pub fn RowsDialog(props: &RowsDialogProps) -> Html {
    let open = use_state_eq(|| false);
    let set = |value: bool| {
        let open = open.clone();
        Callback::from(move |()| open.set(value))
    };
    let (title, shown, figure) = (props.title.clone(), props.shown.clone(), props.figure.clone());
    html! {
        <>
            <div><Button onpress={set(true)}>{ "Rows behind it" }</Button></div>
            if *open {
                <Dialog title={title.clone()} onclose={set(false)}>
                    <RowsBehind {shown} {title} {figure} within={Vec::new()} />
                </Dialog>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct RowsOfProps {
    shown: Shown,
    figure: FigureKey,
}

/// The rows of one figure, fetched once somebody looks, page by page.
#[component]
fn RowsOf(props: &RowsOfProps) -> Html {
    let state = use_reducer(ExplainedRows::default);
    let fetch = {
        let dispatcher = state.dispatcher();
        let key = RowsKey {
            community: props.shown.community.to_string(),
            period: props.shown.map.period,
            weighting: props.shown.map.weighting,
            figure: props.figure.clone(),
        };
        Callback::from(move |after: Option<String>| {
            dispatcher.dispatch(RowsAction::Asked);
            let (dispatcher, key) = (dispatcher.clone(), key.clone());
            spawn_local(async move {
                let outcome = fetch_rows(&key, after).await;
                dispatcher.dispatch(RowsAction::Answered(outcome));
            });
        })
    };
    {
        let fetch = fetch.clone();
        use_effect_with((), move |()| fetch.emit(None));
    }
    let more = {
        let next = state.next.clone();
        fetch.reform(move |()| next.clone())
    };
    let (shown, total) = (state.rows.len() as u64, state.total.unwrap_or_default());
    html! {
        <div aria-busy={state.waiting.then_some("true")}>
            if !state.rows.is_empty() {
                <RowTable rows={state.rows.clone()} />
                <p class="rows-count">{ format!("{} of {}", format::count(shown), format::count(total)) }</p>
            } else if state.total.is_some() && state.not_listed.is_none() {
                <p class="absence">{ "No row of this quarter went into it." }</p>
            } else if state.waiting {
                <p class="absence" role="status">{ "Fetching…" }</p>
            }
            if let Some(NotListed { answers, reason }) = &state.not_listed {
                <p class="absence">{ format!("{} went into it. {reason}", format::counted(*answers, "answer")) }</p>
            }
            if let Some(failure) = &state.failure {
                <p class="failed" role="alert">{ describe(failure) }</p>
                <Button onpress={more} busy={state.waiting}>{ "Try again" }</Button>
            } else if state.next.is_some() {
                <Button onpress={more} busy={state.waiting}>{ "Show more" }</Button>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RowTableProps {
    rows: Vec<Row>,
}

#[component]
fn RowTable(props: &RowTableProps) -> Html {
    html! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{ "Day" }</th>
                    <th scope="col">{ "What" }</th>
                    <th scope="col" class="number-cell">{ "Value" }</th>
                </tr>
            </thead>
            <tbody>
                for row in &props.rows {
                    <tr data-row={row.id.clone()}>
                        <td class="row-day">{ row.day.as_deref().unwrap_or("–") }</td>
                        <td>
                            { &row.text }
                            <span class="row-kind">{ row.kind.replace('_', " ") }</span>
                        </td>
                        <td class="number-cell">{ figure(row) }</td>
                    </tr>
                }
            </tbody>
        </table>
    }
}

fn figure(row: &Row) -> String {
    match (&row.amount, row.value) {
        (Some(money), _) => amount::full(money.amount, money.currency),
        (None, Some(value)) => format::quantity(value),
        (None, None) => "–".to_owned(),
    }
}

fn describe(failure: &Failure) -> &str {
    match failure {
        Failure::SignedOut => "You are signed out. Sign in again to see the rows.",
        Failure::NotFound => "The rows are not there any more: the community may have been removed.",
        Failure::BeingComputed { .. } => "The figure is being computed. Try again in a moment.",
        Failure::Failed(message) => message,
    }
}
