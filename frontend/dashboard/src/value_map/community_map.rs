use std::rc::Rc;

use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::{ValueMap, Weighting, what_if};
use valuemap_ui::{Notice, Skeleton};
use yew::prelude::*;

use super::heading::Heading;
use super::map::Map;
use super::overview::Overview;
use super::query::{MapKey, fetch_map};
use super::returns::ReturnsPanel;
use super::shown::Shown;
use crate::access::Community;
use crate::api::Failure;
use crate::failure::FailureNotice;
use crate::location::Choice;
use crate::remote::use_remote;
use crate::what_if::{Shifts, WhatIfPanel};

#[derive(Properties, PartialEq)]
pub struct CommunityMapProps {
    pub community: Community,
    pub choice: Choice,
    pub round: u32,
    pub onpick: Callback<Choice>,
    pub onrefresh: Callback<()>,
}

/// The map of one community in one period, or why it is not there.
#[component]
pub fn CommunityMap(props: &CommunityMapProps) -> Html {
    let CommunityMapProps { community, choice, .. } = props;
    let key = MapKey { community: community.id.clone(), period: choice.period, weighting: choice.weighting };
    let map = use_remote(key, props.round, fetch_map);

    // After a failure the last figures stay, under a notice, unless they are no longer this person's to see.
    let shown = map.value.as_ref().filter(|_| matches!(map.failure, None | Some(Failure::Failed(_))));
    let suppose = |what_if: Option<Shifts>| {
        props.onpick.reform({
            let choice = choice.clone();
            move |()| Choice { what_if: what_if.clone(), ..choice.clone() }
        })
    };
    let onpickperiod = props.onpick.reform({
        let choice = choice.clone();
        move |period: Quarter| Choice { period: Some(period), ..choice.clone() }
    });
    let onpickweighting = props.onpick.reform({
        let choice = choice.clone();
        move |weighting: Weighting| Choice { weighting, ..choice.clone() }
    });
    html! {
        <>
            <Heading
                community={community.clone()}
                period={choice.period.or(shown.map(|map| map.period))}
                weighting={choice.weighting}
                supposes={shown.map(|_| choice.what_if.is_some())}
                waiting={map.waiting}
                arrived={map.arrived.clone()}
                {onpickperiod}
                {onpickweighting}
                onsuppose={suppose(Some(Shifts::default()))}
                onrefresh={props.onrefresh.clone()}
            />
            if let Some(failure) = &map.failure {
                <FailureNotice failure={failure.clone()} onretry={props.onrefresh.clone()} />
            }
            if let Some(map) = shown {
                <Figures
                    {map}
                    community={community.clone()}
                    shifts={choice.what_if.clone()}
                    onshift={props.onpick.reform({
                        let choice = choice.clone();
                        move |shifts| Choice { what_if: Some(shifts), ..choice.clone() }
                    })}
                    onleave={suppose(None)}
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
    onshift: Callback<Shifts>,
    onleave: Callback<()>,
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
                    onshift={props.onshift.clone()}
                    onclose={props.onleave.clone()}
                />
            }
            <Map shown={shown.clone()} />
            <ReturnsPanel {shown} />
        </>
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
