//! Where a community's pages embed the survey: settings, a preview, and the snippet to paste.

mod address;
mod controls;
mod new_site;
mod preview;
mod settings;
mod site_list;
mod site_panel;
mod snippet;
mod workbench;

use valuemap_shared::pages::Page;
use valuemap_ui::Skeleton;
use yew::prelude::*;

use self::address::Address;
use self::site_list::fetch_sites;
use self::workbench::Workbench;
use crate::parts::FailureNotice;
use crate::server::{Failure, use_remote};
use crate::shell::{PageProps, use_address, use_title};

/// Which site, how its survey is embedded, and what to paste.
#[component]
pub fn SitesPage(props: &PageProps) -> Html {
    let context = &props.context;
    let (address, onpick) = use_address::<Address>();
    let sites = use_remote((), context.round, |()| fetch_sites());
    use_title(Page::Sites.name());

    let oncreated = {
        let (onpick, onrefresh, address) = (onpick.clone(), context.onrefresh.clone(), address.clone());
        Callback::from(move |key: String| {
            onpick.emit(Address { site: Some(key), ..address.clone() });
            onrefresh.emit(());
        })
    };
    let shown = sites.value.as_ref().filter(|_| !matches!(sites.failure, Some(Failure::SignedOut)));
    html! {
        <>
            <div class="heading-title">
                <h1>{ Page::Sites.heading() }</h1>
                <p class="lead">{ "Choose how the survey comes to a community’s pages, try it, and copy the snippet." }</p>
            </div>
            if let Some(failure) = &sites.failure {
                <FailureNotice
                    failure={failure.clone()}
                    title="The sites could not be fetched"
                    onretry={context.onrefresh.clone()}
                />
            }
            if let Some(sites) = shown {
                <Workbench {sites} {address} {onpick} {oncreated} />
            } else if sites.failure.is_none() {
                <Skeleton label="Loading the sites" bands={2} />
            }
        </>
    }
}
