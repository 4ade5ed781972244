use valuemap_ui::Skeleton;
use yew::prelude::*;
use yew_router::BrowserRouter;

use super::frame::Frame;
use super::product::Product;
use crate::parts::FailureNotice;
use crate::routes::use_page;
use crate::server::{Failure, use_remote};
use crate::session::{Reason, Rounds, SignedOut, fetch_account, use_return};

#[component]
pub fn App() -> Html {
    html! { <BrowserRouter><Door /></BrowserRouter> }
}

/// The page that the address names, for whoever is signed in.
#[component]
fn Door() -> Html {
    let page = use_page();
    let rounds = use_reducer(Rounds::default);
    let on = |reason: Reason| {
        let dispatcher = rounds.dispatcher();
        Callback::from(move |()| dispatcher.dispatch(reason))
    };
    let account = use_remote(rounds.session, rounds.round, |_| fetch_account());
    use_return(on(Reason::Refresh));

    let outside = |content: Html| {
        html! {
            <>
                <header class="masthead"><Product /></header>
                <main class="entrance"><h1>{ page.heading() }</h1>{ content }</main>
            </>
        }
    };
    match (&account.failure, &account.value) {
        (Some(Failure::SignedOut), _) => outside(html! { <SignedOut /> }),
        (_, Some(account)) => html! {
            <Frame
                {account}
                {page}
                round={rounds.round}
                onrefresh={on(Reason::Refresh)}
                onsignedout={on(Reason::SignedOut)}
            />
        },
        (Some(failure), None) => outside(html! {
            <FailureNotice failure={failure.clone()} onretry={on(Reason::Refresh)} />
        }),
        // `index.html` has the same outline, so that nothing jumps when the dashboard has loaded.
        (None, None) => outside(html! { <Skeleton label="Loading Valuemap" bands={4} /> }),
    }
}
