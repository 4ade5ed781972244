use std::rc::Rc;

use valuemap_ui::Notice;
use web_sys::window;
use yew::prelude::*;

use super::community_map::CommunityMap;
use super::community_picker::CommunityPicker;
use super::texts::TITLE;
use crate::access::Account;
use crate::location::{Choice, Route, read_choice, write_choice};
use crate::masthead::Masthead;

#[derive(Properties, PartialEq)]
pub struct PageProps {
    pub account: Rc<Account>,
    /// Grows each time the figures are to be fetched again.
    pub round: u32,
    pub onrefresh: Callback<()>,
    pub onsignedout: Callback<()>,
}

/// The whole page of somebody who is signed in: which community, which period, and the map of both.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let choice = use_state(read_choice);
    let community = props.account.community(choice.community.as_deref());

    let pick = {
        let choice = choice.clone();
        Callback::from(move |picked: Choice| {
            write_choice(&picked);
            choice.set(picked);
        })
    };
    let onpickcommunity = {
        let weighting = choice.weighting;
        pick.reform(move |id: AttrValue| Choice { community: Some(id.to_string()), weighting, ..Choice::default() })
    };
    use_effect_with(community.as_ref().map(|community| community.name.clone()), |name| {
        if let (Some(document), Some(name)) = (window().and_then(|window| window.document()), name) {
            document.set_title(&format!("{name} · Valuemap"));
        }
    });

    html! {
        <>
            <Masthead account={props.account.clone()} route={Route::Map} onsignedout={props.onsignedout.clone()}>
                <CommunityPicker
                    account={props.account.clone()}
                    community={community.as_ref().map(|community| AttrValue::from(community.id.clone()))}
                    onpick={onpickcommunity}
                />
            </Masthead>
            <main>
                if let Some(community) = community {
                    <CommunityMap
                        choice={Choice { community: Some(community.id.clone()), ..(*choice).clone() }}
                        {community}
                        round={props.round}
                        onpick={pick}
                        onrefresh={props.onrefresh.clone()}
                    />
                } else {
                    <h1>{ TITLE }</h1>
                    <Notice title="There is no community yet">
                        <p>{ "Create one and embed its survey: its map appears here." }</p>
                    </Notice>
                }
            </main>
        </>
    }
}
