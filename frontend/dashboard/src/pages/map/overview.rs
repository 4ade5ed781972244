use valuemap_shared::value_map::Weighting;
use yew::prelude::*;

use super::recommendation::RecommendationCard;
use super::returns::ReturnsSummary;
use super::shown::Shown;
use crate::parts::Fact;
use crate::words::{format, weighting_title};

#[derive(Properties, PartialEq)]
pub struct OverviewProps {
    pub shown: Shown,
}

/// What holds for the community as a whole, above the map.
#[component]
pub fn Overview(props: &OverviewProps) -> Html {
    let map = &props.shown.map;
    html! {
        <div class="overview">
            <ReturnsSummary map={map.clone()} />
            <RecommendationCard reading={map.recommendation.clone()} shown={props.shown.clone()} />
            <dl class="facts overview-facts">
                <Fact term={format!("Responses in {}", format::quarter(map.period))}>
                    <span class="fact-number" data-responses={map.responses.to_string()}>
                        { format::count(map.responses) }
                    </span>
                </Fact>
                <Fact term="A figure rests on at least">{ format::counted(map.minimum_answers, "answer") }</Fact>
                <Fact term="Scoring model">
                    { &map.model_version }
                    if map.weighting != Weighting::Model {
                        { format!(", {}", weighting_title(map.weighting).to_lowercase()) }
                    }
                </Fact>
            </dl>
            if map.elapsed < 1.0 {
                <p class="running">
                    { format!(
                        "{} is running, {} of it is over. Money is what came so far; changes are since as many days of {}.",
                        format::quarter(map.period),
                        format::percent(map.elapsed),
                        format::quarter(props.shown.before()),
                    ) }
                </p>
            }
        </div>
    }
}
