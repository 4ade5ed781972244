use std::rc::Rc;

use valuemap_ui::{Select, SelectOption};
use yew::prelude::*;

use crate::session::{Account, Community};

#[derive(Properties, PartialEq)]
pub struct CommunityPickerProps {
    pub account: Rc<Account>,
    /// The one on screen.
    pub community: Option<AttrValue>,
    pub onpick: Callback<AttrValue>,
}

/// The organisation's communities, where there is another than the one on screen.
#[component]
pub fn CommunityPicker(props: &CommunityPickerProps) -> Html {
    let communities = &props.account.communities;
    if !communities.iter().any(|community| props.community.as_deref() != Some(&community.id)) {
        return Html::default();
    }
    html! {
        <Select
            label="Community"
            placeholder="Pick one"
            options={options(communities)}
            selected={props.community.clone().unwrap_or_default()}
            onpick={props.onpick.clone()}
        />
    }
}

fn options(communities: &[Community]) -> Vec<SelectOption> {
    let option = |community: &Community| SelectOption {
        value: community.id.clone().into(),
        label: community.name.clone().into(),
    };
    communities.iter().map(option).collect()
}
