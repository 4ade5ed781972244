use std::rc::Rc;

use web_sys::window;
use yew::prelude::*;

use super::address::Address;
use super::controls::{Audience, Loading, Looks, Opening, Presence};
use super::preview::Preview;
use super::settings::Settings;
use super::site_list::SiteList;
use super::site_panel::SitePanel;
use super::snippet::{SnippetPanel, Source};

#[derive(Properties, PartialEq)]
pub struct WorkbenchProps {
    pub sites: Rc<SiteList>,
    pub address: Address,
    pub onpick: Callback<Address>,
    pub oncreated: Callback<String>,
}

/// Settings on one side, the preview on the other, and what comes of them below.
#[component]
pub fn Workbench(props: &WorkbenchProps) -> Html {
    let WorkbenchProps { sites, address, onpick, .. } = props;
    let site = sites.find(address.site.as_deref()).map(|(_, site)| site.key.clone());
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
                sites={sites.clone()}
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
