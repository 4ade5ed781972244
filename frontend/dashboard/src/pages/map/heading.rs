use valuemap_shared::calendar::Quarter;
use valuemap_shared::pages::Page;
use valuemap_shared::value_map::Weighting;
use valuemap_ui::{Badge, Button, Select, SelectOption};
use yew::prelude::*;

use crate::server::{read_wire_name, wire_name};
use crate::session::Community;
use crate::shell::PeriodPicker;
use crate::words::{WEIGHTINGS, weighting_title};

#[derive(Properties, PartialEq)]
pub struct HeadingProps {
    pub community: Community,
    /// The one on screen, as soon as it is known.
    pub period: Option<Quarter>,
    pub weighting: Weighting,
    /// Whether somebody supposes something; `None` while there is no map to suppose it of.
    pub supposes: Option<bool>,
    pub waiting: bool,
    /// The time of day of the figures on screen.
    pub arrived: Option<AttrValue>,
    pub onpickperiod: Callback<Quarter>,
    pub onpickweighting: Callback<Weighting>,
    pub onsuppose: Callback<()>,
    pub onrefresh: Callback<()>,
}

#[component]
pub fn Heading(props: &HeadingProps) -> Html {
    let onpickweighting = {
        let onpickweighting = props.onpickweighting.clone();
        Callback::from(move |name: AttrValue| {
            if let Some(weighting) = read_wire_name(&name) {
                onpickweighting.emit(weighting);
            }
        })
    };
    let status = match &props.arrived {
        _ if props.waiting => "Fetching…".to_owned(),
        Some(time) => format!("As of {time}"),
        None => String::new(),
    };
    html! {
        <div class="heading">
            <div class="heading-title">
                <p class="kicker">{ Page::Map.heading() }</p>
                <h1>
                    { &props.community.name }
                    if props.community.is_sample {
                        { " " }<Badge label="Sample data" />
                    }
                </h1>
            </div>
            <div class="heading-tools">
                if let Some(period) = props.period {
                    <PeriodPicker periods={props.community.periods.clone()} {period} onpick={props.onpickperiod.clone()} />
                }
                <Select
                    label="Weighting"
                    options={weightings()}
                    selected={wire_name(props.weighting)}
                    onpick={onpickweighting}
                />
                if props.supposes == Some(false) {
                    <Button onpress={props.onsuppose.clone()}>{ "What if…" }</Button>
                }
                <Button onpress={props.onrefresh.clone()} busy={props.waiting}>{ "Refresh" }</Button>
                <span class="status" role="status">{ status }</span>
            </div>
            if props.community.is_sample {
                <p class="sample">
                    { "These answers are made up, so that there is something to look at. " }
                    <a href="/demo">{ "Answer the survey on the demo page" }</a>
                    { " and come back: the map follows." }
                </p>
            }
        </div>
    }
}

fn weightings() -> Vec<SelectOption> {
    let option = |weighting: Weighting| SelectOption {
        value: wire_name(weighting).into(),
        label: weighting_title(weighting).into(),
    };
    WEIGHTINGS.map(option).to_vec()
}
