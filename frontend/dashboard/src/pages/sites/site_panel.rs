use std::rc::Rc;

use valuemap_ui::{Button, Notice, Select, SelectOption};
use yew::prelude::*;

use super::new_site::NewSiteForm;
use super::site_list::{Community, Site, SiteList};

#[derive(Properties, PartialEq)]
pub struct SitePanelProps {
    pub sites: Rc<SiteList>,
    /// The key of the site on screen.
    pub selected: Option<AttrValue>,
    pub onpick: Callback<AttrValue>,
    pub oncreated: Callback<String>,
}

/// Which site the snippet is for, and how to make another.
#[component]
pub fn SitePanel(props: &SitePanelProps) -> Html {
    let SitePanelProps { sites, selected, .. } = props;
    let making = use_state(|| false);
    let oncreated = {
        let making = making.clone();
        props.oncreated.reform(move |key| {
            making.set(false);
            key
        })
    };
    let form = html! { <NewSiteForm sites={sites.clone()} {oncreated} /> };
    let Some((community, site)) = sites.find(selected.as_deref()) else {
        return html! {
            <Notice title="There is no site yet">
                <p>{ "A site is a place where a survey is embedded: a key for the snippet, and the origins that may use it." }</p>
                if !sites.may_manage {
                    <p>
                        { "You may not make one. Somebody with the right to manage does, on this page or with the mutation " }
                        <code>{ "createSite" }</code>{ "." }
                    </p>
                } else if sites.surveys().next().is_none() {
                    <p>{ "It needs a community with a survey first: create one on the page of the map." }</p>
                } else {
                    { form }
                }
            </Notice>
        };
    };
    let toggle = {
        let making = making.clone();
        Callback::from(move |()| making.set(!*making))
    };
    html! {
        <section class="site" aria-labelledby="site-title">
            <h2 id="site-title">{ "Site" }</h2>
            <div class="site-pick">
                <Select label="Snippet for" options={options(sites)} selected={site.key.clone()} onpick={props.onpick.clone()} />
                if sites.may_manage {
                    <Button onpress={toggle}>{ if *making { "Cancel" } else { "New site…" } }</Button>
                }
            </div>
            <dl class="site-facts">
                <dt>{ "Key" }</dt>
                <dd><code data-site-key={site.key.clone()}>{ &site.key }</code></dd>
                <dt>{ "Community" }</dt>
                <dd>{ &community.name }</dd>
                <dt>{ "Allowed origins" }</dt>
                <dd>
                    if site.origins.is_empty() {
                        { "None but this server’s own pages." }
                    }
                    for origin in &site.origins {
                        <code>{ origin }</code>{ " " }
                    }
                </dd>
            </dl>
            if *making {
                <h3>{ "New site" }</h3>
                { form }
            } else if sites.may_manage {
                <p class="field-hint">{ "Origins are fixed when a site is made: for others, make another site." }</p>
            }
        </section>
    }
}

fn options(sites: &SiteList) -> Vec<SelectOption> {
    let option = |(community, site): (&Community, &Site)| SelectOption {
        value: site.key.clone().into(),
        label: format!("{} ({})", site.name, community.name).into(),
    };
    sites.all().map(option).collect()
}
