use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use valuemap_shared::value_map::{Element, Worth};
use valuemap_ui::{ProgressBar, Scale};
use yew::prelude::*;

use super::change::{ChangeLine, ChangeText};
use super::evidence::EvidenceBadge;
use super::movers::moved_amounts;
use super::worth_facts::{WorthFacts, progress, rests_on};
use super::worth_parts::WorthParts;
use crate::pages::map::explanation::{ExplainedTitle, FigureKey};
use crate::pages::map::links::LinkList;
use crate::pages::map::shown::Shown;
use crate::pages::map::what_if::Projected;
use crate::parts::Figure;
use crate::words::{amount, element_title};

#[derive(Properties, PartialEq)]
pub struct WorthCardProps {
    pub element: Element,
    pub worth: Worth,
    pub shown: Shown,
}

/// Money first: the amount, what it rests on, and how far it is on its way.
#[component]
pub fn WorthCard(props: &WorthCardProps) -> Html {
    let WorthCardProps { element, worth, shown } = props;
    let currency = shown.map.currency;
    let projected = shown.projected_amount(*element).map(|after| after.likely);
    let change = worth.change.unwrap_or_default();
    html! {
        <>
            <ExplainedTitle
                heading="h3"
                title={element_title(*element)}
                shown={shown.clone()}
                figure={FigureKey::Element(*element)}
                explanation={worth.explanation.clone()}
                facts={html! { <WorthFacts worth={worth.clone()} before={shown.before()} {currency} /> }}
            >
                <WorthParts parts={worth.parts.clone()} {currency} />
                <LinkList element={*element} shown={shown.clone()} />
            </ExplainedTitle>
            <div class="card-figure">
                <Figure
                    amount={worth.amount.likely}
                    text={amount::short(worth.amount.likely, currency)}
                    full={amount::full(worth.amount.likely, currency)}
                    unit="likely"
                />
                if let Some(likely) = projected {
                    <Projected
                        amount={likely}
                        figure={amount::short(likely, currency)}
                        difference={amount::signed(likely - worth.amount.likely, currency)}
                    />
                }
            </div>
            <div class="card-interval">
                <Progress worth={worth.clone()} {projected} />
                <p>{ format!("P10–P90 {}", amount::range(&worth.amount, currency)) }</p>
                if let Some(progress) = progress(worth, currency) {
                    <p>{ progress }</p>
                }
            </div>
            <ChangeLine
                change={ChangeText::of_amount(worth.change, shown.before(), currency)}
                moved={moved_amounts(&worth.movers, change, currency, 3)}
            />
            <p class="card-foot">
                <EvidenceBadge evidence={worth.evidence} />
                <span data-count={worth.count.to_string()}>{ rests_on(worth) }</span>
            </p>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ProgressProps {
    worth: Worth,
    projected: Option<Decimal>,
}

/// Amounts become floats here only to place them on a line.
#[component]
fn Progress(props: &ProgressProps) -> Html {
    let position = |amount: Decimal| amount.to_f64().unwrap_or_default();
    let Worth { amount, target, .. } = &props.worth;
    let ends = [amount.high, target.unwrap_or_default(), props.projected.unwrap_or_default()];
    let max = ends.into_iter().max().map(position).filter(|max| *max > 0.0).unwrap_or(1.0);
    html! {
        <ProgressBar
            scale={Scale { min: 0.0, max }}
            low={position(amount.low)}
            high={position(amount.high)}
            value={position(amount.likely)}
            goal={target.map(position)}
            ghost={props.projected.map(position)}
        />
    }
}
