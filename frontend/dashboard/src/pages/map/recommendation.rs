use valuemap_shared::value_map::{Recommendation, RecommendationReading};
use valuemap_ui::{IntervalBar, Scale, Segment, StackedBar};
use yew::prelude::*;

use super::explanation::{ExplainedTitle, FigureKey};
use super::shown::Shown;
use crate::parts::{Fact, Figure, NoFigure};
use crate::words::format;

const TITLE: &str = "Recommendation";
const SCALE: Scale = Scale { min: -100.0, max: 100.0 };

#[derive(Properties, PartialEq)]
pub struct RecommendationCardProps {
    pub reading: RecommendationReading,
    pub shown: Shown,
}

/// Would members recommend the community.
#[component]
pub fn RecommendationCard(props: &RecommendationCardProps) -> Html {
    html! {
        <section class="recommendation" aria-labelledby="recommendation">
            { match &props.reading {
                RecommendationReading::Recommendation(figure) => html! {
                    <NetPromoterScore figure={figure.clone()} shown={props.shown.clone()} />
                },
                RecommendationReading::NoScore(absence) => html! {
                    <>
                        <h2 id="recommendation" class="card-title">{ TITLE }</h2>
                        <NoFigure absence={absence.clone()} />
                    </>
                },
            } }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct NetPromoterScoreProps {
    figure: Recommendation,
    shown: Shown,
}

/// The Net Promoter Score and the groups that it weighs against each other.
#[component]
fn NetPromoterScore(props: &NetPromoterScoreProps) -> Html {
    let figure = &props.figure;
    let range = |decimals| format::range(&figure.interval, |end| format::signed(end, decimals));
    html! {
        <>
            <ExplainedTitle
                heading="h2"
                id="recommendation"
                title={TITLE}
                shown={props.shown.clone()}
                figure={FigureKey::Recommendation(true)}
                explanation={figure.explanation.clone()}
                facts={html! {
                    <>
                        <Fact term="Net Promoter Score">
                            { format!("{}, {}", format::signed(figure.value, 1), range(1)) }
                        </Fact>
                        <Fact term="Rests on">{ format::counted(figure.answers, "answer") }</Fact>
                    </>
                }}
            />
            <Figure
                value={figure.value}
                text={format::signed(figure.value, 0)}
                unit="Net Promoter Score, −100 to +100"
            />
            <div class="recommendation-parts">
                <div class="card-interval">
                    <IntervalBar
                        scale={SCALE}
                        interval={Some((figure.interval.low, figure.interval.high))}
                        value={figure.value}
                        reference={0.0}
                    />
                    <p>
                        { format!("{}, ", range(0)) }
                        <span data-answers={figure.answers.to_string()}>
                            { format::counted(figure.answers, "answer") }
                        </span>
                    </p>
                </div>
                <Groups figure={figure.clone()} />
            </div>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct GroupsProps {
    figure: Recommendation,
}

/// Promoters, passives and detractors.
#[component]
fn Groups(props: &GroupsProps) -> Html {
    let figure = &props.figure;
    let groups = [
        ("promoters", "Promoters", figure.promoters),
        ("passives", "Passives", figure.passives),
        ("detractors", "Detractors", figure.detractors),
    ];
    let segments = groups.map(|(class, _, members)| Segment { amount: members as f64, class });
    html! {
        <div class="groups">
            <StackedBar segments={segments.to_vec()} />
            <ul class="legend">
                for (class, name, members) in groups {
                    <li>
                        <svg class="legend-key" aria-hidden="true" width="10" height="10">
                            <rect {class} width="10" height="10" rx="2" />
                        </svg>
                        { format!(
                            "{name} {} ({})",
                            format::percent(members as f64 / figure.answers.max(1) as f64),
                            format::count(members),
                        ) }
                    </li>
                }
            </ul>
        </div>
    }
}
