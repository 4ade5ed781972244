use std::rc::Rc;

use js_sys::Date;
use valuemap_shared::value_map::{BeingRecomputed, ValueMap, Weighting, what_if};
use valuemap_ui::{Notice, Skeleton};
use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::conversion::ConversionPanel;
use super::heading::Heading;
use super::layers::Layers;
use super::overview::Overview;
use super::query::{FetchedMap, MapKey, fetch_map};
use super::returns::ReturnsPanel;
use super::shown::Shown;
use super::view::View;
use super::what_if::{Shifts, WhatIfPanel};
use crate::parts::FailureNotice;
use crate::server::{Failure, time_of_day, use_provisional};
use crate::session::Community;
use crate::shell::{PageContext, use_address};

#[derive(Properties, PartialEq)]
pub struct CommunityMapProps {
    pub context: PageContext,
    pub community: Community,
}

/// The map of one community in one period, or why it is not there.
#[component]
pub fn CommunityMap(props: &CommunityMapProps) -> Html {
    let CommunityMapProps { context, community } = props;
    let (view, onpick) = use_address::<View>();
    let key = MapKey { community: community.id.clone(), period: context.period, weighting: view.weighting };
    let map = use_provisional(key, context.round, fetch_map);

    // After a failure the last figures stay, under a notice, unless they are no longer this person's to see.
    let shown = map
        .value
        .as_ref()
        .filter(|_| matches!(map.failure, None | Some(Failure::Failed(_) | Failure::BeingComputed { .. })));
    let earlier = shown.and_then(|fetched| fetched.being_recomputed.as_ref());
    let onshift = {
        let weighting = view.weighting;
        onpick.reform(move |what_if: Option<Shifts>| View { weighting, what_if })
    };
    let onpickweighting = {
        let what_if = view.what_if.clone();
        onpick.reform(move |weighting: Weighting| View { weighting, what_if: what_if.clone() })
    };
    html! {
        <>
            <Heading
                community={community.clone()}
                period={context.period.or(shown.map(|fetched| fetched.map.period))}
                weighting={view.weighting}
                supposes={shown.map(|_| view.what_if.is_some())}
                waiting={map.waiting}
                arrived={earlier.map(as_of).or(map.arrived.clone())}
                onpickperiod={context.onpickperiod.clone()}
                {onpickweighting}
                onsuppose={onshift.reform(|()| Some(Shifts::default()))}
                onrefresh={context.onrefresh.clone()}
            />
            if let Some(failure) = &map.failure {
                <FailureNotice failure={failure.clone()} onretry={context.onrefresh.clone()} />
            }
            if let Some(FetchedMap { map, .. }) = shown {
                if let Some(earlier) = earlier {
                    <Earlier earlier={earlier.clone()} />
                }
                <Figures {map} community={community.clone()} shifts={view.what_if.clone()} {onshift} />
                <ConversionPanel
                    community={community.id.clone()}
                    period={map.period}
                    round={context.round}
                    onrefresh={context.onrefresh.clone()}
                />
            } else if map.failure.is_none() {
                <Skeleton label="Loading the map" bands={4} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FiguresProps {
    map: Rc<ValueMap>,
    community: Community,
    shifts: Option<Shifts>,
    onshift: Callback<Option<Shifts>>,
}

/// All figures of a map that has arrived, with what is supposed of them.
#[component]
fn Figures(props: &FiguresProps) -> Html {
    let FiguresProps { map, community, shifts, .. } = props;
    let projection = use_memo((map.clone(), shifts.clone()), |(map, shifts)| {
        shifts.as_ref().map(|shifts| Rc::new(what_if(map, &shifts.to_shared())))
    });
    let shown = Shown { community: community.id.clone().into(), map: map.clone(), projection: (*projection).clone() };
    html! {
        <>
            if map.responses == 0 {
                <NoAnswers ever={!community.periods.is_empty()} />
            }
            <Overview shown={shown.clone()} />
            if let (Some(shifts), Some(projection)) = (shifts, &*projection) {
                <WhatIfPanel
                    {map}
                    shifts={shifts.clone()}
                    {projection}
                    onshift={props.onshift.reform(Some)}
                    onclose={props.onshift.reform(|()| None)}
                />
            }
            <Layers shown={shown.clone()} />
            <ReturnsPanel {shown} />
        </>
    }
}

/// The time of day of figures that are not the latest.
fn as_of(earlier: &BeingRecomputed) -> AttrValue {
    time_of_day(&Date::new(&JsValue::from_f64(earlier.as_of.timestamp_millis() as f64)))
}

#[derive(Properties, PartialEq)]
struct EarlierProps {
    earlier: BeingRecomputed,
}

/// Says that later figures than those on screen are on their way.
#[component]
fn Earlier(props: &EarlierProps) -> Html {
    let as_of = as_of(&props.earlier);
    let summed_up = props.earlier.summed_up;
    html! {
        <Notice title="Newer figures are being computed">
            <p role="status">
                { summed_up.map(|percent| format!("{percent} % of what is tracked is summed up. ")) }
                { format!("These are as of {as_of}. The newer ones appear here by themselves.") }
            </p>
        </Notice>
    }
}

#[derive(Properties, PartialEq)]
struct NoAnswersProps {
    /// Whether there are answers in another period.
    ever: bool,
}

#[component]
fn NoAnswers(props: &NoAnswersProps) -> Html {
    if props.ever {
        html! { <Notice title="Nobody answered in this quarter"><p>{ "Pick another quarter above." }</p></Notice> }
    } else {
        html! {
            <Notice title="No answers yet">
                <p>{ "The members layer fills in as soon as members answer the survey in their community." }</p>
            </Notice>
        }
    }
}
