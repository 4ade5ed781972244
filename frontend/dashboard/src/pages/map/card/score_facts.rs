use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::{Change, Interval, Proportion, Score};
use yew::prelude::*;

use super::movers::{MoverList, moved_points};
use crate::parts::Fact;
use crate::words::format;

#[derive(Properties, PartialEq)]
pub struct ScoreFactsProps {
    pub score: Score,
    /// The quarter that the change is counted from.
    pub before: Quarter,
}

/// A score and all that has to be known to judge it.
#[component]
pub fn ScoreFacts(props: &ScoreFactsProps) -> Html {
    let score = &props.score;
    let interval = how_sure(score.interval.as_ref());
    html! {
        <>
            <Fact term="Score">{ format!("{} of 100, {interval}", format::decimal(score.value, 1)) }</Fact>
            <Fact term="Rests on">{ format::counted(score.answers, "answer") }</Fact>
            <Fact term="Coverage">{ format!("{} of its weight has data", format::percent(score.coverage)) }</Fact>
            if let Some(change) = &score.change {
                <Fact term={format!("Since {}", format::quarter(props.before))}>
                    { describe_change(change) }
                    <MoverList moved={moved_points(&score.movers, change.difference, score.movers.len())} />
                </Fact>
            }
            if let Some(share) = &score.top_two_box {
                <Fact term="Top-2-box">{ describe_top_two_box(share) }</Fact>
            }
        </>
    }
}

/// The interval in words, or why there is none.
pub fn how_sure(interval: Option<&Interval>) -> String {
    match interval {
        Some(interval) => format::range(interval, |end| format::decimal(end, 1)),
        None => "no interval: its measures do not say how sure they are".to_owned(),
    }
}

fn describe_change(change: &Change) -> String {
    let difference = format::signed(change.difference, 1);
    match &change.interval {
        Some(interval) => format!("{difference}, {}", format::range(interval, |end| format::signed(end, 1))),
        None => difference,
    }
}

fn describe_top_two_box(share: &Proportion) -> String {
    let interval = format::range(&share.interval, format::percent);
    format!("{} chose one of the two highest points, {interval}", format::percent(share.value))
}
