use yew::prelude::*;

/// The name of the product and its mark: four layers, the one that pays on top.
#[component]
pub fn Product() -> Html {
    html! {
        <p class="product">
            <svg class="mark" aria-hidden="true" width="20" height="20" viewBox="0 0 20 20">
                <rect x="7" y="1" width="6" height="3.5" rx="1" />
                <rect x="5" y="6" width="10" height="3.5" rx="1" />
                <rect x="3" y="11" width="14" height="3.5" rx="1" />
                <rect x="1" y="16" width="18" height="3.5" rx="1" />
            </svg>
            { "Valuemap" }
        </p>
    }
}
