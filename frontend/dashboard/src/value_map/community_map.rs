use valuemap_shared::calendar::Quarter;
use valuemap_ui::{Notice, Skeleton};
use yew::prelude::*;

use super::heading::Heading;
use super::map::Map;
use super::overview::Overview;
use super::query::{MapKey, fetch_map};
use crate::access::Community;
use crate::api::Failure;
use crate::failure::FailureNotice;
use crate::remote::use_remote;

#[derive(Properties, PartialEq)]
pub struct CommunityMapProps {
    pub community: Community,
    /// The one that was picked, if one was.
    pub period: Option<Quarter>,
    pub round: u32,
    pub onpickperiod: Callback<Quarter>,
    pub onrefresh: Callback<()>,
}

/// The map of one community in one period, or why it is not there.
#[component]
pub fn CommunityMap(props: &CommunityMapProps) -> Html {
    let key = MapKey { community: props.community.id.clone(), period: props.period };
    let map = use_remote(key, props.round, fetch_map);

    // After a failure the last figures stay, under a notice, unless they are no longer this person's to see.
    let shown = map.value.as_ref().filter(|_| matches!(map.failure, None | Some(Failure::Failed(_))));
    html! {
        <>
            <Heading
                community={props.community.clone()}
                period={props.period.or(shown.map(|map| map.period))}
                waiting={map.waiting}
                arrived={map.arrived.clone()}
                onpickperiod={props.onpickperiod.clone()}
                onrefresh={props.onrefresh.clone()}
            />
            if let Some(failure) = &map.failure {
                <FailureNotice failure={failure.clone()} onretry={props.onrefresh.clone()} />
            }
            if let Some(map) = shown {
                if map.responses == 0 {
                    <NoAnswers ever={!props.community.periods.is_empty()} />
                }
                <Overview {map} />
                <Map {map} />
            } else if map.failure.is_none() {
                <Skeleton label="Loading the map" bands={4} />
            }
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
