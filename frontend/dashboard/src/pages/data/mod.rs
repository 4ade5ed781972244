//! Files of records: dropped here, looked at, corrected and loaded.

mod correction_form;
mod corrections;
mod desk;
mod drop_zone;
mod report_view;
mod server;
mod upload_panel;

use valuemap_shared::pages::Page;
use valuemap_ui::{Notice, Skeleton};
use yew::prelude::*;

use self::desk::Desk;
use self::server::fetch_formats;
use crate::parts::FailureNotice;
use crate::server::{Failure, use_remote};
use crate::shell::{PageProps, use_title};

/// Where a file goes, and what becomes of it.
#[component]
pub fn DataPage(props: &PageProps) -> Html {
    let context = &props.context;
    let formats = use_remote((), context.round, |()| fetch_formats());
    use_title(Page::Data.name());
    let shown = formats.value.as_ref().filter(|_| !matches!(formats.failure, Some(Failure::SignedOut)));
    html! {
        <>
            <div class="heading-title">
                <h1>{ Page::Data.heading() }</h1>
                <p class="lead">
                    { "Deals, tickets, attendees, contacts: as your systems export them. You see what a file would do before any of it is stored." }
                </p>
            </div>
            if let Some(failure) = &formats.failure {
                <FailureNotice
                    failure={failure.clone()}
                    title="This page could not be fetched"
                    onretry={context.onrefresh.clone()}
                />
            }
            if let Some(formats) = shown {
                if let Some(community) = &context.community {
                    if formats.may_write {
                        <Desk key={community.id.clone()} community={community.clone()} formats={formats.clone()} onloaded={context.onrefresh.clone()} />
                    } else {
                        <Notice title="You may look, and not load files">
                            <p>{ "Somebody with the right to write does: on this page, or with " }<code>{ "valuemap import" }</code>{ "." }</p>
                        </Notice>
                    }
                } else {
                    <Notice title="There is no community yet">
                        <p>{ "Create one first, on the page of the map: records belong to it." }</p>
                    </Notice>
                }
            } else if formats.failure.is_none() {
                <Skeleton label="Loading the page" bands={2} />
            }
        </>
    }
}
