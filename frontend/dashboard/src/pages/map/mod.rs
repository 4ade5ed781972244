//! The strategic value map: its figures, where they come from, and what is still missing.

mod card;
mod community_map;
mod conversion;
mod explanation;
mod heading;
mod layer_band;
mod layers;
mod links;
mod new_community;
mod overview;
mod query;
mod recommendation;
mod returns;
mod shown;
mod view;
mod what_if;

use valuemap_shared::pages::Page;
use valuemap_ui::Notice;
use yew::prelude::*;

use self::community_map::CommunityMap;
use self::new_community::NewCommunityForm;
use crate::shell::{PageProps, use_title};

/// The map of the community that is picked.
#[component]
pub fn MapPage(props: &PageProps) -> Html {
    let context = &props.context;
    use_title(context.community.as_ref().map_or(Page::Map.name(), |community| &community.name));
    match &context.community {
        Some(community) => html! { <CommunityMap context={context.clone()} community={community.clone()} /> },
        None => html! {
            <>
                <h1>{ Page::Map.heading() }</h1>
                <Notice title="There is no community yet">
                    <p>{ "Create one, with the standard survey in it. Embed the survey or load files, and the map appears here." }</p>
                    <NewCommunityForm oncreated={context.onrefresh.clone()} />
                </Notice>
            </>
        },
    }
}
