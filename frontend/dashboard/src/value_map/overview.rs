use std::rc::Rc;

use valuemap_shared::value_map::ValueMap;
use yew::prelude::*;

use super::fact::Fact;
use super::recommendation::RecommendationCard;
use crate::format;

#[derive(Properties, PartialEq)]
pub struct OverviewProps {
    pub map: Rc<ValueMap>,
}

/// What holds for the community as a whole, above the map.
#[component]
pub fn Overview(props: &OverviewProps) -> Html {
    let map = &props.map;
    html! {
        <div class="overview">
            <RecommendationCard reading={map.recommendation.clone()} />
            <dl class="facts overview-facts">
                <Fact term={format!("Responses in {}", format::quarter(map.period))}>
                    <span class="fact-number" data-responses={map.responses.to_string()}>
                        { format::count(map.responses) }
                    </span>
                </Fact>
                <Fact term="A figure rests on at least">{ format::counted(map.minimum_answers, "answer") }</Fact>
                <Fact term="Scoring model">{ &map.model_version }</Fact>
            </dl>
        </div>
    }
}
