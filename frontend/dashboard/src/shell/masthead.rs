use std::rc::Rc;

use valuemap_shared::pages::Page;
use yew::prelude::*;

use super::navigation::Navigation;
use super::product::Product;
use crate::session::{Account, SignOutButton};

#[derive(Properties, PartialEq)]
pub struct MastheadProps {
    pub account: Rc<Account>,
    /// The page on screen.
    pub page: Page,
    /// The query string that goes along from page to page.
    pub query: String,
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
            <Navigation page={props.page} query={props.query.clone()} />
            <div class="masthead-tools">
                { props.children.clone() }
                <SignOutButton onsignedout={props.onsignedout.clone()} />
            </div>
        </header>
    }
}
