use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::Weighting;
use valuemap_ui::{Badge, Button, Select, SelectOption};
use yew::prelude::*;

use super::texts;
use crate::access::Community;
use crate::api::{read_wire_name, wire_name};
use crate::format;

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
    let onpick = {
        let onpickperiod = props.onpickperiod.clone();
        Callback::from(move |text: AttrValue| {
            if let Ok(period) = text.parse() {
                onpickperiod.emit(period);
            }
        })
    };
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
                <p class="kicker">{ texts::TITLE }</p>
                <h1>
                    { &props.community.name }
                    if props.community.is_sample {
                        { " " }<Badge label="Sample data" />
                    }
                </h1>
            </div>
            <div class="heading-tools">
                if let Some(period) = props.period {
                    <Select
                        label="Period"
                        options={options(&props.community.periods, period)}
                        selected={period.to_string()}
                        {onpick}
                    />
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
        label: texts::weighting_title(weighting).into(),
    };
    texts::WEIGHTINGS.map(option).to_vec()
}

/// The quarters that hold answers and the one on screen, latest first.
fn options(periods: &[Quarter], shown: Quarter) -> Vec<SelectOption> {
    let mut all: Vec<Quarter> = periods.iter().copied().chain([shown]).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    let option =
        |period: Quarter| SelectOption { value: period.to_string().into(), label: format::quarter(period).into() };
    all.into_iter().map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarter_on_screen_is_always_among_the_options() {
        let quarter = |number| Quarter::new(2026, number).unwrap();
        let check = |periods: &[Quarter], shown, expected: &[&str]| {
            let values: Vec<_> = options(periods, shown).into_iter().map(|option| option.value.to_string()).collect();
            assert_eq!(values, expected);
        };
        check(&[quarter(4), quarter(3)], quarter(4), &["2026-Q4", "2026-Q3"]);
        check(&[quarter(4), quarter(1)], quarter(2), &["2026-Q4", "2026-Q2", "2026-Q1"]);
        check(&[], quarter(4), &["2026-Q4"]);
    }
}
