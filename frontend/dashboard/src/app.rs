use valuemap_ui::Skeleton;
use yew::prelude::*;

use crate::access::{self, SignedOut};
use crate::api::Failure;
use crate::asking::{Asking, Occasion};
use crate::embed::{self, EmbedPage};
use crate::failure::FailureNotice;
use crate::location::Route;
use crate::product::Product;
use crate::remote::use_remote;
use crate::returning::use_return;
use crate::value_map::{self, Page};

#[component]
pub fn App() -> Html {
    let asking = use_reducer(Asking::default);
    let on = |occasion: Occasion| {
        let dispatcher = asking.dispatcher();
        Callback::from(move |()| dispatcher.dispatch(occasion))
    };
    let account = use_remote(asking.session, asking.round, |_| access::fetch_account());
    use_return(on(Occasion::Refresh));

    match (&account.failure, &account.value) {
        (Some(Failure::SignedOut), _) => html! { <Entrance><SignedOut /></Entrance> },
        (_, Some(account)) if Route::current() == Route::Embed => html! {
            <EmbedPage
                {account}
                session={asking.session}
                onsignedout={on(Occasion::SignedOut)}
            />
        },
        (_, Some(account)) => html! {
            <Page
                {account}
                round={asking.round}
                onrefresh={on(Occasion::Refresh)}
                onsignedout={on(Occasion::SignedOut)}
            />
        },
        (Some(failure), None) => html! {
            <Entrance><FailureNotice failure={failure.clone()} onretry={on(Occasion::Refresh)} /></Entrance>
        },
        (None, None) => html! { <Entrance><Skeleton label="Loading Valuemap" bands={4} /></Entrance> },
    }
}

#[derive(Properties, PartialEq)]
struct EntranceProps {
    children: Html,
}

/// The page for as long as it is not known who is looking. `index.html` holds its outline too.
#[component]
fn Entrance(props: &EntranceProps) -> Html {
    let title = match Route::current() {
        Route::Map => value_map::TITLE,
        Route::Embed => embed::TITLE,
    };
    html! {
        <>
            <header class="masthead"><Product /></header>
            <main class="entrance"><h1>{ title }</h1>{ props.children.clone() }</main>
        </>
    }
}
