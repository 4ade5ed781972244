use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::{Absence, Element, ElementReading, Reading, Score};
use valuemap_ui::{IntervalBar, Scale};
use yew::prelude::*;

use super::change::ChangeLine;
use super::explanation::ExplainedTitle;
use super::figure::{Figure, NoFigure};
use super::score_facts::ScoreFacts;
use super::texts;
use crate::api::wire_name;
use crate::format;

const INDEX: Scale = Scale { min: 0.0, max: 100.0 };

#[derive(Properties, PartialEq)]
pub struct ElementCardProps {
    pub reading: ElementReading,
    /// The quarter that the change is counted from.
    pub before: Quarter,
}

/// One element of the map, as an item of its layer's list.
#[component]
pub fn ElementCard(props: &ElementCardProps) -> Html {
    let ElementReading { element, reading } = &props.reading;
    let waiting = (!is_connected(reading)).then_some("card-waiting");
    html! {
        <li class={classes!("card", waiting)} data-element={wire_name(element)}>
            { match reading {
                Reading::Score(score) => html! {
                    <ScoreCard element={*element} score={score.clone()} before={props.before} />
                },
                Reading::Worth(worth) => html! {
                    <>
                        <h3 class="card-title">{ texts::element_title(*element) }</h3>
                        <p>{ worth.amount.likely.to_string() }</p>
                    </>
                },
                Reading::NoScore(absence) => html! {
                    <>
                        <h3 class="card-title">{ texts::element_title(*element) }</h3>
                        <NoFigure absence={absence.clone()} />
                    </>
                },
            } }
        </li>
    }
}

/// Whether there is a source that could give a score.
pub fn is_connected(reading: &Reading) -> bool {
    !matches!(reading, Reading::NoScore(absence) if absence.reason == Absence::NotConnected)
}

#[derive(Properties, PartialEq)]
struct ScoreCardProps {
    element: Element,
    score: Score,
    before: Quarter,
}

#[component]
fn ScoreCard(props: &ScoreCardProps) -> Html {
    let score = &props.score;
    html! {
        <>
            <ExplainedTitle
                heading="h3"
                title={texts::element_title(props.element)}
                explanation={score.explanation.clone()}
            >
                <ScoreFacts score={score.clone()} before={props.before} />
            </ExplainedTitle>
            <Figure value={score.value} text={format::decimal(score.value, 1)} unit="of 100" />
            <div class="card-interval">
                <IntervalBar
                    scale={INDEX}
                    low={score.interval.low}
                    high={score.interval.high}
                    value={score.value}
                    reference={50.0}
                />
                <p>{ format::range(&score.interval, |end| format::decimal(end, 1)) }</p>
            </div>
            <ChangeLine change={score.change} before={props.before} />
            <p class="card-foot">
                <span data-answers={score.answers.to_string()}>{ format::counted(score.answers, "answer") }</span>
                if let Some(share) = &score.top_two_box {
                    <span>{ format!("top-2-box {}", format::percent(share.value)) }</span>
                }
            </p>
        </>
    }
}
