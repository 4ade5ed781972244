use std::rc::Rc;

use valuemap_ui::{Select, SelectOption};
use yew::prelude::*;

use crate::access::{Account, Community, SignOutButton};
use crate::product::Product;

#[derive(Properties, PartialEq)]
pub struct MastheadProps {
    pub account: Rc<Account>,
    /// The one on screen.
    pub community: Option<AttrValue>,
    pub onpickcommunity: Callback<AttrValue>,
    pub onsignedout: Callback<()>,
}

#[component]
pub fn Masthead(props: &MastheadProps) -> Html {
    let account = &props.account;
    let is_another = |community: &Community| props.community.as_deref() != Some(&community.id);
    html! {
        <header class="masthead">
            <Product />
            <p class="organisation">{ &account.organisation }</p>
            <div class="masthead-tools">
                if account.communities.iter().any(is_another) {
                    <Select
                        label="Community"
                        placeholder="Pick one"
                        options={options(&account.communities)}
                        selected={props.community.clone().unwrap_or_default()}
                        onpick={props.onpickcommunity.clone()}
                    />
                }
                <SignOutButton onsignedout={props.onsignedout.clone()} />
            </div>
        </header>
    }
}

fn options(communities: &[Community]) -> Vec<SelectOption> {
    let option = |community: &Community| SelectOption {
        value: community.id.clone().into(),
        label: community.name.clone().into(),
    };
    communities.iter().map(option).collect()
}
