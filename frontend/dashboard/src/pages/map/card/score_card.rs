use valuemap_shared::value_map::{Element, PartKind, Score};
use valuemap_ui::{IntervalBar, Scale};
use yew::prelude::*;

use super::change::{ChangeLine, ChangeText};
use super::movers::moved_points;
use super::parts::Parts;
use super::score_facts::{ScoreFacts, how_sure};
use crate::pages::map::explanation::{ExplainedTitle, FigureKey};
use crate::pages::map::links::LinkList;
use crate::pages::map::shown::Shown;
use crate::pages::map::what_if::Projected;
use crate::parts::Figure;
use crate::words::{element_title, format};

const INDEX: Scale = Scale { min: 0.0, max: 100.0 };

#[derive(Properties, PartialEq)]
pub struct ScoreCardProps {
    pub element: Element,
    pub score: Score,
    pub shown: Shown,
}

#[component]
pub fn ScoreCard(props: &ScoreCardProps) -> Html {
    let ScoreCardProps { element, score, shown } = props;
    let projected = shown.projected_score(*element);
    let difference = score.change.map(|change| change.difference).unwrap_or_default();
    html! {
        <>
            <ExplainedTitle
                heading="h3"
                title={element_title(*element)}
                shown={shown.clone()}
                figure={FigureKey::Element(*element)}
                within={measures(score)}
                explanation={score.explanation.clone()}
                facts={html! { <ScoreFacts score={score.clone()} before={shown.before()} /> }}
            >
                <Parts parts={score.parts.clone()} />
                <LinkList element={*element} shown={shown.clone()} />
            </ExplainedTitle>
            <div class="card-figure">
                <Figure value={score.value} text={format::decimal(score.value, 1)} unit="of 100" />
                if let Some(value) = projected {
                    <Projected
                        {value}
                        figure={format::decimal(value, 1)}
                        difference={format::signed(value - score.value, 1)}
                    />
                }
            </div>
            <div class="card-interval">
                <IntervalBar
                    scale={INDEX}
                    interval={score.interval.map(|interval| (interval.low, interval.high))}
                    value={score.value}
                    reference={50.0}
                    ghost={projected}
                />
                <p>{ how_sure(score.interval.as_ref()) }</p>
            </div>
            <ChangeLine
                change={ChangeText::of_score(score.change.as_ref(), shown.before())}
                moved={moved_points(&score.movers, difference, 3)}
            />
            <p class="card-foot">
                <span data-answers={score.answers.to_string()}>{ rests_on(score) }</span>
                if let Some(share) = &score.top_two_box {
                    <span>{ format!("top-2-box {}", format::percent(share.value)) }</span>
                }
                if score.coverage < 1.0 {
                    <span>{ with_data(score) }</span>
                }
            </p>
        </>
    }
}

fn measures(score: &Score) -> Vec<(AttrValue, FigureKey)> {
    let measures = score.parts.iter().filter(|part| part.kind == PartKind::Measure);
    measures.map(|part| (part.name.clone().into(), FigureKey::Measure(part.key.clone()))).collect()
}

fn rests_on(score: &Score) -> String {
    if score.answers == 0 { "measures alone".to_owned() } else { format::counted(score.answers, "answer") }
}

fn with_data(score: &Score) -> String {
    let known = score.parts.iter().filter(|part| part.score.is_some()).count();
    format!("{known} of {} inputs have data", score.parts.len())
}
