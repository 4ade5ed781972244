use std::rc::Rc;

use valuemap_shared::calendar::Quarter;
use valuemap_shared::pages::Page;
use yew::prelude::*;
use yew_router::hooks::use_navigator;
use yew_router::query::Raw;

use super::address::{AddressPart, parameter, query_string, use_address};
use super::community_picker::CommunityPicker;
use super::context::PageContext;
use super::masthead::Masthead;
use super::scope::Scope;
use crate::pages;
use crate::routes::Route;
use crate::session::Account;

#[derive(Properties, PartialEq)]
pub struct FrameProps {
    pub account: Rc<Account>,
    pub page: Page,
    pub round: u32,
    pub onrefresh: Callback<()>,
    pub onsignedout: Callback<()>,
}

/// A page for somebody who is signed in.
#[component]
pub fn Frame(props: &FrameProps) -> Html {
    let FrameProps { account, page, round, onrefresh, onsignedout } = props;
    let (scope, onpick) = use_address::<Scope>();
    let navigator = use_navigator();
    let community = account.community(scope.community.as_deref());
    let lasting = pages::lasting_parameters(*page);
    let community_id = community.as_ref().map(|community| community.id.clone());
    {
        // The address names what is on screen, so that a link shows others the same, whichever is their first.
        let (scope, onpick) = (scope.clone(), onpick.clone());
        let is_named = scope.community.is_some() || lasting.is_none();
        use_effect_with(community_id.clone().filter(|_| !is_named), move |first| {
            if let Some(id) = first.clone() {
                onpick.emit(Scope { community: Some(id), ..scope });
            }
        });
    }

    // Through the router, so that the page reads anew what is left of its part of the address.
    let onpickcommunity = {
        let route = Route(*page);
        Callback::from(move |id: AttrValue| {
            let kept = lasting.unwrap_or_default().iter().filter_map(|name| Some((*name, parameter(name)?)));
            let query = query_string([("community", id.to_string())].into_iter().chain(kept));
            if let Some(navigator) = &navigator {
                let Ok(()) = navigator.replace_with_query(&route, Raw(query));
            }
        })
    };
    let onpickperiod = {
        let community = scope.community.clone();
        onpick.reform(move |period: Quarter| Scope { community: community.clone(), period: Some(period) })
    };
    let context = PageContext {
        account: account.clone(),
        community,
        period: scope.period,
        round: *round,
        onpickperiod,
        onrefresh: onrefresh.clone(),
    };
    html! {
        <>
            <Masthead
                account={account.clone()}
                page={*page}
                query={query_string(scope.pairs())}
                onsignedout={onsignedout.clone()}
            >
                if lasting.is_some() {
                    <CommunityPicker
                        account={account.clone()}
                        community={community_id.map(AttrValue::from)}
                        onpick={onpickcommunity}
                    />
                }
            </Masthead>
            <main tabindex="-1">{ pages::show(*page, context) }</main>
        </>
    }
}
