//! The card of one element: its figure, and what has to be known to judge it.

mod change;
mod evidence;
mod movers;
mod parts;
mod score_card;
mod score_facts;
mod worth_card;
mod worth_facts;
mod worth_parts;

pub use evidence::EvidenceGuide;

use valuemap_shared::value_map::{Element, ElementReading, Reading};
use yew::prelude::*;

use self::score_card::ScoreCard;
use self::worth_card::WorthCard;
use super::links::Emphasis;
use super::shown::{Shown, is_connected};
use crate::parts::NoFigure;
use crate::server::wire_name;
use crate::words::element_title;

#[derive(Properties, PartialEq)]
pub struct ElementCardProps {
    pub reading: ElementReading,
    pub shown: Shown,
    pub emphasis: Emphasis,
    /// Somebody points at the element, or no longer does.
    pub onfollow: Callback<Option<Element>>,
}

/// One element of the map, as an item of its layer's list.
#[component]
pub fn ElementCard(props: &ElementCardProps) -> Html {
    let ElementReading { element, reading } = &props.reading;
    let (element, shown) = (*element, props.shown.clone());
    let waiting = (!is_connected(reading)).then_some("card-waiting");
    let enter = props.onfollow.reform(move |_: MouseEvent| Some(element));
    let leave = props.onfollow.reform(|_: MouseEvent| None);
    let focus = props.onfollow.reform(move |_: FocusEvent| Some(element));
    let blur = props.onfollow.reform(|_: FocusEvent| None);
    html! {
        <li
            class={classes!("card", waiting, props.emphasis.class())}
            data-element={wire_name(element)}
            onmouseenter={enter}
            onmouseleave={leave}
            onfocusin={focus}
            onfocusout={blur}
        >
            { match reading {
                Reading::Score(score) => html! { <ScoreCard {element} {shown} score={score.clone()} /> },
                Reading::Worth(worth) => html! { <WorthCard {element} {shown} worth={worth.clone()} /> },
                Reading::NoScore(absence) => html! {
                    <>
                        <h3 class="card-title">{ element_title(element) }</h3>
                        <NoFigure absence={absence.clone()} />
                    </>
                },
            } }
        </li>
    }
}
