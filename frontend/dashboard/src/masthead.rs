use std::rc::Rc;

use yew::prelude::*;

use crate::access::{Account, SignOutButton};
use crate::location::Route;
use crate::product::Product;

#[derive(Properties, PartialEq)]
pub struct MastheadProps {
    pub account: Rc<Account>,
    /// The page on screen.
    pub route: Route,
    pub onsignedout: Callback<()>,
    /// What belongs to the page on screen.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn Masthead(props: &MastheadProps) -> Html {
    html! {
        <header class="masthead">
            <Product />
            <p class="organisation">{ &props.account.organisation }</p>
            <nav class="pages" aria-label="Pages">
                for route in Route::ALL {
                    <a href={route.path()} aria-current={(route == props.route).then_some("page")}>{ route.name() }</a>
                }
            </nav>
            <div class="masthead-tools">
                { props.children.clone() }
                <SignOutButton onsignedout={props.onsignedout.clone()} />
            </div>
        </header>
    }
}
