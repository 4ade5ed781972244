use std::rc::Rc;

use valuemap_ui::Skeleton;
use web_sys::window;
use yew::prelude::*;

use super::TITLE;
use super::address::Address;
use super::audience::Audience;
use super::loading::Loading;
use super::looks::Looks;
use super::opening::Opening;
use super::presence::Presence;
use super::preview::Preview;
use super::settings::Settings;
use super::site::{Places, fetch_places};
use super::site_panel::SitePanel;
use super::snippet::Source;
use super::snippet_panel::SnippetPanel;
use crate::access::Account;
use crate::api::Failure;
use crate::failure::FailureNotice;
use crate::location::Route;
use crate::masthead::Masthead;
use crate::remote::use_remote;

#[derive(Properties, PartialEq)]
pub struct EmbedPageProps {
    pub account: Rc<Account>,
    pub session: u32,
    pub onsignedout: Callback<()>,
}

/// The whole page: for which site, how, and what to paste.
#[component]
pub fn EmbedPage(props: &EmbedPageProps) -> Html {
    let address = use_state(Address::read);
    let round = use_state(|| 0_u32);
    let places = use_remote(props.session, *round, |_| fetch_places());
    use_effect_with((), |()| {
        if let Some(document) = window().and_then(|window| window.document()) {
            document.set_title("Embed · Valuemap");
        }
    });

    let pick = {
        let address = address.clone();
        Callback::from(move |picked: Address| {
            picked.write();
            address.set(picked);
        })
    };
    let onretry = {
        let round = round.clone();
        Callback::from(move |()| round.set(round.wrapping_add(1)))
    };
    let oncreated = {
        let (pick, again, address) = (pick.clone(), onretry.clone(), address.clone());
        Callback::from(move |key: String| {
            pick.emit(Address { site: Some(key), ..(*address).clone() });
            again.emit(());
        })
    };
    html! {
        <>
            <Masthead account={props.account.clone()} route={Route::Embed} onsignedout={props.onsignedout.clone()} />
            <main>
                <div class="heading-title">
                    <h1>{ TITLE }</h1>
                    <p class="lead">{ "Choose how the survey comes to a community’s pages, try it, and copy the snippet." }</p>
                </div>
                if let Some(failure) = &places.failure {
                    <FailureNotice failure={failure.clone()} title="The sites could not be fetched" {onretry} />
                }
                if let Some(places) = places.value.as_ref().filter(|_| !matches!(places.failure, Some(Failure::SignedOut))) {
                    <Workbench {places} address={(*address).clone()} onpick={pick} {oncreated} />
                } else if places.failure.is_none() {
                    <Skeleton label="Loading the sites" bands={2} />
                }
            </main>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct WorkbenchProps {
    places: Rc<Places>,
    address: Address,
    onpick: Callback<Address>,
    oncreated: Callback<String>,
}

/// Settings on one side, the preview on the other, and what comes of them below.
#[component]
fn Workbench(props: &WorkbenchProps) -> Html {
    let WorkbenchProps { places, address, onpick, .. } = props;
    let site = places.site(address.site.as_deref()).map(|(_, site)| site.key.clone());
    let onset = {
        let address = address.clone();
        onpick.reform(move |settings: Settings| Address { settings, ..address.clone() })
    };
    let picked = {
        let address = address.clone();
        onpick.reform(move |key: AttrValue| Address { site: Some(key.to_string()), ..address.clone() })
    };
    let onview = {
        let address = address.clone();
        onpick.reform(move |view| Address { view, ..address.clone() })
    };
    let onform = {
        let address = address.clone();
        onpick.reform(move |form| Address { form, ..address.clone() })
    };
    let settings = &address.settings;
    html! {
        <>
            <SitePanel
                places={places.clone()}
                selected={address.site.clone().map(AttrValue::from)}
                onpick={picked}
                oncreated={props.oncreated.clone()}
            />
            if let Some(site) = site {
                <div class="workbench">
                    <div class="workbench-settings">
                        <Presence settings={settings.clone()} onset={onset.clone()} />
                        <Looks settings={settings.clone()} onset={onset.clone()} />
                        if settings.is_overlay() {
                            <Opening settings={settings.clone()} onset={onset.clone()} />
                        }
                        <Audience settings={settings.clone()} onset={onset.clone()} />
                        <Loading settings={settings.clone()} {onset} />
                    </div>
                    <Preview site={site.clone()} settings={settings.clone()} view={address.view} {onview} />
                </div>
                <SnippetPanel source={Source { host: host(), site }} settings={settings.clone()} form={address.form} onpick={onform} />
            }
        </>
    }
}

/// The origin of this server.
fn host() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}
