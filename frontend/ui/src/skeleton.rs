use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SkeletonProps {
    /// What is being waited for, for those who don't see the shapes.
    pub label: AttrValue,
    pub bands: usize,
}

/// The outline of a page that is on its way.
#[component]
pub fn Skeleton(props: &SkeletonProps) -> Html {
    html! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">{ &props.label }</span>
            for _ in 0..props.bands {
                <div class="skeleton-band" />
            }
        </div>
    }
}
